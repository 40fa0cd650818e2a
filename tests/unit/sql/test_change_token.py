"""Whether Kodi wrote is seen from outside, in each of SQLite's ways to write, and without a touch on its locks."""
from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Iterator

import pytest

from resources.lib.sql import sqlite

_OTHER_WRITER = '''import sqlite3, sys
try:
    sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute('BEGIN IMMEDIATE')
except sqlite3.OperationalError as error:
    print(error)
'''


@pytest.fixture(params=['delete', 'truncate', 'persist', 'wal'])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(str(tmp_path / 'library.db'), isolation_level=None)) as connection:
        connection.execute('PRAGMA journal_mode = %s' % request.param)
        connection.execute('CREATE TABLE a (b)')
        yield connection


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / 'library.db')


def an_hour_passes(path: str) -> None:
    for name in (path, path + '-wal'):
        if os.path.exists(name):
            os.utime(name, ns=(0, os.stat(name).st_mtime_ns - 3600 * 10 ** 9))


def test_looking_does_not_take_the_lock_from_who_writes(database: sqlite3.Connection, path: str) -> None:
    """Closing a file ends all of a process's POSIX locks on it, Kodi's own included: another writer could come in."""
    database.execute('BEGIN IMMEDIATE')
    database.execute('INSERT INTO a VALUES (1)')
    sqlite.change_token(path)
    told = subprocess.run([sys.executable, '-c', _OTHER_WRITER, path], stdout=subprocess.PIPE, check=True).stdout
    assert b'locked' in told


def test_nothing_changed(database: sqlite3.Connection, path: str) -> None:
    an_hour_passes(path)
    seen = sqlite.change_token(path)
    database.execute('SELECT * FROM a').fetchall()
    database.execute('BEGIN IMMEDIATE')
    database.execute('ROLLBACK')
    assert seen is not None and sqlite.change_token(path) == seen


def test_a_commit_changes_the_token(database: sqlite3.Connection, path: str) -> None:
    an_hour_passes(path)
    seen = sqlite.change_token(path)
    database.execute('INSERT INTO a VALUES (1)')
    assert sqlite.change_token(path) != seen
    an_hour_passes(path)
    assert sqlite.change_token(path) != seen


def test_just_after_a_commit_there_is_no_token(database: sqlite3.Connection, path: str) -> None:
    """The next commit may carry the same time: some file systems count in steps of two seconds."""
    an_hour_passes(path)
    database.execute('INSERT INTO a VALUES (1)')
    assert sqlite.change_token(path) is None


def test_a_time_from_the_future_is_no_token(database: sqlite3.Connection, path: str) -> None:
    for name in (path, path + '-wal'):
        if os.path.exists(name):
            os.utime(name, ns=(0, os.stat(name).st_mtime_ns + 3600 * 10 ** 9))
    assert sqlite.change_token(path) is None


def test_no_database_has_a_token_too(path: str) -> None:
    assert sqlite.change_token(path) == ()
