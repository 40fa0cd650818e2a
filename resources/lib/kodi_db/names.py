"""Tables of names (genre, country, studio, tag, actor): the ids of names, each looked up only once.

Known ids are kept as long as the writer. Call :meth:`Names.forget` after a rollback.
"""
from __future__ import annotations

from typing import Any, Dict, Iterable, Mapping, Tuple

from ..sql.errors import UnfitValue
from .database import VideoDatabase

#: Kodi cuts names to this number of characters before it compares and stores them.
_LONGEST = 255
#: Limit of names kept in memory; a library of 200,000 items has several hundred thousand actors.
_MOST = 50000


def cut(name: str) -> str:
    """A name as Kodi stores it."""
    return name[:_LONGEST]


class Names:
    """One table of names. ``folded``: compare without regard to case, as Kodi does for all but actors."""

    def __init__(self, database: VideoDatabase, table: str, folded: bool) -> None:
        self._database = database
        self._table = table
        self._id = table + '_id'
        self._folded = folded
        self._known: Dict[str, int] = {}
        self._loaded = False

    def forget(self) -> None:
        """Drop the known ids. Call after a rollback."""
        self._known.clear()
        self._loaded = False

    def ids(self, names: Iterable[str]) -> Mapping[str, int]:
        """The ids of (at least) these names; missing rows are added. The mapping is valid until the next call."""
        if len(self._known) > _MOST:
            self.forget()
        known = self._known
        unknown = {name for name in names if name not in known}  # a set's difference_update would read all known names
        if unknown:
            self._learn({name: self._key(name) for name in unknown})
        return known

    def _key(self, name: str) -> str:
        name = cut(name)
        return name.lower() if self._folded else name

    def _learn(self, unknown: Mapping[str, str]) -> None:
        """Find or add rows for names, given with their keys; each id is then known by both."""
        if self._folded and not self._loaded:
            self._note(self._database.rows('SELECT name, %s FROM %s' % (self._id, self._table)))
            self._loaded = True
        missing = [cut(name) for key, name in {key: name for name, key in unknown.items()}.items()
                   if key not in self._known]
        self._database.insert_missing(self._table, ('name',), [(name,) for name in missing])
        self._note(self._database.rows_in('SELECT name, %s FROM %s WHERE name IN (%%s)' % (self._id, self._table),
                                         missing))
        for name, key in unknown.items():
            self._known.setdefault(name, self._known[key] if key in self._known else self._equal(name))

    def _equal(self, name: str) -> int:
        """The id of the row that the database takes for a name: on a server it may differ in case and accents."""
        row = self._database.one('SELECT %s FROM %s WHERE name = ?' % (self._id, self._table), (cut(name),))
        if row is None:
            raise UnfitValue('the database has changed a name')
        return int(row[0])

    def _note(self, rows: Iterable[Tuple[Any, ...]]) -> None:
        for name, row_id in rows:
            self._known.setdefault(self._key(name or ''), row_id)
