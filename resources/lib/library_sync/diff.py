"""Comparing a row of the server's listing with what is stored about the item."""
from __future__ import annotations

from typing import Optional, Union

from ..plex_model import SweepRow
from ..state_db import ItemState, Known

#: What changed: nothing; only watch state or rating; or anything else, so that the item must be fetched in full.
UNCHANGED, WATCH_STATE, ITEM = 'unchanged', 'watch state', 'item'


def change_of(row: SweepRow, known: Union[Known, ItemState, None], watch_state: bool) -> str:
    """What changed of an item. ``watch_state``: whether items of its kind have one.

    An item whose watch state has *vanished* is fetched in full before anything is erased: a server may leave out a
    field of a listing, and a sync must never lose watch states by that.
    """
    if known is None or known.stamp != row.stamp:
        return ITEM
    return watch_change_of(row, known, watch_state)


def watch_change_of(row: SweepRow, known: Union[Known, ItemState], watch_state: bool) -> str:
    """As :func:`change_of`, but other changes are ignored."""
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
    """Compares the rows of a listing. ``everything``: known items are written again; ``watch_only``: none are added."""

    def __init__(self, watch_state: bool, everything: bool, watch_only: bool) -> None:
        self._watch_state = watch_state
        self._everything = everything
        self._watch_only = watch_only

    def change(self, row: SweepRow, known: Union[Known, ItemState, None], forced: bool = False) -> Optional[str]:
        """What changed; None for an item that is not wanted. ``forced``: it changed although its stamp did not."""
        if self._watch_only:
            return watch_change_of(row, known, self._watch_state) if known is not None else None
        return ITEM if forced or self._everything else change_of(row, known, self._watch_state)
