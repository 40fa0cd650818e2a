"""Kodi writes to the same files: what is locked is waited for, what fails leaves nothing behind."""
from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Iterator

import pytest

from resources.lib.kodi_db import database as connection_module
from resources.lib.kodi_db.database import VideoDatabase
from resources.lib.kodi_db.errors import DatabaseMissing, SchemaUnknown
from resources.lib.sql.errors import DatabaseError, DatabaseLocked, DiskFull
from tests.support.waiting import CancelledWhen
from tests.unit.kodi_db.conftest import ART, DbEnvironment, empty_library, movie, person, show


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, '_POLL', 0.03)


@pytest.fixture
def other(env: DbEnvironment) -> Iterator[sqlite3.Connection]:
    """Kodi itself."""
    env.reopen()
    with closing(sqlite3.connect(env.path, isolation_level=None, timeout=0.03)) as connection:
        yield connection


def test_a_library_that_kodi_has_not_made_yet_is_no_crash(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        VideoDatabase(str(tmp_path / 'MyVideos121.db'))
    assert not (tmp_path / 'MyVideos121.db').exists()


def test_a_refused_database_is_not_held_open(tmp_path: Path) -> None:
    path = str(tmp_path / 'MyVideos121.db')
    sqlite3.connect(path).close()
    Path(path).touch()
    with pytest.raises(SchemaUnknown):
        VideoDatabase(path)


def test_kodis_scan_holds_a_batch_up_and_then_says_why(env: DbEnvironment, other: sqlite3.Connection) -> None:
    other.execute('BEGIN IMMEDIATE')
    started = time.monotonic()
    with pytest.raises(DatabaseLocked), env.writer.transaction(0.1):
        env.items('movie').write([movie()])
    assert 0.1 <= time.monotonic() - started < 15.0
    other.execute('ROLLBACK')
    env.movies(movie())
    assert len(env.rows('SELECT * FROM movie')) == 1


def test_kodis_end_does_not_wait_for_a_lock(tmp_path: Path) -> None:
    path = empty_library(tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute('BEGIN IMMEDIATE')
        database = VideoDatabase(path, cancellation=CancelledWhen(lambda: True))
        started = time.monotonic()
        with pytest.raises(DatabaseLocked), database.transaction(30.0):
            pass
        assert time.monotonic() - started < 15.0
        database.close()


def test_a_reader_that_holds_up_the_commit_costs_nothing_but_time(
        env: DbEnvironment, other: sqlite3.Connection) -> None:
    other.execute('BEGIN')
    other.execute('SELECT * FROM movie').fetchall()
    with pytest.raises(DatabaseLocked), env.writer.transaction(0.1):
        env.items('movie').write([movie()])
    other.execute('COMMIT')
    assert env.rows('SELECT * FROM movie') == []
    assert env.movies(movie())


def test_a_database_that_kodi_is_packing_is_busy_not_broken(env: DbEnvironment, other: sqlite3.Connection) -> None:
    """"Clean library" ends with VACUUM, which locks readers out as well."""
    other.execute('BEGIN EXCLUSIVE')
    with pytest.raises(DatabaseLocked):
        VideoDatabase(env.path)
    other.execute('ROLLBACK')


def test_a_full_disk_is_named_and_nothing_of_the_batch_stays(env: DbEnvironment) -> None:
    env.movies(movie('1'))
    pages = env.database.one('PRAGMA page_count')
    assert pages
    env.database.run('PRAGMA max_page_count = %d' % pages[0])
    with pytest.raises(DiskFull):
        env.movies(*[movie(str(key), 'x' * 5000) for key in range(2, 60)])
    assert pages
    env.database.run('PRAGMA max_page_count = 1000000')
    assert len(env.rows('SELECT * FROM movie')) == 1 and len(env.rows('SELECT * FROM files')) == 1
    assert len(env.movies(*[movie(str(key)) for key in range(2, 60)])) == 58


def _rich(key: str, title: Any = 'A film') -> Any:
    return movie(key, title, genres=('Drama', 'Neo-Noir'), studios=('New Studio',), countries=('Sealand',),
                 tags=('Films', 'Mine'), cast=(person('Ann New', 'Herself', ART % ('900', 1)),),
                 directors=(person('Bo New'),), writers=(person('Cy New'),))


def test_after_a_failed_batch_the_names_of_the_next_are_right(env: DbEnvironment) -> None:
    """What a rolled back batch learnt (ids of genres, actors, paths) is void; the ids went to others meanwhile."""
    with pytest.raises(DatabaseError):
        env.movies(_rich('1'), _rich('2', title=object()))
    assert env.rows('SELECT * FROM genre') == [] == env.rows('SELECT * FROM path')
    env.execute("INSERT INTO genre (name) VALUES ('Western'); INSERT INTO studio (name) VALUES ('Other');"
                  "INSERT INTO country (name) VALUES ('France'); INSERT INTO tag (name) VALUES ('Theirs');"
                  "INSERT INTO actor (name) VALUES ('Somebody'); INSERT INTO path (strPath) VALUES ('/films/');")
    (kodi_id, file_id), = env.movies(_rich('1'))
    assert env.names('genre', kodi_id) == ['Drama', 'Neo-Noir']
    assert env.names('studio', kodi_id) == ['New Studio'] and env.names('country', kodi_id) == ['Sealand']
    assert env.names('tag', kodi_id) == ['Films', 'Mine'] and env.names('actor', kodi_id) == ['Ann New']
    assert env.rows('SELECT strPath FROM path p JOIN files f ON f.idPath = p.idPath WHERE idFile = ?',
                      file_id) == [('plugin://plugin.video.plexkodiconnect/play/movies/mid/',)]
    for table in ('director', 'writer'):
        assert env.rows('SELECT a.name FROM %s_link l JOIN actor a ON a.actor_id = l.actor_id' % table)[0][0] in (
            'Bo New', 'Cy New')
    actor_id = env.rows("SELECT actor_id FROM actor WHERE name = 'Ann New'")[0][0]
    assert env.art(actor_id, 'actor') == {'thumb': ART % ('900', 1)}


def test_kodis_journal_mode_is_left_as_it_is(tmp_path: Path) -> None:
    path = empty_library(tmp_path)
    for mode in ('wal', 'delete'):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute('PRAGMA journal_mode = ' + mode)
        with VideoDatabase(path) as database, database.transaction():
            database.run("INSERT INTO genre (name) VALUES (?)", (mode,))
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute('PRAGMA journal_mode').fetchone() == (mode,)


def test_a_list_longer_than_sqlite_takes_is_asked_in_parts(env: DbEnvironment) -> None:
    env.write('tvshow', *[show(str(key), 'Show %d' % key) for key in range(30)])
    found = list(env.database.rows_in('SELECT c00 FROM tvshow WHERE userrating IS NULL AND ? = ? AND idShow IN (%s)',
                                       list(range(2500)), (1, 1)))
    assert len(found) == 30
