"""As many requests at a time as the server works on, on a simulated clock."""
from __future__ import annotations

import heapq
import random
from typing import Callable, List, Tuple

import pytest

from resources.lib.library_sync.request_pace import RequestPace


class Server:
    """Works on ``workers`` requests at a time, ``item`` seconds on each item; an answer is ``way`` seconds under way;
    ``noise`` is the share by which work may take longer.
    """

    def __init__(self, workers: int, item: float, way: float = 0.02, noise: float = 0.0) -> None:
        self.workers, self.item, self.way, self.noise = workers, item, way, noise
        self.random = random.Random(1)
        self.now = 0.0
        self._free = [0.0] * workers

    def answer_at(self, items: int) -> float:
        """When an answer arrives to a request that is sent now. First come, first served."""
        began = max(heapq.heappop(self._free), self.now + self.way / 2)
        work = items * self.item * (1 + self.random.uniform(0, self.noise))
        heapq.heappush(self._free, began + work)
        return began + work + self.way / 2

    def set_workers(self, workers: int) -> None:
        self.workers, self._free = workers, [self.now] * workers


def run(pace: RequestPace, server: Server, requests: int,
        watch: Callable[[], None] = lambda: None) -> Tuple[float, List[int]]:
    """The seconds of so many batches, and the number of parallel requests after each."""
    begun = server.now
    flying: List[Tuple[float, float, int, int]] = []
    sent, numbers = 0, []
    while sent < requests or flying:
        while sent < requests and len(flying) < pace.parallel and not pace.pause(server.now):
            flying.append((server.answer_at(pace.batch), server.now, pace.batch, len(flying) + 1))
            sent += 1
        if not flying:
            server.now += pace.pause(server.now)
            continue
        flying.sort()
        done, at, items, beside = flying.pop(0)
        server.now = done
        pace.took(items, done - at, max(beside, len(flying) + 1))
        numbers.append(pace.parallel)
        watch()
    return server.now - begun, numbers


def best(workers: int, item: float, requests: int) -> float:
    """The seconds that the best fixed number of requests needs."""
    class Fixed(RequestPace):
        def took(self, items: int, seconds: float, at_a_time: int) -> None:
            """Learns nothing."""
    return min(run(Fixed(number, number), Server(workers, item), requests)[0] for number in range(1, 9))


@pytest.mark.parametrize('item', [0.003, 0.010])
@pytest.mark.parametrize('workers', [1, 2, 3, 4])
@pytest.mark.parametrize('requests', [30, 200])
def test_it_is_nearly_as_quick_as_the_best_fixed_number(workers: int, item: float, requests: int) -> None:
    taken, _ = run(RequestPace(6), Server(workers, item), requests)
    assert taken <= 1.1 * best(workers, item, requests)


@pytest.mark.parametrize(('workers', 'least', 'most'), [(1, 1, 3), (2, 2, 4), (4, 4, 6)])
@pytest.mark.parametrize('noise', [0.0, 0.2])
def test_it_settles_near_what_the_server_works_on(workers: int, least: int, most: int, noise: float) -> None:
    _, numbers = run(RequestPace(8), Server(workers, 0.003, noise=noise), 60)
    assert least <= min(numbers[20:]) and max(numbers[20:]) <= most


@pytest.mark.parametrize('workers', [1, 2, 3, 4])
def test_it_does_not_come_and_go(workers: int) -> None:
    _, numbers = run(RequestPace(8), Server(workers, 0.010), 60)
    assert len(set(numbers[30:])) == 1


@pytest.mark.parametrize('most', [1, 2, 6])
def test_it_never_leaves_its_bounds(most: int) -> None:
    pace = RequestPace(most)
    server, chance = Server(16, 0.001, noise=1.0), random.Random(3)

    def watch() -> None:
        if chance.random() < 0.1:
            pace.refused(server.now)
        if chance.random() < 0.05:
            pace.lost()
        assert 1 <= pace.parallel <= most and 20 <= pace.batch <= 100
    run(pace, server, 500, watch)


def test_gentle_begins_with_one_and_may_use_two() -> None:
    pace = RequestPace(2, 1)
    assert pace.parallel == 1
    _, numbers = run(pace, Server(4, 0.003), 20)
    assert numbers[-1] == 2


def test_a_server_that_gets_busy_gets_fewer_and_then_more_again() -> None:
    pace, server = RequestPace(8), Server(4, 0.005)
    run(pace, server, 40)
    before = pace.parallel
    server.set_workers(1)
    run(pace, server, 60)
    assert pace.parallel < before
    server.set_workers(4)
    run(pace, server, 150)
    assert pace.parallel >= 4


def test_a_server_whose_items_all_take_longer_gets_as_many_as_before() -> None:
    pace, server = RequestPace(8), Server(4, 0.002)
    run(pace, server, 40)
    server.item = 0.008
    run(pace, server, 80)
    assert 4 <= pace.parallel <= 6


def test_a_refusal_halves_and_waits() -> None:
    pace = RequestPace(6)
    pace.refused(100.0)
    assert pace.parallel == 2 and 0 < pace.pause(100.0) < 1 and pace.pause(101.0) == 0


def test_refusals_of_one_moment_are_one() -> None:
    pace = RequestPace(6)
    for _ in range(4):
        pace.refused(100.0)
    assert pace.parallel == 2 and pace.pause(101.0) == 0


def test_the_server_says_how_long() -> None:
    pace = RequestPace(6)
    pace.refused(100.0, 30.0)
    pace.refused(100.1, 60.0)
    assert pace.pause(130.0) == pytest.approx(30.1) and pace.pause(160.2) == 0


def test_pauses_grow_while_it_goes_on_refusing() -> None:
    pace, now, pauses = RequestPace(6), 0.0, []
    for _ in range(12):
        pace.refused(now)
        pauses.append(pace.pause(now))
        now += pauses[-1]
    assert pauses == pytest.approx(sorted(pauses)) and pauses[0] < 1 and pauses[-1] == pytest.approx(20.0)
    assert pace.parallel == 1


def test_a_server_that_refuses_from_some_number_on_is_asked_for_that_ever_more_seldom() -> None:
    pace, server, refused = RequestPace(6), Server(8, 0.003), []

    def watch() -> None:
        if pace.parallel > 3:
            pace.refused(server.now)
            refused.append(server.now)
    run(pace, server, 300, watch)
    assert 1 <= len(refused) <= 8


def test_items_that_take_long_are_asked_for_in_smaller_batches() -> None:
    pace = RequestPace(6)
    _, numbers = run(pace, Server(1, 0.080), 40)
    assert pace.batch <= 30 and numbers[-1] <= 3
    run(pace, Server(2, 0.003), 40)
    assert pace.batch == 100


def test_a_lost_answer_is_asked_for_in_smaller_batches() -> None:
    pace = RequestPace(6)
    pace.lost()
    assert (pace.parallel, pace.batch) == (2, 50)
