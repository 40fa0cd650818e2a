"""The interface of a connection to any database engine.

Statements use only the SQL that all engines have in common, with ``?`` for a parameter. There are methods for what
differs: adding rows that may exist already, locks, introspection.
"""
from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Optional, Protocol, Sequence, Tuple

#: A row of a query's result.
Values = Tuple[Any, ...]


class Connection(Protocol):
    """An open connection. Every method raises :class:`DatabaseError`. Do not use it from two threads at once."""

    #: Limit of parameters in one statement.
    most_parameters: int
    #: Seconds that a transaction should take at most, since Kodi may have to wait meanwhile.
    hold: float

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""

    # ---- statements --------------------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> List[Values]:
        """All rows of a query."""

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Values]:
        """The rows of a query one after the other; for large results."""

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Optional[Values]:
        """The first row of a query."""

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute one statement; returns the new row's id after an INSERT."""

    def many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many rows."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows."""

    def insert_missing(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add the rows that no unique index forbids (that do not exist yet)."""

    def replace(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, in place of existing ones with the same unique index."""

    def next_id(self, table: str, column: str) -> int:
        """The id for a new row, and with the following ones for more rows; valid within this transaction only."""

    # ---- transactions ------------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def begin(self) -> None:
        """Begin a transaction that will write. Raises :class:`DatabaseLocked` after the connection's patience."""

    def finish(self) -> None:
        """Wait for what this transaction has written so far, and raise its errors. Call before :meth:`commit`, which
        can be tried again.
        """

    def commit(self) -> None:
        """Commit the transaction. Raises :class:`DatabaseLocked` when readers prevent it; it can be tried again."""

    def rollback(self) -> None:
        """Roll the transaction back."""

    # ---- the database ------------------------------------------------------------------------------------------

    def attach(self, location: str, schema: str) -> bool:
        """Make another database part of this connection, so that one commit covers both; its tables have ``schema``
        and a dot before their names. False where the engine cannot do that.
        """

    def columns(self, table: str) -> Dict[str, bool]:
        """The columns of a table, and whether a new row must have a value for each; {} without such a table."""

    @property
    def replaced_texts(self) -> int:
        """The number of texts of which characters were replaced that the database cannot hold."""

    def change_token(self) -> object:
        """A value that differs after another connection changed the database."""
