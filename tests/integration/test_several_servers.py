"""Two servers at once: each has its own rows, syncs, marks, playback and lists, and one that is away holds up none."""
from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set

import pytest

from resources.lib.kodi import settings
from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.options import DatabaseLocations, Options
from resources.lib.local_server.api import ApiError
from resources.lib.plex_functions import PMSClient
from resources.lib.service.artwork import preloading
from resources.lib.service.events import PlaybackClosing, ServerChosen, ServerLost, ServerPushed
from resources.lib.state_db import PlaybackReport
from tests.fakes import FakeKodi
from tests.support.several_servers_environment import OTHER, OTHER_NAME, SeveralServersEnvironment
from tests.support.sync_environment import dump
from tools import kodischema
from tools.plexsim import OWNER, Library


def films(*titles: str) -> Library:
    library = Library.empty()
    section = library.add_section('movie', 'Films')
    for title in titles:
        library.add_movie(title, section_id=section.id)
    return library


def movie(library: Library, title: str) -> Any:
    return next(item for item in library.items('movie') if item.title == title)


def made(kodi: FakeKodi, libraries: List[Library], monkeypatch: pytest.MonkeyPatch) -> SeveralServersEnvironment:
    env = SeveralServersEnvironment(kodi, libraries, monkeypatch)
    env.start_kodi()
    env.sign_in()
    return env


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[SeveralServersEnvironment]:
    found = made(fake_kodi, [films('Alpha', 'Beta', 'Gamma'), films('Beta', 'Delta')], monkeypatch)
    choose(found)
    yield found
    found.close()


def choose(env: SeveralServersEnvironment, *left: str) -> None:
    """What follows the dialog; waits for the rows of both."""
    env.running.shared.events.publish(ServerChosen(left))
    if not left:
        env.until(lambda: env.titles(env.main) and env.titles(OTHER))
        at_rest(env)


def at_rest(env: SeveralServersEnvironment) -> None:
    env.until(lambda: not env.library.sync.running and not env.library.sync.waiting)


def test_rows_of_both_are_there_and_titles_of_libraries_tell_them_apart(env: SeveralServersEnvironment) -> None:
    assert env.titles(env.main) == ['Alpha', 'Beta', 'Gamma']
    assert env.titles(OTHER) == ['Beta', 'Delta']
    tags = {row[0] for row in env.sync_env.rows('SELECT name FROM tag')}
    assert {'Films', 'Films (%s)' % OTHER_NAME} <= tags
    env.until(lambda: env.runs('') and env.runs(OTHER))
    assert env.runs(OTHER)[0]['server_name'] == OTHER_NAME


def test_a_restart_finds_both_again_and_writes_nothing(env: SeveralServersEnvironment) -> None:
    before = env.dump()
    env.stop_kodi()
    env.kodi.set_setting('sync_at_start', 'true')
    env.start_kodi()
    env.until(lambda: env.runs('') and env.runs('')[0]['reason'] == 'start')
    env.until(lambda: env.runs(OTHER) and env.runs(OTHER)[0]['reason'] == 'start')
    assert env.dump() == before
    assert (env.runs('')[0]['changed'], env.runs(OTHER)[0]['changed']) == (0, 0)


def test_what_one_server_pushes_is_written_whatever_the_other_one_does(env: SeveralServersEnvironment) -> None:
    env.until(lambda: env.other.events.listeners and env.sim.events.listeners)
    env.other_library.add_movie('Epsilon', section_id=next(iter(env.other_library.sections)))
    env.until(lambda: 'Epsilon' in env.titles(OTHER))
    env.sync_env.library.add_movie('Zeta', section_id=next(iter(env.sync_env.library.sections)))
    env.until(lambda: 'Zeta' in env.titles(env.main))
    assert 'Epsilon' not in env.titles(env.main)


