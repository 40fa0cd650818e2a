"""Tables of names (genre, country, studio, tag, actor): from names to ids, each name asked for once.

The maps live as long as the writer. Ids come from the database; a rolled back transaction must :meth:`forget`.
"""
from __future__ import annotations

from typing import Dict, Iterable, List

from . import dialect
from .connection import Library

#: Kodi cuts names to this length before it compares and stores them.
_LONGEST = 255
#: Most names kept in a map; a library of 200,000 items has several hundred thousand actors.
_MOST = 60000


def cut(name: str) -> str:
    """A name as Kodi stores it."""
    return name[:_LONGEST]


class Names:
    """One table of names. ``folded`` compares without regard to case, as Kodi does for its small tables."""

    def __init__(self, library: Library, table: str, folded: bool) -> None:
        self._library = library
        self._table = table
        self._id = table + '_id'
        self._folded = folded
        self._known: Dict[str, int] = {}
        self._loaded = False

    def forget(self) -> None:
        """Drop the map: what it knows may have been rolled back."""
        self._known.clear()
        self._loaded = False

    def ids(self, names: Iterable[str]) -> Dict[str, int]:
        """The id of each name, new rows being made for unknown ones. Keys are as given."""
        wanted = {name: self._key(name) for name in names}
        if self._folded and not self._loaded:
            self._load_all()
        missing = {key: cut(name) for name, key in wanted.items() if key not in self._known}
        if missing:
            if len(self._known) > _MOST:
                self._known.clear()
                missing = {key: cut(name) for name, key in wanted.items()}
            self._find_or_make(missing)
        return {name: self._known[key] for name, key in wanted.items()}

    def _key(self, name: str) -> str:
        name = cut(name)
        return name.lower() if self._folded else name

    def _load_all(self) -> None:
        for row_id, name in self._library.rows('SELECT %s, name FROM %s' % (self._id, self._table)):
            self._known.setdefault(self._key(name or ''), row_id)
        self._loaded = True

    def _find_or_make(self, missing: Dict[str, str]) -> None:
        names: List[str] = list(missing.values())
        self._library.many(dialect.insert_ignore(self._table, ('name',)), ((name,) for name in names))
        sql = 'SELECT %s, name FROM %s WHERE name IN (%%s)' % (self._id, self._table)
        for row_id, name in self._library.rows_in(sql, names):
            self._known.setdefault(self._key(name), row_id)
