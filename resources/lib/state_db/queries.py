"""What all queries have in common: an open connection and where our tables are in it."""
from __future__ import annotations

import sqlite3
from typing import Any, Iterator, List, Sequence


class Queries:
    """Queries on an open connection; ``schema`` is ``state.`` where the file is attached to Kodi's database."""

    def __init__(self, connection: sqlite3.Connection, schema: str = '') -> None:
        self._connection = connection
        self._origin = schema + 'origin'
        self._item = schema + 'item'
        self._section = schema + 'section'
        self._server = schema + 'server'
        self._doubt = schema + 'doubt'
        self._cursor = schema + 'cursor'
        self._collection = schema + 'collection'
        self._member = schema + 'member'
        self._kept = schema + 'kept_date'
        self._pending = schema + 'pending_mark'


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[List[Any]]:
    """Parts of a list that fit into one statement."""
    for start in range(0, len(values), size):
        yield list(values[start:start + size])
