"""From PlexKodiConnect 3.x to 4.0: the library that Kodi has is the library that stays."""
from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Set, Tuple

import pytest

from resources.lib.cancellation import Cancellation
from resources.lib.kodi_db.database import VideoDatabase
from resources.lib.kodi_db.episodes import EpisodeWriter
from resources.lib.kodi_db.writer import LibraryWriter
from resources.lib.library_sync import migration
from resources.lib.library_sync.databases import SyncDatabases
from resources.lib.library_sync.kinds import VIDEO
from resources.lib.library_sync.migration import Migrated
from resources.lib.library_sync.options import DatabaseLocations, SyncServer
from resources.lib.state_db import StateDb
from tests.support import foreign_rows, pkc3
from tests.support.foreign_rows import tables
from tests.support.sync_environment import SyncEnvironment, dump
from tools.plexsim import Library

OLD_DATE = '2011-11-11 11:11:11'


def _library() -> Library:
    library = Library.generate(seed=7, movies=104, shows=4, seasons=2, episodes=13)
    for index, item in enumerate(list(library.items('movie')) + list(library.items('episode'))):
        if index % 3 == 0:
            library.scrobble(item.rating_key)
        elif index % 3 == 1:
            library.set_progress(item.rating_key, 600_000)
        if index % 4 == 0:
            library.rate(item.rating_key, 7.0)
    return library


@pytest.fixture
def env(tmp_path: Path) -> Iterator[SyncEnvironment]:
    made = SyncEnvironment(tmp_path, _library())
    yield made
    made.close()


def _migrate(env: SyncEnvironment, there: Any = None) -> Migrated:
    def ask(keys: Sequence[str]) -> Dict[str, str]:
        assert 0 < len(keys) <= 100
        return {one.rating_key: one.plex_type for one in env.client.summaries(keys)}
    with SyncDatabases(DatabaseLocations(env.video_db, env.state_db)) as databases:
        writer, state = LibraryWriter(databases.video), databases.state
        with writer.transaction():
            server_id = state.add_server(env.machine)
        return migration.migrate(writer, state, SyncServer(server_id, env.machine, VIDEO), there or ask, Cancellation())


def _found(env: SyncEnvironment) -> Tuple[int, ...]:
    with VideoDatabase(env.video_db) as database:
        return migration.count_items(database)


def _ids(env: SyncEnvironment) -> Dict[Tuple[str, str], Tuple[int, int]]:
    """(id, file id) by type and Plex id, for rows of 3.x and of ours alike."""
    found: Dict[Tuple[str, str], Tuple[int, int]] = {}
    for kind, sql in (('movie', 'SELECT idMovie, idFile, strFileName FROM movie_view'),
                      ('episode', 'SELECT idEpisode, idFile, strFileName FROM episode_view'),
                      ('show', 'SELECT idShow, 0, strPath FROM tvshow_view')):
        for kodi_id, file_id, url in env.rows(sql):
            if 'plexkodiconnect' in url and '&media=' not in url:
                key = url.split('plex_id=')[-1].split('&')[0] if 'plex_id=' in url else \
                    url.split('?id=')[-1].rstrip('/').rsplit('/', 1)[-1]
                assert (kind, key) not in found, 'twice in the library: %s' % url
                found[(kind, key)] = (kodi_id, file_id)
    return found


def _mentions(env: SyncEnvironment, *words: str) -> List[Any]:
    return [(table, row) for table, rows in tables(env.video_db).items() for row in rows
            if any(word in str(value) for value in row for word in words)]


def _fresh(env: SyncEnvironment, folder: Path, version: int = 121) -> Dict[str, List[Any]]:
    """What a sync into an empty library makes."""
    folder.mkdir()
    other = SyncEnvironment(folder, env.library, version)
    try:
        other.sync()
        return dump(other.video_db)
    finally:
        other.close()


