"""The results of a sync in their order: to those who write them, and what is kept for the end."""
from __future__ import annotations

from typing import Dict, List, Sequence, Tuple

from ..plex_model import Section
from ..state_db import Cursor
from .apply import Applier
from .collections import CollectionWriter
from .fetch import CheckedListing, FetchedItems, Fetcher, MetadataAnswer, Result
from .kinds import Kind
from .report import Progress
from .tasks import Collections, ListingCursor, Watch


class ItemProgress:
    """How far the listings are, all in one number."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._totals: Dict[Tuple[str, str], int] = {}
        self._done: Dict[Tuple[str, str], int] = {}

    def expect(self, section: Section, kind: Kind, total: int) -> None:
        """Called by the plan's thread when a listing tells its size."""
        self._totals[section.key, kind.name] = max(total, 0)

    def advance(self, section: Section, kind: Kind, count: int) -> None:
        """So many more items of a listing are done."""
        key = section.key, kind.name
        self._done[key] = self._done.get(key, 0) + count
        self._progress.update(section.title, sum(self._done.values()), max(sum(self._totals.values()), 1))


class Results:
    """Takes results one after the other.

    ``listings`` are those that were read to their end, ``cursors`` (section key, type, how far was seen).
    """

    def __init__(self, fetcher: Fetcher, applier: Applier, collections: CollectionWriter,
                 progress: ItemProgress) -> None:
        self.fetcher = fetcher
        self.progress = progress
        self._applier = applier
        self._collections = collections
        self.listings: List[CheckedListing] = []
        self.cursors: List[Tuple[str, str, Cursor]] = []

    def take(self, result: Result) -> None:
        """Have a result written, or keep it."""
        if isinstance(result, MetadataAnswer):
            result = self.fetcher.read(result)
        if isinstance(result, FetchedItems):
            self._applier.fetched(result)
            self.progress.advance(result.task.section, result.task.kind, len(result.task.rating_keys))
        elif isinstance(result, Watch):
            self._applier.watch(result)
            self.progress.advance(result.section, result.kind, len(result.rows))
        elif isinstance(result, Collections):
            self._applier.flush()
            self._collections.write(result, self._applier.failed)
        elif isinstance(result, ListingCursor):
            self.cursors.append((result.section.key, result.kind.name, result.cursor))
        elif isinstance(result, CheckedListing):
            self.listings.append(result)
            if result.task.cursor is not None:
                self.cursors.append((result.task.section.key, result.task.kind.name, result.task.cursor))

    @property
    def good_cursors(self) -> List[Tuple[str, str, Cursor]]:
        """The cursors of listings of which everything could be had."""
        return [one for one in self.cursors if one[:2] not in self._applier.failed]

    @property
    def complete(self) -> bool:
        """Whether the listings that were read add up."""
        return all(one.task.complete for one in self.listings)

    def seen_to_the_end(self, sections: Sequence[Section]) -> List[str]:
        """Those of the libraries (by uuid, or key) of which nothing was left out."""
        lacking = {one.task.section.key for one in self.listings if not one.task.complete}
        lacking.update(key for key, _ in self._applier.failed)
        return [section.uuid or section.key for section in sections if section.key not in lacking]
