"""Moments as Kodi shows them in the user's region."""
from __future__ import annotations

import time
from typing import Iterator

import pytest

from resources.lib.kodi.moments import date_and_time
from tests.fakes import FakeKodi

MORNING, EVENING = 1_795_851_540, 1_795_901_940  # 28 November 2026, 07:39 and 21:39


@pytest.fixture(autouse=True)
def universal_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv('TZ', 'UTC')
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(('date', 'clock', 'morning', 'evening'), [
    ('%d.%m.%Y', '%H:%M:%S', '28.11.2026 07:39', '28.11.2026 21:39'),
    ('%m/%d/%Y', '%I%I:%M:%S %p', '11/28/2026 7:39 AM', '11/28/2026 9:39 PM'),
    ('', '', '2026-11-28 07:39', '2026-11-28 21:39'),
    ('DDDD', '%H:%M', '2026-11-28 07:39', '2026-11-28 21:39'),
    ('%', '%H:%M', '2026-11-28 07:39', '2026-11-28 21:39')], ids=['Germany', 'USA', 'unknown', 'words', 'half a sign'])
def test_a_moment_has_the_form_of_the_region(fake_kodi: FakeKodi, date: str, clock: str, morning: str,
                                             evening: str) -> None:
    fake_kodi.region.update(dateshort=date, time=clock)
    assert (date_and_time(MORNING), date_and_time(EVENING)) == (morning, evening)
