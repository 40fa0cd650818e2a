"""One sync as the service does it: before it, what the server must know; after it, what Kodi and the user must see."""
from __future__ import annotations

import os
from contextlib import closing
from typing import Callable, FrozenSet, NamedTuple, Optional, Tuple

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
from ..shared import Shared
from . import report_text, requests, schedule
from .announcer import LibraryAnnouncer
from .history import SyncHistory
from .progress import SyncProgress
from .requests import SyncRequest
from .schedule import LibrarySchedule

#: The limit of parallel requests, and seconds of rest after each batch.
_USUAL, _GENTLE = (MOST_PARALLEL, 0.0), (2, 0.25)
#: Seconds after which a sync of what changed is one of all listings instead.
_SWEEP_AFTER = 12 * 3600.0
#: Seconds without a complete sync after which the next one begins with what home screens show.
_LONG_AWAY = 12 * 3600.0
#: Seconds for which a look counts; there is another one within two and a half minutes.
_LOOK_COUNTS = 180.0
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
        self._swept = 0.0
        self._asked = 0.0
        self._completed = self._history.last_complete()
        self._looked: Tuple[FrozenSet[str], float] = frozenset(), 0.0
        shared.events.subscribe(LibrariesAsKnown, self._looked_at)
        self._progress: Optional[SyncProgress] = None
        self._told_hopeless = ''
        self._told_letters = False

    @property
    def progress(self) -> Optional[Tuple[str, int, int]]:
        """(library, done, total) of the sync that is running, or was the last; None as long as nothing was written."""
        return self._progress.latest if self._progress else None

    # ---- asked by the thread -------------------------------------------------------------------------------------

    def possible(self) -> bool:
        """Whether somebody is signed in and it is known who watches."""
        return self._shared.auth.status().usable and not self._shared.viewer.locked

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

    def forget(self) -> None:
        """What was seen before says nothing any more: another server, other libraries, another user."""
        self._swept = self._completed = self._asked = 0.0
        self._looked = frozenset(), 0.0

    @property
    def completed(self) -> bool:
        """Whether all libraries were ever seen to their end, for this user at this server."""
        return bool(self._completed)

    def run(self, request: SyncRequest, cancellation: Cancellation) -> SyncReport:
        """Carry out a request; trouble with the server or the databases is in the report."""
        shared = self._shared
        self._announcer.before_sync()
        with closing(SyncProgress(shared.addon, shared.settings.current.show_progress, shared.guide,
                                  self._announcer.home_ready)) as progress:
            self._progress = progress
            try:
                server = _Server(*shared.clients.connect())
                if request.scope.rows is not None:
                    report = self._refresh(server, request, cancellation)
                else:
                    starting = SyncStarting(server.client, server.machine_identifier, progress, cancellation)
                    shared.events.publish(starting)
                    self._migrate(starting)
                    report = self._sync(starting, request)
            except (PlexError, DatabaseError) as error:
                report = SyncReport(error=str(error), failure=error)
                report.finish()
            except Cancelled:
                report = SyncReport(cancelled=True)
                report.finish()
        if report.failure is not None:
            shared.clients.failed(report.failure)
        report.hopeless = isinstance(report.failure, OtherUser)
        shared.databases.user.forget()
        return report

    def ended(self, request: SyncRequest, report: SyncReport) -> None:
        """Remember it, let Kodi's windows show what is new, and tell the user who asked."""
        shared = self._shared
        if report.complete and request.scope.rows is None and request.scope.sections is None:
            shared.events.publish(LibraryComplete())
        again = report.hopeless and self._told_hopeless == report.error
        if request.scope.rows is None and (report.wrote or report.error and not again or request.cause.told_if_idle):
            run = self._history.add(request.cause.name, report)
            settings.set_last_sync(report_text.summary(run, shared.addon.text))
        if report.wrote and not shared.stopping.cancelled:
            self._announcer.changed(at_once=request.cause.told_if_idle)
            shared.events.publish(LibraryChanged(report))
        if request.scope.rows is not None:
            if request.cause.announced:
                self._tell_refreshed(report)
        elif report.error:
            if request.cause.announced or report.hopeless and not again:
                shared.screen.tell(text_name(report.failure) if report.failure else 'sync_failed', True)
        elif (report.cancelled and not report.paused or request.cause.announced) and not shared.guide.active:
            shared.screen.tell('sync_cancelled' if report.cancelled else 'sync_done')
        self._told_hopeless = report.error if report.hopeless else ''
        if report.replaced_texts and not self._told_letters:
            self._told_letters = True
            shared.screen.tell('database_some_letters')

    # ---- one run -------------------------------------------------------------------------------------------------

    def options(self) -> Options:
        """What the settings say."""
        chosen = self._shared.settings.current
        workers, breath = _GENTLE if chosen.gentle_mode else _USUAL
        return Options(tuple(chosen.excluded_libraries), workers, self._shared.port, breath=breath,
                       watch_only=tuple(chosen.watch_only_libraries), user_id=self._shared.auth.status().user_id)

    def _sync(self, starting: SyncStarting, request: SyncRequest) -> SyncReport:
        """Libraries with an interval of their own are seen too seldom to be left with what changed."""
        databases = self._shared.databases
        intervals = self._shared.settings.current.library_intervals
        not_due = set() if request.scope.all_due else self._schedule.not_due(intervals)
        due = set(intervals) - not_due
        depth = max(request.scope.depth, requests.DELTA if self._swept_recently() and not due else requests.SWEEP)
        began, as_known = self._shared.clock.monotonic(), self._as_known(request) if not intervals else AsKnown()
        with databases.writing:
            report = LibrarySync(
                starting.client, starting.machine_identifier, databases.locations(),
                self.options()._replace(mode=_MODES[depth], not_due=tuple(sorted(not_due)),
                                        only=tuple(sorted(request.scope.sections or ())),
                                        items=tuple(sorted(request.scope.items)), home_first=self._was_away(request),
                                        as_known=as_known, identified=self._shared.clients.identified()),
                starting.progress, starting.cancellation).run()
        self._schedule.seen(intervals, due if report.complete else report.libraries)
        if depth != requests.DELTA and request.scope.sections is None:
            self._swept = self._shared.clock.monotonic() if report.complete else 0.0
        if report.complete and request.scope.sections is None:
            self._completed = self._shared.clock.time()
            if request.scope.all_due or not databases.place.moved:
                databases.place.settle()
            if not as_known.sections:
                self._asked = began
        return report

    def _looked_at(self, event: LibrariesAsKnown) -> None:
        self._looked = event.section_keys, self._shared.clock.monotonic()

    def _as_known(self, request: SyncRequest) -> AsKnown:
        """What the last look spares a sync of the timer."""
        libraries, at = self._looked
        now = self._shared.clock.monotonic()
        if request.cause != requests.TIMER or not self._asked or now - at > _LOOK_COUNTS:
            return AsKnown()
        return AsKnown(libraries, now - self._asked)

    def _was_away(self, request: SyncRequest) -> bool:
        """Whether much may have changed since the last complete sync of all libraries; no if Kodi's clock was set back,
        since then it is not known.
        """
        return request.scope.sections is None and (
            not self._completed or self._shared.clock.time() - self._completed > _LONG_AWAY)

    def _swept_recently(self) -> bool:
        return bool(self._swept) and self._shared.clock.monotonic() - self._swept < _SWEEP_AFTER

    def _refresh(self, server: _Server, request: SyncRequest, cancellation: Cancellation) -> SyncReport:
        """Write some rows anew; the counts of all are in one report."""
        total = SyncReport(complete=True)
        databases = self._shared.databases
        with databases.writing:
            for plex_type, kodi_id in sorted(request.scope.rows or ()):
                report = LibrarySync(server.client, server.machine_identifier, databases.locations(), self.options(),
                                     None, cancellation).repair(plex_type, kodi_id)
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
