"""A row of the server's slim listing against what we last knew of the item."""
from __future__ import annotations

from typing import Optional, Union

from ..plex_model import SweepRow
from ..state_db import ItemState, Known

SAME, WATCH, FETCH = 'same', 'watch', 'fetch'


def compare(row: SweepRow, known: Union[Known, ItemState, None], watch_state: bool) -> str:
    """What a row asks for: :data:`SAME`, :data:`WATCH` or :data:`FETCH`. ``watch_state``: see :class:`Kind`.

    Watch state that *vanishes* is asked for again in full before anything is erased: a server may leave out a
    field that we asked for, and an unwatched library is the worst that a sync can do.
    """
    if known is None or known.stamp != row.stamp:
        return FETCH
    return compare_watch(row, known, watch_state)


def compare_watch(row: SweepRow, known: Union[Known, ItemState], watch_state: bool) -> str:
    """As :func:`compare`, with no regard to other changes."""
    if not watch_state:
        if known.user_rating == row.user_rating:
            return SAME
        return WATCH if row.user_rating else FETCH
    old = (known.view_count, known.view_offset, known.last_viewed_at, known.user_rating)
    new = (row.view_count, row.view_offset, row.last_viewed_at, row.user_rating)
    if old == new:
        return SAME
    if row.view_offset and not row.duration:
        return FETCH
    return FETCH if any(before and not after for before, after in zip(old, new)) else WATCH


class Judge:
    """Verdicts for one sync. ``everything`` has known items written anew; ``watch_only`` lets nothing new in."""

    def __init__(self, watch_state: bool, everything: bool, watch_only: bool) -> None:
        self._watch_state = watch_state
        self._everything = everything
        self._watch_only = watch_only

    def __call__(self, row: SweepRow, known: Union[Known, ItemState, None], forced: bool = False) -> Optional[str]:
        """The verdict, None for an item that is not wanted. ``forced`` items changed in a way no stamp tells."""
        if self._watch_only:
            return compare_watch(row, known, self._watch_state) if known is not None else None
        return FETCH if forced or self._everything else compare(row, known, self._watch_state)
