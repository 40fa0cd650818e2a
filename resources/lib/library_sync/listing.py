"""The listing of one kind of items in one library, with the options for comparing it."""
from __future__ import annotations

from typing import FrozenSet, Mapping, NamedTuple, Optional, Tuple, Union

from ..plex_model import Section, SweepRow
from ..state_db import ItemState, Known
from .diff import Diff
from .kinds import Kind
from .tasks import NO_COLLECTIONS, CollectionIndex


class LibraryListings(NamedTuple):
    """A library's listings. ``changed``: ratingKeys of items whose collections changed; ``watch_only``: write only
    watch states; ``everything``: write known items again.

    ``done`` are the ratingKeys of items that this sync has already dealt with, each with the row by which it did so;
    None for one whose row it did not see.
    """

    section: Section
    everything: bool
    watch_only: bool = False
    collections: CollectionIndex = NO_COLLECTIONS
    changed: FrozenSet[str] = frozenset()
    done: Mapping[str, Optional[SweepRow]] = {}

    def of(self, kind: Kind) -> Listing:
        """The listing of one kind."""
        return Listing(self, kind)


class Listing:
    """One listing. ``forced``: ratingKeys of items that changed although their stamp did not."""

    def __init__(self, library: LibraryListings, kind: Kind) -> None:
        self.section = library.section
        self.kind = kind
        self.collections = library.collections
        self.watch_only = library.watch_only
        self.forced = library.changed if kind.in_collections else frozenset()
        self._diff = Diff(kind.watch_state, library.everything, library.watch_only)
        self._done = library.done

    def change(self, row: SweepRow, known: Union[Known, ItemState, None]) -> Optional[str]:
        """What changed of an item (see :mod:`.diff`); None when there is nothing to do about it."""
        if row.rating_key in self._done and self._same(self._done[row.rating_key], row):
            return None
        return self._diff.change(row, known, row.rating_key in self.forced)

    def _same(self, before: Optional[SweepRow], row: SweepRow) -> bool:
        return before is None or self._compared(before) == self._compared(row)

    def _compared(self, row: SweepRow) -> Tuple[float, ...]:
        state = (row.view_count, row.view_offset, row.last_viewed_at) if self.kind.watch_state else ()
        return (row.stamp, row.user_rating) + state

    def wanted(self, known: bool) -> bool:
        """Whether an item belongs in Kodi's library; ``known``: it is there already."""
        return known or not self.watch_only
