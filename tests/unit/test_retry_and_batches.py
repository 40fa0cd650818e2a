"""Pauses between tries, and batches of which one item is to blame."""
from __future__ import annotations

from typing import List, Sequence

import pytest

from resources.lib.batches import by_halves, chunks
from resources.lib.retry import Backoff, RetryPolicy


def test_pauses_grow_to_the_longest_and_respect_the_server() -> None:
    policy = RetryPolicy(20.0, 600.0, factor=3.0, jitter=0.0)
    assert [policy.pause(failures) for failures in (1, 2, 3, 4, 5, 10_000)] == [20.0, 60.0, 180.0, 540.0, 600.0, 600.0]
    assert policy.pause(1, at_least=33.0) == 33.0


def test_jitter_only_takes_away() -> None:
    policy = RetryPolicy(10.0, 10.0, jitter=0.5)
    pauses = {policy.pause(1) for _ in range(200)}
    assert 5.0 <= min(pauses) < 6.0 and 9.0 < max(pauses) <= 10.0


@pytest.mark.parametrize('jitter', [0.0, 0.5])
def test_pauses_add_up_to_the_time_that_is_given(jitter: float) -> None:
    pauses = list(RetryPolicy(1.0, 90.0, jitter=jitter).pauses(360.0))
    assert sum(pauses) == pytest.approx(360.0) and max(pauses) <= 90.0
    for failures, pause in enumerate(pauses[:-1], 1):
        assert (1.0 - jitter) * min(90.0, 2.0 ** (failures - 1)) <= pause <= min(90.0, 2.0 ** (failures - 1))
    assert list(RetryPolicy(1.0, 90.0).pauses(0.0)) == []


def test_a_backoff_waits_and_forgets() -> None:
    now = [100.0]
    backoff = Backoff(RetryPolicy(10.0, 60.0, jitter=0.0), lambda: now[0])
    assert backoff.seconds_left() == 0.0
    assert backoff.failed() == 10.0
    now[0] += 4.0
    assert backoff.seconds_left() == 6.0
    backoff.reset()
    assert backoff.seconds_left() == 0.0 and backoff.failures == 0


def test_chunks_keep_the_order_and_the_rest() -> None:
    assert [list(some) for some in chunks([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
    assert list(chunks([], 3)) == []


def test_the_culprits_stand_alone_and_all_others_are_done() -> None:
    def work(batch: Sequence[int]) -> List[int]:
        if {3, 6} & set(batch):
            raise KeyError(tuple(batch))
        return list(batch)
    results, failed = by_halves(range(8), work, (KeyError,), hopeless=4)
    assert sorted(one for some in results for one in some) == [0, 1, 2, 4, 5, 7]
    assert [item for item, _ in failed] == [3, 6] and isinstance(failed[0][1], KeyError)


def test_where_all_fail_it_is_nobody_of_the_batch() -> None:
    def work(_batch: Sequence[int]) -> None:
        raise KeyError('down')
    with pytest.raises(KeyError):
        by_halves(range(9), work, (KeyError,), hopeless=8)
    assert len(by_halves(range(8), work, (KeyError,), hopeless=8)[1]) == 8
    assert by_halves([], work, (KeyError,)) == ([], [])


def test_other_errors_are_not_looked_into() -> None:
    asked = []

    def work(batch: Sequence[int]) -> None:
        asked.append(batch)
        raise ValueError('something else')
    with pytest.raises(ValueError):
        by_halves(range(8), work, (KeyError,))
    assert len(asked) == 1
