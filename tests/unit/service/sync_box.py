"""A service around the sync's thread. The clock is the test's; nothing here waits for real minutes."""
from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Tuple

import pytest

from resources.lib.cancellation import Cancellation
from resources.lib.library_sync.engine import Options, Places
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service.library import sync_thread
from resources.lib.service.library.schedule import LibrarySchedule
from resources.lib.service.library.sync_thread import USER, SyncHost, SyncPolicy, SyncThread

MINUTES = 60.0
Outcome = Callable[['Box', Callable[[], bool]], SyncReport]


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


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


def fine(_box: Box, _cancellation: Cancellation) -> SyncReport:
    return SyncReport(complete=True)


def broken(_box: Box, _cancellation: Cancellation) -> SyncReport:
    return SyncReport(error='no answer', failure=PlexConnectionError('no answer'))


def long(box: Box, cancellation: Cancellation) -> SyncReport:
    """Goes on until it is cancelled."""
    while not cancellation.cancelled:
        box.going.set()
        time.sleep(0.002)
    return SyncReport(cancelled=True)


class Box:
    """A service around the thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.clock = Clock()
        self.befores = 0
        self.not_due: List[Tuple[str, ...]] = []
        monkeypatch.setattr(sync_thread, 'time', self.clock)
        monkeypatch.setattr(sync_thread, 'LibrarySync', self._library_sync)
        self.policy = SyncPolicy(True, 15 * MINUTES, True, Options())
        self.signed_in, self.playing = True, False
        self.connect_error: Optional[Exception] = None
        self.places_error: Optional[Exception] = None
        self.bars: List[Bar] = []
        self.bar_error: Optional[Exception] = None
        self.outcome: Outcome = fine
        self.going = threading.Event()
        self.runs = 0
        self.modes: List[str] = []
        self.done: List[Tuple[str, SyncReport]] = []
        self.failed: List[Tuple[str, Exception]] = []
        self.connection_failures: List[Exception] = []
        self.thread = SyncThread(SyncHost(
            self._connect, self.connection_failures.append, lambda: self.signed_in, self._places, lambda: self.policy,
            LibrarySchedule(lambda: str(folder / 'times.json'), lambda: self.clock.now), self._before, self._make_bar,
            lambda: self.playing, lambda *args: self.done.append(args),
            lambda *args: self.failed.append(args)))

    def _connect(self) -> Any:
        if self.connect_error:
            raise self.connect_error
        return object(), 'mid'

    def _before(self, *_: Any) -> None:
        assert self.thread.running
        self.befores += 1

    def _places(self) -> Places:
        if self.places_error:
            raise self.places_error
        return Places('video', 'state')

    def _make_bar(self) -> Bar:
        self.bars.append(Bar(self.bar_error))
        return self.bars[-1]

    def _library_sync(self, _client: Any, _machine: str, _places: Places, options: Options, _progress: Any,
                      cancellation: Cancellation) -> Any:
        box = self
        self.modes.append(options.mode)
        self.not_due.append(tuple(options.not_due))
        assert self.befores, 'marks go to the server before it is asked'
        self.befores = 0

        class Sync:
            def run(self) -> SyncReport:
                box.runs += 1
                return box.outcome(box, cancellation)
        return Sync()

    @staticmethod
    def wait(condition: Callable[[], Any]) -> None:
        deadline = time.monotonic() + 2.0
        while not condition():
            assert time.monotonic() < deadline, 'it did not happen'
            time.sleep(0.002)

    def start(self) -> None:
        self.thread.start()

    def after(self, count: int) -> List[str]:
        """The reasons of all syncs, when there were ``count``."""
        self.wait(lambda: len(self.done) + len(self.failed) >= count)
        return [reason for reason, _ in self.done]

    def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds
        with self.thread._wake:
            self.thread._wake.notify_all()

    def quiet(self) -> bool:
        """Whether nothing begins now."""
        before = self.runs
        time.sleep(0.02)
        return self.runs == before and not self.thread.running

    def running(self) -> None:
        """A long sync is under way."""
        self.outcome = long
        self.going.clear()
        self.thread.request(USER)
        self.wait(self.going.is_set)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Box]:
    made = Box(monkeypatch, tmp_path)
    yield made
    started = time.monotonic()
    made.thread.stop()
    assert time.monotonic() - started < 1.0
    assert not made.thread._thread.is_alive()
