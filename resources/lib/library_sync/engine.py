"""One sync from beginning to end. Interrupted at any point it goes on with what is missing, for what was written is
remembered in the same transaction.
"""
from __future__ import annotations

import gc
import logging
import sqlite3
from contextlib import contextmanager
from functools import partial
from typing import Callable, Collection, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .. import item_url, state_db
from ..cancellation import Cancellation, Cancelled
from ..kodi_db.connection import Library, named
from ..kodi_db.errors import DatabaseLocked, KodiDatabaseError
from ..kodi_db.writer import LibraryWriter
from ..plex_errors import PlexConnectionError, PlexError
from ..plex_functions import BATCH_SIZE, PMSClient
from ..plex_model import EPISODE, MOVIE, SEASON, SHOW, Section
from ..state_db import Cursor, SectionState, StateDb
from .apply import Applier
from .fetch import Fetched, FetchedSwept, Fetcher, Result, Unread
from .membership import Membership
from .pipeline import Ordered
from .plan import TYPES, Manner, Plan, by_key, is_named, split_sections
from .reconcile import follow_kodi, move_art, reconcile
from .removal import Removals
from .report import Progress, Silent, SyncReport
from .tasks import Collections, Fetch, Seen, Task, Watch

LOG = logging.getLogger('pkc.sync')

#: Objects made, less those gone again, after which Python looks for cycles during a sync (else 700).
_COLLECT_AFTER = 20000

#: How thoroughly a sync looks: what changed by the server's stamps, all listings, or everything written anew.
DELTA, SWEEP, CHECK = 'delta', 'sweep', 'check'


class Options(NamedTuple):
    """What the user may set. Libraries are named by uuid or key.

    ``workers`` parallel requests (0: none, everything in one thread). ``excluded`` libraries leave Kodi,
    ``watch_only`` ones get no new items and no new texts, ``not_due`` ones are left alone this time. ``breath``
    seconds of rest follow each batch. ``user_id`` is the Plex user whose watched marks the sync must not undo. If any
    are named in ``only``, all others are left alone.
    """

    excluded: Sequence[str] = ()
    workers: int = 3
    local_port: int = 57310
    mode: str = SWEEP
    watch_only: Sequence[str] = ()
    not_due: Sequence[str] = ()
    breath: float = 0.0
    user_id: str = ''
    only: Sequence[str] = ()


