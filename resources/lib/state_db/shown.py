"""Queries about items without a row in Kodi's library: the row of another server's item with the same guid stands for
them. Their ``kodi_id`` and ``file_id`` are 0.
"""
from __future__ import annotations

from typing import Collection, Dict, Iterable, List, Optional, Sequence, Tuple

from .queries import Queries
from .records import EXPIRED, ItemState

_ITEM = ItemState._fields
#: A condition on an item ``a``: one of these servers has an item with the same guid in a row of Kodi's.
_SHOWN_BY = ('EXISTS (SELECT 1 FROM {item} b WHERE b.server_id IN ({servers}) AND b.guid = a.guid '
             'AND b.plex_type = a.plex_type AND b.kodi_id > 0)')


class Shown(Queries):
    """Queries about which server's row stands for an item."""

    def shown(self, plex_type: str, guids: Sequence[str], server_ids: Collection[int]) -> Dict[str, int]:
        """Kodi's ids of the rows in which one of these servers has an item with one of these guids, by guid."""
        if not server_ids:
            return {}
        sql = 'SELECT guid, kodi_id FROM %s WHERE server_id IN (%s) AND plex_type = ? AND kodi_id > 0 AND guid IN (%%s)'
        return {row[0]: row[1] for row in self._database.rows_in(
            sql % (self._item, _numbers(server_ids)), guids, (plex_type,))}

    def with_row(self, plex_type: str, guids: Sequence[str]) -> List[ItemState]:
        """The items of all servers with these guids that have a row in Kodi's library."""
        return self._with_guids(plex_type, guids, 'kodi_id > 0')

    def without_row(self, plex_type: str, guids: Sequence[str]) -> Dict[str, List[ItemState]]:
        """The items of all servers with these guids that have none, by guid."""
        found: Dict[str, List[ItemState]] = {}
        for item in self._with_guids(plex_type, guids, 'kodi_id = 0'):
            found.setdefault(item.guid, []).append(item)
        return found

    def not_shown(self, server_id: int, plex_type: str, others: Collection[int]) -> List[str]:
        """The server's items without a row, of which none of the others has one either."""
        nobody = ' AND NOT ' + _SHOWN_BY.format(item=self._item, servers=_numbers(others)) if others else ''
        return [row[0] for row in self._database.rows(
            'SELECT a.rating_key FROM %s a WHERE a.plex_type = ? AND a.kodi_id = 0 AND a.server_id = ?%s'
            % (self._item, nobody), (plex_type, server_id))]

    def shown_twice(self, server_id: int, plex_type: str, others: Collection[int], guids_like: str) -> List[ItemState]:
        """The server's items with a row, of which one of the others has one too. ``guids_like``: a pattern of SQL's."""
        if not others:
            return []
        return [ItemState(*row) for row in self._database.rows(
            'SELECT %s FROM %s a WHERE a.server_id = ? AND a.plex_type = ? AND a.kodi_id > 0 AND a.guid LIKE ? AND %s'
            % (', '.join('a.' + column for column in _ITEM), self._item,
               _SHOWN_BY.format(item=self._item, servers=_numbers(others))), (server_id, plex_type, guids_like))]

    def give_up_rows(self, server_id: int, rating_keys: Sequence[str]) -> None:
        """Another server's row stands for these items from now on."""
        self._database.many('UPDATE %s SET kodi_id = 0, file_id = 0 WHERE server_id = ? AND rating_key = ?'
                            % self._item, [(server_id, key) for key in rating_keys])

    def changed_in_shown(self, server_id: int, rows: Iterable[Tuple[str, str, float]]) -> None:
        """Store values that the user set in the row that stands for items without one: (ratingKey, column, value)."""
        for rating_key, column, value in rows:
            self._database.run('UPDATE %s SET %s = ? WHERE server_id = ? AND rating_key = ? AND kodi_id = 0' % (
                self._item, column), (value, server_id, rating_key))

    def set_values(self, plex_type: str, column: str, kodi_ids: Optional[Sequence[int]] = None) -> Dict[int, float]:
        """What ``user_rating`` or ``view_offset`` (ms) is in Kodi's rows, as far as we wrote it, by Kodi's id: of all
        servers, where it is above 0; or in some rows.
        """
        sql = 'SELECT kodi_id, {column} FROM {table} WHERE plex_type = ? AND ({column} > 0 OR kodi_id = 0)'.format(
            column=column, table=self._item)
        if kodi_ids is None:
            found: Dict[int, float] = dict(self._database.each(sql, (plex_type,)))
        else:
            found = dict(self._database.rows_in(sql + ' AND kodi_id IN (%s)', [*kodi_ids, 0], (plex_type,)))
        if found.pop(0, None) is not None:
            others = self._values_of_others(plex_type, column)
            found.update((kodi_id, value) for kodi_id, value in others.items()
                         if kodi_ids is None or kodi_id in kodi_ids)
        return found

    def _values_of_others(self, plex_type: str, column: str) -> Dict[int, float]:
        """The values of the items without a row that count in the row that stands for them (:func:`seen_as_one`)."""
        if column == 'view_offset':
            counts, order = 'a.last_viewed_at <> %d AND h.last_viewed_at > a.last_viewed_at' % EXPIRED, 'last_viewed_at'
        else:
            counts, order = 'a.{0} = 0 AND h.{0} > 0'.format(column), column
        sql = ('SELECT a.kodi_id, h.{column} FROM {item} h JOIN {item} a ON a.server_id IN ({servers}) '
               'AND a.guid = h.guid AND a.plex_type = h.plex_type AND a.kodi_id > 0 '
               'WHERE h.plex_type = ? AND h.kodi_id = 0 AND {counts} ORDER BY h.{order}, h.server_id, h.rating_key')
        servers = self._servers()
        return {row[0]: row[1] for row in self._database.rows(sql.format(
            column=column, item=self._item, servers=_numbers(servers), counts=counts, order=order), (plex_type,))}

    def _servers(self) -> List[int]:
        return [int(row[0]) for row in self._database.rows('SELECT server_id FROM %s' % self._server)]

    def _with_guids(self, plex_type: str, guids: Sequence[str], condition: str) -> List[ItemState]:
        wanted = [guid for guid in dict.fromkeys(guids) if guid]
        servers = self._servers() if wanted else []
        if not servers:
            return []
        return [ItemState(*row) for row in self._database.rows_in(
            'SELECT %s FROM %s WHERE server_id IN (%s) AND plex_type = ? AND %s AND guid IN (%%s)' % (
                ', '.join(_ITEM), self._item, _numbers(servers), condition), wanted, (plex_type,))]


def _numbers(server_ids: Collection[int]) -> str:
    return ', '.join(str(int(one)) for one in server_ids)


def seen_as_one(own: ItemState, others: Iterable[ItemState]) -> ItemState:
    """The item of a row with the watch state that the row has: that of the item which was viewed last, its own or that
    of one without a row; and its own rating, or else the highest one of theirs. How often it was viewed is counted by
    its own server, if it was.
    """
    there = list(others)
    if not there:
        return own
    last = max(there, key=_viewed)
    if own.last_viewed_at != EXPIRED and last.last_viewed_at > own.last_viewed_at:
        own = own._replace(view_count=last.view_count and (own.view_count or last.view_count),
                           view_offset=last.view_offset, last_viewed_at=last.last_viewed_at)
    return own if own.user_rating else own._replace(user_rating=max(0.0, *(one.user_rating for one in there)))


def _viewed(item: ItemState) -> Tuple[int, int, str]:
    return item.last_viewed_at, item.server_id, item.rating_key
