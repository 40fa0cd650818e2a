"""Kodi's library is in another place than before, or again where it was: nobody knows how old that is."""
from __future__ import annotations

import json
from typing import Iterator

import pytest

from resources.lib.kodi import settings
from resources.lib.service.library_place import FILE_NAME
from tests.fakes import FakeKodi
from tests.support.service_environment import PATIENCE, ServiceEnvironment
from tools.plexsim import Library


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceEnvironment]:
    library = Library.empty()
    library.add_movie('Alpha')
    made = ServiceEnvironment(fake_kodi, library, monkeypatch)
    try:
        made.start_kodi()
        made.sign_in()
        made.sync()
        yield made
    finally:
        made.close()


def place(env: ServiceEnvironment, name: str = '') -> str:
    """Where the library was at the last sync; ``name``: it was there."""
    path = env.kodi.profile / 'addon_data' / 'plugin.video.plexkodiconnect' / FILE_NAME
    if name:
        path.write_text(json.dumps(name))
    return str(json.loads(path.read_text()))


def titles(env: ServiceEnvironment) -> list[str]:
    return [row[0] for row in env.sync_env.rows('SELECT c00 FROM movie')]


def test_also_libraries_that_are_synchronised_by_hand_are_read_once(env: ServiceEnvironment) -> None:
    movie = next(iter(env.sync_env.library.items('movie')))
    section = env.sync_env.client.sections()[0]
    settings.set_libraries(set(), set(), {section.uuid or section.key: 'by_hand'})
    env.stop_kodi()
    assert place(env) == 'files'
    env.sync_env.library.update(movie.rating_key, title='Renamed')
    place(env, 'a server')
    env.start_kodi()
    env.kodi.wait_for(lambda: titles(env) == ['Renamed'], PATIENCE)
    env.kodi.wait_for(lambda: place(env) == 'files' and not env.running.shared.databases.place.moved, PATIENCE)
    env.stop_kodi()
    env.start_kodi()
    assert not env.running.shared.databases.place.moved
    env.kodi.wait_for(lambda: not env.library.sync.waiting and not env.library.sync.running, PATIENCE)
