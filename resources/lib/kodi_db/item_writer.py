"""The base class of the writers; each kind of item has one, in a module of its own."""
from __future__ import annotations

from itertools import count
from typing import Container, Generic, Iterable, Iterator, List, Sequence, Set, Tuple, TypeVar

from .database import Row
from .records import PersonRecord, Written
from .shared import SharedWriter
from .tables import ItemTable

Record = TypeVar('Record')
#: Separates the names in columns such as those of genres and directors.
_SEPARATOR = ' / '


class ItemWriter(Generic[Record]):
    """Adds, changes and removes the items of one table. Use inside the writer's transactions only."""

    table: ItemTable

    def __init__(self, shared: SharedWriter) -> None:
        self._shared = shared
        self._database = shared.database

    def write(self, records: Sequence[Record]) -> List[Written]:
        """Add or change items; returns their ids in the same order."""
        raise NotImplementedError

    def remove(self, kodi_ids: Sequence[int]) -> None:
        """Remove items with their files. Kodi's triggers remove links, art, ratings and unique ids; names are kept."""
        if self.table.file_column:
            self._database.delete_ids('files', 'idFile', self._files(kodi_ids))
        self._database.delete_ids(self.table.name, self.table.id_column, kodi_ids)

    def below(self, kodi_ids: Sequence[int]) -> List[Tuple[ItemTable, List[int]]]:
        """The ids of other items that :meth:`remove` also removes, by table."""
        return []

    def release(self, kodi_ids: Sequence[int], base: str) -> Set[int]:
        """Remove what is on paths that begin with ``base`` from items that also have files or paths elsewhere.

        Returns the ids of these items, which must not be removed.
        """
        return set()

    def _store(self, rows: Sequence[Row], new: Container[int]) -> None:
        """Insert the rows whose ids are in ``new``, and update the others."""
        self._database.store_rows(self.table.name, self.table.id_column, rows, new)

    def _new_ids(self) -> Iterator[int]:
        """Ids for the new rows of this transaction."""
        return count(self._database.next_id(self.table.name, self.table.id_column))

    def _files(self, kodi_ids: Sequence[int]) -> Set[int]:
        """The ids of the files to remove with these items."""
        sql = 'SELECT %s FROM %s WHERE %s IN (%%s)' % (
            self.table.file_column, self.table.name, self.table.id_column)
        return {row[0] for row in self._database.rows_in(sql, kodi_ids)}


def joined(names: Iterable[str]) -> str:
    """Names in one column of an item."""
    return _SEPARATOR.join(names)


def people(persons: Iterable[PersonRecord]) -> str:
    """The names of people in one column of an item."""
    return _SEPARATOR.join([person[0] for person in persons])
