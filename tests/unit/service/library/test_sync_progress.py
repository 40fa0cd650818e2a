"""The bar in the corner: for syncs that take a while, and only if the user wants it."""
from __future__ import annotations

import pytest

from resources.lib.kodi import dialogs
from resources.lib.kodi.addon import Addon
from resources.lib.service.library import progress
from resources.lib.service.library.progress import SyncProgress
from tests.fakes import FakeKodi
from tests.support.shared import make_shared


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


def never() -> None:
    """Announces nothing."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress, 'time', made)
    monkeypatch.setattr(dialogs, 'time', made)
    return made


def test_a_short_sync_shows_nothing(fake_kodi: FakeKodi, clock: Clock) -> None:
    progress = SyncProgress(Addon(), True, make_shared().guide, never)
    for done in range(3):
        progress.update('Films', done, 100)
        clock.now += 1
    progress.close()
    assert fake_kodi.progress == []


def test_a_long_sync_tells_library_and_counts(fake_kodi: FakeKodi, clock: Clock) -> None:
    progress = SyncProgress(Addon(), True, make_shared().guide, never)
    for done in (1, 25, 50):
        progress.update('Films', done, 100)
        clock.now += 5
    percent, _, message = fake_kodi.progress[0].updates[-1]
    assert percent == 50 and 'Films' in message and '50' in message and '100' in message
    progress.close()
    assert fake_kodi.progress[0].isFinished()
    progress.close()


def test_a_user_who_wants_no_bar_sees_none(fake_kodi: FakeKodi, clock: Clock) -> None:
    progress = SyncProgress(Addon(), False, make_shared().guide, never)
    for _ in range(3):
        progress.update('Films', 1, 100)
        clock.now += 60
    progress.close()
    assert fake_kodi.progress == []


def test_a_library_with_a_percent_sign_or_without_size_is_no_crash(fake_kodi: FakeKodi, clock: Clock) -> None:
    progress = SyncProgress(Addon(), True, make_shared().guide, never)
    for title, total in (('100% %s', 10), ('Ünïcode 🎬', 0), ('', 1)):
        progress.update(title, 5, total)
        clock.now += 5
    progress.close()
    assert len(fake_kodi.progress) == 1


def test_the_guide_shows_it_in_its_own_window(fake_kodi: FakeKodi, clock: Clock) -> None:
    guide = make_shared().guide
    progress = SyncProgress(Addon(), True, guide, never)
    guide.active = True
    for done in range(3):
        progress.update('Films', done, 100)
        clock.now += 5
    assert fake_kodi.progress == [] and progress.latest == ('Films', 2, 100)
    guide.active = False
    progress.update('Films', 3, 100)
    clock.now += 5
    progress.update('Films', 4, 100)
    progress.close()
    assert len(fake_kodi.progress) == 1
