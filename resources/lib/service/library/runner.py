"""One sync as the service does it: before it, what the server must know; after it, what Kodi and the user must see."""
from __future__ import annotations

import os
from contextlib import closing
from typing import Callable, NamedTuple, Optional, Sequence, Set, Tuple

from ...cancellation import Cancellation, Cancelled
from ...kodi import settings
from ...kodi.player import playing_video
from ...library_sync.engine import LibrarySync
from ...library_sync.options import CHECK, DELTA, MOST_PARALLEL, SWEEP, AsKnown, Options
from ...library_sync.report import SyncReport
from ...plex_errors import PlexError
from ...plex_functions import PMSClient
from ...sql.errors import DatabaseError, OtherUser
from ..error_texts import text_name
from ..events import LibrariesAsKnown, LibraryChanged, LibraryComplete, SyncStarting
from ..library_names import names_for
from ..same_titles import SameTitles
from ..shared import Shared
from . import report_text, requests, schedule
from .announcer import LibraryAnnouncer
from .history import SyncHistory
from .leaving import LeavingServers
from .progress import SyncProgress
from .requests import SyncRequest
from .schedule import LibrarySchedule
from .seen import SeenBefore
from .server_libraries import ServerLibraries

#: The limit of parallel requests, and seconds of rest after each batch.
_USUAL, _GENTLE = (MOST_PARALLEL, 0.0), (2, 0.25)
#: Seconds without a complete sync after which the next one begins with what home screens show.
_LONG_AWAY = 12 * 3600.0
_MODES = {requests.DELTA: DELTA, requests.SWEEP: SWEEP, requests.CHECK: CHECK}


class _Server(NamedTuple):
    client: PMSClient
    machine_identifier: str


