"""One sync from beginning to end. Interrupted at any point it goes on with what is missing, for what was written is
remembered in the same transaction.
"""
from __future__ import annotations

import logging
import sqlite3
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from .. import state_db
from ..kodi_db.connection import Library
from ..kodi_db.errors import DatabaseLocked, KodiDatabaseError
from ..kodi_db.writer import LibraryWriter
from ..plex_errors import PlexCancelled, PlexError
from ..plex_functions import BATCH_SIZE, PMSClient
from ..plex_model import EPISODE, MOVIE, SEASON, SHOW, Section
from ..state_db import SectionState, StateDb
from .apply import Applier
from .fetch import Fetched, FetchedCollections, FetchedSwept, Fetcher, Result
from .pipeline import Ordered, Stopped
from .plan import Plan, Task, Watch, by_key, split_sections
from .reconcile import move_art, reconcile
from .removal import Removals
from .report import Progress, Silent, SyncReport

LOG = logging.getLogger('pkc.sync')


#: How thoroughly a sync looks: what changed since the last one by the server's stamps, all listings, or everything anew.
DELTA, SWEEP, CHECK = 'delta', 'sweep', 'check'


class Options(NamedTuple):
    """What the user may set. Libraries are named by uuid or key.

    ``workers`` parallel requests (0: none, everything in one thread). ``excluded`` libraries leave Kodi,
    ``watch_only`` ones get no new items and no new texts, ``not_due`` ones are left alone this time. ``breath``
    seconds of rest follow each batch.
    """

    excluded: Sequence[str] = ()
    workers: int = 3
    local_port: int = 57310
    mode: str = SWEEP
    watch_only: Sequence[str] = ()
    not_due: Sequence[str] = ()
    breath: float = 0.0


class Places(NamedTuple):
    """The two databases."""

    video_db: str
    state_db: str


