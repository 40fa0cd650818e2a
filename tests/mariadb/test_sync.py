"""Kodi's library on a real MariaDB server: the same rows come of it as in SQLite, whatever happens."""
from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Callable, List

import pymysql
import pytest

from resources.lib import state_db
from resources.lib.cancellation import Cancellation
from resources.lib.kodi_db import details, tables
from resources.lib.kodi_db.writer import LibraryWriter
from resources.lib.library_sync.databases import SyncDatabases
from resources.lib.library_sync.options import CHECK, DELTA, SWEEP, DatabaseLocations
from resources.lib.library_sync.purge import remove_all
from resources.lib.service.error_texts import text_name
from resources.lib.sql import mariadb
from resources.lib.sql.errors import ConnectionLost, DatabaseLocked, LeaseHeld, LeaseLost, OtherUser, UnfitValue
from resources.lib.state_db import lease
from resources.lib.state_db.lease import Claim
from tests.support.shared_library import SharedLibraryEnvironment, alike
from tests.support.sync_environment import SyncEnvironment, dump
from tests.support.sync_process import SyncProcess
from tools.mariadb import MariaDbServer
from tools.plexsim import Library

ROOT = str(Path(__file__).resolve().parents[2])
WRITTEN = 'SELECT (SELECT count(*) FROM movie) + (SELECT count(*) FROM episode)'


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, 'it never came true'
        time.sleep(0.005)


def change(library: Library) -> None:
    movies, episodes = list(library.items('movie')), list(library.items('episode'))
    library.update(movies[0].rating_key, title='Renamed', Genre=[{'tag': 'New'}], Label=[{'tag': 'Kids'}])
    library.scrobble(movies[1].rating_key)
    library.set_progress(episodes[2].rating_key, 600_000)
    library.rate(movies[3].rating_key, 9.0)
    library.delete(movies[5].rating_key)
    library.delete(episodes[6].rating_key)


def same(env: SharedLibraryEnvironment, expected: SyncEnvironment, people: bool = True) -> None:
    """``people`` also of those who are in no item any more; these stay, as with SQLite."""
    wanted = {name: alike(rows) for name, rows in dump(expected.video_db).items()}
    found = env.dump()
    for name, rows in wanted.items():
        shown = found[name] if people or name != 'art' else [row for row in found[name] if row in rows
                                                            or row[0] != 'actor']
        assert shown == rows, name


@pytest.mark.parametrize('version', [119, 121, 131])
def test_the_same_rows_come_of_it(env: SharedLibraryEnvironment, expected: SyncEnvironment) -> None:
    for one in (expected, env):
        assert not one.sync().error
    same(env, expected)
    change(env.library)
    for mode in (DELTA, SWEEP, CHECK):
        for one in (expected, env):
            assert not one.sync(mode=mode).error
        same(env, expected)


def test_a_second_start_writes_nothing(env: SharedLibraryEnvironment) -> None:
    assert env.sync().complete
    before = env.content()
    report = env.sync()
    assert report.complete and not report.wrote
    assert env.content() == before


def test_rows_are_known_again_and_lists_read_them(env: SharedLibraryEnvironment) -> None:
    env.sync()
    whole = env.dump()
    assert details.read(env.video_db, tables.MOVIE, [1, 2])[1].art
    env.server.execute('DROP DATABASE `%s`' % env.state_db.shared.name)
    env.rows('DELETE FROM movie WHERE idMovie = 3')
    assert env.sync().complete
    again = env.dump()
    assert again['movie'] == whole['movie'] and again['episode'] == whole['episode']


def test_a_second_device_finds_everything_done(env: SharedLibraryEnvironment, tmp_path: Path) -> None:
    assert env.sync().complete
    before = env.content()
    env.state_db = state_db.beside(str(tmp_path / 'another.db'), env.video_db)
    report = env.sync()
    assert report.complete and not report.wrote
    assert env.content() == before


