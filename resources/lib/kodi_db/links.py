"""Writing the rows that belong to a library item: links to names, art, ratings, unique ids.

Only differences are written. New links are added before old ones are deleted, because one of Kodi's triggers deletes a
tag with its last link.
"""
from __future__ import annotations

import re
from itertools import chain
from operator import itemgetter
from typing import Any, Callable, Collection, Dict, Iterable, List, Mapping, Sequence, Set, Tuple

from .database import Row, VideoDatabase
from .names import Names
from .records import PersonRecord, RatingRecord

#: Art with these URLs was written by us and may be replaced. Art that the user chose in Kodi is kept.
OUR_ART = ('http://127.0.0.1:', 'https://metadata-static.plex.tv/')
_OUR_ART = re.compile(r'http://127\.0\.0\.1:\d+/art/|https://metadata-static\.plex\.tv/')

#: Limit of people of whom it is kept in memory that they have a picture; the others are looked up again.
_MOST_FACES = 50000

_FIRST = itemgetter(0)

PeopleOf = Mapping[int, Sequence[PersonRecord]]


class NameLinks:
    """Writes a table of links such as genre_link: (name id, media id, media type)."""

    def __init__(self, database: VideoDatabase, names: Names, table: str, column: str) -> None:
        self._database = database
        self._names = names
        self._table = table
        self._column = column

    def write(self, media_type: str, wanted: Mapping[int, Iterable[str]], existing: Collection[int]) -> None:
        """Set the names of each media id in ``wanted``; only those in ``existing`` can have links already."""
        ids = self._names.ids(chain.from_iterable(wanted.values()))
        columns = (self._column, 'media_id', 'media_type')
        target = [(ids[name], media_id, media_type) for media_id, names in wanted.items() for name in names]
        present: Set[Tuple[Any, ...]] = set()
        if existing:
            sql = 'SELECT %s FROM %s WHERE media_type = ? AND media_id IN (%%s)' % (', '.join(columns), self._table)
            present = set(self._database.rows_in(sql, list(existing), (media_type,)))
        self._database.insert_missing(self._table, columns, _without(target, present))
        gone = present.difference(target)
        if gone:
            self._database.delete(self._table, columns, gone)
            self._names.forget()  # one of Kodi's triggers deletes a tag with its last link


class Actors:
    """Writes the cast with roles and order, and the pictures of people."""

    def __init__(self, database: VideoDatabase, picture_url: Callable[[str], str]) -> None:
        self._database = database
        self._picture_url = picture_url
        self.names = Names(database, 'actor', folded=False)
        self._with_thumb: Set[str] = set()

    def forget(self) -> None:
        """Drop the known ids. Call after a rollback."""
        self.names.forget()
        self._with_thumb.clear()

    def write(self, media_type: str, wanted: PeopleOf, existing: Collection[int]) -> None:
        """Set the cast of each media id in ``wanted``, in order; only those in ``existing`` can have one already."""
        ids = self.names.ids(person[0] for people in wanted.values() for person in people)
        target = [(ids[person[0]], media_id, media_type, person[1], order)
                  for media_id, people in wanted.items() for order, person in enumerate(people)]
        columns = ('actor_id', 'media_id', 'media_type', 'role', 'cast_order')
        present: Set[Tuple[Any, ...]] = set()
        if existing:
            sql = 'SELECT %s FROM actor_link WHERE media_type = ? AND media_id IN (%%s)' % ', '.join(columns)
            present = set(self._database.rows_in(sql, list(existing), (media_type,)))
        # The role is part of the unique index: a changed order of the same role is a delete and an insert, and of two
        # rows with the same role the first one is kept.
        self._database.delete('actor_link', columns[:4], [row[:4] for row in present.difference(target)])
        self._database.insert_missing('actor_link', columns, sorted(_without(target, present), key=_FIRST))

    def give_thumbs(self, people: Iterable[PersonRecord]) -> None:
        """Add pictures of people who have none yet, from any source."""
        if len(self._with_thumb) > _MOST_FACES:
            self._with_thumb.clear()
        seen = self._with_thumb
        by_name = {name: thumb for name, _, thumb in people if thumb and name not in seen}
        if not by_name:
            return
        ids = self.names.ids(by_name)
        new = {ids[name]: thumb for name, thumb in by_name.items()}
        have = {row[0] for row in self._database.rows_in(
            "SELECT media_id FROM art WHERE media_type = 'actor' AND type = 'thumb' AND media_id IN (%s)", list(new))}
        urls = {row_id: self._picture_url(thumb) for row_id, thumb in new.items() if row_id not in have}
        self._database.insert('art', ('media_id', 'media_type', 'type', 'url'), [
            (row_id, 'actor', 'thumb', url) for row_id, url in urls.items() if url])
        seen.update(name for name in by_name if ids[name] in have or urls[ids[name]])


