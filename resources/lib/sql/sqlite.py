"""The engine SQLite. Elsewhere only the statements that create our own database's tables depend on it."""
from __future__ import annotations

import os
import sqlite3
import time
from itertools import chain
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .connection import Values
from .errors import DatabaseDamaged, DatabaseError, DatabaseLocked, DiskFull, UnfitValue

#: Seconds within which another change may leave the same file time: FAT has a resolution of two seconds.
_UNSETTLED = 3.0
#: Errors of Python's module. UnicodeDecodeError: SQLite's message quotes a damaged name.
_ERRORS = (sqlite3.Error, UnicodeDecodeError)
_NOT_FITTING = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError)


class SqliteConnection:
    """A :class:`~.connection.Connection` to a file. Outside of a transaction each statement is committed at once."""

    #: Before version 3.32 SQLite allows 999.
    most_parameters = 900
    #: Kodi cannot write at all meanwhile.
    hold = 0.09

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        self._connection.close()

    # ---- statements --------------------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> List[Values]:
        """All rows of a query."""
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except _ERRORS as error:
            raise _translated(error) from error

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Values]:
        """The rows of a query one after the other."""
        try:
            yield from self._connection.execute(sql, parameters)
        except _ERRORS as error:
            raise _translated(error) from error

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Optional[Values]:
        """The first row of a query."""
        try:
            row: Optional[Values] = self._connection.execute(sql, parameters).fetchone()
            return row
        except _ERRORS as error:
            raise _translated(error) from error

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute one statement; returns the new row's id after an INSERT."""
        try:
            return int(self._connection.execute(sql, parameters).lastrowid or 0)
        except _ERRORS as error:
            raise _translated(error) from error

    def many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many rows."""
        try:
            self._connection.executemany(sql, parameters)
        except _ERRORS as error:
            raise _translated(error) from error

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows."""
        self._insert('INSERT', table, columns, rows)

    def insert_missing(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add the rows that no unique index forbids (that do not exist yet)."""
        self._insert('INSERT OR IGNORE', table, columns, rows)

    def replace(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, in place of existing ones with the same unique index."""
        self._insert('INSERT OR REPLACE', table, columns, rows)

    def _insert(self, verb: str, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add many rows with few statements: faster, and other threads can run while SQLite works."""
        head = '%s INTO %s (%s) VALUES ' % (verb, table, ', '.join(columns))
        placeholders = '(%s)' % ', '.join('?' * len(columns))
        start, most = 0, self.most_parameters // len(columns)
        try:
            # Few different lengths, so that prepared statements can be reused.
            for step in (most, most // 8, most // 40):
                while 1 < step <= len(rows) - start:
                    self._connection.execute(head + ', '.join((placeholders,) * step),
                                             list(chain.from_iterable(rows[start:start + step])))
                    start += step
            self._connection.executemany(head + placeholders, rows[start:])
        except _ERRORS as error:
            raise _translated(error) from error

    def next_id(self, table: str, column: str) -> int:
        """The id for a new row; the lock of this transaction keeps others from adding rows."""
        return int(self.rows('SELECT coalesce(max(%s), 0) + 1 FROM %s' % (column, table))[0][0])

    # ---- transactions ------------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def begin(self) -> None:
        """Begin a transaction that will write."""
        self.run('BEGIN IMMEDIATE')

    def finish(self) -> None:
        """There is nothing to wait for."""

    def commit(self) -> None:
        """Commit the transaction; readers may prevent it."""
        self.run('COMMIT')

    def rollback(self) -> None:
        """Roll the transaction back."""
        self.run('ROLLBACK')

    # ---- the database ------------------------------------------------------------------------------------------

    def attach(self, location: str, schema: str) -> bool:
        """Make another file part of this connection. Both keep their journal mode; with rollback journals they are
        committed together or not at all (SQLite, "Atomic commit", multi-file).
        """
        self.run('ATTACH DATABASE ? AS ' + schema, (location,))
        return True

    def columns(self, table: str) -> Dict[str, bool]:
        """The columns of a table, and whether a new row must have a value for each."""
        return {row[1]: bool(row[3] and row[4] is None and not row[5])
                for row in self.rows('PRAGMA main.table_info(%s)' % table)}

    @property
    def replaced_texts(self) -> int:
        """A file takes all characters."""
        return 0

    def change_token(self) -> object:
        """A value that differs after another connection, such as Kodi's, committed to the file."""
        return self.rows('PRAGMA main.data_version')[0][0]

    def get_version(self) -> int:
        """The file's version number, set by :meth:`set_version`; 0 before."""
        return int(self.rows('PRAGMA user_version')[0][0])

    def set_version(self, version: int) -> None:
        """Set the file's version number; can be part of a transaction."""
        self.run('PRAGMA user_version = %d' % version)


def connect(path: str, patience: float) -> SqliteConnection:
    """Open a file for reading and writing; creates it if missing. Waits ``patience`` seconds for a lock."""
    return _opened(path, patience)


def connect_reader(path: str, patience: float) -> SqliteConnection:
    """Open an existing file for reading, from any thread."""
    return _opened(_existing(path), patience, ('query_only = 1',))


def connect_writer(path: str, patience: float) -> SqliteConnection:
    """Open an existing file for reading and for writing large amounts."""
    return _opened(_existing(path), patience, ('synchronous = NORMAL', 'temp_store = MEMORY',
                                               'main.cache_size = -8000'))


def change_token(path: str) -> Optional[Tuple[int, ...]]:
    """A value that differs after each commit to the file, () without a file; None shortly after a commit.

    A database file must not be opened except by SQLite: closing it would release all locks of this process on it, those
    of Kodi's connections included ("How To Corrupt An SQLite Database File", 2.2). So only its times are read.
    """
    token: Tuple[int, ...] = ()
    for name in (path, path + '-wal'):
        try:
            status = os.stat(name)
        except OSError:
            continue
        if time.time() - status.st_mtime < _UNSETTLED:  # also a time from the future
            return None
        token += (status.st_mtime_ns, status.st_size, status.st_ino)
    return token


def _opened(path: str, patience: float, pragmas: Sequence[str] = ()) -> SqliteConnection:
    try:
        connection = SqliteConnection(sqlite3.connect(path, timeout=patience, isolation_level=None,
                                                      check_same_thread=False, uri=path.startswith('file:')))
    except _ERRORS as error:
        raise _translated(error) from error
    try:
        for pragma in pragmas:
            connection.run('PRAGMA ' + pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def _existing(path: str) -> str:
    """SQLite's URI of a file that must not be created; Windows drives need a leading slash."""
    path = path.replace('%', '%25').replace('?', '%3f').replace('#', '%23').replace('\\', '/')
    return 'file:%s?mode=rw' % ('/' + path if path[1:2] == ':' else path)


def _translated(error: Exception) -> DatabaseError:
    """Our error for one of SQLite's."""
    message = str(error)
    if isinstance(error, sqlite3.OperationalError):
        if 'locked' in message or 'busy' in message:
            return DatabaseLocked('the database is in use by another writer')
        if 'full' in message:
            return DiskFull('the disk is full')
    if isinstance(error, _NOT_FITTING) or 'is not supported' in message:
        return UnfitValue(message)
    if type(error) in (sqlite3.DatabaseError, UnicodeDecodeError):  # Python has no own class for damage
        return DatabaseDamaged('the database is damaged: %s' % message)
    return DatabaseError(message)