def test_all_of_it_leaves_again(env: SharedLibraryEnvironment) -> None:
    env.rows("INSERT INTO path (strPath, strContent) VALUES ('/films/', 'movies')")
    env.rows("INSERT INTO files (idPath, strFilename) VALUES (1, 'own.mkv')")
    env.rows("INSERT INTO movie (idMovie, idFile, c00) VALUES (1, 1, 'Own')")
    assert env.sync().complete
    assert env.rows('SELECT count(*) FROM movie') == [(61,)]
    with SyncDatabases(env.locations) as databases:
        remove_all(LibraryWriter(databases.video), databases.state, Cancellation())
    for table, count in (('movie', 1), ('files', 1), ('path', 1), ('tvshow', 0), ('episode', 0), ('seasons', 0),
                         ('actor', 0), ('art', 0), ('uniqueid', 0), ('streamdetails', 0), ('bookmark', 0)):
        assert env.rows('SELECT count(*) FROM ' + table) == [(count,)], table
    assert env.rows('SELECT count(*) FROM `%s`.item' % env.state_db.shared.name) == [(0,)]


# ---- interruptions -------------------------------------------------------------------------------------------------


def test_killed_at_any_moment_nothing_is_lost_or_there_twice(
        env: SharedLibraryEnvironment, expected: SyncEnvironment) -> None:
    expected.sync()
    process = SyncProcess(env, ROOT)
    try:
        for rows in (1, 20, 40, 60):
            pid = process.start()
            until(lambda: env.rows(WRITTEN)[0][0] >= rows)  # noqa: B023
            os.kill(pid, signal.SIGKILL)
            process.wait()
        process.start()
        assert process.wait() == 0
    finally:
        process.close()
    same(env, expected)


def test_the_server_ends_in_the_middle_of_a_batch(env: SharedLibraryEnvironment, expected: SyncEnvironment) -> None:
    expected.sync()

    def kill() -> None:
        until(lambda: env.rows('SELECT 1 FROM movie LIMIT 1'))
        env.server.kill()
    thread = threading.Thread(target=kill)
    thread.start()
    report = env.sync(breath=0.2)  # so that there is more to come
    thread.join()
    env.server.start()
    assert isinstance(report.failure, ConnectionLost)
    assert env.sync().complete
    same(env, expected)


def test_a_connection_that_the_server_has_ended_is_opened_again(env: SharedLibraryEnvironment) -> None:
    """As after eight idle hours."""
    assert env.sync().complete
    with SyncDatabases(env.locations) as databases:
        writer = LibraryWriter(databases.video)
        with writer.transaction():
            assert databases.state.servers()
        end_connections(env.server)
        assert databases.state.servers()
        end_connections(env.server)
        with writer.transaction():
            databases.state.add_server('another')
    assert env.rows('SELECT count(*) FROM `%s`.server' % env.state_db.shared.name) == [(2,)]


def test_a_connection_that_was_idle_for_too_long_is_opened_again(env: SharedLibraryEnvironment) -> None:
    assert env.sync().complete
    env.server.execute('SET GLOBAL wait_timeout = 1')
    try:
        with SyncDatabases(env.locations, claim=Claim()) as databases:
            until(lambda: not connections(env.server))
            env.server.execute('SET GLOBAL wait_timeout = 28800')  # or a busy machine would lose the next one, too
            with databases.video.transaction():
                databases.state.add_server('another')
    finally:
        env.server.execute('SET GLOBAL wait_timeout = 28800')
    assert env.rows('SELECT count(*) FROM `%s`.server' % env.state_db.shared.name) == [(2,)]


def connections(server: MariaDbServer) -> List[int]:
    return [row[0] for row in server.execute("SELECT id FROM information_schema.processlist WHERE user = 'kodi'")]


def end_connections(server: MariaDbServer) -> None:
    for number in connections(server):
        server.execute('KILL %d' % number)
    until(lambda: not connections(server))


