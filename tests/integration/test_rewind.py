"""Going on with a film a little before the place where it was stopped."""
from __future__ import annotations

import threading
from typing import Iterator

import pytest

from resources.lib.service.events import LibraryComplete, UserSwitched
from tests.fakes import FakeKodi
from tests.support.service_environment import PATIENCE
from tests.support.viewing import Viewing
from tools.plexsim import Library


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Viewing]:
    library = Library.empty()
    library.add_movie('Film', duration=6_000_000)
    made = Viewing(fake_kodi, library, monkeypatch)
    with made.in_use():
        yield made


@pytest.mark.parametrize(('setting', 'stopped_at', 'goes_on_at'), [
    ('10', 1800.0, 1790.0), ('300', 120.0, 0.0), ('0', 1800.0, 1800.0), ('10', 2.0, 2.0)])
def test_it_goes_on_earlier_by_so_many_seconds(env: Viewing, setting: str, stopped_at: float,
                                               goes_on_at: float) -> None:
    env.kodi.set_setting('rewind_on_resume', setting)
    env.watch(env.rating_key('Film'), stopped_at)
    env.comes_to(goes_on_at)
    env.stays(lambda: env.position() == goes_on_at)


def test_it_jumps_once(env: Viewing) -> None:
    env.kodi.set_setting('rewind_on_resume', '10')
    env.watch(env.rating_key('Film'), 1800.0)
    env.comes_to(1790.0)
    env.kodi.pause()
    env.kodi.resume()
    env.kodi.seek(600.0)
    env.stays(lambda: env.position() == 600.0)


# ---- a resume point is its user's ----------------------------------------------------------------------------------

def another_user(env: Viewing) -> None:
    """Somebody else watches now, and the library cannot be synchronised yet."""
    env.sim.faults.add(r'/sections/\d+/all', 500)
    env.running.shared.events.publish(UserSwitched())


def test_whoever_watches_now_goes_on_where_they_stopped_and_not_where_somebody_else_did(env: Viewing) -> None:
    key = env.rating_key('Film')
    env.sim.library.set_progress(key, 1_200_000)
    another_user(env)
    env.watch(key, 1800.0)  # Kodi's library still has the former user's place
    env.comes_to(1200.0)
    env.kodi.stop()
    env.sim.faults.clear()
    complete = threading.Event()
    env.running.shared.events.subscribe(LibraryComplete, lambda _event: complete.set())
    env.library.begin_anew()
    assert complete.wait(PATIENCE)
    env.watch(key, 1800.0)
    env.stays(lambda: env.position() == 1800.0)


def test_whoever_has_not_begun_it_begins_at_the_beginning(env: Viewing) -> None:
    env.kodi.set_setting('rewind_on_resume', '10')
    another_user(env)
    env.watch(env.rating_key('Film'), 1800.0)
    env.comes_to(0.0)


def test_what_begins_at_the_beginning_stays_there(env: Viewing) -> None:
    key = env.rating_key('Film')
    env.sim.library.set_progress(key, 1_200_000)
    another_user(env)
    env.watch(key, 0.0)
    env.stays(lambda: env.position() == 0.0)
