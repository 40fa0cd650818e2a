"""One row for what two servers both have, as the user sees it: what is watched, played, left, and chosen."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest

from resources.lib.service.playback import best_copy
from resources.lib.service.watch_state.part import WatchState
from tests.fakes import FakeKodi
from tests.integration.test_several_servers import (
    at_rest,
    choose,
    made,
    mark,
    movie,
    seen,
    settled,
    truth,
    twin_libraries,
)
from tests.support.one_row import Judge, kept_dates, make_common
from tests.support.several_servers_environment import OTHER, OTHER_NAME, SeveralServersEnvironment
from tools.plexsim import Library


@pytest.fixture
def one_row(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[SeveralServersEnvironment]:
    """The user wants one row for a title that both have."""
    fake_kodi.set_setting('same_titles', 'true')
    fake_kodi.set_setting('one_row', 'true')
    monkeypatch.setattr(best_copy, '_PATIENCE', 30.0)
    found = made(fake_kodi, twin_libraries(), monkeypatch)
    choose(found)
    found.until(lambda: 'Delta' in found.titles())
    yield found
    found.close()


def test_the_library_shows_it_once_and_both_are_told_of_a_mark(one_row: SeveralServersEnvironment) -> None:
    env = one_row
    assert env.titles() == ['Alpha', 'Beta', 'Delta', 'Gamma']
    mark(env, env.main, 'Beta')
    env.until(lambda: env.watched_in_plex() == ['Beta'] and seen(env.other_library, 'Beta'))
    settled(env)
    assert env.shown_as_watched() == ['Beta']


def test_the_setting_takes_effect_at_once_both_ways(one_row: SeveralServersEnvironment) -> None:
    env = one_row
    env.kodi.set_setting('one_row', 'false')
    env.until(lambda: env.titles() == ['Alpha', 'Beta', 'Beta', 'Delta', 'Gamma'])
    at_rest(env)
    env.kodi.set_setting('one_row', 'true')
    env.until(lambda: env.titles() == ['Alpha', 'Beta', 'Delta', 'Gamma'])
    assert env.titles(OTHER) == ['Delta']


def test_what_is_watched_at_the_other_server_reaches_the_row_and_not_the_first_one(
        one_row: SeveralServersEnvironment) -> None:
    env = one_row
    env.until(lambda: env.other.events.listeners)
    env.other_library.scrobble(movie(env.other_library, 'Beta').rating_key)
    env.until(lambda: env.shown_as_watched() == ['Beta'])
    assert env.watched_in_plex() == []
    env.other_library.set_progress(movie(env.other_library, 'Beta').rating_key, 400_000)
    env.until(lambda: env.sync_env.rows("SELECT resumeTimeInSeconds FROM movie_view WHERE c00 = 'Beta'") == [(400.0,)])
    env._part(WatchState).rows.look()
    settled(env)
    assert env.sim.library.truth(movie(env.sim.library, 'Beta').rating_key).get('viewOffset') is None


def test_a_row_is_the_other_server_s_when_its_item_is_deleted(one_row: SeveralServersEnvironment) -> None:
    env = one_row
    env.until(lambda: env.sim.events.listeners)
    env.sim.library.delete(movie(env.sim.library, 'Beta').rating_key)
    env.until(lambda: env.titles(OTHER) == ['Beta', 'Delta'])
    assert env.titles(env.main) == ['Alpha', 'Gamma']


def test_a_server_that_is_left_leaves_what_the_other_one_has(one_row: SeveralServersEnvironment) -> None:
    env = one_row
    env.auth.select_servers([OTHER])
    choose(env, env.main)
    env.until(lambda: env.titles() == ['Beta', 'Delta'])


def plays(env: SeveralServersEnvironment) -> str:
    key = str(movie(env.sim.library, 'Beta').rating_key)
    url = env.call('play', machine_identifier=env.main, rating_key=key, type='movie')['url']
    return OTHER if '/stream/%s/' % OTHER in url else env.main


def picture(library: Library, width: int, height: int) -> None:
    item = movie(library, 'Beta')
    media = [dict(one, width=width, height=height, bitrate=8000) for one in library.stored(item)['Media']]
    library.update(item.rating_key, Media=media)


def same_picture(env: SeveralServersEnvironment) -> None:
    for library in (env.sim.library, env.other_library):
        picture(library, 1920, 1080)


def test_it_plays_from_the_nearest_server_and_then_from_the_one_with_the_better_picture(
        one_row: SeveralServersEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    env = one_row
    clients = env.running.shared.clients
    same_picture(env)
    assert plays(env) == env.main
    picture(env.other_library, 3840, 2160)
    assert plays(env) == OTHER
    far = {OTHER: 'remote'}
    monkeypatch.setattr(type(clients), 'distance', lambda _self, machine='': far.get(machine, 'local'))
    assert plays(env) == env.main
    far.clear()
    far[env.main] = far[''] = 'relayed'
    assert plays(env) == OTHER


def test_a_server_that_is_slow_to_tell_what_it_has_is_not_waited_for(
        one_row: SeveralServersEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    env = one_row
    same_picture(env)
    picture(env.other_library, 3840, 2160)
    monkeypatch.setattr(best_copy, '_PATIENCE', 0.2)
    env.other.faults.add('/library/metadata/', 'delay', value=60)
    assert plays(env) == env.main


def test_the_context_menu_offers_the_other_server(one_row: SeveralServersEnvironment) -> None:
    env = one_row
    same_picture(env)
    (kodi_id,), = env.sync_env.rows("SELECT idMovie FROM movie_view WHERE c00 = 'Beta'")
    shown = {'type': 'movie', 'id': kodi_id}
    assert 'play_from_server' in env.call('item_menu', **shown)['actions']
    asked = env.call('item_action', action='play_from_server', **shown)['choose']
    assert asked['labels'] == ['Simulated Server', OTHER_NAME] and asked['values'] == [env.main, OTHER]
    assert env.call('item_action', action='play_from_server', choice=OTHER, **shown) == {}
    assert plays(env) == OTHER
    assert plays(env) == env.main
    alone, = env.sync_env.rows("SELECT idMovie FROM movie_view WHERE c00 = 'Alpha'")
    assert 'play_from_server' not in env.call('item_menu', type='movie', id=alone[0])['actions']


def row(env: SeveralServersEnvironment) -> Any:
    """(play count, resume point in seconds) of the only row."""
    found, = env.sync_env.rows("SELECT playCount, resumeTimeInSeconds FROM movie_view WHERE c00 = 'Beta'")
    return found


def test_what_another_server_plays_is_in_the_row_and_at_both_servers(one_row: SeveralServersEnvironment) -> None:
    env = one_row
    same_picture(env)
    picture(env.other_library, 3840, 2160)
    (kodi_id, file_id), = env.sync_env.rows("SELECT idMovie, idFile FROM movie_view WHERE c00 = 'Beta'")
    key = str(movie(env.sim.library, 'Beta').rating_key)
    answer = env.call('play', machine_identifier=env.main, rating_key=key, type='movie')
    assert OTHER in answer['url']
    env.watcher.on_started(answer['url'], 0.0, answer['total'])
    env.until(lambda: env.other.requests.find('/:/timeline'))
    env.watcher.on_seek(1800.0)
    env.sync_env.execute("INSERT INTO bookmark (idFile, timeInSeconds, totalTimeInSeconds, thumbNailImage, player, "
                         "playerState, type) VALUES (?, 1790, 5400, '', 'VideoPlayer', '', 1)", file_id)
    env.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': kodi_id, 'type': 'movie'}})
    env.watcher.on_stopped()
    libraries = {env.main: env.sim.library, OTHER: env.other_library}

    def offsets() -> Any:
        return [library.truth(movie(library, 'Beta').rating_key).get('viewOffset') for library in libraries.values()]
    env.until(lambda: offsets() == [1_800_000, 1_800_000])
    env.until(lambda: row(env) == (None, 1800.0))
    for _ in range(2):
        settled(env)
    assert offsets() == [1_800_000, 1_800_000] and row(env) == (None, 1800.0)


@pytest.mark.parametrize('seed', [3, 4])
def test_random_changes_on_both_with_one_that_goes_and_comes_back(
        seed: int, fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_kodi.set_setting('same_titles', 'true')
    fake_kodi.set_setting('one_row', 'true')
    first = Library.generate(seed=seed, movies=40, shows=3, seasons=2, episodes=3, collections=2)
    second = Library.generate(seed=seed + 1, movies=30, shows=2, seasons=3, episodes=4, collections=2)
    make_common(first, second)
    env = made(fake_kodi, [first, second], monkeypatch)
    try:
        choose(env)
        env.change_at_random(seed)
        for _ in range(3):  # what may be gone is looked for a second time
            settled(env)
        Judge({env.main: first, OTHER: second}).assert_truth(
            env.dump(), truth(env, tmp_path / 'truth'), kept_dates(str(env.profile / 'state.db')))
    finally:
        env.close()
