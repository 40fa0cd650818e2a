"""Feature: tells the PMS what is being played (``/:/timeline``), every ten seconds and on every change."""
from __future__ import annotations

import threading
import time
from functools import partial
from typing import Callable, List, Optional

from .features import Feature
from .journal import Journal
from .pms import GetClient, OnFinished, ReportFailure
from .reporter import Finish, Report, Reporter
from .session import PlaybackSession
from .state import ENDED, PlaybackState

#: Seconds between reports (Plex: 10 s in the local network). Half a tick less, so that ticks do not add up to 11.
INTERVAL = 9.5


class TimelineFeature(Feature):
    """Decides what is reported when; the :class:`Reporter` sends it from a thread of its own."""

    def __init__(self, reporter: Reporter, clock: Callable[[], float]) -> None:
        self._reporter = reporter
        self._clock = clock
        self._sent_at = self._began = 0.0

    def on_playback_started(self, playback: PlaybackState) -> None:
        """Report at once, so that the server shows who is watching."""
        self._began = self._clock()
        self._send(playback)

    def on_tick(self, playback: PlaybackState) -> None:
        """Report when it is time."""
        if self._clock() - self._sent_at >= INTERVAL:
            self._send(playback)

    def on_playback_changed(self, playback: PlaybackState) -> None:
        """Report at once; while the server is slow only the newest of many changes is sent."""
        self._send(playback)

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """The last report, which is tried again for some minutes."""
        ran_s = self._clock() - self._began if playback.session.external else None
        self._reporter.finish(Finish(playback.position_s, playback.total_s, reason == ENDED, ran_s))

    def _send(self, playback: PlaybackState) -> None:
        self._sent_at = self._clock()
        self._reporter.report(Report(playback.state, playback.position_s, playback.total_s))


class Timeline:
    """Makes the features; one for the service's life. ``on_finished`` is called in a reporter's thread.

    ``clock`` gives monotonic seconds; ``wait(event, seconds)`` waits between tries (tests replace both).
    """

    def __init__(self, get_client: GetClient, report_failure: ReportFailure, on_finished: OnFinished,
                 clock: Callable[[], float] = time.monotonic,
                 wait: Callable[[threading.Event, float], bool] = threading.Event.wait) -> None:
        self._get_client = get_client
        self._report_failure = report_failure
        self._on_finished = on_finished
        self._clock = clock
        self._wait = wait
        #: Called in a reporter's thread when the server ends a playback: the session, and the server's words.
        self.on_terminated: Callable[[PlaybackSession, str], None] = _ignore
        self._lock = threading.Lock()
        self._reporters: List[Reporter] = []

    def feature(self, session: PlaybackSession, get_client: Optional[GetClient] = None,
                journal: Optional[Journal] = None) -> TimelineFeature:
        """The feature of one playback. An older playback's report of the same item is not tried any more, and the
        server hears of this one after the ends of the older ones.

        ``get_client`` is one for this playback alone: the user who began it. ``journal`` keeps what cannot be sent.
        """
        reporter = Reporter(session, get_client or self._get_client, self._report_failure, self._on_finished,
                            self._wait, journal)
        reporter.on_terminated = partial(self.on_terminated, session)
        with self._lock:
            self._reporters = [old for old in self._reporters if old.alive]
            for old in self._reporters:
                old.followed = True
                if old.item == reporter.item:
                    old.supersede()
            reporter.earlier = [old for old in self._reporters if old.item[0] == reporter.item[0]]
            self._reporters.append(reporter)
        reporter.start()
        return TimelineFeature(reporter, self._clock)

    def stop(self, timeout: float = 1.0) -> None:
        """Kodi is stopping: one last try of what is due, within ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        with self._lock:
            reporters = [reporter for reporter in self._reporters if reporter.alive]
        for reporter in reporters:
            reporter.quit()
        for reporter in reporters:
            reporter.join(max(0.0, deadline - time.monotonic()))


def _ignore(_session: PlaybackSession, _words: str) -> None:
    """Nobody wants to know."""