@pytest.mark.parametrize('version', [119, 121, 131])
def test_the_library_stays_and_nothing_is_there_twice(tmp_path: Path, version: int) -> None:
    env = SyncEnvironment(tmp_path, _library(), version)
    try:
        pkc3.fill(env.video_db, env.library)
        before = _ids(env)
        movies, shows, episodes = (len(list(env.library.items(kind))) for kind in ('movie', 'show', 'episode'))
        assert _found(env) == (movies, shows, episodes)
        done = _migrate(env)
        assert done[:3] == ((movies, shows, episodes), 0, 0)
        assert _ids(env) == before
        assert env.sync().complete
        assert _ids(env) == before
        assert dump(env.video_db) == _fresh(env, tmp_path / 'fresh', version)
        assert _found(env) == (0, 0, 0)
        assert _mentions(env, 'plexkodiconnect.movies', 'plexkodiconnect.tvshows') == []
        fingerprint = env.fingerprint()
        assert _migrate(env)[:3] == ((0, 0, 0), 0, 0)
        assert env.fingerprint() == fingerprint
    finally:
        env.close()


def test_items_can_be_played_before_the_next_sync(env: SyncEnvironment) -> None:
    pkc3.fill(env.video_db, env.library)
    _migrate(env)
    for url, path, own in env.rows('SELECT strFileName, strPath, c22 FROM movie_view UNION ALL '
                                   'SELECT strFileName, strPath, c18 FROM episode_view'):
        assert url.startswith(path + '?id=') and url == own
        assert path.startswith('plugin://plugin.video.plexkodiconnect/play/')
    assert env.rows("SELECT c19 FROM movie WHERE c19 <> ''") == []


def test_watch_state_and_dates_stay(env: SyncEnvironment) -> None:
    sql = ('SELECT idFile, playCount, lastPlayed, dateAdded, resumeTimeInSeconds, userrating FROM movie_view '
           'UNION ALL SELECT idFile, playCount, lastPlayed, dateAdded, resumeTimeInSeconds, userrating '
           'FROM episode_view')
    pkc3.fill(env.video_db, env.library, date=OLD_DATE)
    before = sorted(env.rows(sql))
    assert sum(1 for row in before if row[1]) > 60 and sum(1 for row in before if row[4]) > 60
    done = _migrate(env)
    assert sorted(env.rows(sql)) == before
    with closing(sqlite3.connect(env.state_db)) as state:
        kept = [row[0] for row in state.execute('SELECT date_added FROM kept_date')]
    assert kept == [OLD_DATE] * (done.items[0] + done.items[2])
    env.sync()
    assert sorted(env.rows(sql)) == before
    env.sync()
    assert sorted(env.rows(sql)) == before


def test_an_episode_has_one_file_afterwards(env: SyncEnvironment) -> None:
    pkc3.fill(env.video_db, env.library)
    items = len(list(env.library.items('movie'))) + len(list(env.library.items('episode')))
    assert env.rows('SELECT count(*) FROM files')[0][0] > items
    _migrate(env)
    assert env.rows('SELECT count(*) FROM files') == [(items,)]
    assert env.rows('SELECT count(*) FROM bookmark b LEFT JOIN files f ON f.idFile = b.idFile '
                    'WHERE f.idFile IS NULL') == [(0,)]


def test_no_token_and_no_address_is_left(env: SyncEnvironment) -> None:
    pkc3.fill(env.video_db, env.library)
    assert len(_mentions(env, pkc3.TOKEN, pkc3.ADDRESS)) > 300
    for media_type in ('movie', 'tvshow', 'season', 'episode', 'actor', 'set'):
        assert env.rows('SELECT 1 FROM art WHERE media_type = ? AND url LIKE ?', media_type, pkc3.ADDRESS + '%')
    _migrate(env)
    assert _mentions(env, pkc3.TOKEN, pkc3.ADDRESS) == []
    assert env.rows("SELECT count(*) FROM art WHERE media_type = 'actor'")[0][0] > 50  # public pictures stay


