"""One type of one library, as a sync is to look at it."""
from __future__ import annotations

from typing import FrozenSet

from ..plex_model import MOVIE, SHOW, Section
from .compare import Judge
from .tasks import NO_COLLECTIONS, CollectionIndex


class Listing:
    """``forced`` are items that changed in a way no stamp tells; ``watch_only`` lets nothing but watch states in."""

    def __init__(self, section: Section, index: CollectionIndex = NO_COLLECTIONS,
                 changed: FrozenSet[str] = frozenset(), watch_only: bool = False, plex_type: str = '',
                 everything: bool = False) -> None:
        self.section = section
        self.index = index
        self.watch_only = watch_only
        self.plex_type = plex_type
        self.forced = changed if plex_type in ('', MOVIE, SHOW) else frozenset()
        self.everything = everything
        self.judge = Judge(plex_type, everything, watch_only)

    def of(self, plex_type: str, everything: bool) -> Listing:
        """The same for one type."""
        return Listing(self.section, self.index, self.forced, self.watch_only, plex_type, everything)

    def wanted(self, known: bool) -> bool:
        """Whether an item of it belongs into Kodi's library."""
        return known or not self.watch_only
