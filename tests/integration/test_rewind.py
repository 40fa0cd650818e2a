"""Going on with a film a little before the place where it was stopped."""
from __future__ import annotations

from typing import Iterator

import pytest

from tests.fakes import FakeKodi
from tests.support.viewing import Viewing
from tools.plexsim import Library


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Viewing]:
    library = Library.empty()
    library.add_movie('Film', duration=6_000_000)
    made = Viewing(fake_kodi, library, monkeypatch)
    try:
        made.start_kodi()
        made.sign_in()
        yield made
    finally:
        made.close()


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
