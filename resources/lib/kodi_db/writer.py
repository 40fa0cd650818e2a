"""The one writer of Kodi's video library: parts shared by all item types, and the batch entry points."""
from __future__ import annotations

from contextlib import contextmanager
from typing import Callable, Collection, Dict, Iterator, List, Mapping, Sequence, Tuple

from . import links
from .connection import LOCK_PATIENCE, Library
from .files import Files, Paths
from .movies import MovieWriter
from .names import Names
from .orphans import Orphans
from .records import EpisodeRecord, MovieRecord, SeasonRecord, SetRecord, Shared, ShowRecord, WatchState, Written
from .removal import Removal
from .shows import ShowWriter


class SharedWriter:
    """What hangs on movies, shows and episodes alike."""

    def __init__(self, library: Library, picture_url: Callable[[str], str]) -> None:
        self._library = library
        self.paths = Paths(library)
        self.files = Files(library)
        self._actors = links.Actors(library, picture_url)
        self._names = {table: Names(library, table, folded=True)
                       for table in ('genre', 'country', 'studio', 'tag')}
        self._links = {table: links.NameLinks(library, names, table + '_link', table + '_id')
                       for table, names in self._names.items()}
        self._directors = links.Crew(library, self._actors, 'director_link')
        self._writers = links.Crew(library, self._actors, 'writer_link')

    def forget(self) -> None:
        """Drop all ids that were learnt: rolled back, or changed by somebody else."""
        self.paths.forget()
        self._actors.forget()
        for names in self._names.values():
            names.forget()

    def write(self, media_type: str, wanted: Mapping[int, Shared],
              existing: Collection[int]) -> Dict[int, Tuple[int, int]]:
        """Write all that hangs on these items; returns (default rating row, default id row) of each."""
        ratings = links.write_ratings(self._library, media_type,
                                      {key: s.ratings for key, s in wanted.items()}, existing)
        ids = links.write_unique_ids(self._library, media_type,
                                     {key: s.unique_ids for key, s in wanted.items()}, existing)
        for table, names in (('genre', 'genres'), ('studio', 'studios'), ('country', 'countries'), ('tag', 'tags')):
            self._links[table].write(media_type, {key: getattr(s, names) for key, s in wanted.items()}, existing)
        self._actors.write(media_type, {key: s.cast for key, s in wanted.items()}, existing)
        self._directors.write(media_type, {key: s.directors for key, s in wanted.items()}, existing)
        self._writers.write(media_type, {key: s.writers for key, s in wanted.items()}, existing)
        links.write_art(self._library, media_type, {key: s.art for key, s in wanted.items()}, existing)
        return {key: (ratings.get(key, 0), ids.get(key, 0)) for key in wanted}


class LibraryWriter:
    """Batches of records into Kodi's database. Use inside :meth:`transaction` only, from one thread.

    ``picture_url`` makes a URL, or '' for none, of a person's picture. It is asked once for each new person.
    """

    def __init__(self, library: Library, picture_url: Callable[[str], str] = str) -> None:
        self.library = library
        self._shared = SharedWriter(library, picture_url)
        self._movies = MovieWriter(library, self._shared)
        self._shows = ShowWriter(library, self._shared)
        self._removal = Removal(library)
        self._version = -1

    @contextmanager
    def transaction(self, patience: float = LOCK_PATIENCE) -> Iterator[None]:
        """One batch: all of it or nothing; see :meth:`Library.transaction`."""
        try:
            with self.library.transaction(patience):
                version = self.library.foreign_changes()
                if version != self._version:
                    self._version = version
                    self._shared.forget()
                yield
        except BaseException:
            self._shared.forget()
            raise

    def write_movies(self, records: Sequence[MovieRecord]) -> List[Written]:
        """Add or change movies."""
        return self._movies.write(records)

    def write_sets(self, records: Sequence[SetRecord], changed: Collection[str], ours: str) -> int:
        """Give movie sets their texts and art; see :meth:`MovieWriter.write_sets`."""
        return self._movies.write_sets(records, changed, ours)

    def has_empty_sets(self, names: Collection[str]) -> bool:
        """Whether a set of one of these names holds no movie."""
        return bool(self._movies.empty_sets(names))

    def drop_empty_sets(self, names: Collection[str]) -> None:
        """Remove the sets of these names that hold no movie."""
        self.library.many('DELETE FROM sets WHERE idSet = ?', [(one,) for one in self._movies.empty_sets(names)])

    def write_shows(self, records: Sequence[ShowRecord]) -> List[Written]:
        """Add or change shows."""
        return self._shows.write_shows(records)

    def write_seasons(self, records: Sequence[SeasonRecord]) -> List[Written]:
        """Add or change seasons."""
        return self._shows.write_seasons(records)

    def write_episodes(self, records: Sequence[EpisodeRecord]) -> List[Written]:
        """Add or change episodes."""
        return self._shows.write_episodes(records)

    def episodes_of_season(self, season_id: int) -> List[int]:
        """The ids of all episodes in a season."""
        return [row[0] for row in self.library.rows('SELECT idEpisode FROM episode WHERE idSeason = ?', (season_id,))]

    def write_watch(self, states: Sequence[Tuple[int, WatchState]]) -> None:
        """Change only the watch state of (file id, state), and of the other versions of the same movie."""
        by_file = dict(states)
        further = [(other, by_file[file_id]) for file_id, other in self._movies.versions.siblings(list(by_file))]
        self._shared.files.write_watch(list(states) + further)

    def carry_dates(self, pairs: Sequence[Tuple[int, int]]) -> Dict[int, str]:
        """Give files the date added of others; see :meth:`Files.carry_dates`."""
        return self._shared.files.carry_dates(pairs)

    def write_user_ratings(self, media_type: str, ratings: Sequence[Tuple[int, int]]) -> None:
        """Change only the user's rating of (kodi id, rating or 0 for none)."""
        table, key = {'movie': ('movie', 'idMovie'), 'tvshow': ('tvshow', 'idShow'),
                      'season': ('seasons', 'idSeason'), 'episode': ('episode', 'idEpisode')}[media_type]
        self.library.many('UPDATE %s SET userrating = ? WHERE %s = ?' % (table, key),
                          [(rating or None, kodi_id) for kodi_id, rating in ratings])

    def forget(self) -> None:
        """Drop all ids that were learnt, after rows were deleted past this writer."""
        self._shared.forget()

    def remove(self, media_type: str, kodi_ids: Sequence[int]) -> None:
        """Remove items of ours with their file and path rows; Kodi's triggers take the links."""
        if media_type == 'movie':
            self._movies.leave_sets(kodi_ids)
        self._removal.remove(media_type, kodi_ids)
        self._shared.forget()

    def remove_with_names(self, media_type: str, kodi_ids: Sequence[int]) -> None:
        """As :meth:`remove`, with the genres, people and other names that no other item carries."""
        orphans = Orphans(self.library)
        orphans.note(media_type, kodi_ids)
        if media_type == 'tvshow':
            orphans.note('episode', [row[0] for row in self.library.rows_in(
                'SELECT idEpisode FROM episode WHERE idShow IN (%s)', kodi_ids)])
        self.remove(media_type, kodi_ids)
        orphans.drop()
        self._shared.forget()
