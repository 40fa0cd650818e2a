"""When the library is synchronised: at start, by timer, on request; not while the user watches something."""
from __future__ import annotations

import logging
import threading
import time
from typing import Callable, Collection, Mapping, NamedTuple, Optional, Protocol, Tuple

from ...cancellation import Cancellation, Cancelled
from ...library_sync.engine import CHECK, DELTA, SWEEP, LibrarySync, Options, Places
from ...library_sync.report import Progress, SyncReport
from ...plex_errors import PlexError
from ...plex_functions import PMSClient
from .schedule import LibrarySchedule

LOG = logging.getLogger('pkc.sync')

#: Seconds after which a sync that could not finish is tried again, growing up to the last one.
_RETRY_AFTER = (20.0, 60.0, 180.0, 600.0)
#: Seconds of peace after playback before a put-off sync starts.
_AFTER_PLAYBACK = 5.0
#: Seconds after which a sync that is held back looks again whether something still plays.
_LOOK_AGAIN = 15.0
#: Seconds after which the timer has all listings read again; until then it asks for what changed.
_SWEEP_AFTER = 12 * 3600.0

START, TIMER, USER, RETRY, FULL_CHECK = 'start', 'timer', 'user', 'retry', 'full_check'


class SyncPolicy(NamedTuple):
    """What the settings say. ``interval`` in seconds, 0 for never.

    ``intervals`` are the words of :class:`LibrarySchedule` by library (uuid or key) for those that have their own.
    """

    at_start: bool
    interval: float
    pause_during_playback: bool
    options: Options
    intervals: Mapping[str, str] = {}


class ClosableProgress(Progress, Protocol):
    """A progress that is taken off the screen at the end."""

    def close(self) -> None:
        """End of the sync."""


class SyncHost(NamedTuple):
    """What the thread needs of the service.

    ``before(client, machineIdentifier, progress, cancellation)`` does what has to be done before a sync asks the
    server; it may raise PlexError and Cancelled.
    """

    connect: Callable[[], Tuple[PMSClient, str]]
    connection_failed: Callable[[Exception], None]
    signed_in: Callable[[], bool]
    places: Callable[[], Places]
    policy: Callable[[], SyncPolicy]
    schedule: LibrarySchedule
    before: Callable[[PMSClient, str, Progress, Cancellation], None]
    make_progress: Callable[[], ClosableProgress]
    playing: Callable[[], bool]
    done: Callable[[str, SyncReport], None]
    failed: Callable[[str, Exception], None]


