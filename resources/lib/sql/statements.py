"""Statements for all packages, built on the methods of a :class:`~.connection.Connection`."""
from __future__ import annotations

from operator import itemgetter
from typing import Any, Container, Dict, Iterable, Iterator, List, Optional, Sequence, Set

from ..batches import chunks
from .connection import Connection, Values

#: A row to be written: values by column.
Row = Dict[str, Any]


class Statements:
    """Statements on an open connection. Raises :class:`DatabaseError`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        self.connection.close()

    # ---- reading -----------------------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> List[Values]:
        """All rows of a query."""
        return self.connection.rows(sql, parameters)

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Values]:
        """The rows of a query one after the other."""
        return self.connection.each(sql, parameters)

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Optional[Values]:
        """The first row of a query."""
        return self.connection.one(sql, parameters)

    def rows_in(self, sql: str, values: Sequence[Any], before: Sequence[Any] = ()) -> Iterator[Values]:
        """The rows of a query in which ``%s`` stands for the placeholders of ``values``; it is run in chunks."""
        for chunk in chunks(values, self.connection.most_parameters - len(before)):
            yield from self.connection.rows(sql % ', '.join('?' * len(chunk)), tuple(before) + tuple(chunk))

    def alive(self, table: str, column: str, ids: Sequence[int]) -> Set[int]:
        """Those of the ids that still have a row: Kodi's "clean library" may have removed others."""
        wanted = [row_id for row_id in ids if row_id]
        return {row[0] for row in self.rows_in('SELECT %s FROM %s WHERE %s IN (%%s)' % (column, table, column), wanted)}

    def next_id(self, table: str, column: str) -> int:
        """The id for a new row, and with the following ones for more rows; valid within this transaction only."""
        return self.connection.next_id(table, column)

    # ---- writing -----------------------------------------------------------------------------------------------

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute one statement; returns the new row's id after an INSERT."""
        return self.connection.run(sql, parameters)

    def many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many rows."""
        self.connection.many(sql, parameters)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows."""
        self.connection.insert(table, columns, rows)

    def insert_missing(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add the rows that no unique index forbids (that do not exist yet)."""
        self.connection.insert_missing(table, columns, rows)

    def replace(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, in place of existing ones with the same unique index."""
        self.connection.replace(table, columns, rows)

    def insert_row(self, table: str, row: Row) -> int:
        """Add a row; returns its id."""
        return self.run('INSERT INTO %s (%s) VALUES (%s)' % (table, ', '.join(row), ', '.join('?' * len(row))),
                        tuple(row.values()))

    def insert_rows(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows that have the same columns."""
        if rows:
            columns = tuple(rows[0])
            self.insert(table, columns, _values(rows, columns))

    def update_rows(self, table: str, key: str, rows: Sequence[Row]) -> None:
        """Change rows that have the same columns; ``key`` is the column with the row's id."""
        if rows:
            columns = [column for column in rows[0] if column != key]
            self.many('UPDATE %s SET %s WHERE %s = ?' % (table, ', '.join(column + ' = ?' for column in columns), key),
                      _values(rows, columns + [key]))

    def store_rows(self, table: str, key: str, rows: Sequence[Row], new: Container[int]) -> None:
        """Add the rows whose id, in the column ``key``, is in ``new``, and change the others. Of two rows with the
        same id the last is written.
        """
        by_id = {row[key]: row for row in rows}
        self.update_rows(table, key, [row for row_id, row in by_id.items() if row_id not in new])
        self.insert_rows(table, [row for row_id, row in by_id.items() if row_id in new])

    def delete(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Remove the rows with these values in all these columns."""
        self.many('DELETE FROM %s WHERE %s' % (table, ' AND '.join(column + ' = ?' for column in columns)), rows)

    def delete_ids(self, table: str, column: str, ids: Iterable[int]) -> None:
        """Remove rows by their id."""
        self.delete(table, (column,), [(row_id,) for row_id in ids])


def _values(rows: Sequence[Row], columns: Sequence[str]) -> List[Values]:
    """The values of these columns in each row."""
    if len(columns) == 1:
        return [(row[columns[0]],) for row in rows]
    return list(map(itemgetter(*columns), rows))
