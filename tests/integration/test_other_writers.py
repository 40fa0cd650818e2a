"""Kodi and others write into the library as well, at any time; and a file may be damaged."""
from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Iterator

import pytest

from resources.lib.library_sync import batch_writer, later_people, pace
from resources.lib.sql.errors import DatabaseDamaged
from tests.support import foreign_rows
from tests.support.sync_environment import SyncEnvironment, dump
from tools import kodischema
from tools.plexsim import Library, SimConfig

#: Adds films as a scan of Kodi's does, with people and genres that are ours too, until its input ends. Tells when it
#: has begun, and how many they were.
SCANNER = """
import json, select, sqlite3, sys, time
path, people, genres = sys.argv[1], *map(json.loads, sys.argv[2:])
db = sqlite3.connect(path, timeout=60, isolation_level=None)
def name_id(table, name):
    row = db.execute('SELECT %s_id FROM %s WHERE name LIKE ?' % (table, table), (name,)).fetchone()
    return row[0] if row else db.execute('INSERT INTO %s (name) VALUES (?)' % table, (name,)).lastrowid
number = 0
while not select.select([sys.stdin], [], [], 0.003)[0]:
    db.execute('BEGIN IMMEDIATE')
    folder = db.execute('INSERT INTO path (strPath) VALUES (?)', ('smb://nas/%d/' % number,)).lastrowid
    file = db.execute('INSERT INTO files (idPath, strFilename) VALUES (?, ?)', (folder, 'film.mkv')).lastrowid
    film = db.execute('INSERT INTO movie (idFile, c00) VALUES (?, ?)', (file, 'Mine %d' % number)).lastrowid
    for order in range(3):
        db.execute('INSERT OR IGNORE INTO actor_link VALUES (?, ?, ?, ?, ?)', (
            name_id('actor', people[(number + order) % len(people)]), film, 'movie', 'Me', order))
    db.execute('INSERT OR IGNORE INTO genre_link VALUES (?, ?, ?)', (
        name_id('genre', genres[number % len(genres)].upper()), film, 'movie'))
    db.execute('COMMIT')
    number += 1
    if number == 1:
        print('begun', flush=True)
print(number)
"""


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncEnvironment]:
    for module in (batch_writer, later_people):
        monkeypatch.setattr(module, 'GAP', pace.GAP)
    made = SyncEnvironment(tmp_path, Library.generate(seed=5, movies=150, shows=3, seasons=2, episodes=6),
                           config=SimConfig())
    yield made
    made.close()


