"""What a device keeps for itself, and what it shares with others."""
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, List

import pytest

from resources.lib import state_db
from resources.lib.kodi_db.table_watch import TableWatch
from resources.lib.service.library.other_devices import OtherDevices
from resources.lib.service.library_user import LibraryUser
from resources.lib.service.shared import Databases
from resources.lib.service.watch_state.mark_store import Change, MarkStore
from resources.lib.service.watch_state.own_signs import OwnSigns
from resources.lib.service.watch_state.shared_rows import SharedRows
from resources.lib.sql.errors import ConnectionLost
from resources.lib.state_db import RATING, PlaybackReport
from tests.mariadb.test_sync import until
from tests.support.shared_library import SharedLibraryEnvironment

USER = '1'


def databases(env: SharedLibraryEnvironment, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Databases:
    """As the service has them, whose Kodi has its library on the server."""
    made = Databases(str(folder))
    made.state_path = env.state_db
    made.user = LibraryUser(env.state_db)
    monkeypatch.setattr(Databases, 'are_shared', property(lambda self: True))
    monkeypatch.setattr(made, 'video_path', lambda: env.video_db)
    return made


def report(env: SharedLibraryEnvironment, key: str) -> PlaybackReport:
    return PlaybackReport('session', env.machine, USER, key, 1000, 9000, False, 0, False, 1)


def viewer(_machine: str, _key: str, user: str) -> str:
    return user


def test_marks_are_kept_on_the_device_and_what_they_say_on_the_server(env: SharedLibraryEnvironment,
                                                                     tmp_path: Path) -> None:
    env.sync()
    store = MarkStore(env.state_db)
    store.put([Change('movie', 1, 1.0, USER), Change('movie', 2, 8.0, USER, RATING)], viewer)
    with state_db.open_reader(env.state_db) as state:
        first, second = state.by_kodi_id('movie', 1), state.by_kodi_id('movie', 2)
    assert first is not None and second is not None
    assert (first.view_count, second.user_rating) == (1, 8.0)
    unsent = store.unsent(USER)[env.machine].marks
    assert [mark.rating_key for mark in unsent] == [first.rating_key, second.rating_key]
    other = MarkStore(state_db.beside(str(tmp_path / 'other.db'), env.video_db))
    state_db.prepare(other._path)
    assert other.unsent(USER) == {}
    store.done(env.machine, USER, unsent[:1], unsent[1:])
    assert store.unsent(USER) == {}
    store.drop_sent()


def test_marks_are_not_undone_by_a_sync(env: SharedLibraryEnvironment) -> None:
    env.sync()
    with state_db.open_reader(env.state_db) as state:
        row = state.by_kodi_id('movie', 1)
    assert row is not None
    MarkStore(env.state_db).put([Change('movie', 1, 1.0, USER)], viewer)
    env.rows('UPDATE files SET playCount = 1 WHERE idFile = %s', row.file_id)
    assert env.sync(mode='check', user_id=USER).complete
    assert env.rows('SELECT playCount FROM files WHERE idFile = %s', row.file_id) == [(1,)]


def test_a_playback_is_written_down_while_the_server_is_away(env: SharedLibraryEnvironment) -> None:
    env.sync()
    env.server.stop()
    try:
        with state_db.open_writer(env.state_db, 1.0) as state, state.transaction():
            state.put_report(report(env, '1'), False)
        with state_db.open_reader(env.state_db) as state:
            assert state.has_reports()
            with pytest.raises(ConnectionLost):
                state.servers()
    finally:
        env.server.start()
    assert MarkStore(env.state_db).unsent(USER)[env.machine].reports


def test_what_fails_leaves_both_parts_as_they_were(env: SharedLibraryEnvironment) -> None:
    env.sync()
    with state_db.open_writer(env.state_db, 1.0) as state:
        with pytest.raises(RuntimeError), state.transaction():
            state.add_server('never')
            state.put_report(report(env, '1'), False)
            raise RuntimeError
        assert len(state.servers()) == 1 and not state.has_reports()
        with state.transaction():
            state.add_server('now')
            state.put_report(report(env, '1'), False)
        assert len(state.servers()) == 2 and state.has_reports()


def test_nothing_of_a_device_is_on_the_server(env: SharedLibraryEnvironment) -> None:
    env.sync()
    shared = {row[0] for row in env.server.execute('SHOW TABLES FROM `%s`' % env.state_db.shared.name)}
    assert not shared & {'mark', 'playback_report', 'version_choice'}
    with closing(sqlite3.connect(env.state_db.box)) as box:
        assert box.execute('SELECT count(*) FROM item').fetchone() == (0,)


def test_a_rating_that_is_set_in_kodi_is_noticed(env: SharedLibraryEnvironment, tmp_path: Path,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    env.sync()
    found: List[Any] = []
    rows = SharedRows(databases(env, tmp_path, monkeypatch), lambda *change: found.append(change),
                      lambda _machine, _key: False, OwnSigns(lambda: 0.0, lambda: None), lambda: USER)
    monkeypatch.setattr('resources.lib.service.watch_state.kodi_rows._AGAIN', 0.0)
    monkeypatch.setattr('resources.lib.service.watch_state.shared_rows._OTHERS', 0.0)
    rows.look()
    env.rows('UPDATE movie SET userrating = 7 WHERE idMovie = 4')
    rows.look()
    rows.stop()
    assert found == [('movie', 4, RATING, 7.0)]


def test_tables_that_nobody_wrote_to_are_seen_by_one_small_question(env: SharedLibraryEnvironment) -> None:
    watch = TableWatch(['movie', 'bookmark'])
    until(lambda: watch.token(env.video_db) is not None)
    before = watch.token(env.video_db)
    env.rows("INSERT INTO genre (name) VALUES ('not looked at')")
    assert watch.token(env.video_db) == before
    env.rows('UPDATE movie SET userrating = 7')
    assert watch.token(env.video_db) == before, 'there is none yet'
    env.rows("INSERT INTO bookmark (idFile, type) VALUES (1, 1)")
    assert watch.token(env.video_db) is None
    until(lambda: watch.token(env.video_db) is not None)
    assert watch.token(env.video_db) != before
    env.server.stop()
    try:
        with pytest.raises(ConnectionLost):
            watch.token(env.video_db)
    finally:
        env.server.start()
    assert watch.token(env.video_db) != before
    watch.close()


def test_other_devices_hear_of_a_change(env: SharedLibraryEnvironment, tmp_path: Path,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    env.sync()
    heard: List[int] = []
    here = databases(env, tmp_path, monkeypatch)
    there = databases(env, tmp_path, monkeypatch)
    there.state_path = state_db.beside(str(tmp_path / 'another.db'), env.video_db)
    own, others = OtherDevices(here, lambda: heard.append(1)), OtherDevices(there, lambda: heard.append(2))

    def look() -> List[int]:
        heard.clear()
        for one in (own, others):
            one.look()
        return list(heard)
    assert look() == []
    env.sync()
    assert look() == []  # nothing had changed
    env.library.update(next(iter(env.library.items('movie'))).rating_key, title='Renamed')
    env.sync()
    assert look() == [2]
    assert look() == []
