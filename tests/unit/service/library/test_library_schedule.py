"""When the libraries are due that the user gave an interval of their own."""
from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest

from resources.lib.service.library.schedule import BY_HAND, DAILY, WEEKLY, LibrarySchedule

DAY = 24 * 3600.0


class Clock:
    now = 1_800_000_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def schedule(tmp_path: Path, clock: Clock) -> Callable[[], LibrarySchedule]:
    """Kodi starts anew with each call."""
    return lambda: LibrarySchedule(str(tmp_path / 'times.json'), lambda: clock.now)


@pytest.mark.parametrize(('interval', 'days'), [(DAILY, 1), (WEEKLY, 7)])
def test_a_library_is_due_when_its_time_has_come_also_over_restarts_of_kodi(
        schedule: Callable[[], LibrarySchedule], clock: Clock, interval: str, days: int) -> None:
    rules = {'films': interval}
    assert schedule().not_due(rules) == set()
    schedule().seen(rules, ['films', 'others'])
    assert schedule().not_due(rules) == {'films'}
    clock.now += days * DAY - 3600
    assert schedule().not_due(rules) == {'films'}
    clock.now += 3600
    assert schedule().not_due(rules) == set()


def test_a_library_by_hand_is_never_due(schedule: Callable[[], LibrarySchedule], clock: Clock) -> None:
    assert schedule().not_due({'films': BY_HAND}) == {'films'}
    clock.now += 1000 * DAY
    assert schedule().not_due({'films': BY_HAND}) == {'films'}


def test_a_clock_that_was_set_back_does_not_stop_a_library_for_years(
        schedule: Callable[[], LibrarySchedule], clock: Clock) -> None:
    schedule().seen({'films': DAILY}, ['films'])
    clock.now -= 1000 * DAY
    assert schedule().not_due({'films': DAILY}) == set()


def test_a_library_that_goes_with_the_others_again_is_forgotten(
        schedule: Callable[[], LibrarySchedule], tmp_path: Path) -> None:
    schedule().seen({'films': DAILY, 'series': DAILY}, ['films', 'series'])
    schedule().seen({'series': DAILY}, ['series'])
    assert schedule().not_due({'films': DAILY, 'series': DAILY}) == {'series'}


@pytest.mark.parametrize('content', ['', '[]', '{"films": "x"}', '{"films": null}'])
def test_a_damaged_file_makes_all_libraries_due(
        schedule: Callable[[], LibrarySchedule], tmp_path: Path, content: str) -> None:
    (tmp_path / 'times.json').write_text(content)
    assert schedule().not_due({'films': DAILY, 'odd': 'fortnightly'}) == set()