class SyncRunner:
    """The work of the sync's thread (:class:`~.sync_thread.SyncWork`).

    ``migrate(starting)`` takes over a library of PlexKodiConnect 3.x if the user wants that.
    """

    def __init__(self, shared: Shared, history: SyncHistory, migrate: Callable[[SyncStarting], None]) -> None:
        self._shared = shared
        self._history = history
        self._migrate = migrate
        self._schedule = LibrarySchedule(os.path.join(shared.profile, schedule.FILE_NAME), shared.clock.time)
        self._announcer = LibraryAnnouncer(shared)
        self._libraries = ServerLibraries(shared)
        self._same_titles = SameTitles(shared)
        self.leaving = LeavingServers(shared)
        self._seen = SeenBefore(history, shared.clock)
        self._back: Set[str] = set()
        shared.events.subscribe(LibrariesAsKnown, self._seen.looked_at)
        self._progress: Optional[SyncProgress] = None
        self._told_hopeless = ''
        self._told_letters = False

    @property
    def progress(self) -> Optional[Tuple[str, int, int]]:
        """(library, done, total) of the sync that is running, or was the last; None as long as nothing was written."""
        return self._progress.latest if self._progress else None

    # ---- asked by the thread -------------------------------------------------------------------------------------

    def possible(self, machine: str) -> bool:
        """Whether somebody is signed in, it is known who watches, and the server is still chosen."""
        return (self._shared.auth.status().usable and not self._shared.viewer.locked
                and machine in self._shared.clients.machines())

    def machines(self) -> Sequence[str]:
        """All chosen servers."""
        return self._shared.clients.machines()

    def ready(self, machine: str) -> bool:
        """Whether the server can be reached as far as is known. A single one is tried in any case."""
        clients = self._shared.clients
        return len(clients.machines()) < 2 or clients.ready(machine)

    def playing_holds(self) -> bool:
        """Whether something plays and the user wants peace meanwhile."""
        return self._shared.settings.current.pause_during_playback and playing_video()

    def interval(self) -> float:
        """Seconds between two syncs of the timer, 0 for never."""
        return self._shared.settings.current.sync_interval * 60.0

    def stop(self) -> None:
        """The service ends."""
        self._announcer.stop()

    def announce(self) -> None:
        """A row was written besides a sync."""
        self._announcer.changed(at_once=False)

    def guide_ended(self) -> None:
        """The home screen may be loaded anew again."""
        self._announcer.guide_ended()

    def server_back(self, machine: str) -> None:
        """A server beside the main one can be reached: lists that Kodi read without it are read anew after its sync."""
        if machine:
            self._back.add(machine)

    def forget(self) -> None:
        """What was seen before says nothing any more: another server, other libraries, another user."""
        self._seen.forget()

    def completed(self, machine: str = '') -> bool:
        """Whether all libraries were ever seen to their end, for this user at this server."""
        return bool(self._seen.of(machine).completed)

    def run(self, request: SyncRequest, cancellation: Cancellation) -> SyncReport:
        """Carry out a request; trouble with the server or the databases is in the report."""
        shared, machine = self._shared, request.scope.machine
        self._announcer.before_sync()
        with closing(SyncProgress(shared.addon, shared.settings.current.show_progress, shared.guide,
                                  self._announcer.home_ready)) as progress:
            self._progress = progress
            try:
                self._leave(cancellation)
                server = _Server(*shared.clients.connect(machine))
                if request.scope.rows is not None:
                    report = self._refresh(server, request, cancellation)
                else:
                    starting = SyncStarting(server.client, server.machine_identifier, progress, cancellation, machine)
                    shared.events.publish(starting)
                    if not machine:
                        self._migrate(starting)
                    report = self._sync(starting, request)
            except (PlexError, DatabaseError) as error:
                report = SyncReport(error=str(error), failure=error)
                report.finish()
            except Cancelled:
                report = SyncReport(cancelled=True)
                report.finish()
        if report.failure is not None:
            shared.clients.failed(report.failure, machine)
        report.hopeless = isinstance(report.failure, OtherUser)
        shared.databases.user.forget()
        return report

    def ended(self, request: SyncRequest, report: SyncReport, more: bool) -> None:
        """Remember it, let Kodi's windows show what is new, and tell the user who asked when all is done."""
        shared = self._shared
        if report.complete and request.scope.rows is None and request.scope.sections is None and self._all_completed():
            shared.events.publish(LibraryComplete())
        again = report.hopeless and self._told_hopeless == report.error
        if request.scope.rows is None and (report.wrote or report.error and not again or request.cause.told_if_idle):
            run = self._history.add(request.cause.name, report, request.scope.machine,
                                    self._server_name(request.scope.machine))
            settings.set_last_sync(report_text.summary(run, shared.addon.text))
        back = not report.error and request.scope.machine in self._back
        if back:
            self._back.discard(request.scope.machine)
            if not (report.wrote or shared.stopping.cancelled):
                self._announcer.changed(at_once=False)
        if report.wrote and not shared.stopping.cancelled:
            self._announcer.changed(at_once=request.cause.told_if_idle)
            shared.events.publish(LibraryChanged(report))
        if request.scope.rows is not None:
            if request.cause.announced:
                self._tell_refreshed(report)
        elif report.error:
            if request.cause.announced or report.hopeless and not again:
                shared.screen.tell(text_name(report.failure) if report.failure else 'sync_failed', True)
        elif (report.cancelled and not report.paused or request.cause.announced) and not (shared.guide.active or more):
            shared.screen.tell('sync_cancelled' if report.cancelled else 'sync_done')
        self._told_hopeless = report.error if report.hopeless else ''
        if report.replaced_texts and not self._told_letters:
            self._told_letters = True
            shared.screen.tell('database_some_letters')

    # ---- one run -------------------------------------------------------------------------------------------------

    def options(self, machine: str = '') -> Options:
        """What the settings say."""
        chosen = self._shared.settings.current
        workers, breath = _GENTLE if chosen.gentle_mode else _USUAL
        return Options(tuple(names_for(machine, chosen.excluded_libraries)), workers, self._shared.port, breath=breath,
                       watch_only=tuple(names_for(machine, chosen.watch_only_libraries)),
                       user_id=self._shared.auth.status().user_id, titles_taken=self._libraries.titles_before(machine),
                       server_name=self._server_name(machine), one_row=self._one_row())

    def _one_row(self) -> Sequence[str]:
        """All chosen servers in the user's order, if what several have is to be one row."""
        return self._shared.auth.status().machine_identifiers if self._same_titles.one_row else ()

    def _sync(self, starting: SyncStarting, request: SyncRequest) -> SyncReport:
        """Libraries with an interval of their own are seen too seldom to be left with what changed."""
        databases, machine = self._shared.databases, request.scope.machine
        wanted = self._shared.settings.current.library_intervals
        intervals = self._libraries.intervals(machine, wanted)
        not_due = set() if request.scope.all_due else self._schedule.not_due(intervals)
        due = set(intervals) - not_due
        seen = self._seen.of(machine)
        least = requests.DELTA if self._seen.swept_recently(machine) and not due else requests.SWEEP
        depth = max(request.scope.depth, least)
        began = self._shared.clock.monotonic()
        as_known = self._seen.as_known(machine) if not intervals and request.cause == requests.TIMER else AsKnown()
        with databases.writing:
            report = LibrarySync(
                starting.client, starting.machine_identifier, databases.locations(),
                self.options(machine)._replace(mode=_MODES[depth], not_due=tuple(sorted(not_due)),
                                        only=tuple(sorted(request.scope.sections or ())),
                                        items=tuple(sorted(request.scope.items)), home_first=self._was_away(request),
                                        as_known=as_known, identified=self._shared.clients.identified(machine)),
                starting.progress, starting.cancellation).run()
        self._schedule.seen(wanted, due if report.complete else report.libraries)
        if depth != requests.DELTA and request.scope.sections is None:
            seen.swept = self._shared.clock.monotonic() if report.complete else 0.0
        if report.complete and request.scope.sections is None:
            seen.completed = self._shared.clock.time()
            if (request.scope.all_due or not databases.place.moved) and self._all_completed():
                databases.place.settle()
            if not as_known.sections:
                seen.asked = began
        return report

    def _was_away(self, request: SyncRequest) -> bool:
        """Whether much may have changed since the last complete sync of all libraries; no if Kodi's clock was set back,
        since then it is not known.
        """
        completed = self._seen.of(request.scope.machine).completed
        return request.scope.sections is None and (
            not completed or self._shared.clock.time() - completed > _LONG_AWAY)

    def _all_completed(self) -> bool:
        machines = self.machines()
        return len(machines) < 2 or all(self.completed(machine) for machine in machines)

    def _server_name(self, machine: str) -> str:
        """Its name where several servers are chosen, else ''."""
        status = self._shared.auth.status()
        return self._shared.auth.server_name(machine or status.machine_identifier) if status.several else ''

    def _leave(self, cancellation: Cancellation) -> None:
        if self.leaving.remove(cancellation):
            self._announcer.changed(at_once=False)

    def _refresh(self, server: _Server, request: SyncRequest, cancellation: Cancellation) -> SyncReport:
        """Write some rows anew; the counts of all are in one report."""
        total = SyncReport(complete=True)
        databases = self._shared.databases
        with databases.writing:
            for plex_type, kodi_id in sorted(request.scope.rows or ()):
                report = LibrarySync(server.client, server.machine_identifier, databases.locations(),
                                     self.options(request.scope.machine), None, cancellation).repair(plex_type, kodi_id)
                total.include(report)
        total.finish()
        return total

    def _tell_refreshed(self, report: SyncReport) -> None:
        if report.cancelled:
            return
        if report.failure or not report.total:
            self._shared.screen.tell(text_name(report.failure) if report.failure else 'not_from_plex', True)
        else:
            self._shared.screen.tell('item_refreshed')
