"""Into whose row Kodi writes when it plays an item: its own, or those of other servers that stand for it."""
from __future__ import annotations

from typing import Dict, List, NamedTuple, Tuple

from ...state_db import EXPIRED, ItemState, StateDb, seen_as_one
from ..same_titles import SameTitles

#: machineIdentifier and ratingKey.
Item = Tuple[str, str]
#: Items that are remembered, the last ones.
_MOST = 50


class PlayedRows:
    """Remembers what was found when a playback began. Safe to use from several threads."""

    def __init__(self, same_titles: SameTitles) -> None:
        self._same_titles = same_titles
        self._items: Dict[Item, List[Item]] = {}

    def began(self, item: Item) -> List[Item]:
        """The item, and those whose rows stand for it."""
        found = [item, *((one.machine_identifier, one.rating_key) for one in self._same_titles.shown(*item))]
        if len(found) == 1:
            self._items.pop(item, None)
        else:
            while len(self._items) >= _MOST:
                self._items.pop(next(iter(self._items)), None)
            self._items[item] = found
        return found

    def items(self, item: Item) -> List[Item]:
        """The same, for an item of which a playback began."""
        return self._items.get(item, [item])


class PlayedRow(NamedTuple):
    """``own`` is what is stored about an item, ``row`` about the one whose row shows it: mostly itself."""

    own: ItemState
    row: ItemState


def rows_of(state: StateDb, own: ItemState) -> List[PlayedRow]:
    """The rows of an item: its own one, or those of other servers that stand for it."""
    shown = [own] if own.kodi_id else state.with_row(own.plex_type, [own.guid])
    return [PlayedRow(own, row) for row in shown]


def as_shown(state: StateDb, own: ItemState, one_row: bool) -> List[ItemState]:
    """The rows of an item with what they have to say; ``one_row``: it may be one with items of other servers."""
    if not one_row:
        return [own]
    others = state.without_row(own.plex_type, [own.guid]).get(own.guid, ())
    return [seen_as_one(place.row, others) for place in rows_of(state, own)]


def put_watch(state: StateDb, place: PlayedRow, watch: Tuple[int, int, int]) -> None:
    """Store (viewCount, viewOffset, lastViewedAt) of an item, which its row shows now. Another server's row holds it
    until that server is asked again: nobody has set it in Kodi.
    """
    own, row = place
    state.put_watch(own.server_id, [(own.rating_key, *watch, own.user_rating)])
    if row != own:
        state.put_watch(row.server_id, [(row.rating_key, *watch[:2], EXPIRED, row.user_rating)])
