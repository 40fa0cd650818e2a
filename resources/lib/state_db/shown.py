"""Queries about items without a row in Kodi's library: the row of another server's item with the same guid stands for
them. Their ``kodi_id`` and ``file_id`` are 0.
"""
from __future__ import annotations

from typing import Collection, Dict, Iterable, List, Optional, Sequence, Tuple

from .queries import Queries
from .records import EXPIRED, ItemState

_ITEM = ItemState._fields
#: The guids that some servers have in rows of Kodi's. An uncorrelated query: SQLite takes another index than that of
#: the guids for one that is asked for each item.
_SHOWN_BY = 'SELECT guid FROM {item} WHERE server_id IN ({servers}) AND plex_type = ? AND kodi_id > 0'


class Shown(Queries):
    """Queries about which server's row stands for an item."""

    def shown(self, plex_type: str, guids: Sequence[str], server_ids: Collection[int]) -> Dict[str, int]:
        """Kodi's ids of the rows in which one of these servers has an item with one of these guids, by guid."""
        return {item.guid: item.kodi_id for item in self._with_guids(plex_type, guids, server_ids) if item.kodi_id}

    def with_row(self, plex_type: str, guids: Sequence[str]) -> List[ItemState]:
        """The items of all servers with these guids that have a row in Kodi's library."""
        return [item for item in self._of_all(plex_type, guids) if item.kodi_id]

    def without_row(self, plex_type: str, guids: Sequence[str]) -> Dict[str, List[ItemState]]:
        """The items of all servers with these guids that have none, by guid."""
        found: Dict[str, List[ItemState]] = {}
        for item in self._of_all(plex_type, guids):
            if not item.kodi_id:
                found.setdefault(item.guid, []).append(item)
        return found

    def not_shown(self, server_id: int, plex_type: str, others: Collection[int]) -> List[str]:
        """The server's items without a row, of which none of the others has one either."""
        sql, values = 'SELECT rating_key FROM %s WHERE plex_type = ? AND kodi_id = 0 AND server_id = ?' % self._item, [
            plex_type, server_id]
        if others:
            sql += ' AND guid NOT IN (%s)' % _SHOWN_BY.format(item=self._item, servers=_numbers(others))
            values.append(plex_type)
        return [row[0] for row in self._database.rows(sql, values)]

    def shown_twice(self, server_id: int, plex_type: str, others: Collection[int], guids_like: str) -> List[ItemState]:
        """The server's items with a row, of which one of the others has one too. ``guids_like``: a pattern of SQL's."""
        if not others:
            return []
        return [ItemState(*row) for row in self._database.rows(
            'SELECT %s FROM %s WHERE server_id = ? AND plex_type = ? AND kodi_id > 0 AND guid LIKE ? AND guid IN (%s)'
            % (', '.join(_ITEM), self._item, _SHOWN_BY.format(item=self._item, servers=_numbers(others))),
            (server_id, plex_type, guids_like, plex_type))]

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
        sql = ('SELECT a.kodi_id, h.{column}, a.plex_type FROM {item} h CROSS JOIN {server} s CROSS JOIN {by_guid} '
               'WHERE h.plex_type = ? AND h.kodi_id = 0 AND k.server_id = s.server_id AND k.guid = h.guid AND {counts} '
               'ORDER BY h.{order}, h.server_id, h.rating_key')
        rows = self._database.rows(sql.format(column=column, item=self._item, server=self._server, counts=counts,
                                              by_guid=self._by_guid, order=order), (plex_type,))
        return {row[0]: row[1] for row in rows if row[0] and row[2] == plex_type}

    def _servers(self) -> List[int]:
        return [int(row[0]) for row in self._database.rows('SELECT server_id FROM %s' % self._server)]

    def _of_all(self, plex_type: str, guids: Sequence[str]) -> List[ItemState]:
        wanted = [guid for guid in dict.fromkeys(guids) if guid]
        return self._with_guids(plex_type, wanted, self._servers()) if wanted else []

    def _with_guids(self, plex_type: str, guids: Sequence[str], server_ids: Collection[int]) -> List[ItemState]:
        """Type and row are compared here: SQLite would take their index, which finds far more."""
        if not server_ids:
            return []
        found = (ItemState(*row) for row in self._database.rows_in(
            'SELECT %s FROM %s WHERE k.server_id IN (%s) AND k.guid IN (%%s)' % (
                ', '.join('a.' + column for column in _ITEM), self._by_guid, _numbers(server_ids)), guids))
        return [item for item in found if item.plex_type == plex_type]


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
