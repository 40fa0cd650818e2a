"""What has to be done: the server's slim listings compared with what we last knew. Reads only.

The tasks come out in an order that can be written: a library's shows before its seasons before its episodes.
"""
from __future__ import annotations

import logging
from typing import Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

from .. import plex_model
from ..plex_errors import PlexBadAnswer, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ..plex_functions import BATCH_SIZE, PMSClient
from ..plex_model import EPISODE, MOVIE, SEASON, SHOW, Section, SweepRow
from ..state_db import Known, StateDb
from .report import SyncReport

LOG = logging.getLogger('pkc.sync')

#: Types in a library, in the order in which they can be written.
TYPES = {MOVIE: (MOVIE,), SHOW: (SHOW, SEASON, EPISODE)}
_WATCH_BATCH = 500


class Fetch(NamedTuple):
    """Items whose full metadata is wanted."""

    section: Section
    plex_type: str
    rating_keys: Tuple[str, ...]


class Watch(NamedTuple):
    """Items of which only watch state or rating changed."""

    section: Section
    plex_type: str
    rows: Tuple[SweepRow, ...]


class Swept(NamedTuple):
    """A listing was seen to its end. ``missing`` are known items that it did not hold; ``total`` is its size.

    ``complete`` is false when the pages do not add up, and then nothing may be concluded from absence.
    """

    section: Section
    plex_type: str
    missing: Tuple[str, ...]
    known: int
    total: int
    complete: bool


class Collections(NamedTuple):
    """The collections of a movie library are to be looked at."""

    section: Section


Task = Union[Fetch, Watch, Swept, Collections]
Expected = Callable[[Section, str, int], None]


class Plan:
    """Walks the chosen libraries. Runs in the feeder's thread with its own reading connection."""

    def __init__(self, client: PMSClient, state: StateDb, server_id: int, report: SyncReport,
                 expected: Expected) -> None:
        self._client = client
        self._state = state
        self._server_id = server_id
        self._report = report
        self._expected = expected

    def tasks(self, sections: Sequence[Section]) -> Iterator[Task]:
        """All tasks of these libraries."""
        for section in sections:
            for plex_type in TYPES[section.plex_type]:
                try:
                    yield from self._sweep(section, plex_type)
                except (PlexNotFound, PlexForbidden, PlexServerError, PlexRejected, PlexBadAnswer) as error:
                    # The server is there: one listing that fails must not keep the other libraries waiting.
                    LOG.warning('library %s: %s', section.key, error)
                    self._report.fail(error)
                    yield Swept(section, plex_type, (), 0, 0, False)
            if section.plex_type == MOVIE:
                yield Collections(section)

    def _sweep(self, section: Section, plex_type: str) -> Iterator[Task]:
        known = self._state.known(self._server_id, section.key, plex_type)
        known_count = len(known)
        seen: Set[str] = set()
        totals: List[int] = []
        batches = _Batches(section, plex_type)
        for page in self._client.sweep(section.key, plex_type):
            totals.append(page.total)
            if len(totals) == 1:
                self._expected(section, plex_type, page.total)
            for row in self._rows(page.rows):
                if row.rating_key in seen:
                    continue
                seen.add(row.rating_key)
                verdict = compare(row, known.pop(row.rating_key, None), plex_type)
                if verdict == SAME:
                    self._report.unchanged += 1
                else:
                    yield from batches.add(verdict, row)
        yield from batches.rest()
        complete = totals[-1] == len(seen) and all(total in (-1, totals[-1]) for total in totals)
        if not complete:
            LOG.info('listing of %s in library %s does not add up: %d rows, totals %s', plex_type, section.key,
                     len(seen), sorted(set(totals)))
        yield Swept(section, plex_type, tuple(known), known_count, len(seen), complete)

    def _rows(self, raws: Iterable[plex_model.Raw]) -> Iterator[SweepRow]:
        for raw in raws:
            row = plex_model.sweep_row(raw)
            if row is None:
                self._report.skip('without an id')
            else:
                yield row


class _Batches:
    """Collects rows until they are worth a task."""

    def __init__(self, section: Section, plex_type: str) -> None:
        self._section = section
        self._type = plex_type
        self._fetch: List[str] = []
        self._watch: List[SweepRow] = []

    def add(self, verdict: str, row: SweepRow) -> Iterator[Task]:
        """Take a row in; yields a task when one is full."""
        if verdict == FETCH:
            self._fetch.append(row.rating_key)
        else:
            self._watch.append(row)
        if len(self._fetch) >= BATCH_SIZE or len(self._watch) >= _WATCH_BATCH:
            yield from self.rest()

    def rest(self) -> Iterator[Task]:
        """Tasks for what was collected."""
        if self._fetch:
            yield Fetch(self._section, self._type, tuple(self._fetch))
        if self._watch:
            yield Watch(self._section, self._type, tuple(self._watch))
        self._fetch, self._watch = [], []


SAME, WATCH, FETCH = 'same', 'watch', 'fetch'


def compare(row: SweepRow, known: Optional[Known], plex_type: str) -> str:
    """What a row asks for: :data:`SAME`, :data:`WATCH` or :data:`FETCH`.

    Watch state that *vanishes* is asked for again in full before anything is erased: a server may leave out a
    field that we asked for, and an unwatched library is the worst that a sync can do.
    """
    if known is None or known.stamp != row.stamp:
        return FETCH
    if plex_type in (SHOW, SEASON):
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


def split_sections(offered: Sequence[Section], excluded: Sequence[str]) -> Tuple[List[Section], List[Section]]:
    """The video libraries that the user wants, and those that he does not (by uuid or key)."""
    usable = [section for section in offered if section.plex_type in TYPES]
    wanted = [s for s in usable if s.uuid not in excluded and s.key not in excluded]
    return wanted, [s for s in usable if s not in wanted]


def by_key(sections: Sequence[Section]) -> Dict[str, Section]:
    """Sections by their key."""
    return {section.key: section for section in sections}
