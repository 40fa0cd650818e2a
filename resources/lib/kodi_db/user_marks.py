"""What a user of Kodi may set on an item: the rating, and the resume point of its file."""
from __future__ import annotations

from typing import Dict, Set

from ..sql.statements import Statements
from .files import RESUME
from .tables import ItemTable


def ratings(database: Statements, table: ItemTable) -> Dict[int, int]:
    """The ratings of a kind of items by their id, where there is one."""
    return dict(database.each('SELECT {id}, userrating FROM {table} WHERE userrating > 0'.format(
        id=table.id_column, table=table.name)))


def positions(database: Statements, table: ItemTable) -> Dict[int, float]:
    """The resume points (seconds) of a kind of items by their id, where there is one; none for kinds without files."""
    if not table.file_column:
        return {}
    return dict(database.each(
        'SELECT k.{id}, b.timeInSeconds FROM bookmark b JOIN {table} k ON k.{file} = b.idFile WHERE b.type = ?'.format(
            id=table.id_column, table=table.name, file=table.file_column), (RESUME,)))


def existing(database: Statements, table: ItemTable, kodi_ids: Set[int]) -> Set[int]:
    """Those of the ids that have a row."""
    return database.alive(table.name, table.id_column, sorted(kodi_ids))
