"""A slow box is not blocked for long, a fast one does not commit for every hundred items."""
from __future__ import annotations

import pytest

from resources.lib.library_sync.pace import Pace
from resources.lib.sql.mariadb import MariaDbConnection

HOLD = 0.09


def after(seconds_per_item: float, transactions: int = 20) -> Pace:
    pace = Pace(HOLD)
    for _ in range(transactions):
        pace.took(pace.size, pace.size * seconds_per_item)
    return pace


def test_a_fast_machine_gets_large_transactions() -> None:
    assert after(0.0001).size == 300


def test_a_slow_box_gets_small_ones_at_once() -> None:
    assert after(0.003, 1).size == 30


def test_the_slowest_card_still_gets_on() -> None:
    assert after(1.0).size == 20


@pytest.mark.parametrize(('commit', 'seconds'), [(0.01, 0.08), (0.03, 0.06), (0.06, 0.06), (0.5, HOLD)])
def test_a_slow_commit_is_not_made_for_ever_fewer_items(commit: float, seconds: float) -> None:
    pace = Pace(HOLD)
    for _ in range(20):
        pace.took(pace.size, pace.size * 0.001, commit)
    assert pace.size == pytest.approx(1000 * seconds, abs=1)


def test_a_single_item_teaches_nothing() -> None:
    pace = Pace(HOLD)
    pace.took(1, 5.0)
    pace.took(0, 0.0)
    assert pace.size == 100


def test_a_disk_that_was_busy_for_a_moment_is_trusted_again() -> None:
    pace = after(0.0001)
    pace.took(300, 5.0)
    assert pace.size == 20
    for _ in range(20):
        pace.took(pace.size, pace.size * 0.0001)
    assert pace.size == 300


def test_a_slow_line_to_a_server_does_not_make_ever_more_transactions() -> None:
    """Each has forty round trips, of 20 ms, however few its items."""
    pace = Pace(MariaDbConnection.hold)
    for _ in range(20):
        pace.took(pace.size, 40 * 0.02 + pace.size * 0.0015)
    assert pace.size == 300
