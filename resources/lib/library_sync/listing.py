"""The listing of one kind of items in one library, with the options for comparing it."""
from __future__ import annotations

from typing import FrozenSet, NamedTuple

from ..plex_model import Section
from .diff import Diff
from .kinds import Kind
from .tasks import NO_COLLECTIONS, CollectionIndex


class LibraryListings(NamedTuple):
    """A library's listings. ``changed``: ratingKeys of items whose collections changed; ``watch_only``: write only
    watch states; ``everything``: write known items again.
    """

    section: Section
    everything: bool
    watch_only: bool = False
    collections: CollectionIndex = NO_COLLECTIONS
    changed: FrozenSet[str] = frozenset()

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
        self.diff = Diff(kind.watch_state, library.everything, library.watch_only)

    def wanted(self, known: bool) -> bool:
        """Whether an item belongs in Kodi's library; ``known``: it is there already."""
        return known or not self.watch_only
