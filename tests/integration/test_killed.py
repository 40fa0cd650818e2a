"""A TV box loses power, fifty times at any moment of a sync: nothing is lost, nothing is there twice."""
from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import time
from pathlib import Path
from typing import Iterator, List

import pytest

from tests.support.sync_environment import SyncEnvironment, dump
from tests.support.sync_process import SyncProcess
from tools import kodischema
from tools.plexsim import Library, SimConfig

KILLS = {121: 50, 131: 5}  # the schemas differ in one table
ROOT = str(Path(__file__).resolve().parents[2])


@pytest.fixture(params=[121, 131])
def env(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SyncEnvironment]:
    library = Library.generate(seed=11, movies=70, shows=2, seasons=2, episodes=4, collections=3)
    made = SyncEnvironment(tmp_path, library, request.param, SimConfig(latency=0.003))
    yield made
    made.close()


def _start_over(env: SyncEnvironment) -> None:
    version = int(Path(env.video_db).stem[len('MyVideos'):])
    for name in os.listdir(env.folder):
        if name.startswith(('MyVideos', 'state.db')):
            os.unlink(os.path.join(str(env.folder), name))
    assert kodischema.create(str(env.folder), version) == env.video_db


def _broken(env: SyncEnvironment) -> List[str]:
    """What must never be, whatever happened."""
    found: List[str] = []
    connection = sqlite3.connect(env.video_db)
    try:
        if os.path.exists(env.state_db):
            connection.execute('ATTACH DATABASE ? AS state', (env.state_db,))
        else:
            connection.execute("ATTACH DATABASE ':memory:' AS state")
        for schema in ('main', 'state'):
            found += [row[0] for row in connection.execute('PRAGMA %s.integrity_check' % schema) if row[0] != 'ok']
        rules = {
            'two files of one name': 'SELECT strFilename FROM files GROUP BY strFilename HAVING count(*) > 1',
            'film without a file': 'SELECT 1 FROM movie WHERE idFile NOT IN (SELECT idFile FROM files)',
            'two films of one file': 'SELECT idFile FROM movie GROUP BY idFile HAVING count(*) > 1',
            'episode without season': 'SELECT 1 FROM episode WHERE idSeason NOT IN (SELECT idSeason FROM seasons)',
            'episode without show': 'SELECT 1 FROM episode WHERE idShow NOT IN (SELECT idShow FROM tvshow)',
            'show without path': 'SELECT 1 FROM tvshow WHERE idShow NOT IN (SELECT idShow FROM tvshowlinkpath)',
            'link to nobody': "SELECT 1 FROM actor_link WHERE actor_id NOT IN (SELECT actor_id FROM actor)",
            'streams of nothing': 'SELECT 1 FROM streamdetails WHERE idFile NOT IN (SELECT idFile FROM files)',
            'film without our id': "SELECT 1 FROM movie WHERE idMovie NOT IN (SELECT media_id FROM uniqueid "
                                   "WHERE media_type = 'movie' AND type = 'plex')",
            'film without any id row': 'SELECT 1 FROM movie WHERE c09 NOT IN (SELECT uniqueid_id FROM uniqueid)',
        }
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'videoversion'").fetchone():
            rules['invisible film'] = 'SELECT 1 FROM movie WHERE idFile NOT IN (SELECT idFile FROM videoversion)'
        if connection.execute("SELECT 1 FROM state.sqlite_master WHERE name = 'item'").fetchone():
            for kind, table, key in (('movie', 'movie', 'idMovie'), ('episode', 'episode', 'idEpisode'),
                                     ('show', 'tvshow', 'idShow')):
                ours = "SELECT kodi_id FROM state.item WHERE plex_type = '%s'" % kind
                rules[kind + ' of ours that Kodi lacks'] = '%s AND kodi_id NOT IN (SELECT %s FROM %s)' % (
                    ours, key, table)
                rules[kind + ' in Kodi that we forgot'] = 'SELECT 1 FROM %s WHERE %s NOT IN (%s)' % (table, key, ours)
        found += [name for name, sql in rules.items() if connection.execute(sql).fetchone()]
    finally:
        connection.close()
    return found


def test_killed_at_fifty_moments(env: SyncEnvironment) -> None:
    env.sync()
    wanted = dump(env.video_db)
    rng, version = random.Random(5), int(Path(env.video_db).stem[len('MyVideos'):])
    process = SyncProcess(env, ROOT)
    try:
        _start_over(env)
        begun = time.monotonic()
        process.start()
        assert process.wait() == 0
        whole = time.monotonic() - begun
        killed = rounds = 0
        _start_over(env)
        while killed < KILLS[version] or not rounds:
            pid = process.start()
            # A machine that has become slower meanwhile gets more time, or no sync would come to its end.
            time.sleep(rng.uniform(0, whole * max(1.0, killed / KILLS[version])))
            with contextlib.suppress(ProcessLookupError):  # it may just have come to its end
                os.kill(pid, signal.SIGKILL)
            if process.wait() == -signal.SIGKILL:
                killed += 1
                assert not _broken(env), 'after kill %d' % killed
            else:
                rounds += 1
                assert dump(env.video_db) == wanted
                _start_over(env)
        process.start()
        assert process.wait() == 0
        assert dump(env.video_db) == wanted and not _broken(env)
    finally:
        process.close()
