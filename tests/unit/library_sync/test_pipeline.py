"""Work in parallel, results in order, and an end at once when the user or Kodi says so."""
from __future__ import annotations

import threading
import time
from functools import partial
from typing import Any, Iterator, List

import pytest

from resources.lib.cancellation import Cancelled
from resources.lib.library_sync.pipeline import Ordered, Questions, both
from tests.support.waiting import CancelledWhen


def names() -> List[str]:
    return sorted(thread.name for thread in threading.enumerate() if thread.name.startswith(('pkc-fetch', 'pkc-sweep')))


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 20
    while names() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert names() == []


@pytest.mark.parametrize('workers', [0, 1, 4])
def test_results_come_in_the_order_of_the_tasks(workers: int) -> None:
    def work(number: int) -> int:
        time.sleep(0.004 if number % 3 == 0 else 0)
        return number * 10
    assert list(Ordered(range(20), work, workers=workers, window=5)) == [n * 10 for n in range(20)]


@pytest.mark.parametrize('workers', [0, 2])
def test_nothing_to_do_is_no_result(workers: int) -> None:
    assert list(Ordered([], lambda task: task, workers=workers, window=3)) == []


def test_requests_really_run_side_by_side() -> None:
    both = threading.Barrier(3, timeout=20)
    assert list(Ordered(range(3), lambda _: both.wait() >= 0, workers=3, window=9)) == [True] * 3


def test_a_slow_writer_is_not_flooded_with_results() -> None:
    """Memory of a small box: at most the window, those at work and the one in hand."""
    fed: List[int] = []

    def tasks() -> Iterator[int]:
        for number in range(200):
            fed.append(number)
            yield number
    results = iter(Ordered(tasks(), lambda task: task, workers=2, window=4))
    next(results)
    time.sleep(0.05)
    assert len(fed) <= 4 + 2 + 1
    results.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize('workers', [0, 2])
def test_an_error_of_one_request_reaches_the_caller_after_the_results_before_it(workers: int) -> None:
    def work(number: int) -> int:
        if number == 3:
            raise ValueError('no')
        return number
    got = []
    with pytest.raises(ValueError, match='no'):
        for result in Ordered(range(10), work, workers=workers, window=3):
            got.append(result)
    assert got == [0, 1, 2]


@pytest.mark.parametrize('workers', [0, 2])
def test_an_error_of_the_listing_reaches_the_caller_after_what_it_listed(workers: int) -> None:
    def tasks() -> Iterator[int]:
        yield 1
        yield 2
        raise KeyError('listing')
    got: List[Any] = []
    with pytest.raises(KeyError):
        got.extend(iter(_collect(Ordered(tasks(), lambda task: task, workers=workers, window=3), got)))
    assert got[:2] == [1, 2]


def _collect(results: Any, into: List[Any]) -> Iterator[Any]:
    for result in results:
        into.append(result)
        yield from ()


def test_a_user_who_cancels_does_not_wait_for_a_slow_server() -> None:
    stop, release = threading.Event(), threading.Event()
    try:
        threading.Timer(0.02, stop.set).start()
        started = time.monotonic()
        with pytest.raises(Cancelled):
            list(Ordered(range(5), lambda _: release.wait(60), workers=2, window=2,
                         cancellation=CancelledWhen(stop.is_set)))
        # The feeder gives up within one poll.
        assert time.monotonic() - started < 30.0
    finally:
        release.set()


def test_cancelled_before_it_began() -> None:
    done: List[int] = []
    for workers in (0, 2):
        with pytest.raises(Cancelled):
            list(Ordered(range(5), done.append, workers=workers, window=2, cancellation=CancelledWhen(lambda: True)))
    assert len(done) <= 4


def test_without_threads_nothing_runs_ahead() -> None:
    done: List[int] = []
    results = iter(Ordered(range(5), done.append, workers=0, window=2))
    assert next(results) is None and done == [0]


@pytest.mark.parametrize('parallel', [True, False])
def test_two_questions_of_different_kinds(parallel: bool) -> None:
    assert both(lambda: 1, lambda: 'a', parallel) == (1, 'a')


@pytest.mark.parametrize('failing', [0, 1])
@pytest.mark.parametrize('parallel', [True, False])
def test_one_of_two_questions_fails(parallel: bool, failing: int) -> None:
    def fail() -> int:
        raise ValueError('no')

    calls = [lambda: 1, lambda: 2]
    calls[failing] = fail
    with pytest.raises(ValueError, match='no'):
        both(calls[0], calls[1], parallel)


def test_two_questions_are_asked_at_the_same_time() -> None:
    meeting = threading.Barrier(2, timeout=20)
    assert sorted(both(meeting.wait, meeting.wait, True)) == [0, 1]


def test_questions_begin_before_anybody_waits_for_an_answer() -> None:
    all_at_once = threading.Barrier(3, timeout=20)

    def ask(number: int) -> int:
        all_at_once.wait()
        return number
    with Questions(True) as questions:
        answers = [questions.begin(partial(ask, number)) for number in range(3)]
        assert [answer() for answer in answers] == [0, 1, 2]


def test_a_question_that_fails_says_so_where_its_answer_is_taken() -> None:
    def fail() -> int:
        raise ValueError('refused')
    with Questions(True) as questions:
        refused, good = questions.begin(fail), questions.begin(lambda: 2)
        with pytest.raises(ValueError, match='refused'):
            refused()
        assert good() == 2


def test_questions_that_nobody_needs_any_more_are_not_asked() -> None:
    asked: List[int] = []
    going_on = threading.Event()

    def ask(number: int) -> None:
        going_on.wait(20)
        asked.append(number)
    with Questions(True) as questions:
        answers = [questions.begin(partial(ask, number)) for number in range(20)]
    going_on.set()
    answers[0]()
    for thread in [thread for thread in threading.enumerate() if thread.name.startswith('pkc-ask')]:
        thread.join(20)
    assert sorted(asked) == list(range(len(asked))) and len(asked) <= 4


def test_where_nothing_runs_side_by_side_a_question_waits_for_its_turn() -> None:
    asked: List[int] = []
    with Questions(False) as questions:
        answers = [questions.begin(partial(asked.append, number)) for number in range(3)]
        assert asked == []
        answers[1]()
    assert asked == [1]