def test_who_writes_into_the_library_during_our_sync_loses_nothing(env: SyncEnvironment, tmp_path: Path) -> None:
    films = [env.library.truth(item.rating_key) for item in env.library.items('movie')]
    people = sorted({child['tag'] for raw in films for child in raw.get('Role', [])})
    genres = sorted({child['tag'] for raw in films for child in raw.get('Genre', [])})
    alone = tmp_path / 'alone'
    alone.mkdir()
    places = env.video_db, env.state_db
    env.video_db, env.state_db = kodischema.create(str(alone), 121), str(alone / 'state.db')
    assert env.sync().complete
    ours = dump(env.video_db)
    env.video_db, env.state_db = places
    scan = subprocess.Popen([sys.executable, '-c', SCANNER, env.video_db, json.dumps(people), json.dumps(genres)],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
    assert scan.stdout is not None and scan.stdout.readline() == 'begun\n'
    report = env.sync()
    written = int(scan.communicate('stop')[0])
    assert report.complete and not report.error and not report.skipped
    assert written > 5
    assert env.rows("SELECT count(*) FROM movie WHERE c00 LIKE 'Mine %'") == [(written,)]
    both = dump(env.video_db)
    for name, rows in ours.items():
        # A name that others wrote first keeps their spelling.
        here, there = (Counter(repr(row).lower() for row in side) for side in (rows, both[name]))
        assert not here - there, name
        assert all('film.mkv' in row or 'smb://nas/' in row for row in there - here), name
    assert env.rows('SELECT name FROM actor GROUP BY name HAVING count(*) > 1') == []
    assert env.rows('SELECT lower(name) FROM genre GROUP BY lower(name) HAVING count(*) > 1') == []
    assert env.rows('PRAGMA integrity_check') == [('ok',)]


@pytest.mark.parametrize('kind', ['pages', 'half', 'all'])
def test_a_damaged_library_is_told_and_left_as_it_is(env: SyncEnvironment, kind: str) -> None:
    env.sync()
    path = Path(env.video_db)
    whole = path.read_bytes()
    damaged = {'pages': whole[:4096] + b'\xaa' * (len(whole) - 4096), 'half': whole[:len(whole) // 3],
               'all': b'\xaa' * len(whole)}[kind]
    path.write_bytes(damaged)
    for _ in range(2):
        report = env.sync()
        assert isinstance(report.failure, DatabaseDamaged), report.error
        assert not report.complete and not report.wrote
        assert path.read_bytes() == damaged
    path.write_bytes(whole)
    assert env.sync().complete


def test_a_film_that_goes_takes_the_names_along_that_only_it_had(tmp_path: Path) -> None:
    library = Library.generate(seed=5, movies=30, shows=2, seasons=1, episodes=3)
    env = SyncEnvironment(tmp_path, library, config=SimConfig())
    try:
        foreign_rows.fill(env.video_db, library, movies=4, shows=1)
        env.sync()
        names = {table: env.rows('SELECT name FROM %s ORDER BY name' % table)
                 for table in ('actor', 'genre', 'country', 'studio', 'tag')}
        known = library.truth(next(iter(library.items('movie'))).rating_key)['Role'][0]['tag']
        film = library.add_movie('Film of one day')
        library.update(film.rating_key, Role=[{'tag': 'Only Here', 'role': 'A'}, {'tag': known, 'role': 'B'}],
                       Genre=[{'tag': 'Only Genre'}], Director=[{'tag': 'Only Director'}], Writer=[],
                       Country=[{'tag': 'Only Country'}], Label=[{'tag': 'Only Label'}], studio='Only Studio')
        env.sync()
        for table, name in (('actor', 'Only Here'), ('actor', 'Only Director'), ('genre', 'Only Genre'),
                            ('country', 'Only Country'), ('tag', 'Only Label'), ('studio', 'Only Studio')):
            assert env.rows('SELECT 1 FROM %s WHERE name = ?' % table, name) == [(1,)], name
        library.delete(film.rating_key)
        assert env.sync().removed == 1
        assert {table: env.rows('SELECT name FROM %s ORDER BY name' % table) for table in names} == names
    finally:
        env.close()


def test_a_show_that_goes_takes_its_guest_stars_along(env: SyncEnvironment) -> None:
    show = env.library.add_show('Show of one day')
    season = env.library.add_season(show.rating_key, 1)
    episode = env.library.add_episode(season.rating_key, 1)
    env.library.update(episode.rating_key, Director=[{'tag': 'Guest Director'}], Role=[{'tag': 'Guest', 'role': 'G'}])
    env.sync()
    assert env.rows("SELECT count(*) FROM actor WHERE name LIKE 'Guest%'")[0][0] >= 1
    env.library.delete(show.rating_key)
    env.sync()
    assert env.rows("SELECT name FROM actor WHERE name LIKE 'Guest%'") == []


def test_a_show_that_goes_leaves_the_users_own_episodes_behind(env: SyncEnvironment) -> None:
    """The user added a file of his own to a show of Plex's."""
    env.sync()
    show = next(iter(env.library.items('show')))
    (show_id, season_id), = env.rows(
        "SELECT s.idShow, min(s.idSeason) FROM seasons s JOIN uniqueid u ON u.media_id = s.idShow AND "
        "u.media_type = 'tvshow' AND u.type = 'plex' WHERE u.value = ? GROUP BY s.idShow", str(show.rating_key))
    env.execute("INSERT INTO path (idPath, strPath) VALUES (9000, 'smb://nas/show/')")
    env.execute("INSERT INTO files (idFile, idPath, strFilename, playCount) VALUES (9000, 9000, 'e99.mkv', 3)")
    env.execute('INSERT INTO tvshowlinkpath (idShow, idPath) VALUES (?, 9000)', show_id)
    env.execute("INSERT INTO episode (idEpisode, idFile, c00, c12, c13, idShow, idSeason) "
                "VALUES (9000, 9000, 'Mine', '1', '99', ?, ?)", show_id, season_id)
    mine = [env.rows('SELECT * FROM %s WHERE %s = 9000' % (table, key)) for table, key in (
        ('episode', 'idEpisode'), ('files', 'idFile'), ('path', 'idPath'), ('tvshowlinkpath', 'idPath'))]
    env.library.delete(show.rating_key)
    for _ in range(3):  # so many at once have to be seen twice
        report = env.sync()
        assert not report.error
    assert [env.rows('SELECT * FROM %s WHERE %s = 9000' % (table, key)) for table, key in (
        ('episode', 'idEpisode'), ('files', 'idFile'), ('path', 'idPath'), ('tvshowlinkpath', 'idPath'))] == mine
    assert env.rows('SELECT c00 FROM episode WHERE idShow = ?', show_id) == [('Mine',)]
    assert env.rows('SELECT count(*) FROM tvshow WHERE idShow = ?', show_id) == [(1,)]
    assert env.rows("SELECT url FROM art WHERE media_type = 'tvshow' AND media_id = ?", show_id) == []
    assert env.rows('SELECT count(*) FROM tvshow') == [(3,)]


def test_a_film_that_goes_leaves_the_users_own_version_behind(tmp_path: Path) -> None:
    """Kodi 21: the user joined a file of his own to a film of Plex's."""
    env = SyncEnvironment(tmp_path, Library.generate(seed=5, movies=30, shows=1, seasons=1, episodes=1), 131,
                          SimConfig())
    try:
        env.sync()
        film = next(iter(env.library.items('movie')))
        (movie_id, item_type), = env.rows(
            "SELECT u.media_id, min(v.itemType) FROM uniqueid u JOIN videoversion v ON v.idMedia = u.media_id WHERE "
            "u.media_type = 'movie' AND u.type = 'plex' AND u.value = ? GROUP BY u.media_id", str(film.rating_key))
        env.execute("INSERT INTO path (idPath, strPath) VALUES (9000, 'smb://nas/film/')")
        env.execute("INSERT INTO files (idFile, idPath, strFilename) VALUES (9000, 9000, 'mine.mkv')")
        env.execute("INSERT INTO videoversion (idFile, idMedia, media_type, itemType, idType) "
                    "VALUES (9000, ?, 'movie', ?, 40400)", movie_id, item_type)
        env.library.delete(film.rating_key)
        assert env.sync().removed == 1
        assert env.rows('SELECT idFile, c22 FROM movie WHERE idMovie = ?', movie_id) == [
            (9000, 'smb://nas/film/mine.mkv')]
        assert env.rows('SELECT idFile FROM videoversion WHERE idMedia = ?', movie_id) == [(9000,)]
        assert env.rows("SELECT * FROM files WHERE strFilename LIKE '%?id=' || ?", str(film.rating_key)) == []
        again = env.sync()
        assert (again.added, again.changed, again.removed, again.error) == (0, 0, 0, '')
    finally:
        env.close()
