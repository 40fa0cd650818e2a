"""Answers are read while a commit waits for the disk, and not while a transaction is open."""
from __future__ import annotations

import threading
from typing import Any, Iterator, List

import pytest

from resources.lib.library_sync.fetch import MetadataAnswer
from resources.lib.library_sync.pipeline import Ordered
from resources.lib.library_sync.read_ahead import ReadAhead


class Fetcher:
    """Reads answers when it may, and knows in which threads."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.threads: List[str] = []

    def read(self, answer: MetadataAnswer) -> str:
        self.threads.append(threading.current_thread().name)
        assert self.may.wait(20.0)
        if answer.body == b'broken':
            raise ValueError('broken')
        return 'items of ' + answer.body.decode()


class Reading:
    """An object that reads ahead of some answers."""

    def __init__(self, *bodies: bytes) -> None:
        self.answers: List[Any] = [MetadataAnswer(None, body) for body in bodies]  # type: ignore[arg-type]
        self.fetcher = Fetcher()
        self.ahead = ReadAhead(self.fetcher)  # type: ignore[arg-type]
        self.ahead.source = lambda most: self.answers[:most]

    def read(self) -> Any:
        """Read the next one, as the thread that writes does."""
        return self.ahead.read(self.answers.pop(0))


@pytest.fixture
def reading() -> Iterator[Reading]:
    made = Reading(b'1', b'2', b'3')
    yield made
    made.fetcher.may.set()
    made.ahead.close()


def test_two_answers_at_most_are_read_while_a_commit_waits(reading: Reading) -> None:
    reading.ahead.begin()
    reading.ahead.begin()
    reading.fetcher.may.set()
    reading.ahead.settle()
    assert len(reading.fetcher.threads) == 2 and all('pkc-read' in name for name in reading.fetcher.threads)
    assert [reading.read() for _ in range(3)] == ['items of 1', 'items of 2', 'items of 3']
    assert reading.fetcher.threads[2] == threading.current_thread().name


def test_a_transaction_begins_after_the_reading(reading: Reading) -> None:
    reading.ahead.begin()
    began = threading.Event()

    def transact() -> None:
        reading.ahead.settle()
        began.set()
    writing = threading.Thread(target=transact)
    writing.start()
    assert not began.wait(0.05)
    reading.fetcher.may.set()
    assert began.wait(20.0)
    writing.join()


def test_an_answer_that_cannot_be_read_is_an_error_where_it_is_wanted() -> None:
    reading = Reading(b'broken', b'2')
    reading.fetcher.may.set()
    reading.ahead.begin()
    reading.ahead.settle()
    with pytest.raises(ValueError):
        reading.read()
    assert reading.read() == 'items of 2'


def test_after_the_end_nothing_is_begun(reading: Reading) -> None:
    reading.ahead.close()
    reading.ahead.begin()
    assert not reading.fetcher.threads


def test_what_comes_next_is_seen_as_far_as_it_is_there() -> None:
    third = threading.Event()
    ordered = Ordered(range(5), lambda number: number if number != 3 else third.wait(20) and number, workers=2,
                      window=8)
    results = iter(ordered)
    assert next(results) == 0
    while len(ordered.ready(9)) < 2:
        third.wait(0.001)
    assert ordered.ready(1) == [1] and ordered.ready(9) == [1, 2]
    third.set()
    assert list(results) == [1, 2, 3, 4] and ordered.ready(9) == []
