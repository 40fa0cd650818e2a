"""What the writers of all kinds of items can do; each kind has one, in a module of its own."""
from __future__ import annotations

from itertools import count
from typing import Container, Generic, Iterable, Iterator, List, Sequence, Set, Tuple, TypeVar

from .database import Row
from .records import PersonRecord, Written
from .shared import SharedWriter
from .tables import ItemTable

Record = TypeVar('Record')
#: Between the names in columns such as those of genres and directors.
_BETWEEN = ' / '


class ItemWriter(Generic[Record]):
    """Adds, changes and removes the items of one table. Use inside the writer's transactions only."""

    table: ItemTable

    def __init__(self, shared: SharedWriter) -> None:
        self._shared = shared
        self._database = shared.database

    def write(self, records: Sequence[Record]) -> List[Written]:
        """Add or change items; the ids come back in the same order."""
        raise NotImplementedError

    def remove(self, kodi_ids: Sequence[int]) -> None:
        """Remove items with their files. Links, art, ratings and ids go by Kodi's triggers; names are left alone."""
        if self.table.file_column:
            self._database.delete_ids('files', 'idFile', self._files(kodi_ids))
        self._database.delete_ids(self.table.name, self.table.id_column, kodi_ids)

    def below(self, kodi_ids: Sequence[int]) -> List[Tuple[ItemTable, List[int]]]:
        """The ids of those items that :meth:`remove` takes along."""
        return []

    def release(self, kodi_ids: Sequence[int], base: str) -> Set[int]:
        """Take our part, what stands on paths that begin with ``base``, out of items that others have a part in.

        Returns the ids of those: they stay.
        """
        return set()

    def _store(self, rows: Sequence[Row], new: Container[int]) -> None:
        """Add the rows of items whose ids are ``new``, and change the others."""
        self._database.store_rows(self.table.name, self.table.id_column, rows, new)

    def _new_ids(self) -> Iterator[int]:
        """Ids for new rows of this transaction."""
        return count(self._database.next_id(self.table.name, self.table.id_column))

    def _files(self, kodi_ids: Sequence[int]) -> Set[int]:
        """The ids of the files that go with these items."""
        sql = 'SELECT %s FROM %s WHERE %s IN (%%s)' % (
            self.table.file_column, self.table.name, self.table.id_column)
        return {row[0] for row in self._database.rows_in(sql, kodi_ids)}


def joined(names: Iterable[str]) -> str:
    """Names as they stand in one column of an item."""
    return _BETWEEN.join(names)


def people(persons: Iterable[PersonRecord]) -> str:
    """The names of people as they stand in one column of an item."""
    return _BETWEEN.join(person[0] for person in persons)
