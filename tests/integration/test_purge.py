"""Signing out with "remove Plex items": the library is again as it was before us, and nobody else loses a row."""
from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pytest

from resources.lib import state_db
from resources.lib.cancellation import Cancellation, Cancelled
from resources.lib.kodi_db.writer import LibraryWriter
from resources.lib.library_sync.databases import SyncDatabases
from resources.lib.library_sync.options import DatabaseLocations
from resources.lib.library_sync.purge import remove_all
from resources.lib.state_db import ItemState
from tests.support import foreign_rows
from tests.support.foreign_rows import tables
from tests.support.sync_environment import SyncEnvironment, dump
from tests.support.waiting import CancelledWhen
from tools.plexsim import Library


def _library() -> Library:
    return Library.generate(seed=7, movies=60, shows=4, seasons=2, episodes=4)


def _rig(folder: Path, version: int = 121) -> SyncEnvironment:
    env = SyncEnvironment(folder, _library(), version)
    foreign_rows.fill(env.video_db, env.library, movies=30, shows=2)
    return env


@pytest.fixture
def env(tmp_path: Path) -> Iterator[SyncEnvironment]:
    made = _rig(tmp_path)
    yield made
    made.close()


def _purge(env: SyncEnvironment, cancellation: Optional[Cancellation] = None) -> int:
    with SyncDatabases(DatabaseLocations(env.video_db, env.state_db)) as databases:
        return remove_all(LibraryWriter(databases.video), databases.state, cancellation or Cancellation())


def _ours(env: SyncEnvironment) -> List[Any]:
    """What is left in any column of any table."""
    return [(table, row) for table, rows in tables(env.video_db).items() for row in rows
            if any('plugin.video.plexkodiconnect/' in str(value) or '127.0.0.1' in str(value) for value in row)]


@pytest.mark.parametrize('version', [119, 121, 131])
def test_the_library_is_as_it_was_before_us(tmp_path: Path, version: int) -> None:
    env = _rig(tmp_path, version)
    try:
        before = tables(env.video_db)
        assert len(before['movie']) == 30 and len(before['tvshow']) == 2
        keys = [item.rating_key for item in env.library.items('movie')]
        env.library.update(keys[3], Label=[{'tag': 'Kids'}])
        report = env.sync()
        assert report.complete
        during = tables(env.video_db)
        assert len(during['movie']) == 90 and during['actor'] != before['actor']
        assert _purge(env) == len(during['movie']) + len(during['tvshow']) + len(during['episode']) - 30 - 2 - 4
        after = tables(env.video_db)
        assert {name for name in before if before[name] != after[name]} == set()
    finally:
        env.close()


