"""Running one sync. After an interruption the next sync continues with what is missing, since the state of each item
is stored in the transaction that writes it.
"""
from __future__ import annotations

import gc
import logging
from contextlib import contextmanager
from functools import partial
from typing import Callable, Collection, Iterator, Optional, Sequence, Set, Tuple

from .. import item_url, state_db
from ..cancellation import Cancellation, Cancelled
from ..kodi_db.writer import LibraryWriter
from ..plex_errors import PlexConnectionError, PlexError
from ..plex_functions import BATCH_SIZE, PMSClient
from ..plex_model import Section
from ..sql.errors import DatabaseError, DatabaseLocked
from ..state_db import Cursor, StateDb
from ..state_db.lease import Claim
from .apply import Applier
from .collections import CollectionWriter
from .databases import SyncDatabases
from .fetch import CheckedListing, Fetcher, Result
from .gate import RequestGate
from .item_removal import ItemRemoval
from .kinds import Kind
from .options import CHECK, DELTA, AsKnown, DatabaseLocations, Options, SyncServer
from .pipeline import Ordered, both
from .plan import Plan, PlanOptions
from .read_ahead import ReadAhead
from .reconcile import follow_kodi, move_art, reconcile
from .removal import Removals
from .repair import Repair
from .report import Progress, Silent, SyncReport
from .request_pace import FIRST_PARALLEL, RequestPace
from .results import ItemProgress, Results
from .sections import KnownSections, is_named, split_sections, told_apart
from .tasks import HomeReady, Task

LOG = logging.getLogger('pkc.sync')

