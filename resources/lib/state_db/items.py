"""Queries about items: their rows in Kodi's library, and their state when they were last written."""
from __future__ import annotations

from typing import Collection, Dict, Iterable, Iterator, List, Optional, Sequence, Set, Tuple

from .queries import Queries
from .records import EXPIRED, Counts, ItemState, Known

_ITEM = ItemState._fields


class Items(Queries):
    """Queries about items."""

    def known(self, server_id: int, section_key: str, plex_type: str) -> Dict[str, Known]:
        """All items of one type in a library, by ratingKey."""
        rows = self._database.each(
            'SELECT rating_key, stamp, view_count, view_offset, last_viewed_at, user_rating, kodi_id, file_id '
            'FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?' % self._item,
            (server_id, section_key, plex_type))
        return {row[0]: Known(*row[1:]) for row in rows}

    def kodi_rows(self, server_id: int, plex_type: str) -> Iterator[Tuple[str, int, int]]:
        """(ratingKey, Kodi's id, file id) of all items of one type."""
        return ((row[0], row[1], row[2]) for row in self._database.each(
            'SELECT rating_key, kodi_id, file_id FROM %s WHERE server_id = ? AND plex_type = ?' % self._item,
            (server_id, plex_type)))

    def find(self, server_id: int, rating_keys: Sequence[str]) -> Dict[str, ItemState]:
        """The rows of these items, by ratingKey."""
        rows = self._database.rows_in('SELECT %s FROM %s WHERE server_id = ? AND rating_key IN (%%s)' % (
            ', '.join(_ITEM), self._item), rating_keys, (server_id,))
        return {row[1]: ItemState(*row) for row in rows}

    def by_kodi_id(self, plex_type: str, kodi_id: int) -> Optional[ItemState]:
        """The item of a row in Kodi's library; none has the id 0."""
        if not kodi_id:
            return None
        row = self._database.one('SELECT %s FROM %s WHERE plex_type = ? AND kodi_id = ?' % (
            ', '.join(_ITEM), self._item), (plex_type, kodi_id))
        return ItemState(*row) if row else None

    def machine_identifier(self, server_id: int) -> str:
        """The machineIdentifier of a server, '' for an unknown id."""
        row = self._database.one('SELECT machine_identifier FROM %s WHERE server_id = ?' % self._server, (server_id,))
        return str(row[0]) if row else ''

    def put(self, items: Iterable[ItemState]) -> None:
        """Store items."""
        self._database.replace(self._item, _ITEM, list(items))

    def complete(self, server_id: int, rows: Iterable[Tuple[str, int]]) -> None:
        """Store the stamps of items, given as (ratingKey, stamp), that were expired."""
        self._database.many('UPDATE %s SET stamp = ? WHERE server_id = ? AND rating_key = ? AND stamp = ?' % self._item,
                            [(stamp, server_id, key, EXPIRED) for key, stamp in rows])

    def put_watch(self, server_id: int, rows: Iterable[Tuple[str, int, int, int, float]]) -> None:
        """Store (ratingKey, viewCount, viewOffset, lastViewedAt, userRating) of items."""
        self._database.many(
            'UPDATE %s SET view_count = ?, view_offset = ?, last_viewed_at = ?, user_rating = ? '
            'WHERE server_id = ? AND rating_key = ?' % self._item,
            [row[1:] + (server_id, row[0]) for row in rows])

    def look_again(self, server_id: int, rating_keys: Iterable[str]) -> None:
        """Make the next sync write the server's watch state of items. Call after it was changed in Kodi."""
        self._database.many(
            'UPDATE %s SET last_viewed_at = ? WHERE server_id = ? AND rating_key = ?' % self._item,
            [(EXPIRED, server_id, key) for key in rating_keys])

    def write_again(self, server_id: int, rating_keys: Iterable[str]) -> None:
        """Make the next sync write items anew, as the server sees them."""
        self._database.many('UPDATE %s SET stamp = ? WHERE server_id = ? AND rating_key = ?' % self._item,
                            [(EXPIRED, server_id, key) for key in rating_keys])

    def changed_in_kodi(self, server_id: int, rows: Iterable[Tuple[str, str, float]]) -> None:
        """Store values that the user set in Kodi: (ratingKey, column, value). ``column``: view_count, view_offset or
        user_rating.
        """
        for rating_key, column, value in rows:
            self._database.run('UPDATE %s SET %s = ? WHERE server_id = ? AND rating_key = ?' % (self._item, column),
                               (value, server_id, rating_key))

    def claimed(self, plex_type: str, kodi_ids: Sequence[int], besides: Collection[str]) -> Set[int]:
        """Those of Kodi's ids that belong to other items than ``besides`` too."""
        return {row[0] for row in self._database.rows_in(
            'SELECT kodi_id, rating_key FROM %s WHERE plex_type = ? AND kodi_id IN (%%s)' % self._item, kodi_ids,
            (plex_type,)) if row[1] not in besides}

    def children(self, server_id: int, show_keys: Iterable[str]) -> List[str]:
        """The seasons and episodes of shows."""
        return [row[0] for key in show_keys for row in self._database.rows(
            'SELECT rating_key FROM %s WHERE server_id = ? AND parent_key = ?' % self._item, (server_id, key))]

    def expire_section(self, server_id: int, section_key: str) -> None:
        """Make the next sync write all items of a library again."""
        self._database.run('UPDATE %s SET stamp = ? WHERE server_id = ? AND section_key = ?' % self._item,
                           (EXPIRED, server_id, section_key))

    def expire_rows(self, plex_type: str, kodi_ids: Iterable[int]) -> None:
        """Make the next sync of their servers write these rows of Kodi's library again."""
        self._database.many('UPDATE %s SET stamp = ? WHERE plex_type = ? AND kodi_id = ?' % self._item,
                            [(EXPIRED, plex_type, kodi_id) for kodi_id in kodi_ids])

    def forget(self, server_id: int, rating_keys: Iterable[str]) -> None:
        """Delete items, but not their marks: these are dropped when the server answers that it has no such item."""
        keys = [(server_id, key) for key in rating_keys]
        for table in (self._item, self._kept, self._member):
            self._database.delete(table, ('server_id', 'rating_key'), keys)

    def forget_rows(self, server_id: int, rating_keys: Iterable[str]) -> None:
        """Delete items that Kodi no longer has, but not their preserved dates: they may come back."""
        keys = [(server_id, key) for key in rating_keys]
        for table in (self._item, self._member):
            self._database.delete(table, ('server_id', 'rating_key'), keys)

    def guids(self, server_id: int, plex_type: str, guids: Sequence[str]) -> Dict[str, List[ItemState]]:
        """All items of one type with these guids, by guid."""
        found: Dict[str, List[ItemState]] = {}
        sql = 'SELECT %s FROM %s WHERE k.server_id = ? AND a.plex_type = ? AND k.guid IN (%%s)'
        columns = ', '.join('a.' + column for column in _ITEM)
        for row in self._database.rows_in(sql % (columns, self._by_guid), guids, (server_id, plex_type)):
            item = ItemState(*row)
            found.setdefault(item.guid, []).append(item)
        return found

    def totals(self, server_id: int) -> Dict[Tuple[str, str], int]:
        """The stored number of items by (section key, Plex type)."""
        return {(row[0], row[1]): int(row[2]) for row in self._database.rows(
            'SELECT section_key, plex_type, count(*) FROM %s WHERE server_id = ? GROUP BY section_key, plex_type'
            % self._item, (server_id,))}

    def counts(self, server_id: int, section_key: str, plex_type: str) -> Counts:
        """The stored numbers of items of one type in a library."""
        row = self._database.rows(
            'SELECT count(*), coalesce(sum(view_count > 0), 0), coalesce(sum(view_offset > 0), 0) FROM %s '
            'WHERE server_id = ? AND section_key = ? AND plex_type = ?' % self._item,
            (server_id, section_key, plex_type))[0]
        return Counts(int(row[0]), int(row[1]), int(row[2]))
