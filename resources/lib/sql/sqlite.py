"""SQLite. Nothing of it is known elsewhere but in the statements that make our own database's tables."""
from __future__ import annotations

import os
import sqlite3
import time
from itertools import chain
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .connection import Values
from .errors import DatabaseDamaged, DatabaseError, DatabaseLocked, DiskFull, UnfitValue

#: Seconds for which a change may be followed by another one with the same time; FAT counts in steps of two.
_UNSETTLED = 3.0
#: What Python's module raises; a message of SQLite's may quote a damaged name, which cannot be decoded.
_ERRORS = (sqlite3.Error, UnicodeDecodeError)
_NOT_FITTING = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError)


class SqliteConnection:
    """A :class:`~.connection.Connection` to a file. Whatever is not in a transaction is committed at once."""

    #: Before version 3.32 SQLite allows 999.
    most_parameters = 900

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Close the files; an open transaction is rolled back."""
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
        """Add those rows that no unique index holds yet."""
        self._insert('INSERT OR IGNORE', table, columns, rows)

    def replace(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, in place of those that a unique index holds."""
        self._insert('INSERT OR REPLACE', table, columns, rows)

    def _insert(self, verb: str, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Many rows by few statements: faster than one by one, and other threads run while SQLite works."""
        head = '%s INTO %s (%s) VALUES ' % (verb, table, ', '.join(columns))
        one = '(%s)' % ', '.join('?' * len(columns))
        start, most = 0, self.most_parameters // len(columns)
        try:
            # Few different lengths, so that SQLite's prepared statements are used again.
            for step in (most, most // 8, most // 40):
                while 1 < step <= len(rows) - start:
                    self._connection.execute(head + ', '.join((one,) * step),
                                             list(chain.from_iterable(rows[start:start + step])))
                    start += step
            self._connection.executemany(head + one, rows[start:])
        except _ERRORS as error:
            raise _translated(error) from error

    # ---- transactions ------------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether one is open."""
        return self._connection.in_transaction

    def begin(self) -> None:
        """Begin a transaction that will write."""
        self.run('BEGIN IMMEDIATE')

    def commit(self) -> None:
        """Make it last; readers may hold it up."""
        self.run('COMMIT')

    def rollback(self) -> None:
        """Undo it."""
        self.run('ROLLBACK')

    # ---- the database ------------------------------------------------------------------------------------------

    def attach(self, location: str, schema: str) -> bool:
        """Make another file part of this connection. Both keep the journal mode that they have; as rollback journals
        they commit together or not at all (SQLite, "Atomic commit", multi-file).
        """
        self.run('ATTACH DATABASE ? AS ' + schema, (location,))
        return True

    def columns(self, table: str) -> Dict[str, bool]:
        """The columns of a table, and whether a row needs a value for them."""
        return {row[1]: bool(row[3] and row[4] is None and not row[5])
                for row in self.rows('PRAGMA main.table_info(%s)' % table)}

    def change_token(self) -> object:
        """A value that is another one after another connection, such as Kodi's, committed to the file."""
        return self.rows('PRAGMA main.data_version')[0][0]

    def get_version(self) -> int:
        """The number that the file was given by :meth:`set_version`, 0 at first."""
        return int(self.rows('PRAGMA user_version')[0][0])

    def set_version(self, version: int) -> None:
        """Give the file a number of our own; part of a transaction as everything else."""
        self.run('PRAGMA user_version = %d' % version)


def connect(path: str, patience: float) -> SqliteConnection:
    """Open a file, which is made when it is not there, to read and write. Waits ``patience`` seconds for a lock."""
    return _opened(path, patience)


def connect_reader(path: str, patience: float) -> SqliteConnection:
    """Open a file that is there only to read it, from any thread."""
    return _opened(_existing(path), patience, ('query_only = 1',))


def connect_writer(path: str, patience: float) -> SqliteConnection:
    """Open a file that is there for a program that writes much into it."""
    return _opened(_existing(path), patience, ('synchronous = NORMAL', 'temp_store = MEMORY',
                                               'main.cache_size = -8000'))


def change_token(path: str) -> Optional[Tuple[int, ...]]:
    """A value that is another one after each commit to the file, () when there is none. None: too soon to tell.

    A file of SQLite's must not be opened past SQLite: closing it ends all locks that this process holds on it, Kodi's
    own connections included ("How To Corrupt An SQLite Database File", 2.2). So this looks at its times only.
    """
    found: Tuple[int, ...] = ()
    for name in (path, path + '-wal'):
        try:
            status = os.stat(name)
        except OSError:
            continue
        if time.time() - status.st_mtime < _UNSETTLED:  # also a time from the future
            return None
        found += (status.st_mtime_ns, status.st_size, status.st_ino)
    return found


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
    """SQLite's URI of a file that is not to be made; Windows drives need a leading slash."""
    path = path.replace('%', '%25').replace('?', '%3f').replace('#', '%23').replace('\\', '/')
    return 'file:%s?mode=rw' % ('/' + path if path[1:2] == ':' else path)


def _translated(error: Exception) -> DatabaseError:
    """Our error for what SQLite said."""
    words = str(error)
    if isinstance(error, sqlite3.OperationalError):
        if 'locked' in words or 'busy' in words:
            return DatabaseLocked('the database is in use by another writer')
        if 'full' in words:
            return DiskFull('the disk is full')
    if isinstance(error, _NOT_FITTING) or 'is not supported' in words:
        return UnfitValue(words)
    if type(error) in (sqlite3.DatabaseError, UnicodeDecodeError):  # Python has no class of its own for damage
        return DatabaseDamaged('the database is damaged: %s' % words)
    return DatabaseError(words)