def test_pictures_of_the_users_own_choice_stay(env: SyncEnvironment) -> None:
    pkc3.fill(env.video_db, env.library)
    movie = min(kodi_id for (kind, _), (kodi_id, _) in _ids(env).items() if kind == 'movie')
    mine = ['https://image.tmdb.org/t/p/original/mine.jpg', 'https://192.168.1.9:32400/photo/:/transcode?url=x']
    env.execute("UPDATE art SET url = ? WHERE media_type = 'movie' AND type = 'poster' AND media_id = ?",
                mine[0], movie)
    # Of another Plex server, without a token: not from 3.x.
    env.execute("INSERT INTO art (media_id, media_type, type, url) VALUES (1, 'set', 'banner', ?)", mine[1])
    _migrate(env)
    env.sync()
    assert env.rows("SELECT url FROM art WHERE media_type = 'movie' AND type = 'poster' AND media_id = ?",
                    movie) == [(mine[0],)]
    assert env.rows("SELECT url FROM art WHERE media_type = 'set' AND type = 'banner'") == [(mine[1],)]


@pytest.mark.parametrize('answer', ['nothing', 'other types', 'other keys'])
def test_a_library_of_another_server_is_left_as_it_is(env: SyncEnvironment, answer: str) -> None:
    pkc3.fill(env.video_db, env.library)
    before = tables(env.video_db)
    there = {'nothing': lambda keys: {}, 'other types': lambda keys: dict.fromkeys(keys, 'season'),
             'other keys': lambda keys: {'0' + key: 'movie' for key in keys}}[answer]
    done = _migrate(env, there)
    assert done[:2] == ((0, 0, 0), 0) and done.left_alone == sum(_found(env))
    assert tables(env.video_db) == before


def test_items_that_the_server_lost_are_left_as_they_are(env: SyncEnvironment) -> None:
    """Some movies, one whole show, and single episodes of another."""
    pkc3.fill(env.video_db, env.library)
    before, ids = tables(env.video_db), _ids(env)
    gone = [item.rating_key for item in list(env.library.items('movie'))[10:20]]
    shows = list(env.library.items('show'))
    gone_show = [shows[0].rating_key] + [episode.rating_key for season in shows[0].children
                                         for episode in season.children]
    gone_episodes = [shows[1].children[0].children[0].rating_key, shows[2].children[1].children[3].rating_key]
    for key in gone + gone_show[:1] + gone_episodes:
        env.library.delete(key)
    left = {str(key) for key in gone + gone_show + gone_episodes}
    done = _migrate(env)
    assert done.left_alone == len(left)
    lefts = {(kind, key): pair for (kind, key), pair in ids.items() if key in left}
    assert len(lefts) == len(left)
    after = tables(env.video_db)

    def rows(found: Dict[str, List[Any]], table: str, column: int, wanted: Set[int]) -> List[Any]:
        return [row for row in found[table] if row[column] in wanted]
    for kind, table in (('movie', 'movie'), ('show', 'tvshow'), ('episode', 'episode')):
        numbers = {pair[0] for (name, _), pair in lefts.items() if name == kind}
        media_type = table
        assert rows(before, table, 0, numbers) == rows(after, table, 0, numbers) != []
        for other in ('art', 'uniqueid', 'rating'):
            assert [row for row in rows(before, other, 2, numbers) if row[3] == media_type] == \
                [row for row in rows(after, other, 2, numbers) if row[3] == media_type]
        for other in ('actor_link', 'genre_link', 'director_link', 'tag_link', 'studio_link'):
            assert [row for row in rows(before, other, 1, numbers) if row[2] == media_type] == \
                [row for row in rows(after, other, 1, numbers) if row[2] == media_type]
    files = {row[0] for row in before['files'] if row[3].split('plex_id=')[1].split('&')[0] in left}
    assert len(files) == len(gone) + 2 * (len(gone_show) - 1 + len(gone_episodes))  # both rows of episodes
    for table, column in (('files', 0), ('bookmark', 2), ('streamdetails', 1)):
        assert rows(before, table, column, files) == rows(after, table, column, files)
    paths = {row[2] for row in before['files'] if row[0] in files}
    assert rows(before, 'path', 0, paths) == rows(after, 'path', 0, paths)
    env.sync()
    rest = tables(env.video_db)
    assert rows(before, 'files', 0, files) == rows(rest, 'files', 0, files)
    assert set(_ids(env)) == set(ids)


