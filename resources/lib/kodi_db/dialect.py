"""The one place that knows which database engine Kodi's library lives in.

SQLite is Kodi's default. Kodi can also use MariaDB; placeholders, ignoring duplicates, transactions and introspection
differ there, so every statement of this room is built here.
"""
from __future__ import annotations

import sqlite3
from typing import Dict, Sequence, Set

from .. import sqlite_rows

MAX_PARAMETERS = sqlite_rows.MAX_PARAMETERS

BEGIN_WRITE = 'BEGIN IMMEDIATE'
COMMIT = 'COMMIT'
ROLLBACK = 'ROLLBACK'


def insert(table: str, columns: Sequence[str]) -> str:
    """INSERT of one row."""
    return '%s VALUES (%s)' % (insert_head(table, columns), placeholders(len(columns)))


def insert_ignore(table: str, columns: Sequence[str]) -> str:
    """INSERT that does nothing when a unique index already holds the row."""
    return '%s VALUES (%s)' % (insert_head(table, columns, True), placeholders(len(columns)))


def insert_head(table: str, columns: Sequence[str], ignore: bool = False) -> str:
    """An INSERT up to VALUES. ``ignore`` leaves out rows that a unique index already holds."""
    return 'INSERT %sINTO %s (%s)' % ('OR IGNORE ' if ignore else '', table, ', '.join(columns))


def next_id(table: str, column: str) -> str:
    """The id that the table's next row gets."""
    return 'SELECT coalesce(max(%s), 0) + 1 FROM %s' % (column, table)


def update(table: str, columns: Sequence[str], key: str) -> str:
    """UPDATE of one row by its key, which is the last parameter."""
    return 'UPDATE %s SET %s WHERE %s = ?' % (table, ', '.join('%s = ?' % column for column in columns), key)


def delete(table: str, *columns: str) -> str:
    """DELETE by equality of all columns."""
    return 'DELETE FROM %s WHERE %s' % (table, ' AND '.join('%s = ?' % column for column in columns))


def placeholders(count: int) -> str:
    """``?, ?, …`` for ``count`` parameters."""
    return ', '.join('?' * count)


def table_columns(connection: sqlite3.Connection, table: str) -> Dict[str, str]:
    """Column names of a table with their declared types in lower case; empty when there is no such table."""
    return {row[1]: (row[2] or '').lower() for row in connection.execute('PRAGMA main.table_info(%s)' % table)}


def required_columns(connection: sqlite3.Connection, table: str) -> Set[str]:
    """The columns of a table without which no row can be added."""
    return {row[1] for row in connection.execute('PRAGMA main.table_info(%s)' % table)
            if row[3] and row[4] is None and not row[5]}


def is_locked(error: sqlite3.Error) -> bool:
    """Whether another writer was in the way, so that trying again later helps."""
    words = str(error)
    return isinstance(error, sqlite3.OperationalError) and ('locked' in words or 'busy' in words)


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether the file is not, or not wholly, a database. Python has no class of its own for that."""
    return type(error) is sqlite3.DatabaseError


def is_full(error: sqlite3.Error) -> bool:
    """Whether the disk is full."""
    return isinstance(error, sqlite3.OperationalError) and 'full' in str(error)
