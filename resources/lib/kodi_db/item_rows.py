"""Finding items by their path and file rows. Items from Plex are those whose path is one of ours."""
from __future__ import annotations

from typing import Iterator, List, NamedTuple, Sequence, Tuple

from ..sql.statements import Statements
from .database import VideoDatabase
from .tables import ItemTable

#: A condition on the path row ``p``, with the two values that :func:`path_range` returns.
BELOW = 'p.strPath >= ? AND p.strPath < ?'


class ItemRow(NamedTuple):
    """An item; ``url`` is its file's name or, for items without a file (``file_id`` 0), its path."""

    url: str
    kodi_id: int
    file_id: int


def path_range(prefix: str) -> Tuple[str, str]:
    """The range of all texts that begin with ``prefix``: from the first value up to, but not including, the second."""
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)


def columns(table: ItemTable) -> str:
    """The columns of an :class:`ItemRow` in a SELECT from :func:`source`."""
    if table.file_column:
        return 'f.strFilename, k.%s, f.idFile' % table.id_column
    return 'p.strPath, k.%s, 0' % table.id_column


def source(table: ItemTable) -> str:
    """The FROM of a query for items ``k`` with their path ``p`` and, where they have one, their file ``f``."""
    if table.file_column:
        return 'path p JOIN files f ON f.idPath = p.idPath JOIN %s k ON k.%s = f.idFile' % (
            table.name, table.file_column)
    return 'path p JOIN {0} l ON l.idPath = p.idPath JOIN {1} k ON k.{2} = l.{2}'.format(
        table.path_links, table.name, table.id_column)


def below(database: Statements, table: ItemTable, base: str, limit: int) -> List[ItemRow]:
    """Up to ``limit`` items whose path begins with ``base``."""
    return [ItemRow(*row) for row in database.rows(
        'SELECT %s FROM %s WHERE %s LIMIT ?' % (columns(table), source(table), BELOW), path_range(base) + (limit,))]


def all_below(database: VideoDatabase, table: ItemTable, base: str) -> Iterator[Tuple[str, int, int]]:
    """All items whose path begins with ``base``, as (URL after ``base``, id, file id)."""
    url, *ids = columns(table).split(', ')
    return ((row[0], row[1], row[2]) for row in database.each('SELECT substr(%s, ?), %s FROM %s WHERE %s' % (
        url, ', '.join(ids), source(table), BELOW), (len(base) + 1, *path_range(base))))


def addressed(database: VideoDatabase, table: ItemTable, base: str, kodi_ids: Sequence[int]) -> List[ItemRow]:
    """Those of these items whose path begins with ``base``."""
    sql = 'SELECT %s FROM %s WHERE %s AND k.%s IN (%%s)' % (columns(table), source(table), BELOW, table.id_column)
    return [ItemRow(*row) for row in database.rows_in(sql, kodi_ids, path_range(base))]


def ids_with(database: VideoDatabase, table: ItemTable, column: str, values: Sequence[int]) -> List[int]:
    """The ids of the items with one of these values in a column."""
    sql = 'SELECT %s FROM %s WHERE %s IN (%%s)' % (table.id_column, table.name, column)
    return [row[0] for row in database.rows_in(sql, values)]