class SyncThread:
    """One thread that sleeps until there is something to do. All methods return at once."""

    def __init__(self, host: SyncHost) -> None:
        self._host = host
        self._wake = threading.Condition()
        self._reason = ''
        self._due = 0.0
        self._stop = Cancellation()
        self._cancel = self._stop.child()
        self._running = False
        self._again = ''
        self._paused = False
        self._failures = 0
        #: Held by whoever writes into Kodi's library.
        self.writing = threading.Lock()
        self._swept = 0.0
        self._holds = 0
        #: The user wants all libraries looked at, those that have another interval too; until that was done.
        self._by_hand = False
        self._thread = threading.Thread(target=self._loop, name='pkc-sync', daemon=True)

    # ---- called by others --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin; the first sync follows at once if the user wants one at start."""
        policy = self._host.policy()
        if policy.at_start:
            self.request(START)
        else:
            self._schedule(policy.interval)
        self._thread.start()

    def request(self, reason: str, delay: float = 0.0) -> bool:
        """Ask for a sync, ``delay`` seconds from now. False when one is running already."""
        with self._wake:
            if self._running:
                return False
            self._reason, self._due = reason, time.monotonic() + delay
            self._wake.notify_all()
            return True

    def restart(self, reason: str) -> None:
        """What is to be synchronised has changed, or who watches: a sync that is running ends, and another begins."""
        with self._wake:
            self._swept = 0.0
            if self._running:
                self._again = reason
                self._cancel.cancel()
                return
        self.request(reason)

    def cancel(self) -> bool:
        """Stop the sync that is running; it resumes where it was at the next one. False when none runs."""
        self._cancel.cancel()
        return self._running

    def hold(self) -> None:
        """Let no sync begin until :meth:`release` was called as often as this."""
        with self._wake:
            self._holds += 1

    def release(self) -> None:
        """What was put off meanwhile begins."""
        with self._wake:
            self._holds -= 1
            self._wake.notify_all()

    @property
    def running(self) -> bool:
        """Whether a sync is under way."""
        return self._running

    def playback_started(self) -> None:
        """Pause if the user wants that."""
        if self._running and self._host.policy().pause_during_playback:
            self._paused = True
            self._cancel.cancel()

    def playback_ended(self) -> None:
        """Go on with what was paused, after some seconds of peace."""
        with self._wake:
            if self._due:
                self._due = max(self._due, time.monotonic() + _AFTER_PLAYBACK)
            self._wake.notify_all()

    def settings_changed(self) -> None:
        """The timer may be another one now."""
        policy = self._host.policy()
        with self._wake:
            if self._reason in ('', TIMER) and not self._running:
                self._reason = ''
                self._due = time.monotonic() + policy.interval if policy.interval else 0.0
            self._wake.notify_all()

    def stop(self, timeout: float = 4.0) -> None:
        """End the thread; a sync that is running stops at the next batch."""
        self._stop.cancel()
        with self._wake:
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout)

    # ---- the thread --------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        while not self._stop.cancelled:
            reason = self._next()
            if reason is None:
                return
            try:
                report = self._sync(reason)
            except Exception as error:  # the top of the thread: a defect must not end syncing for good
                LOG.exception('sync failed')
                self._paused, self._again = False, ''
                self._retry_later()
                self._host.failed(reason, error)
                continue
            try:
                self._host.done(reason, report)
            except Exception:  # the top of the thread too: a finished sync is not done again for want of words
                LOG.exception('the end of the sync could not be told')

    def _next(self) -> Optional[str]:
        """Sleep until a sync is due and possible; None when the service stops."""
        with self._wake:
            while not self._stop.cancelled:
                now = time.monotonic()
                due = bool(self._due) and now >= self._due
                held = due and not self._holds and self._host.policy().pause_during_playback and self._host.playing()
                if due and not held and not self._holds:
                    reason, self._reason, self._due = self._reason or TIMER, '', 0.0
                    if self._host.signed_in():
                        self._running = True
                        self._cancel = self._stop.child()
                        return reason
                    continue
                if self._holds:
                    self._wake.wait()
                elif held:
                    self._wake.wait(_LOOK_AGAIN)
                else:
                    self._wake.wait(max(self._due - now, 1.0) if self._due else None)
            return None

    def _mode(self, reason: str, due: Collection[str]) -> str:
        """All listings at start, when the user asks, and now and then; else what changed by the server's stamps.

        ``due`` are libraries with an interval of their own whose time has come: they are not looked at often enough
        to be left with what changed.
        """
        if reason == FULL_CHECK:
            return CHECK
        recent = self._swept and time.monotonic() - self._swept < _SWEEP_AFTER
        return DELTA if recent and not due and not self._by_hand and reason in (TIMER, RETRY) else SWEEP

    def _sync(self, reason: str) -> SyncReport:
        progress: Optional[ClosableProgress] = None
        self._by_hand = self._by_hand or reason in (USER, FULL_CHECK)
        try:
            progress = self._host.make_progress()
            client, machine = self._host.connect()
            self._host.before(client, machine, progress, self._cancel)
            policy = self._host.policy()
            not_due = set() if self._by_hand else self._host.schedule.not_due(policy.intervals)
            due = set(policy.intervals) - not_due
            mode = self._mode(reason, due)
            with self.writing:
                report = LibrarySync(client, machine, self._host.places(),
                                     policy.options._replace(mode=mode, not_due=tuple(sorted(not_due))),
                                     progress, self._cancel).run()
            self._host.schedule.seen(policy.intervals, due if report.complete else report.libraries)
            if mode != DELTA:
                self._swept = time.monotonic() if report.complete else 0.0
            if report.failure is not None:
                self._host.connection_failed(report.failure)
        except PlexError as error:
            report = SyncReport(error=str(error), failure=error)
            report.finish()
            self._host.connection_failed(error)
        except Cancelled:
            report = SyncReport(cancelled=True)
            report.finish()
        finally:
            self._running = False
            if progress is not None:
                progress.close()
        report.paused = self._paused and report.cancelled
        self._plan_next(report)
        return report

    def _plan_next(self, report: SyncReport) -> None:
        if self._stop.cancelled:
            return
        again, self._again = self._again, ''
        paused, self._paused = self._paused, False
        if not (again or paused or report.error):
            self._by_hand = False
        if again:
            self._swept = 0.0
            self._schedule(0.01, again)
        elif report.cancelled and paused:
            self._schedule(_AFTER_PLAYBACK, RETRY)
        elif report.error:
            self._retry_later()
        else:
            self._failures = 0
            self._schedule(self._host.policy().interval)

    def _retry_later(self) -> None:
        self._schedule(_RETRY_AFTER[min(self._failures, len(_RETRY_AFTER) - 1)], RETRY)
        self._failures += 1

    def _schedule(self, seconds: float, reason: str = TIMER) -> None:
        with self._wake:
            if self._due and self._reason == USER:
                return
            self._reason, self._due = reason, time.monotonic() + seconds if seconds else 0.0