def test_one_that_is_away_holds_up_nobody_and_catches_up(env: SeveralServersEnvironment) -> None:
    theirs = env.titles(OTHER)
    env.other_goes()
    env.call('sync')
    env.until(lambda: env.runs('')[0]['reason'] == 'user' and env.runs('')[0]['complete'])
    env.sync_env.library.add_movie('Zeta', section_id=next(iter(env.sync_env.library.sections)))
    env.until(lambda: 'Zeta' in env.titles(env.main))
    assert env.titles(OTHER) == theirs
    section = next(iter(env.other_library.sections))
    env.other_library.add_movie('Eta', section_id=section)
    env.other_library.delete(movie(env.other_library, 'Delta').rating_key)
    env.other_comes()
    env.until(lambda: env.titles(OTHER) == ['Beta', 'Eta'])


def test_marks_go_to_the_item_s_own_server_even_while_the_other_one_is_away(env: SeveralServersEnvironment) -> None:
    env.other_goes()
    (theirs, their_file), (mine, my_file) = [env.sync_env.rows(
        'SELECT idMovie, idFile FROM movie_view WHERE c00 = ? AND strFilename LIKE ?', 'Beta', '%%/%s%%' % machine)[0]
        for machine in (OTHER, env.main)]
    for kodi_id, file_id in ((theirs, their_file), (mine, my_file)):
        env.sync_env.execute('UPDATE files SET playCount = 1 WHERE idFile = ?', file_id)
        env.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': kodi_id, 'type': 'movie'}, 'playcount': 1})
    env.until(lambda: env.watched_in_plex() == ['Beta'])
    env.other_comes()
    library = env.other_library
    env.until(lambda: library.watch.is_watched(OWNER, movie(library, 'Beta')))
    assert not library.watch.is_watched(OWNER, movie(library, 'Delta'))


def test_each_plays_from_its_own_server(env: SeveralServersEnvironment) -> None:
    for machine, library in ((env.main, env.sync_env.library), (OTHER, env.other_library)):
        key = movie(library, 'Beta').rating_key
        answer = env.call('play', machine_identifier=machine, rating_key=str(key), type='movie')
        assert '/stream/%s/%s/' % (machine, key) in answer['url']


def test_a_server_that_is_left_takes_exactly_its_own_rows(env: SeveralServersEnvironment) -> None:
    mine = {name: [row for row in rows if OTHER not in repr(row)] for name, rows in env.dump().items()}
    env.auth.select_servers([env.main])
    choose(env, OTHER)
    env.until(lambda: not env.titles(OTHER))
    at_rest(env)
    after = env.dump()
    assert after['movie'] == mine['movie'] and after['files'] == mine['files'] and after['paths'] == mine['paths']
    assert env.titles() == ['Alpha', 'Beta', 'Gamma']
    assert not any(OTHER in repr(rows) for rows in after.values())
    assert 'Films (%s)' % OTHER_NAME not in repr(after)


def test_the_main_server_can_be_left_too_and_the_other_one_becomes_it(env: SeveralServersEnvironment) -> None:
    env.auth.select_servers([OTHER])
    choose(env, env.main)
    env.until(lambda: env.titles() == ['Beta', 'Delta'])
    env.until(lambda: {row[0] for row in env.sync_env.rows('SELECT name FROM tag')} == {'Films'})
    key = movie(env.other_library, 'Delta').rating_key
    assert env.call('play', machine_identifier=OTHER, rating_key=str(key), type='movie')['url']


def test_signing_out_with_all_items_leaves_nothing(env: SeveralServersEnvironment) -> None:
    env.kodi.answer(True, True)
    env.call('sign_out')
    env.until(lambda: not any(OTHER in repr(rows) or env.main in repr(rows) for rows in env.dump().values()))


def test_libraries_of_both_are_chosen_in_one_list(env: SeveralServersEnvironment) -> None:
    env.kodi.answer(1, 2, 2, True)
    env.call('choose_libraries')
    env.until(lambda: not env.titles(OTHER))
    labels = next(arguments[1] for kind, arguments in env.kodi.dialogs if kind == 'select')
    assert [label.split(':')[0] for label in labels[:2]] == ['Simulated Server · Films', '%s · Films' % OTHER_NAME]
    assert env.titles(env.main) == ['Alpha', 'Beta', 'Gamma']
    uuid = next(iter(env.other_library.sections.values())).uuid
    assert settings.load().excluded_libraries == {uuid}