class Places(NamedTuple):
    """The two databases."""

    video_db: str
    state_db: str


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Have Python's collector look for cycles more rarely. A sync makes millions of records and no cycles; looking
    for some took a tenth of its time. The setting belongs to this interpreter, not to other add-ons'.
    """
    before = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class LibrarySync:
    """Mirrors one server's video libraries into Kodi's database."""

    def __init__(self, client: PMSClient, machine_identifier: str, places: Places, options: Options,
                 progress: Optional[Progress] = None, cancellation: Optional[Cancellation] = None) -> None:
        self._client = client
        self._machine = machine_identifier
        self._places = places
        self._options = options
        self._progress = progress or Silent()
        self._cancellation = cancellation or Cancellation()
        self._totals: Dict[str, int] = {}
        self._done: Dict[str, int] = {}

    def run(self) -> SyncReport:
        """Sync everything that the user chose. Trouble with server or databases ends up in the report."""
        return self._reported(self._run)

    def repair(self, plex_type: str, kodi_id: int) -> SyncReport:
        """Write one row of Kodi's library anew, for a show or season with all that is below it."""
        return self._reported(lambda library, report: self._repair(library, report, plex_type, kodi_id))

    def _reported(self, work: Callable[[Library, SyncReport], None]) -> SyncReport:
        report = SyncReport()
        stats = self._client.session.stats
        requests, received = stats.requests, stats.received
        try:
            state_db.prepare(self._places.state_db)
            with _patient_collector(), Library(self._places.video_db, self._places.state_db,
                                               self._cancellation) as library:
                follow_kodi(LibraryWriter(library), StateDb(library.connection, 'state.'))
                self._require_server()
                work(library, report)
        except Cancelled:
            report.cancelled = True
        except (PlexError, KodiDatabaseError, sqlite3.Error) as error:
            report.fail(named(error))
            LOG.warning('sync ended early: %s', error)
        report.requests, report.received = stats.requests - requests, stats.received - received
        report.finish()
        LOG.info('sync: %s', report)
        return report

    def _require_server(self) -> None:
        """An address may have gone over to another server since it was looked up; its ids would mean other items."""
        found = self._client.identity().machine_identifier
        if found != self._machine:
            raise PlexConnectionError('another server answers at this address')

    def _writer(self, library: Library) -> LibraryWriter:
        return LibraryWriter(library, partial(item_url.person_url, self._options.local_port, self._machine))

    def _run(self, library: Library, report: SyncReport) -> None:
        state = StateDb(library.connection, 'state.')
        writer = self._writer(library)
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
        applier = Applier(writer, state, server_id, self._machine, self._options.local_port, report, fetcher.items,
                          self._options.user_id)
        removals = Removals(applier, state, server_id, report, self._cancellation)
        reader, reading = state_db.open_reader(self._places.state_db)
        swept: List[FetchedSwept] = []
        cursors: List[Tuple[str, str, Cursor]] = []
        try:
            options = self._options
            due = [section for section in wanted if not is_named(section, options.not_due)
                   and (not options.only or is_named(section, options.only))]
            plan = Plan(self._client, reader, server_id, report, self._expect, Manner(
                options.mode == DELTA, options.mode == CHECK,
                {section.key for section in due if is_named(section, options.watch_only)},
                lambda: self._client.session.stats.server_time, options.workers > 1))
            results: Ordered[Task, Result] = Ordered(
                plan.tasks(due), fetcher, workers=options.workers, window=options.workers + 2,
                cancellation=self._cancellation)
            for result in results:
                self._apply(fetcher.read(result) if isinstance(result, Unread) else result, applier, swept, cursors)
                self._breathe()
        except (Cancelled, PlexError):
            applier.flush()  # what was fetched is not fetched again
            raise
        finally:
            reading.close()
        self._retry(applier)
        self._remove(swept, removals)
        self._remember_cursors(writer, state, server_id, [one for one in cursors if one[:2] not in applier.failed])
        self._drop_sections(state, server_id, wanted, unwanted, offered, removals, writer)
        report.complete = bool(offered) and all(one.task.complete for one in swept) and not report.error
        report.libraries = _seen_to_the_end(due, swept, applier.failed)
        if report.complete and options.mode != DELTA:
            self._drop_leftovers(state, server_id, unwanted, removals)
        applier.drop_empty_sets()

    def _repair(self, library: Library, report: SyncReport, plex_type: str, kodi_id: int) -> None:
        state, writer = StateDb(library.connection, 'state.'), self._writer(library)
        server_id = state.server_id(self._machine)
        row = state.by_kodi_id(plex_type, kodi_id)
        section = by_key(self._client.sections()).get(row.section_key) if row else None
        if row is None or row.server_id != server_id or section is None:
            report.skip('not from Plex')
            return
        fetcher = Fetcher(self._client, BATCH_SIZE)
        applier = Applier(writer, state, server_id, self._machine, self._options.local_port, report, fetcher.items,
                          self._options.user_id)
        index = Membership(self._client, state, server_id).look(section, False).collections
        keys = [row.rating_key]
        if plex_type == SHOW:
            keys += state.children(server_id, keys)
        elif plex_type == SEASON:
            episodes = [state.by_kodi_id(EPISODE, episode) for episode in writer.episodes_of_season(kodi_id)]
            keys += [episode.rating_key for episode in episodes if episode]
        rows = state.find(server_id, keys)
        for kind in TYPES[section.plex_type]:
            chosen = [key for key in keys if key in rows and rows[key].plex_type == kind]
            for start in range(0, len(chosen), BATCH_SIZE):
                self._cancellation.check()
                applier.fetched(fetcher.fetched(Fetch(section, kind, tuple(chosen[start:start + BATCH_SIZE]), index)))
        self._retry(applier)
        report.complete = not report.skipped

    def _breathe(self) -> None:
        """Rest between batches, for boxes that get too warm."""
        if self._options.breath:
            self._cancellation.wait(self._options.breath)

    # ---- results -----------------------------------------------------------------------------------------------

    def _apply(self, result: Result, applier: Applier, swept: List[FetchedSwept],
               cursors: List[Tuple[str, str, Cursor]]) -> None:
        if isinstance(result, Fetched):
            applier.fetched(result)
            self._advance(result.task.section, result.task.plex_type, len(result.task.rating_keys))
        elif isinstance(result, Watch):
            applier.watch(result)
            self._advance(result.section, result.plex_type, len(result.rows))
        elif isinstance(result, Collections):
            applier.collections(result)
        elif isinstance(result, Seen):
            cursors.append((result.section.key, result.plex_type, result.cursor))
        elif isinstance(result, FetchedSwept):
            swept.append(result)
            if result.task.cursor is not None:
                cursors.append((result.task.section.key, result.task.plex_type, result.task.cursor))

    def _remove(self, swept: Sequence[FetchedSwept], removals: Removals) -> None:
        """Deletions come last, children before parents, and not while the server is scanning."""
        busy = set()
        if any(one.gone for one in swept):
            busy = {section.key for section in self._client.sections() if section.refreshing}
        for one in reversed(swept):
            if one.task.section.key not in busy:
                removals.confirmed(one.task.section.key, one.task.plex_type, one.gone, one.task.known)

    @staticmethod
    def _remember_cursors(writer: LibraryWriter, state: StateDb, server_id: int,
                          cursors: Sequence[Tuple[str, str, Cursor]]) -> None:
        """Only now, when all that was seen is written, the next delta may begin there."""
        changed = [one for one in cursors if state.cursor(server_id, one[0], one[1]) != one[2]]
        if changed:
            with writer.transaction():
                for section_key, plex_type, cursor in changed:
                    state.set_cursor(server_id, section_key, plex_type, cursor)

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
                section_of = {one.rating_key: one.section_key for one in self._client.summaries(chunk)}
                gone += [key for key in chunk if key not in section_of or section_of[key] in elsewhere]
            if keys:
                removals.confirmed('', plex_type, gone, len(keys))


def _seen_to_the_end(sections: Sequence[Section], swept: Sequence[FetchedSwept],
                     failed: Collection[Tuple[str, str]]) -> List[str]:
    """The libraries (by uuid, or key) of which nothing was left out."""
    lacking = {one.task.section.key for one in swept if not one.task.complete} | {key for key, _ in failed}
    return [section.uuid or section.key for section in sections if section.key not in lacking]