#: Threads for tasks other than batches of items, so that these do not wait for them.
_SPARE = 2
#: Threshold of Python's garbage collector during a sync (default 700).
_COLLECT_AFTER = 20000


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Make Python's garbage collector run less often. A sync makes millions of records and no reference cycles; looking
    for these took a tenth of its time. Other add-ons have their own interpreter and are not affected.
    """
    before = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class LibrarySync:
    """Mirrors one server's libraries into one of Kodi's databases."""

    def __init__(self, client: PMSClient, machine_identifier: str, locations: DatabaseLocations, options: Options,
                 progress: Optional[Progress] = None, cancellation: Optional[Cancellation] = None) -> None:
        self._client = client
        self._machine = machine_identifier
        self._locations = locations
        self._options = options
        self._progress = progress or Silent()
        self._cancellation = cancellation or Cancellation()

    def run(self) -> SyncReport:
        """Sync all chosen libraries. Errors of server or databases are in the report; none are raised."""
        return self._reported(self._run)

    def repair(self, plex_type: str, kodi_id: int) -> SyncReport:
        """Write one item of Kodi's library again, with all items below it (a show's seasons and episodes)."""
        return self._reported(partial(self._repair, self._locations.kinds.of_type(plex_type), kodi_id))

    def _reported(self, work: Callable[[LibraryWriter, StateDb, SyncReport], None]) -> SyncReport:
        report = SyncReport()
        # A full check writes everything again, so it may be for another user than before.
        claim = Claim(self._options.user_id, self._options.mode == CHECK)
        stats = self._client.session.stats
        requests, received = stats.requests, stats.received
        try:
            with _patient_collector(), SyncDatabases(
                    self._locations, self._cancellation, claim) as databases:
                for kind in self._locations.kinds:
                    databases.video.require(kind.table)
                writer = LibraryWriter(databases.video,
                                       partial(item_url.person_url, self._options.local_port, self._machine))
                follow_kodi(writer, databases.state)
                try:
                    work(writer, databases.state, report)
                finally:
                    report.replaced_texts = databases.video.connection.replaced_texts
                    if report.wrote:
                        databases.note_change()
        except Cancelled:
            report.cancelled = True
        except (PlexError, DatabaseError) as error:
            report.fail(error)
            LOG.warning('sync ended early: %s', error)
        report.requests, report.received = stats.requests - requests, stats.received - received
        report.finish()
        LOG.info('sync: %s', report)
        return report

    def _require_server(self) -> None:
        """Raise if another server now answers at the address: its ratingKeys would be other items."""
        if self._options.identified:
            return
        answering = self._client.identity().machine_identifier
        if answering != self._machine:
            raise PlexConnectionError('another server answers at this address')

    @property
    def _parallel(self) -> bool:
        """Whether small questions may be asked at the same time."""
        return self._options.workers > 1 and not self._options.breath

    def _server(self, server_id: int) -> SyncServer:
        return SyncServer(server_id, self._machine, self._locations.kinds, self._options.local_port,
                          self._options.user_id, self._options.mode == CHECK, self._options.one_row)

    def _fetcher(self) -> Fetcher:
        """Gentle syncs begin with one request at a time."""
        pace = RequestPace(self._options.workers, 1 if self._options.breath else FIRST_PARALLEL)
        return Fetcher(self._client, BATCH_SIZE, RequestGate(pace, self._cancellation))

    def _run(self, writer: LibraryWriter, state: StateDb, report: SyncReport) -> None:
        _, offered = both(self._require_server, self._client.sections, self._parallel)
        offered = told_apart(offered, self._options.titles_taken, self._options.server_name)
        server_id = state.server_id(self._machine)
        if not server_id:
            with writer.transaction():
                server_id = state.add_server(self._machine)
        if state.brought_dates(server_id):
            with writer.transaction():
                state.share_kept_dates(server_id)
        server = self._server(server_id)
        if any(reconcile(writer, state, server, thorough=self._options.mode != DELTA)):
            self._options = self._options._replace(as_known=AsKnown())  # a look knew nothing of that
        move_art(writer, self._machine, self._options.local_port)
        sections = KnownSections(writer, state, server)
        wanted, unwanted = split_sections(offered, self._options.excluded, server.kinds)
        new = sections.remember(wanted)

        fetcher = self._fetcher()
        ahead = ReadAhead(fetcher)
        applier = Applier(writer, state, server, report, fetcher.items, ahead)
        collections = CollectionWriter(writer, state, server, report, applier.context)
        results = Results(fetcher, applier, collections, ItemProgress(self._progress), ahead)
        options, only = self._options, self._options.only
        due = [section for section in wanted if not is_named(section, self._options.not_due)
               and (not only or is_named(section, only))]
        try:
            self._read(due, server, results, report, new)
        except (Cancelled, PlexError):
            applier.flush()  # what was fetched is not fetched again
            applier.write_people()
            raise
        finally:
            ahead.close()
        _retry(applier)
        removals = Removals(ItemRemoval(writer, state, server, report), collections, state, server, report,
                            self._cancellation)
        self._remove(results.listings, removals)
        _remember_cursors(writer, state, server_id, results.good_cursors)
        doubted = sections.drop(wanted, unwanted, offered, removals)
        report.look_again = any(key in options.only for key in doubted)
        report.complete = bool(offered) and results.complete and not report.error
        report.libraries = results.seen_to_the_end(due)
        if report.complete and self._options.mode != DELTA:
            sections.drop_leftovers(self._client, unwanted, removals)
        collections.drop_empty_sets()

    def _read(self, due: Sequence[Section], server: SyncServer, results: Results, report: SyncReport,
              new: Collection[str]) -> None:
        """List, compare and fetch in other threads, ahead of the writing in this one."""
        options = self._options
        first = self._first(due, new)
        hurry = bool(first)
        with state_db.open_reader(self._locations.state_db) as reader:
            plan = Plan(self._client, reader, server.server_id, report, results.progress.expect, PlanOptions(
                server.kinds, options.mode == DELTA, options.mode == CHECK,
                {section.key for section in due if is_named(section, options.watch_only)},
                lambda: self._client.session.stats.server_time, self._parallel,
                results.fetcher.pace, options.items, first, options.as_known, self._cancellation))
            ordered: Ordered[Task, Result] = Ordered(
                plan.tasks(due), results.fetcher, workers=options.workers + (_SPARE if self._parallel else 0),
                window=2 * (options.workers + _SPARE), cancellation=self._cancellation)
            results.ahead.source = ordered.ready
            for result in ordered:
                results.take(result)
                if isinstance(result, HomeReady):
                    plan.home_written()
                    hurry = False
                    report.home_ready()
                    if report.wrote:
                        results.progress.home_ready()
                elif options.breath and not hurry:  # for devices that get too warm
                    self._cancellation.wait(options.breath)

    def _first(self, due: Sequence[Section], new: Collection[str]) -> Set[str]:
        """The keys of the libraries of which home screens lack something."""
        options = self._options
        return {section.key for section in due if (options.home_first or section.key in new) and options.mode != CHECK
                and not is_named(section, options.watch_only)}

    def _remove(self, listings: Sequence[CheckedListing], removals: Removals) -> None:
        """Delete last, children before parents, and nothing of libraries that the server is scanning."""
        busy = set()
        if any(listing.gone for listing in listings):
            busy = {section.key for section in self._client.sections() if section.refreshing}
        for listing in reversed(listings):
            task = listing.task
            if task.section.key not in busy:
                removals.confirmed(task.section.key, task.kind, listing.gone, task.known)

    def _repair(self, kind: Kind, kodi_id: int, writer: LibraryWriter, state: StateDb, report: SyncReport) -> None:
        self._require_server()
        fetcher = self._fetcher()
        server = self._server(state.server_id(self._machine))
        applier = Applier(writer, state, server, report, fetcher.items)
        repair = Repair(self._client, writer.database, state, server, self._cancellation)
        if repair.run(kind, kodi_id, applier, fetcher):
            _retry(applier)
        else:
            report.skip('not from Plex')
        report.complete = not report.skipped


def _retry(applier: Applier) -> None:
    for left in (2, 1, 0):
        try:
            applier.retry_postponed()
            return
        except DatabaseLocked:
            if not left:
                raise


def _remember_cursors(writer: LibraryWriter, state: StateDb, server_id: int,
                      cursors: Sequence[Tuple[str, str, Cursor]]) -> None:
    """Store where the next delta may begin. Call only after everything up to there was written."""
    changed = [(section_key, plex_type, cursor) for section_key, plex_type, cursor in cursors
               if state.cursor(server_id, section_key, plex_type) != cursor]
    if changed:
        with writer.transaction():
            for section_key, plex_type, cursor in changed:
                state.set_cursor(server_id, section_key, plex_type, cursor)
