"""Kodi's library in a database that is not SQLite: the same rows come of it, and ours follow right after Kodi's."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from resources.lib.cancellation import Cancellation
from resources.lib.kodi_db import details, tables
from resources.lib.kodi_db.database import VideoDatabase
from resources.lib.kodi_db.writer import LibraryWriter
from resources.lib.library_sync import migration
from resources.lib.library_sync.databases import SyncDatabases
from resources.lib.library_sync.kinds import VIDEO
from resources.lib.library_sync.options import CHECK, DELTA, SWEEP, DatabaseLocations, SyncServer
from resources.lib.library_sync.purge import remove_all
from tests.support import foreign_rows, other_engine, pkc3
from tests.support.sync_environment import SyncEnvironment, dump
from tools.plexsim import Library


def _library() -> Library:
    return Library.generate(seed=7, movies=60, shows=3, seasons=2, episodes=4, collections=3)


@pytest.fixture(params=[121, 131])
def env(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SyncEnvironment]:
    made = SyncEnvironment(tmp_path, _library(), request.param)
    yield made
    made.close()


def _expected(env: SyncEnvironment, folder: Path) -> Dict[str, List[Any]]:
    """What a sync into an empty library in SQLite makes of the same server."""
    folder.mkdir()
    other = SyncEnvironment(folder, env.library)
    try:
        other.sync()
        return dump(other.video_db)
    finally:
        other.close()


def _change(env: SyncEnvironment) -> None:
    movies, episodes = list(env.library.items('movie')), list(env.library.items('episode'))
    env.library.update(movies[0].rating_key, title='Renamed', Genre=[{'tag': 'New'}], Label=[{'tag': 'Kids'}])
    env.library.scrobble(movies[1].rating_key)
    env.library.set_progress(episodes[2].rating_key, 600_000)
    env.library.rate(movies[3].rating_key, 9.0)
    env.library.delete(movies[5].rating_key)
    env.library.delete(episodes[6].rating_key)


@pytest.mark.parametrize('version', [121, 131])
def test_the_same_rows_come_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int) -> None:
    """Both see the same server at the same times."""
    library = _library()
    envs = []
    for engine in ('SQLite', 'another'):
        (tmp_path / engine).mkdir()
        envs.append(SyncEnvironment(tmp_path / engine, library, version))

    def both(**options: Any) -> None:
        assert not envs[0].sync(**options).error
        with monkeypatch.context() as patch:
            other_engine.use(patch)
            assert not envs[1].sync(**options).error
    try:
        both()
        _change(envs[0])
        for mode in (DELTA, SWEEP, CHECK):
            both(mode=mode)
        before = envs[1].fingerprint()
        both()
        assert envs[1].fingerprint() == before
        assert dump(envs[0].video_db) == dump(envs[1].video_db)
    finally:
        for env in envs:
            env.close()


def test_rows_are_known_again_and_lists_read_them(env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    other_engine.use(monkeypatch)
    env.sync()
    whole = dump(env.video_db)
    os.remove(env.state_db)
    env.execute('DELETE FROM movie WHERE idMovie = 3')
    assert env.sync().complete
    again = dump(env.video_db)
    assert again['movie'] == whole['movie'] and again['episode'] == whole['episode']
    assert details.read(env.video_db, tables.MOVIE, [1, 2])[1].art


def test_a_migration_and_the_end_of_all_of_it(env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign_rows.fill(env.video_db, env.library, movies=10, shows=1)
    before = foreign_rows.tables(env.video_db)
    pkc3.fill(env.video_db, env.library)
    other_engine.use(monkeypatch)
    with SyncDatabases(DatabaseLocations(env.video_db, env.state_db)) as databases:
        writer = LibraryWriter(databases.video)
        with writer.transaction():
            server_id = databases.state.add_server(env.machine)
        done = migration.migrate(writer, databases.state, SyncServer(server_id, env.machine, VIDEO), lambda keys: {
            one.rating_key: one.plex_type for one in env.client.summaries(keys)}, Cancellation())
    assert done.left_alone == 0 and sum(done.items) == 60 + 3 + 24
    assert env.sync().complete
    with SyncDatabases(DatabaseLocations(env.video_db, env.state_db)) as databases:
        remove_all(LibraryWriter(databases.video), databases.state, Cancellation())
    after = foreign_rows.tables(env.video_db)
    assert [after[name] for name in ('movie', 'tvshow', 'episode', 'files')] == [
        before[name] for name in ('movie', 'tvshow', 'episode', 'files')]


@pytest.mark.parametrize('commit', [1, 2, 3, 4, 6])
def test_killed_between_the_two_commits_nothing_is_lost_or_there_twice(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commit: int) -> None:
    """Kodi has the rows of a batch, and our database does not know."""
    env = SyncEnvironment(tmp_path, _library())
    commits: List[int] = []

    def power_cut() -> None:
        commits.append(1)
        if len(commits) == commit:
            raise KeyboardInterrupt
    try:
        with monkeypatch.context() as patch:
            other_engine.use(patch, power_cut)
            with pytest.raises(KeyboardInterrupt):
                env.sync(workers=0)
            assert len(commits) == commit
            assert env.sync(workers=0).complete
        assert dump(env.video_db) == _expected(env, tmp_path / 'expected')
    finally:
        env.close()


def test_killed_between_the_two_commits_of_a_deletion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = SyncEnvironment(tmp_path, _library())
    try:
        env.sync()
        for movie in list(env.library.items('movie'))[:3]:
            env.library.delete(movie.rating_key)

        def power_cut() -> None:
            if env.rows('SELECT count(*) FROM movie') == [(57,)]:
                raise KeyboardInterrupt
        with monkeypatch.context() as patch:
            other_engine.use(patch, power_cut)
            with pytest.raises(KeyboardInterrupt):
                env.sync(workers=0)
        assert env.rows('SELECT count(*) FROM movie') == [(57,)]
        assert env.sync().complete
        assert env.rows('SELECT count(*) FROM movie') == [(57,)]
    finally:
        env.close()


@pytest.mark.parametrize('engine', ['SQLite', 'another'])
def test_what_fails_in_a_transaction_leaves_both_databases_as_they_were(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    env = SyncEnvironment(tmp_path, Library.generate(seed=7, movies=1, shows=1))
    try:
        if engine != 'SQLite':
            other_engine.use(monkeypatch)
        with SyncDatabases(DatabaseLocations(env.video_db, env.state_db)) as databases:
            video, state = databases.video, databases.state
            with pytest.raises(RuntimeError), video.transaction():
                state.add_server('mid')
                video.insert_row('genre', {'name': 'x'})
                raise RuntimeError('killed')
            assert state.server_id('mid') == 0 and video.rows('SELECT * FROM genre') == []
            with video.transaction():
                state.add_server('mid')
                video.insert_row('genre', {'name': 'x'})
            assert state.server_id('mid') == 1 and len(video.rows('SELECT * FROM genre')) == 1
        with VideoDatabase(env.video_db) as video:
            assert len(video.rows('SELECT * FROM genre')) == 1
    finally:
        env.close()
