"""Making the tasks of a sync, by comparing the server's listings with what is stored. Writes nothing.

The tasks come in the order in which they can be written: a library's shows, then its seasons, then its episodes.
"""
from __future__ import annotations

import logging
import threading
from functools import partial
from typing import Callable, Collection, Iterator, List, NamedTuple, Optional, Sequence, Set, Union

from ..cancellation import Cancellation
from ..plex_errors import PlexBadAnswer, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ..plex_functions import PMSClient
from ..plex_model import Section, SweepRow
from ..state_db import Cursor, StateDb
from .delta import OVERLAP, Asked, Delta, Newest, server_counts
from .diff import ITEM, UNCHANGED
from .first_screen import Expected, FirstScreen
from .kinds import Kind, Kinds
from .listing import LibraryListings, Listing
from .membership import Membership
from .named import NamedItems
from .options import AsKnown
from .pipeline import Questions, ahead, later
from .report import SyncReport
from .request_pace import RequestPace
from .sweeps import Sweeps
from .tasks import Collections, Fetch, HomeReady, ListingCursor, ListingSummary, Task, Watch

LOG = logging.getLogger('pkc.sync')

_WATCH_BATCH = 1000
#: Seconds between two looks whether the sync was cancelled.
_POLL = 0.05


class PlanOptions(NamedTuple):
    """How to compare, and which kinds of items.

    ``watch_only`` and ``first`` hold section keys; of the latter libraries, what home screens show comes first.
    ``server_time`` is the server's clock, 0.0 when not known; ``parallel`` allows several requests at a time;
    ``pace`` has the size of batches; ``items`` are ratingKeys that the server named; ``as_known`` as in
    :class:`.options.Options`.
    """

    kinds: Kinds
    delta: bool
    everything: bool
    watch_only: Collection[str]
    server_time: Callable[[], float]
    parallel: bool
    pace: RequestPace
    items: Sequence[str] = ()
    first: Collection[str] = ()
    as_known: AsKnown = AsKnown()
    cancellation: Cancellation = Cancellation()


