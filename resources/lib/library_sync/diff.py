"""What changed of an item: a row of the server's slim listing against what we last knew."""
from __future__ import annotations

from typing import Optional, Union

from ..plex_model import SweepRow
from ..state_db import ItemState, Known

#: What changed: nothing; only the watch state or the rating; or anything, so that the item is fetched in full.
UNCHANGED, WATCH_STATE, ITEM = 'unchanged', 'watch state', 'item'


def change_of(row: SweepRow, known: Union[Known, ItemState, None], watch_state: bool) -> str:
    """What changed of an item. ``watch_state``: whether items of its kind have one.

    Watch state that *vanishes* is asked for again in full before anything is erased: a server may leave out a
    field that we asked for, and an unwatched library is the worst that a sync can do.
    """
    if known is None or known.stamp != row.stamp:
        return ITEM
    return watch_change_of(row, known, watch_state)


def watch_change_of(row: SweepRow, known: Union[Known, ItemState], watch_state: bool) -> str:
    """As :func:`change_of`, with no regard to other changes."""
    if not watch_state:
        if known.user_rating == row.user_rating:
            return UNCHANGED
        return WATCH_STATE if row.user_rating else ITEM
    old = (known.view_count, known.view_offset, known.last_viewed_at, known.user_rating)
    new = (row.view_count, row.view_offset, row.last_viewed_at, row.user_rating)
    if old == new:
        return UNCHANGED
    if row.view_offset and not row.duration:
        return ITEM
    return ITEM if any(before and not after for before, after in zip(old, new)) else WATCH_STATE


class Diff:
    """The changes of one listing. ``everything`` has known items written anew; ``watch_only`` lets nothing new in."""

    def __init__(self, watch_state: bool, everything: bool, watch_only: bool) -> None:
        self._watch_state = watch_state
        self._everything = everything
        self._watch_only = watch_only

    def change(self, row: SweepRow, known: Union[Known, ItemState, None], forced: bool = False) -> Optional[str]:
        """What changed, None for an item that is not wanted. ``forced`` items changed in a way no stamp tells."""
        if self._watch_only:
            return watch_change_of(row, known, self._watch_state) if known is not None else None
        return ITEM if forced or self._everything else change_of(row, known, self._watch_state)
