"""A connection that is opened when the first statement needs it."""
from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence

from .connection import Connection, Values


class LazyConnection:
    """A :class:`~.connection.Connection` to a server that many a use of two databases does not need.

    A transaction begins with the first statement within it, too.
    """

    most_parameters = 2000
    hold = 2.0

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._opened: Optional[Connection] = None
        self._in_transaction = False

    @property
    def _ready(self) -> Connection:
        if self._opened is None:
            self._opened = self._connect()
        if self._in_transaction and not self._opened.in_transaction:
            self._opened.begin()
        return self._opened

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        if self._opened is not None:
            self._opened.close()

    # ---- statements --------------------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> List[Values]:
        """All rows of a query."""
        return self._ready.rows(sql, parameters)

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Values]:
        """The rows of a query one after the other."""
        return self._ready.each(sql, parameters)

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Optional[Values]:
        """The first row of a query."""
        return self._ready.one(sql, parameters)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute one statement; returns the new row's id after an INSERT."""
        return self._ready.run(sql, parameters)

    def many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many rows."""
        rows = list(parameters)
        if rows:
            self._ready.many(sql, rows)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows."""
        self._ready.insert(table, columns, rows)

    def insert_missing(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add the rows that no unique index forbids."""
        self._ready.insert_missing(table, columns, rows)

    def replace(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, in place of existing ones with the same unique index."""
        self._ready.replace(table, columns, rows)

    def next_id(self, table: str, column: str) -> int:
        """The id for a new row."""
        return self._ready.next_id(table, column)

    # ---- transactions ------------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._in_transaction

    def begin(self) -> None:
        """Begin a transaction that will write."""
        self._in_transaction = True

    def finish(self) -> None:
        """Wait for what was written."""
        if self._opened is not None and self._opened.in_transaction:
            self._opened.finish()

    def commit(self) -> None:
        """Commit the transaction."""
        if self._opened is not None and self._opened.in_transaction:
            self._opened.commit()
        self._in_transaction = False

    def rollback(self) -> None:
        """Roll the transaction back."""
        self._in_transaction = False
        if self._opened is not None and self._opened.in_transaction:
            self._opened.rollback()

    # ---- the database ------------------------------------------------------------------------------------------

    def attach(self, location: str, schema: str) -> bool:
        """Make another database part of this connection."""
        return self._ready.attach(location, schema)

    def columns(self, table: str) -> Dict[str, bool]:
        """The columns of a table."""
        return self._ready.columns(table)

    @property
    def replaced_texts(self) -> int:
        """The number of texts of which characters were replaced that the database cannot hold."""
        return self._opened.replaced_texts if self._opened is not None else 0

    def change_token(self) -> object:
        """A value that differs after another connection changed the database."""
        return self._ready.change_token()
