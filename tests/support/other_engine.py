"""A database engine that differs from SQLite, as for a library that Kodi keeps in MariaDB.

It has only the methods of :class:`resources.lib.sql.connection.Connection`, numbered parameters,
a low limit of them, and cannot attach another database.
"""
from __future__ import annotations

from itertools import count
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence

import pytest

from resources.lib.sql import engines, sqlite
from resources.lib.sql.connection import Values


class OtherEngine:
    """A connection. ``committed()`` is called after each commit, to simulate a killed process."""

    most_parameters = 60
    hold = 0.09

    def __init__(self, inner: sqlite.SqliteConnection, committed: Callable[[], None] = lambda: None) -> None:
        self._inner = inner
        self._committed = committed

    def close(self) -> None:
        self._inner.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> List[Values]:
        return self._inner.rows(_with_own_placeholders(sql, parameters), parameters)

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Values]:
        return self._inner.each(_with_own_placeholders(sql, parameters), parameters)

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Optional[Values]:
        return self._inner.one(_with_own_placeholders(sql, parameters), parameters)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        return self._inner.run(_with_own_placeholders(sql, parameters), parameters)

    def many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        rows = list(parameters)
        if rows:
            self._inner.many(_with_own_placeholders(sql, rows[0]), rows)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self._inner.insert(table, columns, rows)

    def insert_missing(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self._inner.insert_missing(table, columns, rows)

    def replace(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self._inner.replace(table, columns, rows)

    def next_id(self, table: str, column: str) -> int:
        return self._inner.next_id(table, column)

    @property
    def in_transaction(self) -> bool:
        return self._inner.in_transaction

    def begin(self) -> None:
        self._inner.begin()

    def finish(self) -> None:
        self._inner.finish()

    def commit(self) -> None:
        self._inner.commit()
        self._committed()

    def rollback(self) -> None:
        self._inner.rollback()

    def attach(self, location: str, schema: str) -> bool:
        return False

    def columns(self, table: str) -> Dict[str, bool]:
        return self._inner.columns(table)

    @property
    def replaced_texts(self) -> int:
        return self._inner.replaced_texts

    def change_token(self) -> object:
        return self._inner.change_token()


def use(patch: pytest.MonkeyPatch, committed: Callable[[], None] = lambda: None) -> None:
    """Open Kodi's library with this engine from now on."""
    patch.setattr(engines, 'open_writer', lambda location, patience: OtherEngine(
        sqlite.connect_writer(location, patience), committed))
    patch.setattr(engines, 'open_reader', lambda location, patience: OtherEngine(
        sqlite.connect_reader(location, patience)))


def _with_own_placeholders(sql: str, parameters: Sequence[Any]) -> str:
    """The statement with this engine's placeholders instead of ``?``."""
    numbers = count(1)
    found = ''.join('?%d' % next(numbers) if character == '?' else character for character in sql)
    assert next(numbers) == len(parameters) + 1 and len(parameters) <= OtherEngine.most_parameters, sql
    return found
