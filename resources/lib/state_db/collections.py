"""Queries about collections, their members, and preserved dates."""
from __future__ import annotations

from typing import Collection, Dict, Iterable, Mapping, Sequence, Set, Tuple

from .queries import Queries
from .records import CollectionState

_COLLECTION = CollectionState._fields


class Collections(Queries):
    """Queries about collections, their members, and preserved dates."""

    def collections(self, server_id: int, section_key: str) -> Dict[str, CollectionState]:
        """The collections of a library, by ratingKey."""
        rows = self._database.each('SELECT %s FROM %s WHERE server_id = ? AND section_key = ?' % (
            ', '.join(_COLLECTION), self._collection), (server_id, section_key))
        states = (CollectionState(*row) for row in rows)
        return {state.rating_key: state._replace(smart=bool(state.smart)) for state in states}

    def has_collection(self, server_id: int, rating_key: str) -> bool:
        """Whether a collection is stored."""
        return self._database.one('SELECT 1 FROM %s WHERE server_id = ? AND rating_key = ?' % self._collection,
                                  (server_id, rating_key)) is not None

    def put_collections(self, server_id: int, collections: Iterable[CollectionState]) -> None:
        """Store collections."""
        self._database.replace(self._collection, ('server_id',) + _COLLECTION,
                               [(server_id,) + collection for collection in collections])

    def forget_collections(self, server_id: int, rating_keys: Iterable[str]) -> None:
        """Delete collections. Their members are deleted when the items are written again."""
        self._database.delete(self._collection, ('server_id', 'rating_key'), [(server_id, key) for key in rating_keys])

    def members(self, server_id: int, collection_key: str) -> Set[str]:
        """The ratingKeys of a collection's items when it was last listed."""
        return {row[0] for row in self._database.each(
            'SELECT rating_key FROM %s WHERE server_id = ? AND collection_key = ?' % self._member,
            (server_id, collection_key))}

    def set_collections(self, server_id: int, wanted: Mapping[str, Collection[str]]) -> None:
        """Store the collections of each item (by ratingKey)."""
        before = {(row[0], row[1]) for row in self._database.rows_in(
            'SELECT collection_key, rating_key FROM %s WHERE server_id = ? AND rating_key IN (%%s)' % self._member,
            list(wanted), (server_id,))}
        after = {(collection, key) for key, collections in wanted.items() for collection in collections}
        columns = ('server_id', 'collection_key', 'rating_key')
        self._database.delete(self._member, columns, [(server_id,) + row for row in before - after])
        self._database.insert_missing(self._member, columns, [(server_id,) + row for row in after - before])

    # ---- preserved dates ---------------------------------------------------------------------------------------

    def kept_dates(self, server_id: int, rating_keys: Sequence[str]) -> Dict[str, Tuple[int, str]]:
        """(addedAt when stored, date to write instead) of items that were moved or taken over, by ratingKey."""
        return {row[0]: (row[1], row[2]) for row in self._database.rows_in(
            'SELECT rating_key, added_at, date_added FROM %s WHERE server_id = ? AND rating_key IN (%%s)' % self._kept,
            rating_keys, (server_id,))}

    def share_kept_dates(self, server_id: int) -> None:
        """Give the common library the preserved dates that this device has brought along from a library in files."""
        own = self._in_box(server_id)
        if self._box is self._database or not own:
            return
        rows = self._box.rows('SELECT rating_key, added_at, date_added FROM %s WHERE server_id = ?' % self._box_kept,
                              (own,))
        self._database.insert_missing(self._kept, ('server_id', 'rating_key', 'added_at', 'date_added'),
                                      [(server_id, *row) for row in rows])
        self._box.delete(self._box_kept, ('server_id',), [(own,)])

    def brought_dates(self, server_id: int) -> bool:
        """Whether there are such."""
        return self._box is not self._database and self._box.one(
            'SELECT 1 FROM %s WHERE server_id = ? LIMIT 1' % self._box_kept, (self._in_box(server_id),)) is not None

    def keep_dates(self, server_id: int, rows: Iterable[Tuple[str, int, str]]) -> None:
        """Store (ratingKey, addedAt, local date) of such items; addedAt 0: that of the next answer."""
        self._database.replace(self._kept, ('server_id', 'rating_key', 'added_at', 'date_added'),
                               [(server_id,) + row for row in rows])