def test_after_it_our_database_knows_nothing_and_a_new_sync_brings_all_back(env: SyncEnvironment) -> None:
    env.sync()
    whole = dump(env.video_db)
    _purge(env)
    with closing(sqlite3.connect(env.state_db)) as state:
        names = [row[0] for row in state.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert {name for name in names if state.execute('SELECT 1 FROM ' + name).fetchone()} <= {'origin'}
    assert env.sync().complete
    assert dump(env.video_db) == whole


def test_a_second_purge_finds_nothing(env: SyncEnvironment) -> None:
    env.sync()
    _purge(env)
    before = env.fingerprint()
    assert _purge(env) == 0
    assert env.fingerprint() == before


def test_items_that_our_database_does_not_know_go_as_well(env: SyncEnvironment) -> None:
    before = tables(env.video_db)
    env.sync()
    os.remove(env.state_db)
    assert _purge(env) > 60
    assert tables(env.video_db) == before


def test_a_row_that_got_the_number_of_one_of_ours_stays(env: SyncEnvironment) -> None:
    before = tables(env.video_db)
    env.sync()
    with state_db.open_writer(env.state_db, 1.0) as state:
        state.put([ItemState(1, '99999', 'movie', '1', '', '', 5, 5, 1, 0, 0, 0, 0.0)])
    _purge(env)
    assert tables(env.video_db) == before


def test_stopped_and_begun_again_it_ends_the_same(env: SyncEnvironment) -> None:
    before = tables(env.video_db)
    env.sync()
    for patience in (1, 2, 3):
        asked: List[int] = []

        def soon(limit: int = patience, asked: List[int] = asked) -> bool:
            asked.append(1)
            return len(asked) > limit
        with pytest.raises(Cancelled):
            _purge(env, CancelledWhen(soon))
    _purge(env)
    assert tables(env.video_db) == before


def test_killed_within_a_batch_it_changes_nothing_of_that_batch(
        env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    from resources.lib.kodi_db.orphans import Orphans
    before = tables(env.video_db)
    env.sync()
    during = tables(env.video_db)

    def power_cut(self: Orphans) -> None:
        raise KeyboardInterrupt
    with monkeypatch.context() as patch:
        patch.setattr(Orphans, 'drop', power_cut)
        with pytest.raises(KeyboardInterrupt):
            _purge(env)
    assert tables(env.video_db) == during
    _purge(env)
    assert tables(env.video_db) == before


def test_files_that_kodi_made_for_our_urls_go_too(env: SyncEnvironment) -> None:
    before = tables(env.video_db)
    env.sync()
    base = 'plugin://plugin.video.plexkodiconnect/play/trailers/%s/' % env.machine
    env.execute('INSERT INTO path (strPath) VALUES (?)', base)
    env.execute('INSERT INTO files (idPath, strFilename) SELECT idPath, ? FROM path WHERE strPath = ?',
                base + '?id=7', base)
    env.execute('INSERT INTO bookmark (idFile, timeInSeconds, type) SELECT max(idFile), 5.0, 1 FROM files')
    _purge(env)
    assert tables(env.video_db) == before


def test_a_local_episode_that_kodi_put_into_our_show_stays_there(env: SyncEnvironment) -> None:
    """Kodi's scanner joins a local show to one with the same id."""
    env.sync()
    path = foreign_rows.LOCAL_SHOWS + 'joined/'
    show, season = env.rows("SELECT e.idShow, e.idSeason FROM episode e JOIN files f ON f.idFile = e.idFile "
                            "WHERE f.strFilename LIKE '%plexkodiconnect%' LIMIT 1")[0]
    env.execute('INSERT INTO path (strPath) VALUES (?)', path)
    env.execute('INSERT INTO files (idPath, strFilename) SELECT idPath, ? FROM path WHERE strPath = ?', 'x.mkv', path)
    env.execute('INSERT INTO tvshowlinkpath SELECT ?, max(idPath) FROM path', show)
    env.execute('INSERT INTO episode (idFile, c00, c12, idShow, idSeason) SELECT max(idFile), ?, 1, ?, ? FROM files',
                'Local', show, season)
    _purge(env)
    assert env.rows('SELECT c00 FROM episode_view WHERE idShow = ?', show) == [('Local',)]
    assert env.rows('SELECT count(*) FROM tvshow') == [(3,)]
    assert env.rows('SELECT idSeason FROM seasons WHERE idShow = ?', show) == [(season,)]
    assert _ours(env) == []


def test_a_local_file_that_is_a_version_of_our_movie_keeps_the_movie(tmp_path: Path) -> None:
    env = _rig(tmp_path, 131)
    try:
        env.sync()
        ours = env.rows("SELECT m.idMovie FROM movie m JOIN files f ON f.idFile = m.idFile "
                        "WHERE f.strFilename LIKE '%plexkodiconnect%' LIMIT 1")[0][0]
        mine, file_id = env.rows("SELECT m.idMovie, m.idFile FROM movie m JOIN files f ON f.idFile = m.idFile "
                                 "WHERE f.strFilename = 'film0.mkv'")[0]
        env.execute('UPDATE videoversion SET idMedia = ? WHERE idFile = ?', ours, file_id)
        env.execute('DELETE FROM movie WHERE idMovie = ?', mine)
        env.execute("INSERT OR REPLACE INTO videoversion VALUES (?, ?, 'movie', 0, 40400)", file_id, ours)
        _purge(env)
        assert env.rows('SELECT idMovie, strFileName, strPath FROM movie_view WHERE idMovie = ?', ours) == [
            (ours, 'film0.mkv', foreign_rows.LOCAL + '0/')]
        assert env.rows('SELECT count(*) FROM movie') == [(30,)]
        assert _ours(env) == []
    finally:
        env.close()


def test_names_of_versions_go_with_the_last_movie(tmp_path: Path) -> None:
    env = _rig(tmp_path, 131)
    try:
        before = tables(env.video_db)
        key = next(env.library.items('movie')).rating_key
        media: Dict[str, Any] = dict(env.library.truth(key)['Media'][0])
        more = dict(media, id=987654, videoResolution='4k', width=3840, height=2160,
                    Part=[dict(media['Part'][0], id=987655, file='/media/Movies/other.mkv')])
        env.library.update(key, Media=[media, more])
        env.sync()
        assert len(tables(env.video_db)['videoversiontype']) > len(before['videoversiontype'])
        _purge(env)
        assert tables(env.video_db) == before
    finally:
        env.close()


def test_single_items_that_go_in_a_sync_take_nothing_of_others(env: SyncEnvironment) -> None:
    before = tables(env.video_db)
    env.sync()
    during = tables(env.video_db)
    movies = [item.rating_key for item in env.library.items('movie')]
    for key in movies[:5]:
        env.library.delete(key)
    env.library.delete(next(env.library.items('episode')).rating_key)
    assert env.sync().removed == 6
    after = tables(env.video_db)
    for table, rows in before.items():
        lost = [row for row in rows if row in during[table] and row not in after[table]]
        assert lost == [], table