def test_refreshing_an_item_asks_its_own_server(env: SeveralServersEnvironment) -> None:
    (kodi_id,), = env.sync_env.rows("SELECT idMovie FROM movie_view WHERE c00 = 'Delta'")
    env.other.reset_stats()
    env.sim.reset_stats()
    env.call('refresh', type='movie', id=kodi_id)
    env.until(lambda: env.other.requests.find('/library/metadata/'))
    at_rest(env)
    assert not env.sim.requests.find('/library/metadata/')


def test_the_context_menu_asks_the_item_s_server_by_row_and_by_url(env: SeveralServersEnvironment) -> None:
    (kodi_id, url), = env.sync_env.rows("SELECT idMovie, strFilename FROM movie_view WHERE c00 = 'Delta'")
    key = str(movie(env.other_library, 'Delta').rating_key)
    for shown in ({'type': 'movie', 'id': kodi_id}, {'url': url}, {'url': url, 'plexid': key},
                  {'type': 'movie', 'id': kodi_id, 'plexid': key}):
        assert env.call('item_menu', **shown)['title'] == 'Delta'
    env.call('item_action', action='mark_watched', type='movie', id=kodi_id)
    env.until(lambda: env.other_library.watch.is_watched(OWNER, movie(env.other_library, 'Delta')))
    assert env.watched_in_plex() == []
    env.until(lambda: env.shown_as_watched() == ['Delta'])
    answer = env.call('item_action', action='show_similar', type='movie', id=kodi_id)
    assert 'server=' + OTHER in answer['open']
    mine, = env.sync_env.rows("SELECT idMovie FROM movie_view WHERE c00 = 'Alpha'")
    assert 'server=' not in env.call('item_action', action='show_similar', type='movie', id=mine[0])['open']


def test_the_status_page_and_the_nodes_name_both(env: SeveralServersEnvironment) -> None:
    def says(*words: str) -> bool:
        page = json.dumps(env.call('status_page'))
        return all(word in page for word in words)
    env.until(lambda: says('Simulated Server', OTHER_NAME, 'Films (%s)' % OTHER_NAME))
    nodes = env.kodi.profile / 'library' / 'video'

    def theirs() -> str:
        return ''.join(path.read_text(encoding='utf-8') for path in nodes.glob('*%s*/*.xml' % OTHER[:8]))
    env.until(lambda: 'Films (%s)' % OTHER_NAME in theirs() and 'server=' + OTHER in theirs())


def test_removing_the_items_of_a_server_outlives_the_end_of_kodi(env: SeveralServersEnvironment) -> None:
    env.auth.select_servers([env.main])
    env.stop_kodi()
    assert env.titles(OTHER)
    (env.profile / 'servers_left.json').write_text(json.dumps([OTHER]))
    env.start_kodi()
    env.call('sync')
    env.until(lambda: not env.titles(OTHER))
    assert env.titles() == ['Alpha', 'Beta', 'Gamma']
    env.until(lambda: json.loads((env.profile / 'servers_left.json').read_text()) == [])


# ---- lists ---------------------------------------------------------------------------------------------------------

def test_continue_watching_is_of_both_by_the_servers_times(env: SeveralServersEnvironment) -> None:
    for library, title, when in ((env.sync_env.library, 'Alpha', 300), (env.other_library, 'Delta', 200),
                                 (env.sync_env.library, 'Gamma', 100), (env.other_library, 'Beta', 400)):
        begin(env, library, title, when)
    assert env.listed('continue_watching') == ['Beta', 'Alpha', 'Delta', 'Gamma']
    assert env.listed('continue_watching', limit=2) == ['Beta', 'Alpha']
    assert env.listed('continue_watching', server=OTHER) == ['Beta', 'Delta']


def begin(env: SeveralServersEnvironment, library: Any, title: str, when: int) -> None:
    library.watch.set_progress(OWNER, movie(library, title), 300_000, int(env.sim.clock.now()) - 1000 + when)


def test_a_list_goes_without_a_server_that_is_late_and_has_it_the_next_time(env: SeveralServersEnvironment) -> None:
    assert set(env.listed('recently_added', type='movie')) == {'Alpha', 'Beta', 'Gamma', 'Delta'}
    env.other_goes()
    assert 'Alpha' in env.listed('recently_added', type='movie')
    env.other_comes()
    env.until(lambda: 'Delta' in env.listed('recently_added', type='movie'))