@pytest.mark.parametrize('moment', ['between', 'within'])
@pytest.mark.parametrize('batch', [1, 2, 3, 4])
def test_killed_half_way_it_goes_on(env: SyncEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str,
                                    batch: int) -> None:
    pkc3.fill(env.video_db, env.library, date=OLD_DATE)
    before = _ids(env)
    undisturbed = tmp_path / 'undisturbed'
    undisturbed.mkdir()
    other = SyncEnvironment(undisturbed, env.library)
    try:
        shutil.copy(env.video_db, other.video_db)
        _migrate(other)
        expected = dump(other.video_db)
        calls: List[int] = []

        def ask(keys: Sequence[str]) -> Dict[str, str]:
            calls.append(len(keys))
            if moment == 'between' and len(calls) > batch:
                raise KeyboardInterrupt
            return {one.rating_key: one.plex_type for one in env.client.summaries(keys)}
        puts: List[int] = []
        put = StateDb.put

        def put_or_die(self: StateDb, items: Any) -> None:
            puts.append(1)
            if moment == 'within' and len(puts) > batch:
                raise KeyboardInterrupt
            put(self, items)
        with monkeypatch.context() as patch:
            patch.setattr(StateDb, 'put', put_or_die)
            with pytest.raises(KeyboardInterrupt):
                _migrate(env, ask)
        assert _ids(env) == before
        done = _migrate(env)
        assert 0 < done.items[0] + done.items[2] < len(before)
        assert dump(env.video_db) == expected
        assert _ids(env) == before
        assert _mentions(env, pkc3.TOKEN, pkc3.ADDRESS, 'plexkodiconnect.movies', 'plexkodiconnect.tvshows') == []
        env.sync()
        assert _ids(env) == before
        assert {row[0] for row in env.rows('SELECT dateAdded FROM movie_view UNION SELECT dateAdded FROM '
                                           'episode_view')} == {OLD_DATE}
    finally:
        other.close()


def test_a_sync_of_ours_that_ran_beside_3x_leaves_one_of_each(env: SyncEnvironment) -> None:
    env.sync()
    ours = _ids(env)
    (file_id,), = env.rows("SELECT idFile FROM files WHERE strFilename LIKE '%/play/movies/%?id=1'")
    env.execute('UPDATE files SET dateAdded = NULL, playCount = NULL WHERE idFile = ?', file_id)
    mine = env.rows('SELECT * FROM movie_view WHERE idFile <> ? ORDER BY idMovie', file_id)
    pkc3.fill(env.video_db, env.library, date=OLD_DATE)
    env.execute("UPDATE files SET playCount = 9, lastPlayed = '2012-12-12 12:12:12' WHERE strFilename LIKE ?",
                '%movies/?mode=play&plex_id=1&%')
    done = _migrate(env)
    assert done.duplicates == len(ours) and done.items == (0, 0, 0) and done.left_alone == 0
    assert _ids(env) == ours
    assert _found(env) == (0, 0, 0)
    assert _mentions(env, 'plexkodiconnect.movies', 'plexkodiconnect.tvshows') == []
    assert env.rows('SELECT * FROM movie_view WHERE idFile <> ? ORDER BY idMovie', file_id) == mine
    assert env.rows('SELECT playCount, dateAdded FROM files WHERE idFile = ?', file_id) == [(9, OLD_DATE)]
    env.sync()
    assert env.rows('SELECT dateAdded FROM files WHERE idFile = ?', file_id) == [(OLD_DATE,)]
    for table, column in (('genre', 'genre_id'), ('tag', 'tag_id'), ('studio', 'studio_id')):
        assert env.rows('SELECT * FROM {0} WHERE {1} NOT IN (SELECT {1} FROM {0}_link)'.format(table, column)) == []
    assert env.rows('SELECT * FROM seasons WHERE idShow NOT IN (SELECT idShow FROM tvshow)') == []


