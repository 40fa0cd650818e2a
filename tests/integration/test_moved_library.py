"""Kodi's library is in another place than before, or again where it was: nobody knows how old that is."""
from __future__ import annotations

import json
from typing import Iterator

import pytest

from resources.lib.kodi import settings
from resources.lib.service.library.requests import IMPORTED
from resources.lib.service.library_place import FILE_NAME
from resources.lib.service.watch_state.kodi_rows import KodiRows
from resources.lib.service.watch_state.part import WatchState
from tests.fakes import FakeKodi
from tests.support.service_environment import PATIENCE, ServiceEnvironment
from tests.support.sync_environment import dump
from tools.plexsim import Library


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceEnvironment]:
    library = Library.empty()
    library.add_movie('Alpha')
    made = ServiceEnvironment(fake_kodi, library, monkeypatch)
    with made.in_use():
        made.sync()
        yield made


def rows(env: ServiceEnvironment) -> KodiRows:
    return env._part(WatchState).rows


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


def test_what_kodi_imports_over_items_is_no_mark_and_is_made_right(env: ServiceEnvironment,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    """An export from before: Kodi writes its play count, resume point and rating, and announces the item as added."""
    monkeypatch.setattr('resources.lib.service.library.part._AFTER_IMPORT', 0.2)
    env.sync_env.library.scrobble(env.rating_key('Alpha'))
    env.sync()
    wanted = dump(env.sync_env.video_db)
    env.kodi.wait_for(lambda: rows(env)._known is not None, PATIENCE)
    env.sim.reset_stats()
    (kodi_id, file_id), = env.sync_env.rows('SELECT idMovie, idFile FROM movie_view')
    env.sync_env.execute("DELETE FROM art WHERE media_type = 'movie'")
    env.sync_env.execute("UPDATE movie SET c01 = 'old', userrating = 3 WHERE idMovie = ?", kodi_id)
    env.sync_env.execute('UPDATE files SET playCount = NULL WHERE idFile = ?', file_id)
    env.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': kodi_id, 'type': 'movie'}, 'playcount': 0})
    env.sync_env.execute("INSERT INTO bookmark (idFile, timeInSeconds, totalTimeInSeconds, type) "
                         "VALUES (?, 700, 5400, 1)", file_id)
    env.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': kodi_id, 'type': 'movie'}, 'added': True})
    env.kodi.wait_for(lambda: dump(env.sync_env.video_db) == wanted, PATIENCE)
    assert not env.sim.requests.find(r'/:/(scrobble|unscrobble|rate|progress)')
    assert env.watched_in_plex() == ['Alpha']


def test_films_of_the_users_own_that_kodi_adds_are_no_reason_to_ask_the_server(env: ServiceEnvironment) -> None:
    env.sim.reset_stats()
    env.sync_env.execute("INSERT INTO movie (idMovie, c00) VALUES (77, 'Own')")
    env.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': 77, 'type': 'movie'}, 'added': True})
    env.kodi.wait_for(env.marks._queue.empty, PATIENCE)
    env.kodi.wait_for(lambda: not env.marks._imported, PATIENCE)
    assert not env.library.sync._queue.waits(IMPORTED, env.sync_env.machine)
