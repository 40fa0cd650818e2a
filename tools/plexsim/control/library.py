"""Control API: reading and changing the library."""

from __future__ import annotations

from typing import Any

from tools.plexsim.config import OWNER
from tools.plexsim.control.api import ControlApi
from tools.plexsim.control.rows import item_row, playlist_row, section_row
from tools.plexsim.http.messages import Request
from tools.plexsim.items.records import Item, Playlist, Section
from tools.plexsim.library.library import Library

MUTATORS = (
    "add_section",
    "rename_section",
    "set_section",
    "remove_section",
    "add_movie",
    "add_show",
    "add_season",
    "add_episode",
    "update",
    "delete",
    "add_collection",
    "set_collection",
    "add_to_collection",
    "remove_from_collection",
    "add_playlist",
    "add_to_playlist",
    "remove_from_playlist",
    "move_in_playlist",
    "set_playlist",
    "delete_playlist",
    "add_work",
    "add_online_extra",
    "add_online_subtitle",
    "add_extra",
    "add_version",
    "share_file",
    "split_file",
    "move",
    "make_odd",
    "scrobble",
    "unscrobble",
    "set_progress",
    "rate",
    "remove_from_continue_watching",
)


class LibraryControl:
    """Reads and writes items, sections and watch states."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def register(self, api: ControlApi) -> None:
        """Add the handlers to the API."""
        api.read("truth", self.truth)
        api.read("items", self.items)
        api.read("continue_watching", self.continue_watching)
        api.read("playlists", self.playlists)
        api.write("mutate", self.mutate)
        api.write("prerender", self.prerender)

    def truth(self, request: Request) -> Any:
        """GET truth?ids=1,2&user=1: full metadata of items, as a list."""
        user = int(request.values.get("user", OWNER))
        keys = [key for key in request.values.get("ids", "").split(",") if key]
        return [self.library.truth(key, user) for key in keys if self.library.get(key) is not None]

    def items(self, request: Request) -> Any:
        """GET items?type=movie&section=1&full=1&user=1: all items, short or in full."""
        section = request.values.get("section")
        found = self.library.items(request.values.get("type"), int(section) if section else None)
        user = int(request.values.get("user", OWNER))
        if request.flag("full"):
            return [self.library.truth(item.rating_key, user) for item in found]
        return [item_row(item) for item in found]

    def continue_watching(self, request: Request) -> Any:
        """GET continue_watching?user=1: the items in their order."""
        return [item_row(item) for item in self.library.continue_watching(int(request.values.get("user", OWNER)))]

    def playlists(self, _request: Request) -> Any:
        """GET playlists: all users' playlists with the keys of their items; smart ones without."""
        return [playlist_row(one) for one in self.library.playlists.values()]

    def mutate(self, body: Any) -> Any:
        """POST mutate {op, args: {…}} or a list of those; op is the name of a method of Library."""
        if isinstance(body, list):
            results: list[Any] = [self.mutate(entry) for entry in body]
            return results
        if body.get("op") not in MUTATORS:
            raise ValueError("op is one of " + ", ".join(MUTATORS))
        result = getattr(self.library, body["op"])(**body.get("args", {}))
        if isinstance(result, Item):
            return {"ok": True, "item": item_row(result)}
        if isinstance(result, Playlist):
            return {"ok": True, "playlist": playlist_row(result)}
        return {"ok": True, "section": section_row(result)} if isinstance(result, Section) else {"ok": True}

    def prerender(self, body: dict[str, Any]) -> None:
        """POST prerender: render all items now."""
        self.library.renderer.prerender()
