"""Reading the values that the user can set in Kodi: an item's rating, and its file's mark and resume point."""
from __future__ import annotations

from typing import Dict, Iterator, Optional, Sequence, Set, Tuple

from ..sql.statements import Statements
from .files import RESUME
from .tables import ItemTable


def ratings(database: Statements, table: ItemTable, kodi_ids: Optional[Sequence[int]] = None) -> Dict[int, float]:
    """The ratings of all rated items of a table, or of some, by id."""
    sql = 'SELECT k.{id}, k.userrating FROM {table} k WHERE k.userrating > ?'.format(
        id=table.id_column, table=table.name)
    return dict(_of(database, sql, 'k.' + table.id_column, 0, kodi_ids))


def positions(database: Statements, table: ItemTable, kodi_ids: Optional[Sequence[int]] = None) -> Dict[int, float]:
    """The resume points (seconds) of all items of a table that have one, or of some, by id; {} without files."""
    if not table.file_column:
        return {}
    sql = ('SELECT k.{id}, b.timeInSeconds FROM bookmark b JOIN {table} k ON k.{file} = b.idFile '
           'WHERE b.type = ?').format(id=table.id_column, table=table.name, file=table.file_column)
    return dict(_of(database, sql, 'k.' + table.id_column, RESUME, kodi_ids))


def watched(database: Statements, file_ids: Sequence[int]) -> Set[int]:
    """Those of the files that are watched."""
    return {row[0] for row in database.rows_in(
        'SELECT idFile FROM files WHERE playCount > ? AND idFile IN (%s)', file_ids, (0,))}


def existing(database: Statements, table: ItemTable, kodi_ids: Set[int]) -> Set[int]:
    """Those of the ids that have a row."""
    return database.alive(table.name, table.id_column, sorted(kodi_ids))


def _of(database: Statements, sql: str, id_column: str, value: int,
        kodi_ids: Optional[Sequence[int]]) -> Iterator[Tuple[int, float]]:
    if kodi_ids is None:
        return ((row[0], row[1]) for row in database.each(sql, (value,)))
    return ((row[0], row[1]) for row in database.rows_in('%s AND %s IN (%%s)' % (sql, id_column), kodi_ids, (value,)))
