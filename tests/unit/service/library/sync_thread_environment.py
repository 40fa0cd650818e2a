"""The thread that synchronises, with a clock of the test's; nothing here waits for real minutes."""
from __future__ import annotations

import dataclasses
import threading
import time
from typing import Any, Callable, Iterator, List, Optional, Tuple

import pytest

from resources.lib.auth.manager import AuthStatus
from resources.lib.cancellation import Cancellation
from resources.lib.library_sync.engine import DatabaseLocations, Options
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service.events import SyncStarting
from resources.lib.service.library import runner, sync_thread
from resources.lib.service.library.history import SyncHistory
from resources.lib.service.library.requests import (
    CHECK,
    DELTA,
    FULL_CHECK,
    START,
    SWEEP,
    TIMER,
    USER,
    Cause,
    Scope,
    SyncRequest,
)
from resources.lib.service.library.runner import SyncRunner
from resources.lib.service.library.sync_thread import SyncThread
from tests.fakes import FakeKodi
from tests.support.shared import Clients, FakeClock, make_shared

MINUTES = 60.0
Outcome = Callable[['SyncThreadEnvironment', Cancellation], SyncReport]


class Bar:
    """The progress in the corner."""

    def __init__(self, error: Optional[Exception] = None) -> None:
        self.closed, self._error = False, error

    def update(self, title: str, done: int, total: int) -> None:
        """Not looked at."""

    def close(self) -> None:
        self.closed = True
        if self._error:
            raise self._error


def fine(_env: SyncThreadEnvironment, _cancellation: Cancellation) -> SyncReport:
    return SyncReport(complete=True)


def broken(_env: SyncThreadEnvironment, _cancellation: Cancellation) -> SyncReport:
    return SyncReport(error='no answer', failure=PlexConnectionError('no answer'))


def long(env: SyncThreadEnvironment, cancellation: Cancellation) -> SyncReport:
    """Goes on until it is cancelled."""
    while not cancellation.cancelled:
        env.going.set()
        time.sleep(0.002)
    return SyncReport(cancelled=True)


class Auth:
    """Somebody is signed in, or nobody."""

    def __init__(self) -> None:
        self.usable = True

    def status(self) -> AuthStatus:
        return AuthStatus('signed_in' if self.usable else 'signed_out', usable=self.usable)


class SyncThreadEnvironment:
    """The sync's thread with the real work around a sync of the test's, on a clock of the test's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = FakeClock()
        self.auth, self.clients = Auth(), Clients(object())
        self.shared = make_shared(self.auth, self.clients, self.clock)
        self.befores = 0
        self.not_due: List[Tuple[str, ...]] = []
        self.playing = False
        self.places_error: Optional[Exception] = None
        self.bars: List[Bar] = []
        self.bar_error: Optional[Exception] = None
        self.outcome: Outcome = fine
        self.going = threading.Event()
        self.runs = 0
        self.modes: List[str] = []
        self.home_first: List[bool] = []
        self.done: List[Tuple[Cause, SyncReport]] = []
        monkeypatch.setattr(runner, 'LibrarySync', self._library_sync)
        monkeypatch.setattr(runner, 'SyncProgress', self._make_bar)
        monkeypatch.setattr(runner, 'playing_video', lambda: self.playing)
        monkeypatch.setattr(self.shared.databases, 'locations', self._locations)
        monkeypatch.setattr(sync_thread, '_RETRY', sync_thread._RETRY._replace(jitter=0.0))
        self.shared.events.subscribe(SyncStarting, self._before)
        self.migrate: Callable[[SyncStarting], None] = lambda _starting: None
        self.work = SyncRunner(self.shared, SyncHistory(self.shared.profile), lambda starting: self.migrate(starting))
        ended = self.work.ended

        def note(request: SyncRequest, report: SyncReport, more: bool) -> None:
            ended(request, report, more)
            self.done.append((request.cause, report))
        monkeypatch.setattr(self.work, 'ended', note)
        self.thread = SyncThread(self.work, self.clock, self.shared.stopping)

    def set(self, **settings: Any) -> None:
        """The user changes settings; nobody is told yet."""
        self.shared.settings.current = dataclasses.replace(self.shared.settings.current, **settings)

    def _before(self, _event: SyncStarting) -> None:
        assert self.thread.running
        self.befores += 1

    def _locations(self) -> DatabaseLocations:
        if self.places_error:
            raise self.places_error
        return DatabaseLocations('video', 'state')

    def _make_bar(self, _addon: object, _shown: bool, _guide: object, _home_ready: Callable[[], None]) -> Bar:
        self.bars.append(Bar(self.bar_error))
        return self.bars[-1]

    def _library_sync(self, _client: Any, _machine: str, _locations: DatabaseLocations, options: Options,
                      _progress: Any, cancellation: Cancellation) -> Any:
        env = self
        self.modes.append(options.mode)
        self.not_due.append(tuple(options.not_due))
        self.home_first.append(options.home_first)
        assert self.befores, 'marks go to the server before it is asked'
        self.befores = 0

        class Sync:
            def run(self) -> SyncReport:
                env.runs += 1
                return env.outcome(env, cancellation)
        return Sync()

    @staticmethod
    def wait(condition: Callable[[], Any]) -> None:
        """Until it is so."""
        FakeKodi.wait_for(condition)

    def start(self) -> None:
        """Kodi starts, with a sync at start."""
        self.thread.start()
        self.request(START)

    def request(self, cause: Cause = USER, delay: float = 0.0) -> bool:
        """Somebody asks for a sync of all that there is."""
        depth = {TIMER: DELTA, FULL_CHECK: CHECK}.get(cause, SWEEP)
        return self.thread.request(SyncRequest(cause, Scope(depth, all_due=cause.announced)), delay)

    def restart(self) -> None:
        """What is to be synchronised has changed."""
        self.work.forget()
        self.thread.restart(SyncRequest(USER, Scope(SWEEP, all_due=True)))

    def after(self, count: int) -> List[Cause]:
        """The causes of all syncs, when there were ``count``."""
        self.wait(lambda: len(self.done) >= count)
        return [cause for cause, _ in self.done]

    def pass_time(self, seconds: float) -> None:
        """The clock moves on."""
        self.clock.now += seconds

    def quiet(self) -> bool:
        """Whether nothing begins now."""
        before = self.runs
        return self.clock.settle() and self.runs == before and not self.thread.running

    def running(self) -> None:
        """A long sync is under way."""
        self.outcome = long
        self.going.clear()
        self.request(USER)
        self.wait(self.going.is_set)


@pytest.fixture
def thread_env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncThreadEnvironment]:
    made = SyncThreadEnvironment(monkeypatch)
    yield made
    started = time.monotonic()
    made.thread.stop()
    assert time.monotonic() - started < 8.0
    assert not made.thread._thread.is_alive()
