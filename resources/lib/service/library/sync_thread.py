"""The thread that synchronises: it sleeps until a request is due, and waits while something keeps a sync from running.

Each server has its own requests, timer and pauses. One that cannot be reached holds up no other: what is to be done
there stays in the queue until it is back.

It knows neither why nor how: requests come from everywhere (:mod:`.requests`), the work is a :class:`SyncWork`.
"""
from __future__ import annotations

import logging
import threading
from typing import Dict, Optional, Protocol, Sequence

from ...cancellation import Cancellation
from ...library_sync.report import SyncReport
from ...retry import Backoff, RetryPolicy
from ..shared import Clock
from .requests import EVENT, RETRY, START, SWEEP, TIMER, Scope, SyncQueue, SyncRequest

LOG = logging.getLogger('pkc.sync')

#: For a sync that could not finish.
_RETRY = RetryPolicy(20.0, 600.0, factor=3.0)
#: Seconds of peace after playback before a sync that waited starts.
_AFTER_PLAYBACK = 5.0
#: Seconds until a library that seems to be gone is looked for a second time.
_SECOND_LOOK = 1.0
#: Seconds after which a sync that is held back looks again whether something still plays.
_LOOK_AGAIN = 15.0


class SyncWork(Protocol):
    """What the thread does and asks."""

    def possible(self, machine: str) -> bool:
        """Whether a sync of a server makes sense now (somebody is signed in); if not, requests are dropped."""

    def machines(self) -> Sequence[str]:
        """All servers, the main one first."""

    def ready(self, machine: str) -> bool:
        """Whether a sync of a server may begin; if not, it waits and others do not."""

    def playing_holds(self) -> bool:
        """Whether something plays and the user wants peace meanwhile."""

    def interval(self) -> float:
        """Seconds between two syncs of the timer, 0 for never."""

    def run(self, request: SyncRequest, cancellation: Cancellation) -> SyncReport:
        """Carry out a request. May raise what it likes: that ends this sync, which is tried again."""

    def ended(self, request: SyncRequest, report: SyncReport, more: bool) -> None:
        """A sync is over, in whichever way; called when the next one may already be requested.

        ``more``: another one that the user asked for is about to begin.
        """


