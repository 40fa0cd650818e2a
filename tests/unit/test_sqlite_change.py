"""Whether Kodi wrote is seen from outside, in each of SQLite's ways to write."""
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from resources.lib import sqlite_change


@pytest.mark.parametrize('mode', ['delete', 'truncate', 'persist', 'wal'])
def test_each_commit_changes_the_mark(tmp_path: Path, mode: str) -> None:
    path = str(tmp_path / 'library.db')
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute('PRAGMA journal_mode = %s' % mode)
        database.execute('CREATE TABLE a (b)')
        seen = [sqlite_change.mark(path)]
        for n in range(20):
            database.execute('INSERT INTO a VALUES (?)', (n,))
            if n == 10:
                database.execute('PRAGMA wal_checkpoint(RESTART)')
            seen.append(sqlite_change.mark(path))
        assert len(set(seen)) == len(seen)
        database.execute('SELECT * FROM a').fetchall()
        assert sqlite_change.mark(path) == seen[-1], 'who only reads changes nothing'


def test_a_rolled_back_transaction_is_no_change(tmp_path: Path) -> None:
    path = str(tmp_path / 'library.db')
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute('CREATE TABLE a (b)')
        before = sqlite_change.mark(path)
        database.execute('BEGIN IMMEDIATE')
        database.execute('INSERT INTO a VALUES (1)')
        assert sqlite_change.mark(path) == before
        database.execute('ROLLBACK')
        assert sqlite_change.mark(path) == before


def test_no_database_has_a_mark_too(tmp_path: Path) -> None:
    assert sqlite_change.mark(str(tmp_path / 'missing.db')) == ()
    (tmp_path / 'empty.db').write_bytes(b'')
    assert sqlite_change.mark(str(tmp_path / 'empty.db')) != ()
