"""Removing what removed items leave behind: names that no item uses any more, and links that Kodi's triggers miss.

A name (genre, studio, country, tag, person, name of a version) is removed with the last of our items that used it,
unless another item in the library uses it. Names that no removed item used are never touched.
"""
from __future__ import annotations

from typing import Dict, List, Sequence, Set, Tuple

from .database import VideoDatabase
from .tables import ItemTable

#: Tables of names with the tables that point to them.
_USED_IN = {
    'genre': ('genre_link',), 'studio': ('studio_link',), 'country': ('country_link',), 'tag': ('tag_link',),
    'actor': ('actor_link', 'director_link', 'writer_link'),
}
_BY_USER = 2  # videoversiontype.owner of names that do not come with Kodi


class Orphans:
    """Call :meth:`note` before items are deleted and :meth:`drop` afterwards, in the same transaction.

    Known ids (:class:`~.names.Names`) must be dropped after :meth:`drop`.
    """

    def __init__(self, database: VideoDatabase) -> None:
        self._database = database
        self._items: Dict[ItemTable, Set[int]] = {}
        self._names: Dict[str, Set[int]] = {table: set() for table in _USED_IN}
        self._version_types: Set[int] = set()

    @property
    def people(self) -> Set[int]:
        """The people of the noted items."""
        return set(self._names['actor'])

    def note(self, table: ItemTable, kodi_ids: Sequence[int]) -> None:
        """Note the names that these items use. A show's episodes must be noted separately."""
        self._items.setdefault(table, set()).update(kodi_ids)
        for names, links in _USED_IN.items():
            for link in links:
                sql = 'SELECT DISTINCT %s_id FROM %s WHERE media_type = ? AND media_id IN (%%s)' % (names, link)
                self._names[names].update(row[0] for row in self._database.rows_in(sql, kodi_ids, (table.media_type,)))
        if self._database.profile.has_video_versions:
            self._version_types.update(row[0] for row in self._database.rows_in(
                "SELECT DISTINCT v.idType FROM videoversion v JOIN videoversiontype t ON t.id = v.idType "
                "WHERE v.media_type = ? AND t.owner = ? AND v.idMedia IN (%s)", kodi_ids,
                (table.media_type, _BY_USER)))

    def drop(self) -> None:
        """Delete the links of noted items that have been removed, and their names that no item uses any more."""
        gone = self._gone()
        for links in _USED_IN.values():
            for link in links:
                self._database.delete(link, ('media_id', 'media_type'), gone)
        for table, links in _USED_IN.items():
            unused = ' AND '.join('NOT EXISTS (SELECT 1 FROM {0} WHERE {0}.{1}_id = {1}.{1}_id)'.format(link, table)
                                  for link in links)
            self._database.many('DELETE FROM %s WHERE %s_id = ? AND %s' % (table, table, unused),
                               [(name_id,) for name_id in sorted(self._names[table])])
            self._names[table].clear()
        if self._version_types:
            self._database.many('DELETE FROM videoversiontype WHERE id = ? AND NOT EXISTS (SELECT 1 FROM videoversion '
                               'WHERE videoversion.idType = videoversiontype.id)',
                               [(type_id,) for type_id in sorted(self._version_types)])
        self._items.clear()
        self._version_types.clear()

    def _gone(self) -> List[Tuple[int, str]]:
        """(id, media type) of noted items that have been removed."""
        return [(kodi_id, table.media_type) for table, ids in self._items.items()
                for kodi_id in sorted(ids - self._database.alive(table.name, table.id_column, sorted(ids)))]


def items_with(database: VideoDatabase, people: Set[int]) -> Set[Tuple[str, int]]:
    """(media type, id) of all items in which these people play, or that they directed or wrote."""
    return {(row[0], row[1]) for link in _USED_IN['actor'] for row in database.rows_in(
        'SELECT media_type, media_id FROM %s WHERE actor_id IN (%%s)' % link, sorted(people))}