class SyncThread:
    """All methods return at once."""

    def __init__(self, work: SyncWork, clock: Clock, stopping: Cancellation) -> None:
        self._work = work
        self._clock = clock
        self._stopping = stopping.child()
        self._wake = threading.Condition()
        self._queue = SyncQueue()
        self._current: Optional[Cancellation] = None
        self._paused = False
        self._holds = 0
        self._interval = 0.0
        self._backoffs: Dict[str, Backoff] = {}
        self._thread = threading.Thread(target=self._loop, name='pkc-sync', daemon=True)

    # ---- called by others ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin; the timer runs from now on."""
        with self._wake:
            self._set_timer()
        self._thread.start()

    def request(self, request: SyncRequest, delay: float = 0.0) -> bool:
        """Ask for a sync, ``delay`` seconds from now at the earliest. False when one is running: it comes after it.

        One of all libraries brings the one at the start with it, if that waits.
        """
        with self._wake:
            self._queue.add(request._replace(due=self._clock.monotonic() + delay))
            if request.scope.sections is None and request.scope.rows is None and request.cause != START:
                self._queue.hurry(START, request.scope.machine, self._clock.monotonic())
            self._wake.notify_all()
            return self._current is None

    def restart(self, *requests: SyncRequest) -> None:
        """What is to be synchronised has changed, or who watches: a sync that is running ends, and these begin."""
        with self._wake:
            if self._current is not None:
                self._current.cancel()
        for request in requests:
            self.request(request)

    def cancel(self) -> bool:
        """End the sync that is running; the next one goes on where it was. False when none runs.

        What the user asked for and waits behind it is not wanted any more either.
        """
        with self._wake:
            self._queue.drop_announced()
            if self._current is None:
                return False
            self._current.cancel()
            return True

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
        return self._current is not None

    @property
    def waiting(self) -> bool:
        """Whether a sync is due now that can begin."""
        with self._wake:
            due = self._queue.next_due(self._work.ready)
        return due is not None and due <= self._clock.monotonic()

    def playback_started(self) -> None:
        """Pause if the user wants that."""
        with self._wake:
            if self._current is not None and self._work.playing_holds():
                self._paused = True
                self._current.cancel()

    def playback_ended(self) -> None:
        """Go on with what waited, after some seconds of peace."""
        with self._wake:
            self._queue.put_off(self._clock.monotonic() + _AFTER_PLAYBACK)
            self._wake.notify_all()

    def server_reachable(self, machine: str = '') -> None:
        """A sync of this server that waits to be tried again need not wait longer."""
        with self._wake:
            self._queue.hurry(RETRY, machine, self._clock.monotonic())
            self._wake.notify_all()

    def pushes_known(self, machine: str = '') -> None:
        """Whether a server pushes what changes is known: its sync at the start need not wait for that any more."""
        with self._wake:
            self._queue.hurry(START, machine, self._clock.monotonic())
            self._wake.notify_all()

    def settings_changed(self) -> None:
        """The timer may be another one now, and playback may no longer be in the way."""
        with self._wake:
            if self._current is None and self._work.interval() != self._interval:
                self._set_timer()
            self._wake.notify_all()

    def stop(self, timeout: float = 4.0) -> None:
        """End the thread; a sync that is running stops at the next batch."""
        self._stopping.cancel()
        with self._wake:
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout)

    # ---- the thread ----------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        while True:
            request = self._next()
            if request is None:
                return
            report = self._run(request)
            with self._wake:
                more = self._queue.announced(self._clock.monotonic(), self._work.ready)
                if not more:
                    self._queue.hush(self._work.ready)
            try:
                self._work.ended(request, report, more)
            except Exception:  # the top of the thread: a finished sync is not done again for want of words
                LOG.exception('the end of the sync could not be told')

    def _next(self) -> Optional[SyncRequest]:
        """Sleep until a request is due and may begin; None when the service stops."""
        with self._wake:
            while not self._stopping.cancelled:
                request = self._due()
                if request is not None:
                    self._current = self._stopping.child()
                    return request
            return None

    def _due(self) -> Optional[SyncRequest]:
        """The request that begins now; None after some time in which it is to be asked again."""
        now, due = self._clock.monotonic(), self._queue.next_due(self._work.ready)
        if self._holds or due is None:
            self._clock.wait(self._wake, None if self._holds or self._queue.next_due() is None else _LOOK_AGAIN)
        elif due > now:
            self._clock.wait(self._wake, max(due - now, 0.01))
        elif self._work.playing_holds():
            self._clock.wait(self._wake, _LOOK_AGAIN)
        else:
            request = self._queue.take(now, self._work.ready)
            return request if request and self._work.possible(request.scope.machine) else None
        return None

    def _run(self, request: SyncRequest) -> SyncReport:
        cancellation = self._current
        assert cancellation is not None
        try:
            report = self._work.run(request, cancellation)
        except Exception as error:  # the top of the thread: a defect must not end syncing for good
            LOG.exception('sync failed')
            report = SyncReport(error=str(error) or type(error).__name__, failure=error)
            report.finish()
        with self._wake:
            report.paused = self._paused and report.cancelled
            self._current, self._paused = None, False
            self._plan_next(request, report)
        return report

    def _plan_next(self, request: SyncRequest, report: SyncReport) -> None:
        again = request._replace(cause=RETRY, scope=_again(request.scope))
        now, machine = self._clock.monotonic(), request.scope.machine
        backoff = self._backoffs.setdefault(machine, Backoff(_RETRY, self._clock.monotonic))
        if report.paused:
            self._queue.add(again._replace(due=now + _AFTER_PLAYBACK))
        elif report.error and not report.hopeless:
            self._queue.add(again._replace(due=now + backoff.failed()))
        else:
            backoff.reset()
            if report.look_again:
                self._queue.add(SyncRequest(EVENT, request.scope, now + _SECOND_LOOK))
            if self._work.interval() != self._interval:
                self._set_timer()
            elif not self._queue.waits(TIMER, machine):
                self._begin_interval(machine)

    def _set_timer(self) -> None:
        self._interval = self._work.interval()
        self._queue.drop(TIMER)
        for machine in self._work.machines():
            self._begin_interval(machine)

    def _begin_interval(self, machine: str) -> None:
        if self._interval:
            self._queue.add(SyncRequest(TIMER, Scope(depth=0, machine=machine),
                                        self._clock.monotonic() + self._interval))


def _again(scope: Scope) -> Scope:
    """What is left of a sync that did not get to its end: what was written anew once need not be written again."""
    return scope._replace(depth=min(scope.depth, SWEEP))
