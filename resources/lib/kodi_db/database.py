"""The connection to Kodi's video database, with our own database attached, and its transactions.

One writer at a time, short transactions, no network inside. Both files keep the journal mode that they have; as
rollback journals they commit together or not at all (SQLite, "Atomic commit", multi-file).
"""
from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from typing import Any, Container, Dict, Iterable, Iterator, List, Optional, Sequence, Set, Tuple

from .. import sqlite_rows
from ..batches import chunks
from ..cancellation import Cancellation
from . import dialect, schema
from .errors import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseMissing,
    DiskFull,
    KodiDatabaseError,
    SchemaUnknown,
)
from .tables import ItemTable

#: A row to be written: values by the names of their columns.
Row = Dict[str, Any]
#: Seconds that one transaction waits for another writer before its batch is put off.
LOCK_PATIENCE = 45.0
#: Seconds that SQLite itself waits for a lock; a reader of ours is content with that.
_POLL = 2.0


class VideoDatabase:
    """Kodi's video database, opened by its path, with ``state_path`` attached as schema ``state``.

    A cancelled one does not wait for a lock any longer. Not safe to use from two threads at once.
    """

    def __init__(self, path: str, state_path: str = '',
                 cancellation: Optional[Cancellation] = None) -> None:
        if not os.path.exists(path):
            raise DatabaseMissing('Kodi has no video database yet')
        self._cancellation = cancellation or Cancellation()
        self.connection = sqlite3.connect(path, timeout=_POLL, isolation_level=None, check_same_thread=False)
        try:
            self.profile = schema.profile(self.connection)
            if schema.number_of(path) not in (0, self.profile.version):
                # Kodi copies the old file to the new name and converts it there; it may have been interrupted.
                raise SchemaUnknown('the video database is still that of version %d, Kodi has not converted it'
                                    % self.profile.version)
            self.connection.execute('PRAGMA synchronous = NORMAL')
            self.connection.execute('PRAGMA temp_store = MEMORY')
            self.connection.execute('PRAGMA main.cache_size = -8000')
            if state_path:
                self.connection.execute('ATTACH DATABASE ? AS state', (state_path,))
        except BaseException as error:
            self.connection.close()
            if isinstance(error, sqlite3.Error):
                _translate(error)
            raise

    def close(self) -> None:
        """Close the files; an open transaction is rolled back."""
        self.connection.close()

    def __enter__(self) -> VideoDatabase:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @contextmanager
    def transaction(self, patience: float = LOCK_PATIENCE) -> Iterator[None]:
        """All of the block or nothing. Raises :class:`DatabaseLocked` or :class:`DiskFull`."""
        self._begin(patience)
        try:
            yield
            self._commit(patience)
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute(dialect.ROLLBACK)
            if isinstance(error, sqlite3.Error):
                _translate(error)
            raise

    def _begin(self, patience: float) -> None:
        self._wait(dialect.BEGIN_WRITE, patience)

    def _commit(self, patience: float) -> None:
        """Commit; readers of Kodi may hold it up for a moment."""
        self._wait(dialect.COMMIT, patience)

    def _wait(self, statement: str, patience: float) -> None:
        end = time.monotonic() + patience
        while True:
            try:
                self.connection.execute(statement)
                return
            except sqlite3.OperationalError as error:
                if not dialect.is_locked(error) or time.monotonic() > end or self._cancellation.cancelled:
                    _translate(error)
                    raise

    def require(self, table: ItemTable) -> None:
        """Raise :class:`SchemaUnknown` when this Kodi does not have the table as we write it."""
        schema.require(self.connection, self.profile.version, table.name, table.columns)

    def foreign_changes(self) -> int:
        """A number that changes whenever another connection, such as Kodi's, commits to the video database."""
        return int(self.connection.execute('PRAGMA main.data_version').fetchone()[0])

    def alive(self, table: str, column: str, ids: Sequence[int]) -> Set[int]:
        """Those of the ids that still have a row; Kodi's "clean library" may have run since we learnt them."""
        wanted = [one for one in ids if one]
        return {row[0] for row in self.rows_in('SELECT %s FROM %s WHERE %s IN (%%s)' % (column, table, column), wanted)}

    # ---- statements --------------------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> List[Tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Optional[Tuple[Any, ...]]:
        """The first row of a query."""
        row: Optional[Tuple[Any, ...]] = self.connection.execute(sql, parameters).fetchone()
        return row

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute one statement; returns the new row's id after an INSERT."""
        return int(self.connection.execute(sql, parameters).lastrowid or 0)

    def many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many rows."""
        self.connection.executemany(sql, parameters)

    def insert_row(self, table: str, row: Row) -> int:
        """Add a row; returns its id."""
        return self.run(dialect.insert(table, tuple(row)), tuple(row.values()))

    def insert_rows(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows that have the same columns."""
        if rows:
            columns = tuple(rows[0])
            self.insert(table, columns, [[row[column] for column in columns] for row in rows])

    def update_rows(self, table: str, key: str, rows: Sequence[Row]) -> None:
        """Change rows that have the same columns; ``key`` is the column that tells which row it is."""
        if rows:
            columns = tuple(column for column in rows[0] if column != key)
            self.many(dialect.update(table, columns, key), [
                [row[column] for column in columns] + [row[key]] for row in rows])

    def store_rows(self, table: str, key: str, rows: Sequence[Row], new: Container[int]) -> None:
        """Add those rows whose id, in the column ``key``, is ``new``, and change the others. Of two rows with one id
        the last counts.
        """
        by_id = {row[key]: row for row in rows}
        self.update_rows(table, key, [row for one, row in by_id.items() if one not in new])
        self.insert_rows(table, [row for one, row in by_id.items() if one in new])

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], ignore: bool = False) -> None:
        """Add rows. ``ignore`` leaves out those that a unique index already holds."""
        sqlite_rows.insert(self.connection, dialect.insert_head(table, columns, ignore), len(columns), rows)

    def next_id(self, table: str, column: str) -> int:
        """The id for a new row, and those above it for more; nobody else can add rows in this transaction."""
        row = self.one(dialect.next_id(table, column))
        return int(row[0]) if row else 1

    def rows_in(self, sql: str, values: Sequence[Any], before: Sequence[Any] = ()) -> Iterator[Tuple[Any, ...]]:
        """Rows of a query whose ``%s`` stands for the list ``(?, ?, …)`` of ``values``, asked in chunks."""
        for chunk in chunks(values, dialect.MAX_PARAMETERS - len(before)):
            yield from self.connection.execute(sql % dialect.placeholders(len(chunk)), tuple(before) + tuple(chunk))


def _translate(error: sqlite3.Error) -> None:
    """Raise this room's error for what SQLite said, or return when there is none."""
    if dialect.is_locked(error):
        raise DatabaseLocked('the video database is in use by another writer') from error
    if dialect.is_full(error):
        raise DiskFull('the disk is full') from error
    if dialect.is_damaged(error):
        raise DatabaseDamaged('the video database is damaged: %s' % error) from error


def named(error: Exception) -> Exception:
    """This room's error for what SQLite said; ``error`` itself where there is none."""
    if isinstance(error, sqlite3.Error):
        try:
            _translate(error)
        except KodiDatabaseError as found:
            return found
    return error
