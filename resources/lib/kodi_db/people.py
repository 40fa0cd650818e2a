"""Writing the people of items: cast, directors, writers.

The links of new items can be written later than the items, for many of them together. Kodi's first index of each of
these tables begins with the person, so the links of one item are spread over the whole index: written item by item they
are most of what a large library writes to the disk (three quarters of the pages, measured with 20,000 items).
"""
from __future__ import annotations

from itertools import chain
from typing import Callable, Collection, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from ..sql.connection import Values
from . import links
from .database import VideoDatabase
from .records import PersonRecord, Shared

_CAST, _DIRECTORS, _WRITERS = LINK_TABLES = ('actor_link', 'director_link', 'writer_link')
#: The cast's columns; directors and writers have the first three.
_CAST_COLUMNS = ('actor_id', 'media_id', 'media_type', 'role', 'cast_order')


class LaterPeople(NamedTuple):
    """The people of a new item whose links are not written yet: (name, role) of the cast, names of the others."""

    media_type: str
    kodi_id: int
    cast: Tuple[Tuple[str, str], ...]
    directors: Tuple[str, ...]
    writers: Tuple[str, ...]

    @property
    def links(self) -> int:
        """The number of rows."""
        return len(self.cast) + len(self.directors) + len(self.writers)

    def names(self, table: str) -> Sequence[str]:
        """The people in one of the tables."""
        if table == _CAST:
            return [name for name, _ in self.cast]
        return self.directors if table == _DIRECTORS else self.writers


class People:
    """Writes people and their links. ``later``: put off the links of new items until :meth:`take`.

    ``generation`` changes when ids that were known before are no longer certain.
    """

    def __init__(self, database: VideoDatabase, picture_url: Callable[[str], str]) -> None:
        self._database = database
        self._actors = links.Actors(database, picture_url)
        # Directors and writers are in the table actor too, but have no role.
        self._crew = [links.NameLinks(database, self._actors.names, table, 'actor_id')
                      for table in (_DIRECTORS, _WRITERS)]
        self._put_off: Dict[int, LaterPeople] = {}
        self.later = False
        self.generation = 0

    def forget(self) -> None:
        """Drop all known ids, and what this transaction has put off."""
        self._actors.forget()
        self._put_off, self.later = {}, False
        self.generation += 1

    def write(self, media_type: str, wanted: Mapping[int, Shared], existing: Collection[int]) -> None:
        """Set the people of each media id in ``wanted``; only those in ``existing`` can have some already."""
        now = wanted
        if self.later:
            now = {key: shared for key, shared in wanted.items() if key in existing}
            self._put_off.update((key, _later(media_type, key, shared)) for key, shared in wanted.items()
                                 if key not in existing)
        self._actors.write(media_type, {key: shared.cast for key, shared in now.items()}, existing)
        for writer, role in zip(self._crew, ('directors', 'writers')):
            writer.write(media_type, {key: _names(getattr(shared, role)) for key, shared in now.items()}, existing)
        self._actors.give_thumbs(chain.from_iterable([s.cast + s.directors + s.writers for s in wanted.values()]))

    def take(self) -> Dict[int, LaterPeople]:
        """What this transaction has put off, by Kodi's ids."""
        taken, self._put_off, self.later = self._put_off, {}, False
        return taken

    def rows(self, table: str, waiting: Sequence[LaterPeople]) -> List[Values]:
        """The rows of a table of :data:`LINK_TABLES` for what was put off, sorted as its first index. People who are
        missing are added.
        """
        ids = self._actors.names.ids(chain.from_iterable(item.names(table) for item in waiting))
        if table == _CAST:
            return sorted((ids[name], item.kodi_id, item.media_type, role, order)
                          for item in waiting for order, (name, role) in enumerate(item.cast))
        return sorted((ids[name], item.kodi_id, item.media_type) for item in waiting for name in item.names(table))

    def insert(self, table: str, rows: Sequence[Values]) -> None:
        """Add rows of :meth:`rows`; those that are there already stay."""
        self._database.insert_missing(table, _CAST_COLUMNS if table == _CAST else _CAST_COLUMNS[:3], rows)


def _later(media_type: str, kodi_id: int, shared: Shared) -> LaterPeople:
    return LaterPeople(media_type, kodi_id, tuple((person[0], person[1]) for person in shared.cast),
                       tuple(_names(shared.directors)), tuple(_names(shared.writers)))


def _names(people: Sequence[PersonRecord]) -> List[str]:
    return [person[0] for person in people]