def test_a_server_that_is_slow_is_shown_as_it_was_known_last(env: SeveralServersEnvironment) -> None:
    for library, title, when in ((env.sync_env.library, 'Alpha', 300), (env.other_library, 'Delta', 200)):
        begin(env, library, title, when)
    assert env.listed('continue_watching') == ['Alpha', 'Delta']
    begin(env, env.sync_env.library, 'Gamma', 400)
    env.running.shared.events.publish(ServerPushed())
    env.other.faults.add('/hubs/continueWatching', 'delay', value=600)
    began = time.monotonic()
    assert env.listed('continue_watching') == ['Gamma', 'Alpha', 'Delta']
    assert time.monotonic() - began < 25.0, 'nobody waits for the slow one'
    begin(env, env.other_library, 'Beta', 500)
    env.other.faults.clear()
    env.running.shared.events.publish(ServerPushed())
    env.until(lambda: env.listed('continue_watching') == ['Beta', 'Gamma', 'Alpha', 'Delta'])


def test_what_a_server_refuses_is_not_shown_as_it_was_before(env: SeveralServersEnvironment) -> None:
    begin(env, env.sync_env.library, 'Alpha', 300)
    begin(env, env.other_library, 'Delta', 200)
    env.running.shared.events.publish(ServerPushed())
    env.until(lambda: env.listed('continue_watching') == ['Alpha', 'Delta'])
    env.running.shared.events.publish(ServerPushed())
    passing = env.other.faults.add('/hubs/continueWatching', 500)
    env.until(lambda: env.listed('continue_watching') == ['Alpha', 'Delta'] and passing.hits)
    env.running.shared.events.publish(ServerPushed())
    env.other.faults.clear()
    env.other.faults.add('/hubs/continueWatching', 403)
    env.until(lambda: env.listed('continue_watching') == ['Alpha'])


def test_search_and_libraries_and_their_folders_lead_to_the_right_server(env: SeveralServersEnvironment) -> None:
    found = env.call('list', path='search', query='Beta', type='movie')
    urls = [item['url'] for item in json.loads(found)['items']]
    assert len(urls) == 2 and any(OTHER in url for url in urls) and any(env.main in url for url in urls)
    libraries = json.loads(env.call('list', path='sections'))['items']
    assert [one['label'] for one in libraries] == ['Films · Simulated Server', 'Films · %s' % OTHER_NAME]
    assert ['server=' + OTHER in one['url'] for one in libraries] == [False, True]
    key = next(iter(env.other_library.sections))
    assert env.listed('section', id=str(key), server=OTHER, type='movie') == ['Beta', 'Delta']
    uuid = next(iter(env.other_library.sections.values())).uuid
    assert env.listed('section', id=uuid, type='movie') == ['Beta', 'Delta']


def test_a_stale_connection_is_that_of_the_server_whose_library_is_shown(env: SeveralServersEnvironment) -> None:
    """A uuid says whose library it is; the list names no server."""
    lost: List[str] = []
    env.running.shared.events.subscribe(ServerLost, lambda event: lost.append(event.machine))
    uuid = next(iter(env.other_library.sections.values())).uuid
    env.other.faults.add('/library/sections/[0-9]+/all', 'drop', times=2)
    assert env.listed('section', id=uuid, type='movie') == ['Beta', 'Delta']
    assert set(lost) == {OTHER}