class Plan:
    """Makes the tasks of the chosen libraries. Runs in the feeder's thread (:mod:`.pipeline`).

    :meth:`home_written` must be called when what came before :class:`HomeReady` is written.
    """

    def __init__(self, client: PMSClient, state: StateDb, server_id: int, report: SyncReport,
                 expected: Expected, options: PlanOptions) -> None:
        self._client = client
        self._state = state
        self._server_id = server_id
        self._report = report
        self._expected = expected
        self._options = options
        named = NamedItems(client, state, server_id, options.items)
        self._membership = Membership(client, state, server_id, options.kinds, named, options.parallel)
        self._first = FirstScreen(client, state, server_id, self._membership, options.kinds, options.parallel)
        self._sweeps = Sweeps(client)
        self._home_written = threading.Event()
        self._delta = Delta(client, state, server_id, report, named)

    def tasks(self, sections: Sequence[Section]) -> Iterator[Task]:
        """All tasks of these libraries."""
        if self._options.parallel and not self._options.delta:
            self._sweeps.plan(sections, self._options.kinds)
        self._membership.expect([section for section in sections if section.key not in self._options.watch_only],
                                not self._options.delta)
        yield from self._first_tasks([section for section in sections if section.key in self._options.first])
        for section in sections:
            if section.key in self._options.watch_only:
                yield from self._library(LibraryListings(section, self._options.everything, watch_only=True))
                continue
            found = self._first.collections.pop(section.key, None)
            if found is None:
                found = self._membership.look(section, self._membership.listed(section), not self._options.delta)
            yield from self._library(LibraryListings(section, self._options.everything, collections=found.collections,
                                                     changed=frozenset(found.changed), done=self._first.done))
            yield Collections(section, found.items)

    def home_written(self) -> None:
        """What home screens show is in the databases."""
        self._home_written.set()

    def _first_tasks(self, sections: Sequence[Section]) -> Iterator[Task]:
        if not sections:
            return
        yield from self._first.tasks(sections, not self._options.delta, self._first_expected, self._report)
        yield HomeReady()
        # A delta compares the server's counts with ours, which must not change meanwhile.
        while self._options.delta and not self._home_written.is_set():
            if self._options.cancellation.wait(_POLL):
                return

    def _first_expected(self, section: Section, kind: Kind, total: int) -> None:
        if not self._options.delta:
            self._expected(section, kind, total)

    def _library(self, listings: LibraryListings) -> Iterator[Task]:
        section = listings.section
        with Questions(self._options.parallel) as questions:
            # Those about all kinds at once: each would be a way to the server and back.
            asked = [(listing, self._asked(listing, questions))
                     for listing in map(listings.of, self._options.kinds.of_library(section.plex_type))]
            for listing, answers in asked:
                try:
                    yield from self._listing(listing, answers)
                except (PlexNotFound, PlexForbidden, PlexServerError, PlexRejected, PlexBadAnswer) as error:
                    # The server answers: one listing that fails must not prevent the sync of others.
                    LOG.warning('library %s: %s', section.key, error)
                    self._report.fail(error)
                    yield ListingSummary(section, listing.kind, (), 0, 0, False)

    def _asked(self, listing: Listing, questions: Questions) -> Union[Asked, Cursor, None]:
        """What a delta asks about a listing, or the cursor of one that need not be asked for; None for a sweep."""
        if not self._options.delta:
            return None
        return self._as_known(listing) or self._delta.ask(listing, questions)

    def _listing(self, listing: Listing, asked: Union[Asked, Cursor, None]) -> Iterator[Task]:
        if isinstance(asked, Cursor):
            yield ListingCursor(listing.section, listing.kind, asked)
            return
        if asked is not None:
            batches = Batches(listing, self._options.pace)
            seen = self._delta.look(listing, asked, self._options.server_time(), batches)
            if seen is not None:
                yield from batches.tasks()
                yield seen
                return
        yield from self._sweep(listing)

    def _as_known(self, listing: Listing) -> Optional[Cursor]:
        """The cursor of a listing that need not be asked for. Until some time after the newest stamp it must be: an
        item with the same stamp may have become visible later.
        """
        section, (libraries, since_asked) = listing.section, self._options.as_known
        if section.key not in libraries or section.refreshing or listing.forced or self._options.items:
            return None
        cursor = self._state.cursor(self._server_id, section.key, listing.kind.name)
        asked = self._options.server_time() - since_asked
        return cursor if cursor is not None and cursor.stamp + OVERLAP < asked else None

    def _sweep(self, listing: Listing) -> Iterator[Task]:
        section, kind = listing.section, listing.kind
        known = self._state.known(self._server_id, section.key, kind.name)
        known_count = len(known)
        seen: Set[Union[str, int]] = set()
        totals: List[int] = []
        batches = Batches(listing, self._options.pace)
        unchanged = True
        newest = Newest(kind, self._options.server_time())
        for page in ahead(self._sweeps.read(section, kind), self._options.parallel):
            totals.append(page.total)
            if len(totals) == 1:
                self._expected(section, kind, page.total)
            for _ in range(page.unreadable):
                self._report.skip('without an id')
            for row in page.rows:
                short = _short(row.rating_key)
                if short in seen:
                    continue
                seen.add(short)
                old = known.pop(row.rating_key, None)
                newest.see(row, listing.wanted(old is not None))
                change = listing.change(row, old)
                unchanged = unchanged and change == UNCHANGED
                yield from batches.add(change, row, self._report)
        yield from batches.tasks()
        complete = totals[-1] == len(seen) and all(total in (-1, totals[-1]) for total in totals)
        if not complete:
            LOG.info('listing of %s in library %s does not add up: %d rows, totals %s', kind.name, section.key,
                     len(seen), sorted(set(totals)))
        kept, counted = None, None
        if complete and seen:
            kept = self._kept_cursor(listing, newest) if unchanged and not known else None
            if kept is None:  # the server may take its time to count; the next listing need not wait for that
                counted = later(partial(self._counted, section, kind, newest, totals[-1]), self._options.parallel)
        yield ListingSummary(section, kind, tuple(known), known_count, len(seen), complete, kept, counted)

    def _kept_cursor(self, listing: Listing, newest: Newest) -> Optional[Cursor]:
        """Where the next delta may begin, after a complete listing in which nothing changed.

        The server's counts differ from ours by what they did before. If they do not any more, the next delta sweeps,
        and that counts anew.
        """
        before = self._state.cursor(self._server_id, listing.section.key, listing.kind.name)
        if before is None or not newest.stamp or self._options.delta:
            return None
        return before._replace(stamp=newest.stamp)

    def _counted(self, section: Section, kind: Kind, newest: Newest, total: int) -> Optional[Cursor]:
        with Questions(self._options.parallel) as questions:
            return newest.cursor(server_counts(self._client, section.key, kind, questions, total)())


def _short(rating_key: str) -> Union[str, int]:
    """The ratingKey as an int, which takes half the memory, if it is a number without leading zeros."""
    return int(rating_key) if rating_key.isdigit() and rating_key[0] != '0' and rating_key.isascii() else rating_key


class Batches:
    """Collects rows into tasks of a useful size."""

    def __init__(self, listing: Listing, pace: RequestPace) -> None:
        self._listing = listing
        self._pace = pace
        self._fetch: List[str] = []
        self._watch: List[SweepRow] = []
        self._full: List[Task] = []

    def add(self, change: Optional[str], row: SweepRow, report: SyncReport) -> Iterator[Task]:
        """Take a row; yields the tasks that are full."""
        self.take(change, row, report)
        while self._full:
            yield self._full.pop(0)

    def take(self, change: Optional[str], row: SweepRow, report: SyncReport) -> None:
        """Take a row and what changed of its item (see :mod:`.diff`)."""
        if change == UNCHANGED:
            report.unchanged += 1
        elif change == ITEM:
            self.fetch(row.rating_key)
        elif change is not None:
            self._watch.append(row)
            if len(self._watch) >= _WATCH_BATCH:
                self._rest()

    def fetch(self, rating_key: str) -> None:
        """Have an item fetched in full."""
        self._fetch.append(rating_key)
        if len(self._fetch) >= self._pace.batch:
            self._rest()

    def tasks(self) -> Iterator[Task]:
        """Tasks for all rows that are left."""
        self._rest()
        while self._full:
            yield self._full.pop(0)

    def _rest(self) -> None:
        listing = self._listing
        if self._fetch:
            self._full.append(Fetch(listing.section, listing.kind, tuple(self._fetch), listing.collections,
                                    listing.watch_only))
        if self._watch:
            self._full.append(Watch(listing.section, listing.kind, tuple(self._watch)))
        self._fetch, self._watch = [], []