class LibrarySync:
    """Mirrors one server's video libraries into Kodi's database."""

    def __init__(self, client: PMSClient, machine_identifier: str, places: Places, options: Options,
                 progress: Optional[Progress] = None, should_stop: Callable[[], bool] = lambda: False) -> None:
        self._client = client
        self._machine = machine_identifier
        self._places = places
        self._options = options
        self._progress = progress or Silent()
        self._should_stop = should_stop
        self._totals: Dict[str, int] = {}
        self._done: Dict[str, int] = {}

    def run(self) -> SyncReport:
        """Sync everything that the user chose. Trouble with server or databases ends up in the report."""
        report = SyncReport()
        stats = self._client.session.stats
        requests, received = stats.requests, stats.received
        try:
            state_db.prepare(self._places.state_db)
            with Library(self._places.video_db, self._places.state_db, self._should_stop) as library:
                self._run(library, report)
        except (Stopped, PlexCancelled):
            report.cancelled = True
        except (PlexError, KodiDatabaseError, sqlite3.Error) as error:
            report.fail(error)
            LOG.warning('sync ended early: %s', error)
        report.requests, report.received = stats.requests - requests, stats.received - received
        report.finish()
        LOG.info('sync: %s', report)
        return report

    def _run(self, library: Library, report: SyncReport) -> None:
        state = StateDb(library.connection, 'state.')
        writer = LibraryWriter(library)
        offered = self._client.sections()
        server_id = state.server_id(self._machine)
        if not server_id:
            with writer.transaction():
                server_id = state.add_server(self._machine)
        reconcile(writer, state, server_id, self._machine)
        move_art(writer, self._machine, self._options.local_port)
        wanted, unwanted = split_sections(offered, self._options.excluded)
        self._remember(writer, state, server_id, wanted)

        fetcher = Fetcher(self._client, BATCH_SIZE)
        applier = Applier(writer, state, server_id, self._machine, self._options.local_port, report, fetcher.items)
        removals = Removals(applier, state, server_id, report, self._should_stop)
        reader, reading = state_db.open_reader(self._places.state_db)
        swept: List[FetchedSwept] = []
        try:
            plan = Plan(self._client, reader, server_id, report, self._expect)
            results: Ordered[Task, Result] = Ordered(
                plan.tasks(wanted), fetcher, workers=self._options.workers, window=self._options.workers * 3,
                should_stop=self._should_stop)
            for result in results:
                self._apply(result, applier, swept)
        finally:
            reading.close()
        self._retry(applier)
        self._remove(swept, removals)
        self._drop_sections(state, server_id, wanted, unwanted, offered, removals, writer)
        report.complete = bool(offered) and all(one.task.complete for one in swept) and not report.error
        if report.complete:
            self._drop_leftovers(state, server_id, unwanted, removals)

    # ---- results -----------------------------------------------------------------------------------------------

    def _apply(self, result: Result, applier: Applier, swept: List[FetchedSwept]) -> None:
        if isinstance(result, Fetched):
            applier.fetched(result)
            self._advance(result.task.section, result.task.plex_type, len(result.task.rating_keys))
        elif isinstance(result, Watch):
            applier.watch(result)
            self._advance(result.section, result.plex_type, len(result.rows))
        elif isinstance(result, FetchedCollections):
            applier.collections(result)
        elif isinstance(result, FetchedSwept):
            swept.append(result)

    def _remove(self, swept: Sequence[FetchedSwept], removals: Removals) -> None:
        """Deletions come last, children before parents, and not while the server is scanning."""
        busy = set()
        if any(one.gone for one in swept):
            busy = {section.key for section in self._client.sections() if section.refreshing}
        for one in reversed(swept):
            if one.task.section.key not in busy:
                removals.confirmed(one.task.section.key, one.task.plex_type, one.gone, one.task.known)

    def _expect(self, section: Section, plex_type: str, total: int) -> None:
        """Called by the plan's thread when a listing tells its size."""
        self._totals[section.key + plex_type] = max(total, 0)

    def _advance(self, section: Section, plex_type: str, count: int) -> None:
        key = section.key + plex_type
        self._done[key] = self._done.get(key, 0) + count
        self._progress.update(section.title, sum(self._done.values()), max(sum(self._totals.values()), 1))

    @staticmethod
    def _retry(applier: Applier) -> None:
        for left in (2, 1, 0):
            try:
                applier.retry_postponed()
                return
            except DatabaseLocked:
                if not left:
                    raise

    # ---- sections ----------------------------------------------------------------------------------------------

    @staticmethod
    def _remember(writer: LibraryWriter, state: StateDb, server_id: int, wanted: Sequence[Section]) -> None:
        """Write down the libraries that are synced, where that changed."""
        known = state.sections(server_id)
        rows = [SectionState(s.key, s.uuid, s.plex_type, s.title, 0) for s in wanted]
        changed = [row for row in rows if known.get(row.section_key) != row]
        if changed:
            with writer.transaction():
                for row in changed:
                    state.put_section(server_id, row)
                    old = known.get(row.section_key)
                    if old and old.title != row.title:
                        # Every item carries the library's name as a tag.
                        state.expire_section(server_id, row.section_key)

    def _drop_sections(self, state: StateDb, server_id: int, wanted: Sequence[Section], unwanted: Sequence[Section],
                       offered: Sequence[Section], removals: Removals, writer: LibraryWriter) -> None:
        """Libraries that the user deselected go at once; those that the server lacks, when it is seen twice."""
        present, deselected = by_key(wanted), by_key(unwanted)
        for key, section in state.sections(server_id).items():
            if key in present:
                continue
            if key not in deselected and (section.missing < 1 or not offered):
                LOG.warning('library %s is missing at the server, kept until that is seen again', key)
                with writer.transaction():
                    state.put_section(server_id, section._replace(missing=section.missing + (1 if offered else 0)))
                continue
            removals.section(section)
            with writer.transaction():
                state.drop_section(server_id, key)

    def _drop_leftovers(self, state: StateDb, server_id: int, unwanted: Sequence[Section],
                        removals: Removals) -> None:
        """Rows that were taken over from Kodi and that no wanted listing held: gone, or of a deselected library."""
        elsewhere = by_key(unwanted)
        for plex_type in (EPISODE, SEASON, SHOW, MOVIE):
            keys = list(state.known(server_id, '', plex_type))
            gone: List[str] = []
            for start in range(0, len(keys), BATCH_SIZE):
                chunk = keys[start:start + BATCH_SIZE]
                section_of = {str(raw.get('ratingKey')): str(raw.get('librarySectionID'))
                              for raw in self._client.metadata(chunk)}
                gone += [key for key in chunk if key not in section_of or section_of[key] in elsewhere]
            if keys:
                removals.confirmed('', plex_type, gone, len(keys))