def test_one_server_alone_is_asked_nothing_more_and_its_urls_name_none(
        fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    env = made(fake_kodi, [films('Alpha'), films('Beta')], monkeypatch)
    try:
        env.auth.select_server(env.main)
        env.sync()
        env.until(lambda: not [one for one in threading.enumerate() if one.name == 'pkc-probe'])
        env.other.reset_stats()
        libraries = json.loads(env.call('list', path='sections'))['items']
        assert [one['label'] for one in libraries] == ['Films'] and 'server=' not in libraries[0]['url']
        assert not env.other.requests.find('')
        assert 'machine' not in env.library.history.runs()[0] and 'server_name' not in env.library.history.runs()[0]
    finally:
        env.close()


def test_pictures_of_one_that_is_away_keep_nobody_waiting_and_come_when_it_is_back(
        env: SeveralServersEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preloading, '_LOOK_AGAIN', 0.02)
    monkeypatch.setattr(preloading, '_BETWEEN', 0.0)

    def lacking(machine: str) -> Set[str]:
        urls = {row[0] for row in env.sync_env.rows('SELECT url FROM art WHERE url LIKE ?', '%%/art/%s/%%' % machine)}
        assert urls
        return urls - set(env.kodi.textures.held)
    env.sim.faults.add('', 'drop', server='pms')  # of the first one
    env.kodi.set_setting('preload_pictures', 'true')
    env.until(lambda: not lacking(OTHER))
    assert lacking(env.main)
    env.sim.faults.clear()
    env.until(lambda: not lacking(env.main))


# ---- the same title on both ----------------------------------------------------------------------------------------

def twin_libraries() -> List[Library]:
    """Both have the film Beta."""
    libraries = [films('Alpha', 'Beta', 'Gamma'), films('Beta', 'Delta')]
    for library in libraries:
        library.update(movie(library, 'Beta').rating_key, guid='plex://movie/5d7768', Guid=[{'id': 'imdb://tt0000005'}])
    return libraries


@pytest.fixture
def twins(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[SeveralServersEnvironment]:
    """The user wants a title that both have to be one."""
    fake_kodi.set_setting('same_titles', 'true')
    found = made(fake_kodi, twin_libraries(), monkeypatch)
    choose(found)
    yield found
    found.close()


def mark(env: SeveralServersEnvironment, machine: str, title: str) -> None:
    (kodi_id, file_id), = env.sync_env.rows(
        'SELECT idMovie, idFile FROM movie_view WHERE c00 = ? AND strFilename LIKE ?', title, '%%/%s%%' % machine)
    env.sync_env.execute('UPDATE files SET playCount = 1 WHERE idFile = ?', file_id)
    env.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': kodi_id, 'type': 'movie'}, 'playcount': 1})


def seen(library: Library, title: str) -> bool:
    return bool(library.watch.is_watched(OWNER, movie(library, title)))


def test_a_mark_goes_to_all_servers_that_have_the_title_and_waits_for_one_that_is_away(
        twins: SeveralServersEnvironment) -> None:
    twins.other_goes()
    mark(twins, twins.main, 'Beta')
    mark(twins, twins.main, 'Alpha')
    twins.until(lambda: twins.watched_in_plex() == ['Alpha', 'Beta'])
    twins.other_comes()
    twins.until(lambda: seen(twins.other_library, 'Beta'))
    twins.until(lambda: twins.sync_env.rows("SELECT count(*) FROM movie_view WHERE c00 = 'Beta' AND playCount > 0")
                == [(2,)])
    assert not seen(twins.other_library, 'Delta')


def test_apart_no_server_is_told_of_the_other_ones_marks(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    env = made(fake_kodi, twin_libraries(), monkeypatch)
    try:
        choose(env)
        mark(env, OTHER, 'Beta')
        env.until(lambda: seen(env.other_library, 'Beta'))
        mark(env, OTHER, 'Delta')
        env.until(lambda: seen(env.other_library, 'Delta'))
        assert env.watched_in_plex() == []
    finally:
        env.close()


def test_the_end_of_a_playback_is_told_to_all(twins: SeveralServersEnvironment) -> None:
    key = str(movie(twins.other_library, 'Beta').rating_key)
    report = PlaybackReport('s', OTHER, twins.auth.status().user_id, key, 120_000, 600_000, False, -1, False,
                            int(time.time()))
    twins.running.shared.events.publish(PlaybackClosing(report))
    mine = movie(twins.sync_env.library, 'Beta').rating_key
    twins.until(lambda: twins.sync_env.library.truth(mine).get('viewOffset') == 120_000)
    twins.running.shared.events.publish(PlaybackClosing(report._replace(watched=True)))
    twins.until(lambda: seen(twins.sync_env.library, 'Beta'))


def test_the_copy_plays_while_its_own_server_is_away(twins: SeveralServersEnvironment) -> None:
    theirs, mine = movie(twins.other_library, 'Beta').rating_key, movie(twins.sync_env.library, 'Beta').rating_key
    twins.other_goes()
    twins.until(lambda: twins.running.shared.clients.away(OTHER))
    answer = twins.call('play', machine_identifier=OTHER, rating_key=str(theirs), type='movie')
    assert '/stream/%s/%s/' % (twins.main, mine) in answer['url']
    with pytest.raises(ApiError):
        twins.call('play', machine_identifier=OTHER, rating_key=str(movie(twins.other_library, 'Delta').rating_key),
                   type='movie')


def test_of_a_copy_in_several_versions_one_is_played_since_kodi_cannot_ask_for_the_other_server_s(
        twins: SeveralServersEnvironment) -> None:
    library = twins.sync_env.library
    theirs, mine = movie(twins.other_library, 'Beta').rating_key, movie(library, 'Beta').rating_key
    library.add_version(mine, 3840, 2160, bitrate=25000)
    assert 'versions' in twins.call('play', machine_identifier=twins.main, rating_key=str(mine), type='movie')
    twins.other_goes()
    twins.until(lambda: twins.running.shared.clients.away(OTHER))
    answer = twins.call('play', machine_identifier=OTHER, rating_key=str(theirs), type='movie')
    assert '/stream/%s/%s/' % (twins.main, mine) in answer['url']


def test_lists_show_it_once_and_the_library_both(twins: SeveralServersEnvironment) -> None:
    assert sorted(twins.listed('recently_added', type='movie')) == ['Alpha', 'Beta', 'Delta', 'Gamma']
    assert twins.titles().count('Beta') == 2


# ---- the truth -----------------------------------------------------------------------------------------------------

def in_common(seed: int) -> List[Library]:
    """Two libraries of which 30 % are the same films and shows."""
    first = Library.generate(seed=seed, movies=40, shows=3, seasons=2, episodes=3, collections=2)
    second = Library.generate(seed=seed + 1, movies=30, shows=2, seasons=1, episodes=3, collections=2)
    for mine, theirs in zip(list(first.items('movie'))[:12], list(second.items('movie'))[:12]):
        second.update(theirs.rating_key, guid=mine.fields['guid'], title=mine.title)
    return [first, second]


#: What belongs to one server only, whoever came first.
_OWN = ('movie', 'tvshow', 'season', 'episode', 'streams', 'paths', 'files', 'genre', 'studio', 'country', 'tag',
        'director', 'writer', 'actor', 'rating', 'uniqueid')


def truth(env: SeveralServersEnvironment, folder: Path) -> Dict[str, List[Any]]:
    """What first syncs of both into an empty database make."""
    folder.mkdir()
    locations = DatabaseLocations(kodischema.create(str(folder), 121), str(folder / 'state.db'))
    options = Options(workers=2, local_port=env.running.shared.port)
    token = env.sim.accounts.issue(OWNER, 'truth', 'server', OTHER)
    theirs = PMSClient(env.sync_env.session, env.other.pms_url, token)
    taken = [one.title for one in env.sim.library.sections.values()]
    for sync in (LibrarySync(env.sync_env.client, env.main, locations, options),
                 LibrarySync(theirs, OTHER, locations, options._replace(titles_taken=taken, server_name=OTHER_NAME))):
        report = sync.run()
        assert report.complete and not report.skipped
    return own(dump(str(locations.video_db)))


def own(rows: Dict[str, List[Any]]) -> Dict[str, List[Any]]:
    return {name: rows[name] for name in _OWN}


@pytest.mark.parametrize('seed', [3, 4])
def test_random_changes_on_both_with_one_that_goes_and_comes_back(
        seed: int, fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env = made(fake_kodi, in_common(seed), monkeypatch)
    try:
        choose(env)
        env.change_at_random(seed)
        for _ in range(3):  # what may be gone is looked for a second time
            settled(env)
        assert own(env.dump()) == truth(env, tmp_path / 'truth')
    finally:
        env.close()


def settled(env: SeveralServersEnvironment) -> None:
    env.until(lambda: env.running.shared.clients.ready(OTHER))
    before = len(env.library.history.runs())
    env.library.begin_anew()
    env.until(lambda: len(env.library.history.runs()) >= min(before + 2, 20) and env.runs('')[0]['complete'])
    at_rest(env)
