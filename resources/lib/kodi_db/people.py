"""Writing the people of items: cast, directors, writers.

The links of new items can be written later than the items, for many of them together. Kodi's first index of each of
these tables begins with the person, so the links of one item are spread over the whole index: written item by item they
are most of what a large library writes to the disk (three quarters of the pages, measured with 20,000 items).
"""
from __future__ import annotations

from itertools import chain
from typing import Any, Callable, Collection, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from . import links
from .database import VideoDatabase
from .records import PersonRecord, Shared

#: The cast's links; those of directors and writers have the first three columns.
_CAST, _CAST_COLUMNS = 'actor_link', ('actor_id', 'media_id', 'media_type', 'role', 'cast_order')
_CREW = ('director_link', 'writer_link')
#: Table, person, media id.
Place = Tuple[str, int, int]
FIRST_PLACE: Place = ('', 0, 0)


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


class LinkRow(NamedTuple):
    """A row of one of the tables."""

    table: str
    values: Tuple[Any, ...]

    @property
    def place(self) -> Place:
        """Where it is among others: as in the first index of its table."""
        return (self.table, self.values[0], self.values[1])


class People:
    """Writes people and their links. ``later``: put off the links of new items until :meth:`take`.

    ``generation`` changes when ids that were known before are no longer certain.
    """

    def __init__(self, database: VideoDatabase, picture_url: Callable[[str], str]) -> None:
        self._database = database
        self._actors = links.Actors(database, picture_url)
        # Directors and writers are in the table actor too, but have no role.
        self._crew = [links.NameLinks(database, self._actors.names, table, 'actor_id') for table in _CREW]
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

    def rows(self, waiting: Sequence[LaterPeople]) -> List[LinkRow]:
        """The rows for what was put off, in an order in which neighbours are near each other in Kodi's indices. People
        who are missing are added.
        """
        ids = self._actors.names.ids(chain.from_iterable(
            chain((name for name, _ in item.cast), item.directors, item.writers) for item in waiting))
        rows = [LinkRow(_CAST, (ids[name], item.kodi_id, item.media_type, role, order))
                for item in waiting for order, (name, role) in enumerate(item.cast)]
        for table, role in zip(_CREW, ('directors', 'writers')):
            rows += [LinkRow(table, (ids[name], item.kodi_id, item.media_type))
                     for item in waiting for name in getattr(item, role)]
        return sorted(rows, key=lambda row: row.place)

    def insert(self, rows: Sequence[LinkRow]) -> None:
        """Add rows of :meth:`rows`; those that are there already stay."""
        for table in (_CAST, *_CREW):
            self._database.insert_missing(table, _CAST_COLUMNS if table == _CAST else _CAST_COLUMNS[:3],
                                          [row.values for row in rows if row.table == table])


def _later(media_type: str, kodi_id: int, shared: Shared) -> LaterPeople:
    return LaterPeople(media_type, kodi_id, tuple((person[0], person[1]) for person in shared.cast),
                       tuple(_names(shared.directors)), tuple(_names(shared.writers)))


def _names(people: Sequence[PersonRecord]) -> List[str]:
    return [person[0] for person in people]
