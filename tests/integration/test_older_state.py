"""A state database that an older version of the add-on made goes on being used: nothing is fetched or written anew."""
from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from resources.lib import state_db
from resources.lib.library_sync.engine import LibrarySync
from tests.support.sync_environment import SyncEnvironment
from tools.plexsim import Library

#: Made by the code of version 3 for :func:`_library`.
VERSION_3 = Path(__file__).resolve().parents[1] / 'fixtures' / 'state' / 'version_3.sql'


def _library() -> Library:
    library = Library.generate(seed=3, movies=12, shows=2, seasons=2, episodes=3, collections=3)
    section = next(one for one in library.sections.values() if one.type == 'movie')
    library.add_collection(section.id, 'Smart', smart='type=1&viewCount>>=-1')
    for collection in library.items('collection'):
        library.update(collection.rating_key, updatedAt=1700000000)
    return library


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncEnvironment]:
    """Kodi's library in the state in which the older version left it: the same items under the same ids."""
    made = SyncEnvironment(tmp_path, _library())
    with monkeypatch.context() as patch:
        patch.setattr(LibrarySync, '_first', lambda *_: set())  # without first screen: ids in the older order
        made.sync(workers=0)
    yield made
    made.close()


def _use_older_state(env: SyncEnvironment) -> None:
    os.remove(env.state_db)
    with closing(sqlite3.connect(env.state_db)) as connection:
        connection.executescript(VERSION_3.read_text(encoding='utf-8'))


def _tables(path: str) -> Dict[str, List[Any]]:
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(connection.execute('SELECT * FROM ' + name).fetchall(), key=repr) for name in names
                if name != 'mark'}


def test_it_becomes_what_this_version_would_have_written(env: SyncEnvironment) -> None:
    fresh = _tables(env.state_db)
    assert fresh['collection'] and fresh['item']
    _use_older_state(env)
    assert state_db.prepare(env.state_db)
    assert _tables(env.state_db) == fresh


def test_a_sync_with_it_fetches_and_writes_nothing(env: SyncEnvironment) -> None:
    _use_older_state(env)
    state_db.prepare(env.state_db)
    before = env.fingerprint()
    env.sim.reset_stats()
    report = env.sync()
    assert report.complete and (report.added, report.changed, report.removed) == (0, 0, 0)
    assert not env.sim.requests.find(r'^/library/metadata/')
    assert env.fingerprint() == before
