"""Kodi's library moves from its files to a server, and back, by Kodi's own ways."""
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest

from resources.lib import state_db
from resources.lib.service.library_place import LibraryPlace
from resources.lib.service.watch_state.mark_store import Change, MarkStore
from resources.lib.state_db import RATING, PlaybackReport
from tests.mariadb.test_sync import change, same
from tests.support.kodi_import import import_library
from tests.support.shared_library import SharedLibraryEnvironment, alike
from tests.support.sync_environment import SyncEnvironment, dump
from tools import kodischema
from tools.mariadb import MariaDbServer

USER = '1'


@pytest.fixture
def files(env: SharedLibraryEnvironment, expected: SyncEnvironment, tmp_path: Path) -> SyncEnvironment:
    """The same device with its library in files: both places have their own file in one folder of the add-on."""
    expected.state_db = str(Path(env.state_db.box).parent / state_db.FILE_NAME)
    return expected


def to_server(env: SharedLibraryEnvironment) -> LibraryPlace:
    """Kodi starts with ``advancedsettings.xml``, and with it the add-on."""
    return LibraryPlace(str(Path(env.state_db.box).parent), env.state_db)


def to_files(env: SyncEnvironment) -> LibraryPlace:
    """Kodi starts without it."""
    return LibraryPlace(str(Path(env.state_db).parent), env.state_db)


def viewer(_machine: str, _key: str, user: str) -> str:
    return user


def report(machine: str, key: str, sequence: int = 0) -> PlaybackReport:
    return PlaybackReport('session ' + key, machine, USER, key, 1000, 9000, False, 0, False, 1, sequence)


def test_an_empty_library_on_the_server_is_filled(env: SharedLibraryEnvironment, files: SyncEnvironment) -> None:
    to_files(files)
    assert files.sync().complete
    before = dict(files.fingerprint())
    assert to_server(env).moved
    assert env.sync().complete
    same(env, files)
    assert files.fingerprint()[files.video_db] == before[files.video_db]
    assert not env.sync().wrote


def test_what_the_server_was_not_told_of_goes_along(env: SharedLibraryEnvironment, files: SyncEnvironment) -> None:
    to_files(files)
    assert files.sync().complete
    store = MarkStore(files.state_db)
    store.put([Change('movie', 1, 1.0, USER), Change('movie', 2, 8.0, USER, RATING)], viewer)
    with state_db.open_writer(files.state_db, 1.0) as state, state.transaction():
        first = state.by_kodi_id('movie', 1)
        assert first is not None
        state.put_report(report(files.machine, first.rating_key), False)
        state.put_version(files.machine, first.rating_key, '77')
        state.keep_dates(state.server_id(files.machine), [(first.rating_key, 0, '2001-02-03 04:05:06')])
    wanted = store.unsent(USER)[files.machine]
    place = to_server(env)
    assert place.moved
    assert env.sync().complete
    unsent = MarkStore(env.state_db).unsent(USER)[env.machine]
    assert [mark[:3] for mark in unsent.marks] == [mark[:3] for mark in wanted.marks]
    assert [one[:5] for one in unsent.reports] == [one[:5] for one in wanted.reports]
    assert [mark.sequence for mark in unsent.marks] < [one.sequence for one in unsent.reports]
    with state_db.open_reader(env.state_db) as state:
        assert state.version_of(env.machine, first.rating_key) == '77'
    assert env.rows('SELECT count(*) FROM files WHERE dateAdded = %s', '2001-02-03 04:05:06') == [(1,)]
    assert not MarkStore(files.state_db).unsent(USER)
    place.settle()
    assert not to_server(env).moved

    # and back, whatever is with the server of the library
    env.server.stop()
    try:
        assert to_files(files).moved
        back = MarkStore(files.state_db).unsent(USER)[files.machine]
        assert [mark[:3] for mark in back.marks] == [mark[:3] for mark in wanted.marks]
        assert [one[:5] for one in back.reports] == [one[:5] for one in wanted.reports]
    finally:
        env.server.start()
    assert not MarkStore(env.state_db).unsent(USER)
    assert files.sync().complete


def test_a_library_from_before_is_brought_up_to_date(env: SharedLibraryEnvironment, files: SyncEnvironment) -> None:
    """First on the server, then in files, and on the server again: each place shows what has happened meanwhile."""
    to_server(env)
    assert env.sync().complete
    change(env.library)
    assert to_files(files).moved
    assert files.sync().complete
    shown = dump(files.video_db)
    movies = list(env.library.items('movie'))
    env.library.update(movies[7].rating_key, title='Renamed again')
    env.library.unscrobble(movies[1].rating_key)
    assert to_server(env).moved
    assert env.sync().complete
    assert files.sync().complete
    same(env, files, people=False)
    assert shown != dump(files.video_db)