def test_a_first_sync_of_ours_that_was_interrupted_beside_3x(env: SyncEnvironment, tmp_path: Path) -> None:
    """Ours knows the shows but not all episodes: those of 3.x move over into our shows."""
    env.sync()
    half = [key for kind, key in _ids(env) if kind == 'episode'][::2]
    with SyncDatabases(DatabaseLocations(env.video_db, env.state_db)) as databases:
        writer, state = LibraryWriter(databases.video), databases.state
        with writer.transaction():
            rows = state.find(1, half)
            writer.remove(EpisodeWriter(writer.shared), [row.kodi_id for row in rows.values()])
            state.forget(1, half)
    pkc3.fill(env.video_db, env.library)
    done = _migrate(env)
    assert done.items == (0, 0, len(half)) and done.left_alone == 0
    assert _found(env) == (0, 0, 0)
    _ids(env)
    env.sync()
    assert dump(env.video_db) == _fresh(env, tmp_path / 'fresh')


def test_a_lost_state_database_does_not_make_doubles_of_both(env: SyncEnvironment) -> None:
    env.sync()
    ours = _ids(env)
    os.remove(env.state_db)
    pkc3.fill(env.video_db, env.library)
    assert _migrate(env).duplicates == len(ours)
    assert _ids(env) == ours


def test_a_row_that_kodi_made_for_our_url_gives_way(env: SyncEnvironment) -> None:
    pkc3.fill(env.video_db, env.library)
    path = 'plugin://plugin.video.plexkodiconnect/play/movies/%s/' % env.machine
    env.execute('INSERT INTO path (strPath) VALUES (?)', path)
    env.execute('INSERT INTO files (idPath, strFilename) SELECT max(idPath), ? FROM path', path + '?id=1')
    _migrate(env)
    assert env.rows('SELECT count(*) FROM files WHERE strFilename = ?', path + '?id=1') == [(1,)]
    _ids(env)


@pytest.mark.parametrize('version', [119, 131])
def test_rows_of_others_are_the_same_in_every_table(tmp_path: Path, version: int) -> None:
    env = SyncEnvironment(tmp_path, _library(), version)
    try:
        foreign_rows.fill(env.video_db, env.library, movies=40, shows=3)
        before = tables(env.video_db)
        pkc3.fill(env.video_db, env.library)
        _migrate(env)
        after = tables(env.video_db)
        for table, rows in before.items():
            assert [row for row in rows if row not in after[table]] == [], table
        env.sync()
        after = tables(env.video_db)
        for table, rows in before.items():
            assert [row for row in rows if row not in after[table]] == [], table
    finally:
        env.close()


def test_files_that_look_like_those_of_3x_but_are_of_others_stay(env: SyncEnvironment) -> None:
    env.execute("INSERT INTO path (idPath, strPath) VALUES (900, ?)", pkc3.MOVIES)
    for number, name in enumerate(('film.mkv', pkc3.MOVIES + '?mode=play&plex_id=1x&plex_type=movie',
                                   pkc3.MOVIES + '?mode=play&plex_id=1&plex_type=clip')):
        env.execute('INSERT INTO files (idFile, idPath, strFilename) VALUES (?, 900, ?)', 900 + number, name)
        env.execute('INSERT INTO movie (idMovie, idFile) VALUES (?, ?)', 900 + number, 900 + number)
    before = tables(env.video_db)
    assert _migrate(env)[:3] == ((0, 0, 0), 0, 0)
    assert tables(env.video_db) == before