def _without(rows: List[Tuple[Any, ...]], present: Set[Tuple[Any, ...]]) -> List[Tuple[Any, ...]]:
    """The rows that are not present."""
    return [row for row in rows if row not in present] if present else rows


def write_art(database: VideoDatabase, media_type: str, wanted: Mapping[int, Sequence[Tuple[str, str]]],
              existing: Collection[int]) -> int:
    """Set our art of each media id, as (kind, URL) pairs; art that is not ours is kept.

    Returns the number of changed rows.
    """
    present: Dict[Tuple[int, str], Tuple[int, str]] = {}
    if existing:
        sql = 'SELECT media_id, type, art_id, url FROM art WHERE media_type = ? AND media_id IN (%s)'
        present = {(row[0], row[1]): (row[2], row[3] or '')
                   for row in database.rows_in(sql, list(existing), (media_type,))}
    new: List[Tuple[Any, ...]] = []
    changed: List[Row] = []
    for media_id, pairs in wanted.items():
        for kind, url in pairs:
            row = present.pop((media_id, kind), None) if present else None
            if row is None:
                new.append((media_id, media_type, kind, url))
            elif row[1] != url and row[1].startswith(OUR_ART):
                changed.append({'art_id': row[0], 'url': url})
    gone = [art_id for art_id, url in present.values() if url.startswith(OUR_ART)]
    database.insert('art', ('media_id', 'media_type', 'type', 'url'), new)
    database.update_rows('art', 'art_id', changed)
    database.delete_ids('art', 'art_id', gone)
    return len(new) + len(changed) + len(gone)


def drop_our_art(database: VideoDatabase, media_type: str, media_ids: Iterable[int], server: str = '') -> Set[int]:
    """Remove our art of these items, people or sets; returns the ids of those that had some.

    ``server``: only what the loopback server has from the Plex server with this machineIdentifier.
    """
    rows = database.rows_in('SELECT art_id, media_id, url FROM art WHERE media_type = ? AND media_id IN (%s)',
                           sorted(media_ids), (media_type,))
    ours = [(art_id, media_id) for art_id, media_id, url in rows if _OUR_ART.match(url or '')
            and (not server or '/art/%s/' % server in url)]
    database.delete_ids('art', 'art_id', [art_id for art_id, _ in ours])
    return {media_id for _, media_id in ours}


def write_ratings(database: VideoDatabase, media_type: str, wanted: Mapping[int, Sequence[RatingRecord]],
                  existing: Collection[int]) -> Dict[int, int]:
    """Set the ratings of each media id; returns the row id of each one's first rating."""
    return _write_values(database, 'rating', ('rating_type', 'rating'), media_type, wanted, existing)


def write_unique_ids(database: VideoDatabase, media_type: str, wanted: Mapping[int, Sequence[Tuple[str, str]]],
                     existing: Collection[int]) -> Dict[int, int]:
    """Set the unique ids (type, value) of each media id; returns the row id of each one's first."""
    return _write_values(database, 'uniqueid', ('type', 'value'), media_type, wanted, existing)


def _write_values(database: VideoDatabase, table: str, columns: Tuple[str, str], media_type: str,
                  wanted: Mapping[int, Sequence[Tuple[str, Any]]], existing: Collection[int]) -> Dict[int, int]:
    """Set rows (media id, media type, kind, value), one for each kind; returns the row id of each media id's first."""
    row_id, (kind_column, value_column) = table + '_id', columns
    present: Dict[Tuple[int, str], Tuple[int, Any]] = {}
    if existing:
        sql = 'SELECT media_id, %s, %s, %s FROM %s WHERE media_type = ? AND media_id IN (%%s)' % (
            kind_column, row_id, value_column, table)
        present = {(row[0], row[1]): (row[2], row[3])
                   for row in database.rows_in(sql, list(existing), (media_type,))}
    new: List[Tuple[Any, ...]] = []
    changed: List[Row] = []
    defaults: Dict[int, int] = {}
    next_id = database.next_id(table, row_id)
    for media_id, pairs in wanted.items():
        for kind, value in pairs:
            row = present.pop((media_id, kind), None) if present else None
            if row is None:
                new.append((next_id, media_id, media_type, kind, value))
                defaults.setdefault(media_id, next_id)
                next_id += 1
            else:
                defaults.setdefault(media_id, row[0])
                if row[1] != value:
                    changed.append({row_id: row[0], value_column: value})
    database.insert(table, (row_id, 'media_id', 'media_type', kind_column, value_column), new)
    database.update_rows(table, row_id, changed)
    database.delete_ids(table, row_id, [row[0] for row in present.values()])
    return defaults
