"""Writing what items of all kinds have: paths, files, names, people, pictures, sets."""
from __future__ import annotations

from typing import Callable, Collection, Dict, Mapping

from . import links
from .database import VideoDatabase
from .files import Files, Paths
from .names import Names
from .people import People
from .records import DefaultRows, Shared
from .sets import Sets
from .versions import Versions


class SharedWriter:
    """Writes the rows that belong to items. Known ids are kept as long as this object.

    ``picture_url`` makes the URL of a person's picture, or ''. It is called once for each new person.
    """

    def __init__(self, database: VideoDatabase, picture_url: Callable[[str], str]) -> None:
        self.database = database
        self.paths = Paths(database)
        self.files = Files(database)
        self.versions = Versions(database, self.files)
        self.sets = Sets(database)
        self.people = People(database, picture_url)
        self._names = {table: Names(database, table, folded=True)
                       for table in ('genre', 'country', 'studio', 'tag')}
        self._links = {table: links.NameLinks(database, names, table + '_link', table + '_id')
                       for table, names in self._names.items()}

    def forget(self) -> None:
        """Drop all known ids. Call after a rollback, and when the database was changed elsewhere."""
        self.paths.forget()
        self.people.forget()
        for names in self._names.values():
            names.forget()

    def write(self, media_type: str, wanted: Mapping[int, Shared],
              existing: Collection[int]) -> Dict[int, DefaultRows]:
        """Write all rows that belong to these items; returns the default rows of each."""
        ratings = links.write_ratings(self.database, media_type,
                                      {key: s.ratings for key, s in wanted.items()}, existing)
        ids = links.write_unique_ids(self.database, media_type,
                                     {key: s.unique_ids for key, s in wanted.items()}, existing)
        for table, names in (('genre', 'genres'), ('studio', 'studios'), ('country', 'countries'), ('tag', 'tags')):
            self._links[table].write(media_type, {key: getattr(s, names) for key, s in wanted.items()}, existing)
        self.people.write(media_type, wanted, existing)
        links.write_art(self.database, media_type, {key: s.art for key, s in wanted.items()}, existing)
        return {key: DefaultRows(ratings.get(key, 0), ids.get(key, 0)) for key in wanted}