def test_a_connection_lost_within_a_transaction_leaves_nothing_of_it(env: SharedLibraryEnvironment) -> None:
    env.sync()
    with SyncDatabases(env.locations) as databases:
        with pytest.raises(ConnectionLost), databases.video.transaction():
            databases.state.add_server('another')
            end_connections(env.server)
            databases.video.insert_row('genre', {'name': 'never'})
        assert len(databases.state.servers()) == 1
        assert not databases.video.rows("SELECT 1 FROM genre WHERE name = 'never'")


def test_what_the_last_statement_could_not_write_undoes_all(env: SharedLibraryEnvironment,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer is read only when the transaction ends."""
    monkeypatch.setattr(mariadb, '_ROW_SECONDS', 1)
    env.sync()
    kodi = pymysql.connect(unix_socket=env.server.socket, user='root', database=env.name)
    try:
        with SyncDatabases(env.locations) as databases:
            with pytest.raises(UnfitValue), databases.video.transaction():
                databases.video.insert('genre', ('name',), [('never',)])
                databases.video.insert('movie', ('idMovie',), [(1,)])
            with kodi.cursor() as cursor:
                cursor.execute('UPDATE movie SET c01 = c01 WHERE idMovie = 1')
                cursor.execute("UPDATE movie SET c01 = 'held' WHERE idMovie = 1")
            with pytest.raises(DatabaseLocked), databases.video.transaction():
                databases.video.insert('genre', ('name',), [('never',)])
                databases.video.many('UPDATE movie SET c00 = ? WHERE idMovie = ?', [('x', 1)])
            kodi.rollback()
            assert not databases.video.rows("SELECT 1 FROM genre WHERE name = 'never'")
            with databases.video.transaction():
                databases.video.insert('genre', ('name',), [('now',)])
            assert databases.video.rows("SELECT 1 FROM genre WHERE name = 'now'")
    finally:
        kodi.close()


# ---- others --------------------------------------------------------------------------------------------------------


def test_kodi_holds_a_row_and_the_batch_is_written_later(env: SharedLibraryEnvironment,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mariadb, '_ROW_SECONDS', 1)
    assert env.sync().complete
    movie = next(iter(env.library.items('movie')))
    env.library.update(movie.rating_key, title='Renamed')
    kodi = pymysql.connect(unix_socket=env.server.socket, user='root', database=env.name)
    try:
        with kodi.cursor() as cursor:
            cursor.execute('SELECT idMovie FROM movie FOR UPDATE')
        before = lock_waits(env.server)

        def release() -> None:
            until(lambda: lock_waits(env.server) >= before + 2)  # it was put off, and is tried again
            kodi.rollback()
        thread = threading.Thread(target=release)
        thread.start()
        report = env.sync()
        thread.join()
        assert report.complete
    finally:
        kodi.close()
    assert env.rows("SELECT count(*) FROM movie WHERE c00 = 'Renamed'") == [(1,)]


def lock_waits(server: MariaDbServer) -> int:
    return int(server.execute("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_waits'")[0][1])


def test_kodi_cannot_take_an_id_that_is_being_given(env: SharedLibraryEnvironment) -> None:
    env.sync()
    kodi = pymysql.connect(unix_socket=env.server.socket, user='root', database=env.name, autocommit=True)
    try:
        with SyncDatabases(env.locations) as databases:
            with databases.video.transaction():
                new = databases.video.next_id('files', 'idFile')
                with kodi.cursor() as cursor:
                    cursor.execute('SET innodb_lock_wait_timeout = 1')
                    with pytest.raises(pymysql.err.OperationalError):
                        cursor.execute("INSERT INTO files (idPath, strFilename) VALUES (1, 'own')")
                databases.video.insert('files', ('idFile', 'idPath', 'strFilename'), [(new, 1, 'ours')])
            with kodi.cursor() as cursor:
                cursor.execute("INSERT INTO files (idPath, strFilename) VALUES (1, 'own')")
                assert cursor.lastrowid > new
    finally:
        kodi.close()


def test_two_devices_never_write_at_once(env: SharedLibraryEnvironment, tmp_path: Path) -> None:
    env.sync()
    with SyncDatabases(env.locations) as first, SyncDatabases(env.locations._replace(
            state_db=state_db.beside(str(tmp_path / 'another.db'), env.video_db))) as second:
        with first.video.transaction(), pytest.raises(DatabaseLocked), second.video.transaction(0.1):
            pass
        with second.video.transaction(0.1):
            pass


# ---- one device at a time ------------------------------------------------------------------------------------------


def another(env: SharedLibraryEnvironment, tmp_path: Path) -> DatabaseLocations:
    return env.locations._replace(state_db=state_db.beside(str(tmp_path / 'another.db'), env.video_db))


def test_while_one_device_synchronises_no_other_does(env: SharedLibraryEnvironment, tmp_path: Path) -> None:
    with SyncDatabases(env.locations, claim=Claim()):
        report = env.sync()
        assert isinstance(report.failure, LeaseHeld) and text_name(report.failure) == 'another_device_syncs'
        with pytest.raises(LeaseHeld):
            SyncDatabases(another(env, tmp_path), claim=Claim())
    with SyncDatabases(another(env, tmp_path), claim=Claim()):
        pass
    assert env.sync().complete


def test_a_device_whose_connection_is_gone_holds_nobody_up(env: SharedLibraryEnvironment, tmp_path: Path) -> None:
    """It was switched off; and one that only lost its connection writes no more."""
    with SyncDatabases(env.locations, claim=Claim()) as lost:
        end_connections(env.server)
        with SyncDatabases(another(env, tmp_path), claim=Claim()), pytest.raises(LeaseLost), lost.video.transaction():
            pytest.fail('it wrote')
        with pytest.raises(LeaseLost), lost.video.transaction():
            pytest.fail('it wrote')


def test_a_device_that_lost_its_connection_goes_on_where_nobody_took_over(env: SharedLibraryEnvironment) -> None:
    with SyncDatabases(env.locations, claim=Claim()) as databases:
        end_connections(env.server)
        with databases.video.transaction():
            databases.state.add_server('x')
        with pytest.raises(LeaseHeld):
            SyncDatabases(env.locations, claim=Claim())


def test_a_device_that_sleeps_in_a_transaction_holds_nobody_up(env: SharedLibraryEnvironment, tmp_path: Path) -> None:
    with SyncDatabases(env.locations, claim=Claim()) as sleeping:
        with pytest.raises(ConnectionLost), sleeping.video.transaction():
            sleeping.state.add_server('never')
            # so long that the others think it is gone: the row itself is locked
            with SyncDatabases(another(env, tmp_path)):
                pass
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(lease, '_EXPIRES', 0)
                with SyncDatabases(another(env, tmp_path), claim=Claim()) as awake, awake.video.transaction():
                    awake.state.add_server('awake')
            sleeping.state.add_server('never either')
        with pytest.raises(LeaseLost), sleeping.video.transaction():
            pytest.fail('it wrote')
    assert env.rows('SELECT machine_identifier FROM `%s`.server' % env.state_db.shared.name) == [('awake',)]


def test_a_library_shows_one_users_watch_state(env: SharedLibraryEnvironment) -> None:
    """Another user is told so, and may make it theirs."""
    assert env.sync(user_id='1').complete
    report = env.sync(user_id='2')
    assert isinstance(report.failure, OtherUser) and text_name(report.failure) == 'library_of_another_user'
    assert env.sync(user_id='1').complete
    assert env.sync(user_id='2', mode=CHECK).complete
    assert env.sync(user_id='2').complete
    assert isinstance(env.sync(user_id='1').failure, OtherUser)
