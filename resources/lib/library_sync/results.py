"""Taking the results of a sync in order: most are written at once, some are kept for its end."""
from __future__ import annotations

from typing import Dict, List, Sequence, Set, Tuple

from ..plex_model import Section
from ..state_db import Cursor
from .apply import Applier
from .collections import CollectionWriter
from .fetch import CheckedListing, FetchedItems, Fetcher, MetadataAnswer, Result
from .kinds import Kind
from .read_ahead import ReadAhead
from .report import Progress
from .tasks import Collections, HomeReady, ListingCursor, Watch


class ItemProgress:
    """The progress over all listings, as one number."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._totals: Dict[Tuple[str, str], int] = {}
        self._done: Dict[Tuple[str, str], int] = {}

    def expect(self, section: Section, kind: Kind, total: int) -> None:
        """Set the size of a listing. Called by the plan's thread."""
        self._totals[section.key, kind.name] = max(total, 0)

    def advance(self, section: Section, kind: Kind, count: int) -> None:
        """Add ``count`` items of a listing that are done."""
        key = section.key, kind.name
        self._done[key] = self._done.get(key, 0) + count
        self._progress.update(section.title, sum(self._done.values()), max(sum(self._totals.values()), 1))

    def home_ready(self) -> None:
        """What home screens show is written."""
        self._progress.home_ready()


class Results:
    """Takes results one after the other.

    ``listings`` are those that were read to the end, ``cursors`` are (section key, type, cursor).
    """

    def __init__(self, fetcher: Fetcher, applier: Applier, collections: CollectionWriter,
                 progress: ItemProgress, ahead: ReadAhead) -> None:
        self.fetcher = fetcher
        self.ahead = ahead
        self.progress = progress
        self._applier = applier
        self._collections = collections
        self.listings: List[CheckedListing] = []
        self.cursors: List[Tuple[str, str, Cursor]] = []

    def take(self, result: Result) -> None:
        """Write a result, or keep it."""
        if isinstance(result, MetadataAnswer):
            result = self.ahead.read(result)
        if isinstance(result, FetchedItems):
            self._applier.fetched(result)
            self.progress.advance(result.task.section, result.task.kind, len(result.task.rating_keys))
        elif isinstance(result, Watch):
            self._applier.watch(result)
            self.progress.advance(result.section, result.kind, len(result.rows))
        elif isinstance(result, Collections):
            self._applier.flush()
            self._collections.write(result, self._applier.failed | self._incomplete())
        elif isinstance(result, HomeReady):
            self._applier.flush()
            self._applier.write_people()
        elif isinstance(result, ListingCursor):
            self.cursors.append((result.section.key, result.kind.name, result.cursor))
        elif isinstance(result, CheckedListing):
            self.listings.append(result)
            if result.task.cursor is not None:
                self.cursors.append((result.task.section.key, result.task.kind.name, result.task.cursor))

    def _incomplete(self) -> Set[Tuple[str, str]]:
        """(section key, type) of listings that did not come to their end."""
        return {(listing.task.section.key, listing.task.kind.name) for listing in self.listings
                if not listing.task.complete}

    @property
    def good_cursors(self) -> List[Tuple[str, str, Cursor]]:
        """The cursors of complete listings."""
        return [entry for entry in self.cursors if entry[:2] not in self._applier.failed]

    @property
    def complete(self) -> bool:
        """Whether the sizes of all listings were right."""
        return all(listing.task.complete for listing in self.listings)

    def seen_to_the_end(self, sections: Sequence[Section]) -> List[str]:
        """Those of the libraries (by uuid, or key) of which no item was left out."""
        lacking = {key for key, _ in self._applier.failed | self._incomplete()}
        return [section.uuid or section.key for section in sections if section.key not in lacking]
