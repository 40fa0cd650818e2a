"""The items of collections and playlists; smart ones are saved searches."""

from __future__ import annotations

from tools.plexsim.formats.query_string import parse_query
from tools.plexsim.items.records import Item, Playlist
from tools.plexsim.items.types import SECTION_LEVELS, TYPE_NAMES
from tools.plexsim.library.selector import Selector
from tools.plexsim.library.store import Store
from tools.plexsim.library.watch_states import WatchBook


class Members:
    """Finds the items of collections and playlists; a smart one is evaluated now, for a user."""

    def __init__(self, store: Store, watch: WatchBook) -> None:
        self.store = store
        self.watch = watch

    def of(self, item: Item, user: int) -> list[Item]:
        """Return the items of a collection."""
        if item.smart is None:
            return self._stored(item.members)
        params = parse_query(item.smart)
        given = {param.name: param.value for param in params}
        type_name = smart_type(item)
        selector = Selector(self.store, self.watch, user)
        found = selector.select(item.section.items(type_name), params, type_name, given.get("sort"))
        return found[: int(given["limit"])] if given.get("limit", "").isdigit() else found

    def of_playlist(self, playlist: Playlist, user: int) -> list[Item]:
        """Return the items of a playlist: films and episodes."""
        if playlist.smart is None:
            return self._stored([entry.rating_key for entry in playlist.entries])
        section = self.store.sections[playlist.section_id]
        params = parse_query(playlist.smart)
        given = {param.name: param.value for param in params}
        leaf = TYPE_NAMES.get(int(given.get("type") or 0), SECTION_LEVELS[section.type][-1])
        return Selector(self.store, self.watch, user).select(section.items(leaf), params, leaf, given.get("sort"))

    def _stored(self, keys: list[int]) -> list[Item]:
        return [self.store.by_key[key] for key in keys if key in self.store.by_key]


def smart_type(collection: Item) -> str:
    """Return the type of a smart collection's items: that of its query, else the top one of its section."""
    levels = SECTION_LEVELS[collection.section.type]
    given = {param.name: param.value for param in parse_query(collection.smart or "")}.get("type", "")
    name = TYPE_NAMES.get(int(given)) if given.isdigit() else None
    return name if name in levels else levels[0]
