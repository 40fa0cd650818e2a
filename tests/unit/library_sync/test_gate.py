"""The threads of a sync send no more requests at a time than the server can bear."""
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import List

import pytest

from resources.lib.cancellation import Cancellation, Cancelled
from resources.lib.library_sync import gate as gates
from resources.lib.library_sync.gate import RequestGate
from resources.lib.library_sync.request_pace import RequestPace
from resources.lib.plex_errors import PlexConnectionError, PlexError, PlexRateLimited, PlexServerError


@pytest.fixture(autouse=True)
def _no_real_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, '_POLL', 0.002)


class Clock:
    """Moves on at each look, so that no pause lasts."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.5
        return self.now


def test_not_more_at_a_time_than_the_pace_allows() -> None:
    gate, lock, meeting = RequestGate(RequestPace(3, 3), Cancellation()), threading.Lock(), threading.Barrier(3)
    running, most = [0], [0]

    def request() -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        meeting.wait(20)
        with lock:
            running[0] -= 1
        return 1
    with ThreadPoolExecutor(9) as pool:
        assert list(pool.map(lambda _: gate.ask(10, request), range(9))) == [1] * 9
    assert most == [3]


@pytest.mark.parametrize('error', [PlexRateLimited(429, 'GET', 0, 3.0), PlexServerError(503, 'GET')])
def test_what_the_server_refuses_is_asked_again_later_and_more_gently(error: PlexError) -> None:
    gate = RequestGate(RequestPace(6), Cancellation(), Clock())
    left: List[PlexError] = [error, error]

    def request() -> str:
        if left:
            raise left.pop()
        return 'answer'
    assert gate.ask(100, request) == 'answer'
    assert gate.pace.parallel < 3


@pytest.mark.parametrize(('error', 'tries'), [
    (PlexRateLimited(429, 'GET'), 4), (PlexServerError(503, 'GET'), 4), (PlexServerError(500, 'GET'), 1),
    (PlexConnectionError('reset'), 1)])
def test_an_error_that_stays_is_told(error: PlexError, tries: int) -> None:
    gate, asked = RequestGate(RequestPace(6), Cancellation(), Clock()), []

    def request() -> None:
        asked.append(1)
        raise error
    with pytest.raises(type(error)):
        gate.ask(100, request)
    assert len(asked) == tries
    assert RequestGate.ask(gate, 1, lambda: 7) == 7, 'the gate is free again'


def test_who_waits_for_a_server_that_demands_an_hour_can_be_cancelled() -> None:
    cancellation = Cancellation()
    gate = RequestGate(RequestPace(6), cancellation)
    gate.pace.refused(gate._clock(), 3600.0)
    threading.Timer(0.05, cancellation.cancel).start()
    with pytest.raises(Cancelled):
        gate.ask(1, lambda: 7)
