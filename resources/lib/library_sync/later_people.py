"""The people of new items, whose links are written after the items, for many of them together.

Until then the items are stored as expired: if the process ends in between, the next sync writes them again.
"""
from __future__ import annotations

import logging
import time
from typing import Dict, List, Mapping, NamedTuple, Sequence, Set, Tuple, Type

from ..batches import by_halves
from ..kodi_db.people import LINK_TABLES, LaterPeople
from ..kodi_db.tables import ItemTable
from ..kodi_db.writer import LibraryWriter
from ..sql.connection import Values
from ..state_db import StateDb
from .options import SyncServer
from .pace import GAP, Pace

LOG = logging.getLogger('pkc.sync')

#: People of fewer new items are written with them, unless the transactions are smaller anyway.
FEWEST_ITEMS = 50
#: Links, and items, to wait for: some MB of memory, and several links for each page of the index.
_MOST_LINKS, _MOST_ITEMS = 10000, 5000
#: Links in one transaction: at first, at least, at most.
_FIRST, _FEWEST, _MOST = 3000, 500, 20000


class Waiting(NamedTuple):
    """An item whose people wait."""

    rating_key: str
    stamp: int
    table: ItemTable
    people: LaterPeople


class PeopleQueue:
    """The items of one sync whose people wait. Use in the thread that writes."""

    def __init__(self, writer: LibraryWriter, state: StateDb, server: SyncServer,
                 bad_data: Tuple[Type[Exception], ...]) -> None:
        self._writer = writer
        self._people = writer.shared.people
        self._state = state
        self._server_id = server.server_id
        self._bad_data = bad_data
        self._waiting: Dict[str, Waiting] = {}
        self._links = 0
        self._pace = Pace(writer.database.connection.hold, _FIRST, _FEWEST, _MOST)

    @property
    def full(self) -> bool:
        """Whether enough wait."""
        return self._links >= _MOST_LINKS or len(self._waiting) >= _MOST_ITEMS

    def add(self, items: Sequence[Waiting]) -> None:
        """Items that were committed without their people."""
        self._waiting.update((item.rating_key, item) for item in items)
        self._links += sum(item.people.links for item in items)

    def drop(self, rating_keys: Sequence[str]) -> None:
        """Items that were written again, with their people."""
        for key in rating_keys:
            self._waiting.pop(key, None)

    def write(self) -> List[Tuple[Waiting, Exception]]:
        """Write all that wait; returns the items whose people the database refuses, which stay expired. Raises
        :class:`DatabaseError`; then everything waits on.
        """
        items = list(self._waiting.values())
        _, refused = by_halves(items, self._write, self._bad_data) if items else ([], [])
        self._waiting.clear()
        self._links = 0
        return refused

    def _write(self, items: Sequence[Waiting]) -> None:
        for table in LINK_TABLES:
            self._write_links(table, items)
        with self._writer.transaction():
            self._state.complete(self._server_id, [(item.rating_key, item.stamp) for item in items])

    def _write_links(self, table: str, items: Sequence[Waiting]) -> None:
        rows: List[Values] = []
        last: Values = (0,)
        generation = -1
        while rows or generation < 0:
            with self._writer.transaction():
                began = time.monotonic()
                if self._people.generation != generation:  # another program may have removed an item or a person
                    generation = self._people.generation
                    rows = [row for row in self._rows(table, items) if row >= last]
                now, rows = rows[:self._pace.size], rows[self._pace.size:]
                self._people.insert(table, now)
                written = time.monotonic()
            self._pace.took(len(now), written - began, time.monotonic() - written)
            last = now[-1] if now else last
            time.sleep(GAP)

    def _rows(self, table: str, items: Sequence[Waiting]) -> List[Values]:
        alive = self._alive(items)
        return self._people.rows(table, [item.people for item in items
                                         if item.people.kodi_id in alive[item.table.name]])

    def _alive(self, items: Sequence[Waiting]) -> Mapping[str, Set[int]]:
        tables = {item.table.name: item.table for item in items}
        return {name: self._writer.database.alive(name, table.id_column, [
            item.people.kodi_id for item in items if item.table.name == name]) for name, table in tables.items()}