def import_on_server(env: SharedLibraryEnvironment, source: str) -> None:
    """As the Kodi that is connected to the server does it."""
    with env.server.connected(env.name) as cursor:
        def run(sql: str, parameters: Tuple[Any, ...]) -> int:
            cursor.execute(sql.replace('%', '%%').replace('?', '%s'), parameters)
            return int(cursor.lastrowid or 0)
        import_library(source, run)


@pytest.mark.parametrize('known', [False, True])
def test_a_library_that_kodi_exported_and_imported(env: SharedLibraryEnvironment, files: SyncEnvironment,
                                                   clean_server: MariaDbServer, known: bool) -> None:
    """``known``: our database on the server is still the one of a library that was there before, with other ids."""
    assert files.sync().complete
    if known:
        assert env.sync().complete
        clean_server.execute('DROP DATABASE `%s`' % env.name)
        kodischema.create_on_server(clean_server, 121)
    env.rows("INSERT INTO path (idPath, strPath) VALUES (1, '/films/')")
    env.rows("INSERT INTO files (idFile, idPath, strFilename) VALUES (1, 1, 'own.mkv')")
    env.rows("INSERT INTO movie (idMovie, idFile, c00) VALUES (1, 1, 'Own')")
    import_on_server(env, files.video_db)
    assert env.rows('SELECT count(*) FROM movie') == [(61,)]
    assert to_server(env).moved
    assert env.sync().complete
    wanted = {name: alike(rows) for name, rows in dump(files.video_db).items()}
    found = env.dump()
    assert [row for row in found['movie'] if row[0] != 'own.mkv'] == wanted['movie']
    for name in set(wanted) - {'movie', 'paths', 'files'}:
        assert found[name] == wanted[name], name
    assert env.rows('SELECT c00 FROM movie WHERE idMovie = 1') == [('Own',)]
    assert not env.sync().wrote


def test_a_library_on_the_server_exported_and_imported_into_files(env: SharedLibraryEnvironment,
                                                                  files: SyncEnvironment) -> None:
    """The old library in files was deleted; our database of it is still there."""
    assert files.sync().complete
    wanted = dump(files.video_db)
    Path(files.video_db).rename(files.video_db + '.old')
    kodischema.create(str(files.folder), 121)
    with closing(sqlite3.connect(files.video_db)) as connection:
        def run(sql: str, parameters: Tuple[Any, ...]) -> int:
            return int(connection.execute(sql, parameters).lastrowid or 0)
        import_library(files.video_db + '.old', run)
        connection.commit()
    to_server(env).settle()
    assert to_files(files).moved
    assert files.sync().complete
    assert dump(files.video_db) == wanted


def test_a_second_device_brings_its_marks_and_finds_the_library_there(
        env: SharedLibraryEnvironment, files: SyncEnvironment, tmp_path: Path) -> None:
    assert env.sync().complete
    second = tmp_path / 'second'
    second.mkdir()
    own = str(second / state_db.FILE_NAME)
    files.state_db = own
    assert files.sync().complete
    MarkStore(own).put([Change('movie', 3, 1.0, USER)], viewer)
    wanted = MarkStore(own).unsent(USER)[files.machine].marks
    there = state_db.beside(str(second / state_db.BOX_FILE_NAME), env.video_db)
    assert LibraryPlace(str(second), there).moved
    before = env.content()
    env.state_db = there
    assert not env.sync().wrote
    assert env.content() == before
    assert [mark[:3] for mark in MarkStore(there).unsent(USER)[env.machine].marks] == [mark[:3] for mark in wanted]


def test_marks_stay_those_of_their_server_when_the_common_database_is_made_anew(
        env: SharedLibraryEnvironment, clean_server: MariaDbServer) -> None:
    """As by a newer Kodi, which has another one, in which the servers may have other ids."""
    state_db.prepare(env.state_db)
    with state_db.open_writer(env.state_db, 1.0) as state, state.transaction():
        state.add_server('another')
    assert env.sync().complete
    MarkStore(env.state_db).put([Change('movie', 1, 1.0, USER)], viewer)
    clean_server.execute('DROP DATABASE `%s`' % env.state_db.shared.name)
    assert env.sync(user_id=USER).complete
    unsent: Dict[str, Any] = MarkStore(env.state_db).unsent(USER)
    assert list(unsent) == [env.machine] and len(unsent[env.machine].marks) == 1

