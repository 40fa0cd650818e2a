"""What is asked of a database engine.

Statements are in the part of SQL that engines have in common. ``?`` stands for a parameter, whatever the engine calls
one. What differs (adding rows that may be there, locks, introspection) is a method here.
"""
from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Optional, Protocol, Sequence, Tuple

#: A row as a query gives it.
Values = Tuple[Any, ...]


class Connection(Protocol):
    """An open connection. Every method raises :class:`DatabaseError`. Not to be used by two threads at once."""

    #: Most parameters that one statement may carry.
    most_parameters: int

    def close(self) -> None:
        """Close it; an open transaction is rolled back."""

    # ---- statements --------------------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> List[Values]:
        """All rows of a query."""

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Values]:
        """The rows of a query one after the other, for those of which there may be very many."""

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Optional[Values]:
        """The first row of a query."""

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute one statement; returns the new row's id after an INSERT."""

    def many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many rows."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows."""

    def insert_missing(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add those rows that no unique index holds yet."""

    def replace(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, in place of those that a unique index holds."""

    # ---- transactions ------------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether one is open."""

    def begin(self) -> None:
        """Begin a transaction that will write. Raises :class:`DatabaseLocked` after the connection's patience."""

    def commit(self) -> None:
        """Make it last. When readers hold it up it raises :class:`DatabaseLocked`, and can be tried again."""

    def rollback(self) -> None:
        """Undo it."""

    # ---- the database ------------------------------------------------------------------------------------------

    def attach(self, location: str, schema: str) -> bool:
        """Make another database part of this connection, so that one commit covers both; its tables have ``schema``
        and a dot before their names. False where the engine cannot do that.
        """

    def columns(self, table: str) -> Dict[str, bool]:
        """The columns of a table, and whether a row needs a value for them; none when there is no such table."""

    def change_token(self) -> object:
        """A value that is another one after somebody else changed the database."""
