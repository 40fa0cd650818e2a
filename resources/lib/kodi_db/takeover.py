"""Rows that PlexKodiConnect 3.x left in Kodi's library (with "helper add-on paths"), and how they become ours.

Its movies are files below one root whose names are complete URLs; its shows have a path each. An episode has two file
rows with the same URL: the one that the episode stands on, in the path of its show, and another one in the root.
Artwork has the server's address and the user's token in its URL. (Read in databases that 3.11 and 4.2.2 had filled.)
"""
from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

from . import dialect
from .connection import Library
from .files import Paths
from .orphans import Orphans
from .writer import LibraryWriter

OLD_MOVIES = 'plugin://plugin.video.plexkodiconnect.movies/'
OLD_SHOWS = 'plugin://plugin.video.plexkodiconnect.tvshows/'
#: Trailers of movies: a clip, or the list of a movie's extras.
OLD_TRAILERS = (OLD_MOVIES, 'plugin://plugin.video.plexkodiconnect?')

_FILE = r'\?mode=play&plex_id=(\d+)&plex_type=%s(?:&|\Z)'
_MOVIE = re.compile(re.escape(OLD_MOVIES) + _FILE % 'movie')
_EPISODE = re.compile(re.escape(OLD_SHOWS) + r'(\d+)/' + _FILE % 'episode')
_SHOW = re.compile(re.escape(OLD_SHOWS) + r'(\d+)/\Z')
_TOKEN = 'X-Plex-Token'
_TRANSCODED = '/photo/:/transcode?'
_ADDRESS = re.compile(r'(https?://[^/]+)' + re.escape(_TRANSCODED))

_MOVIES = 'SELECT f.strFilename, m.idMovie, 0, f.idFile, f.idPath, f.dateAdded, f.playCount, f.lastPlayed, ' \
          'm.userrating FROM path p JOIN files f ON f.idPath = p.idPath JOIN movie m ON m.idFile = f.idFile ' \
          'WHERE p.strPath = ? AND f.strFilename >= ? AND f.strFilename < ? ORDER BY m.idMovie'
_SHOWS = 'SELECT p.strPath, s.idShow, s.idShow, 0, p.idPath, p.dateAdded, NULL, NULL, s.userrating FROM path p ' \
         'JOIN tvshowlinkpath l ON l.idPath = p.idPath JOIN tvshow s ON s.idShow = l.idShow ' \
         'WHERE p.strPath > ? AND p.strPath < ? ORDER BY s.idShow'
_EPISODES = 'SELECT f.strFilename, e.idEpisode, e.idShow, f.idFile, f.idPath, f.dateAdded, f.playCount, ' \
            'f.lastPlayed, e.userrating FROM path p JOIN files f ON f.idPath = p.idPath ' \
            'JOIN episode e ON e.idFile = f.idFile WHERE p.strPath > ? AND p.strPath < ? ORDER BY e.idShow, e.idEpisode'
_ITEMS = {'movie': ('movie', 'idMovie'), 'tvshow': ('tvshow', 'idShow'), 'episode': ('episode', 'idEpisode')}


def _end(prefix: str) -> str:
    """The first text after all those that begin with ``prefix``."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


_ALL_PATHS = (OLD_MOVIES, _end(OLD_MOVIES), OLD_SHOWS, _end(OLD_SHOWS))


class OldRow(NamedTuple):
    """An item of 3.x. ``url`` is its file's, or its path for a show; ``show_key`` the show's Plex id."""

    media_type: str
    rating_key: str
    show_key: str
    url: str
    kodi_id: int
    show_id: int
    file_id: int
    path_id: int
    date_added: str
    play_count: Optional[int]
    last_played: Optional[str]
    user_rating: Optional[int]


class NewPlace(NamedTuple):
    """Where an item goes: its path (below ``parent``, if it has one), and its file unless it is a show."""

    path: str
    parent: str
    url: str


def counts(library: Library) -> Tuple[int, int, int]:
    """How many movies, shows and episodes of 3.x there are."""
    return len(movies(library)), len(shows(library)), len(episodes(library))


def has_paths(library: Library) -> bool:
    """Whether 3.x has left a path row."""
    return bool(library.one('SELECT 1 FROM path WHERE strPath >= ? AND strPath < ? OR strPath >= ? AND strPath < ?',
                            _ALL_PATHS))


def movies(library: Library) -> List[OldRow]:
    """All movies of 3.x."""
    rows = library.rows(_MOVIES, (OLD_MOVIES, OLD_MOVIES, _end(OLD_MOVIES)))
    found = ((_MOVIE.match(row[0] or ''), row) for row in rows)
    return [_old_row('movie', match.group(1), '', row) for match, row in found if match]


def shows(library: Library) -> List[OldRow]:
    """All shows of 3.x."""
    rows = library.rows(_SHOWS, (OLD_SHOWS, _end(OLD_SHOWS)))
    found = ((_SHOW.match(row[0] or ''), row) for row in rows)
    return [_old_row('tvshow', match.group(1), match.group(1), row) for match, row in found if match]


def episodes(library: Library) -> List[OldRow]:
    """All episodes of 3.x."""
    rows = library.rows(_EPISODES, (OLD_SHOWS, _end(OLD_SHOWS)))
    found = ((_EPISODE.match(row[0] or ''), row) for row in rows)
    return [_old_row('episode', match.group(2), match.group(1), row) for match, row in found if match]


class OldLibrary:
    """Changes to rows of 3.x. Use inside the writer's transactions only, one object for each."""

    def __init__(self, writer: LibraryWriter) -> None:
        self._writer = writer
        self._library = writer.library
        self._paths = Paths(self._library)

    def unchanged(self, rows: Sequence[OldRow]) -> List[OldRow]:
        """Those rows that are still as they were read: Kodi may have been at work since."""
        alive: Set[Tuple[str, int]] = set()
        for media_type, (table, key) in _ITEMS.items():
            ids = [row.kodi_id for row in rows if row.media_type == media_type]
            alive.update((media_type, one) for one in self._library.alive(table, key, ids))
        names = dict(self._library.rows_in('SELECT idFile, strFilename FROM files WHERE idFile IN (%s)',
                                           [row.file_id for row in rows if row.file_id]))
        names.update((-path_id, name) for path_id, name in self._library.rows_in(
            'SELECT idPath, strPath FROM path WHERE idPath IN (%s)', [row.path_id for row in rows if not row.file_id]))
        return [row for row in rows
                if (row.media_type, row.kodi_id) in alive and names.get(row.file_id or -row.path_id) == row.url]

    # ---- becoming ours -----------------------------------------------------------------------------------------

    def move(self, rows: Sequence[Tuple[OldRow, NewPlace]]) -> None:
        """Give items their new paths and files; the rows keep their ids."""
        for row, place in rows:
            if row.media_type == 'movie':
                path_id = self._paths.root(place.path, 'movies')
                self._move_file(row, place, path_id)
                self._library.run(dialect.update('movie', ('c22', 'c23'), 'idMovie'),
                                  (place.url, str(path_id), row.kodi_id))
                continue
            path_id = self._paths.plain(place.path, self._paths.root(place.parent, 'tvshows'),
                                        row.date_added if row.media_type == 'tvshow' else '')
            if row.media_type == 'episode':
                self._move_file(row, place, path_id)
                self._library.run(dialect.update('episode', ('c18', 'c19'), 'idEpisode'),
                                  (place.url, str(path_id), row.kodi_id))
            else:
                self._library.run(dialect.insert_ignore('tvshowlinkpath', ('idShow', 'idPath')),
                                  (row.kodi_id, path_id))
                self._library.run(dialect.delete('tvshowlinkpath', 'idShow', 'idPath'), (row.kodi_id, row.path_id))
        self._drop_second_files([row for row, _ in rows])
        self._clear_trailers([row.kodi_id for row, _ in rows if row.media_type == 'movie'])
        self.drop_paths({row.path_id for row, _ in rows})

    def _move_file(self, row: OldRow, place: NewPlace, path_id: int) -> None:
        """Kodi may have made a row of its own for our URL, when it was played before; that one goes."""
        self._library.many(dialect.delete('files', 'idFile'), self._bare(
            self._library.rows('SELECT idFile FROM files WHERE idPath = ? AND strFilename = ?', (path_id, place.url))))
        self._library.run(dialect.update('files', ('idPath', 'strFilename'), 'idFile'),
                          (path_id, place.url, row.file_id))

    def _drop_second_files(self, rows: Iterable[OldRow]) -> None:
        root = self._library.one('SELECT idPath FROM path WHERE strPath = ?', (OLD_SHOWS,))
        if root is None:
            return
        seconds = [second for row in rows if row.media_type == 'episode' for second in self._library.rows(
            'SELECT idFile FROM files WHERE idPath = ? AND strFilename = ?', (root[0], row.url))]
        self._library.many(dialect.delete('files', 'idFile'), self._bare(seconds))
        self.drop_paths({root[0]})

    def _bare(self, files: Iterable[Tuple[int]]) -> List[Tuple[int]]:
        """Those file rows that no item stands on."""
        return [row for row in files if not self._library.one(
            'SELECT 1 FROM movie WHERE idFile = ? UNION ALL SELECT 1 FROM episode WHERE idFile = ? '
            'UNION ALL SELECT 1 FROM musicvideo WHERE idFile = ?', row * 3)]

    def _clear_trailers(self, movie_ids: Sequence[int]) -> None:
        old = [(movie_id,) for movie_id, trailer in self._library.rows_in(
            'SELECT idMovie, c19 FROM movie WHERE idMovie IN (%s)', movie_ids) if (trailer or '').startswith(
                OLD_TRAILERS)]
        self._library.many("UPDATE movie SET c19 = '' WHERE idMovie = ?", old)

    # ---- artwork -----------------------------------------------------------------------------------------------

    def drop_art(self, rows: Sequence[OldRow]) -> Set[str]:
        """Delete pictures of these items, and of the seasons of shows, whose URL carries a token.

        Returns the addresses (``scheme://host:port``) that stood in them.
        """
        ids: Dict[str, List[int]] = {}
        for row in rows:
            ids.setdefault(row.media_type, []).append(row.kodi_id)
        ids['season'] = [row[0] for row in self._library.rows_in(
            'SELECT idSeason FROM seasons WHERE idShow IN (%s)', ids.get('tvshow', ()))]
        found = [row for media_type, some in ids.items() for row in self._library.rows_in(
            'SELECT art_id, url FROM art WHERE media_type = ? AND media_id IN (%s)', some, (media_type,))
            if _TOKEN in (row[1] or '')]
        self._library.many(dialect.delete('art', 'art_id'), [(art_id,) for art_id, _ in found])
        matches = (_ADDRESS.match(url) for _, url in found)
        return {match.group(1) for match in matches if match}

    def drop_shared_art(self, address: str) -> None:
        """Delete pictures of people and movie sets that come from this address and carry a token."""
        start = address + _TRANSCODED
        found = self._library.rows(
            "SELECT art_id, url FROM art WHERE media_type IN ('actor', 'set') AND url >= ? AND url < ?",
            (start, _end(start)))
        self._library.many(dialect.delete('art', 'art_id'), [(art_id,) for art_id, url in found if _TOKEN in url])

    # ---- items that we have twice ------------------------------------------------------------------------------

    def merge(self, pairs: Sequence[Tuple[OldRow, int, int]]) -> List[OldRow]:
        """Copy dates, watch state and the user's rating to (our row's id, file id or 0) where ours has none.

        Returns the rows whose date added was copied.
        """
        dates = dict(self._library.rows_in('SELECT idFile, dateAdded FROM files WHERE idFile IN (%s)',
                                           [file_id for _, _, file_id in pairs if file_id]))
        self._library.many(
            "UPDATE files SET playCount = COALESCE(NULLIF(playCount, 0), ?), "
            "lastPlayed = COALESCE(NULLIF(lastPlayed, ''), ?), dateAdded = COALESCE(NULLIF(dateAdded, ''), ?) "
            "WHERE idFile = ?", [(row.play_count, row.last_played, row.date_added or None, file_id)
                                 for row, _, file_id in pairs if file_id])
        for media_type, (table, key) in _ITEMS.items():
            self._library.many(
                'UPDATE %s SET userrating = COALESCE(NULLIF(userrating, 0), ?) WHERE %s = ?' % (table, key),
                [(row.user_rating, kodi_id) for row, kodi_id, _ in pairs
                 if row.media_type == media_type and row.user_rating])
        return [row for row, _, file_id in pairs if file_id and row.date_added and not dates.get(file_id)]

    def remove(self, rows: Sequence[OldRow]) -> List[OldRow]:
        """Remove items of 3.x. Shows that still have episodes or another path stay; returns what was removed."""
        rows = [row for row in rows if row.media_type != 'tvshow' or not self._in_use(row)]
        orphans = Orphans(self._library)
        for media_type in _ITEMS:
            ids = [row.kodi_id for row in rows if row.media_type == media_type]
            orphans.note(media_type, ids)
            if media_type == 'tvshow':
                self._library.many(dialect.delete('tvshow', 'idShow'), [(one,) for one in ids])
            else:
                self._writer.remove(media_type, ids)
        self._drop_second_files(rows)
        self.drop_paths({row.path_id for row in rows})
        self._writer.drop_empty_sets(())
        orphans.drop()
        self._writer.forget()
        return rows

    def join_show(self, episode: OldRow, show_id: int) -> None:
        """Put an episode into another show's season of the same number, which is made when it is not there."""
        row = self._library.one('SELECT c12 FROM episode WHERE idEpisode = ?', (episode.kodi_id,))
        text = str(row[0]) if row else ''
        number = int(text) if text.isascii() and text.isdigit() else 0
        season = self._library.one('SELECT idSeason FROM seasons WHERE idShow = ? AND season = ?', (show_id, number))
        season_id = int(season[0]) if season else self._library.run(
            dialect.insert('seasons', ('idShow', 'season', 'name')), (show_id, number, ''))
        self._library.run(dialect.update('episode', ('idShow', 'idSeason'), 'idEpisode'),
                          (show_id, season_id, episode.kodi_id))

    def _in_use(self, show: OldRow) -> bool:
        return bool(self._library.one(
            'SELECT 1 FROM episode WHERE idShow = ? UNION ALL '
            'SELECT 1 FROM tvshowlinkpath WHERE idShow = ? AND idPath <> ?',
            (show.kodi_id, show.kodi_id, show.path_id)))

    # ---- paths -------------------------------------------------------------------------------------------------

    def drop_all_paths(self) -> None:
        """Remove all path rows of 3.x that nothing uses, such as a root without items."""
        self.drop_paths([row[0] for row in self._library.rows(
            'SELECT idPath FROM path WHERE strPath >= ? AND strPath < ? OR strPath >= ? AND strPath < ?', _ALL_PATHS)])

    def drop_paths(self, path_ids: Iterable[int]) -> None:
        """Remove those path rows that no file, show or path uses any more."""
        self._library.many(
            'DELETE FROM path WHERE idPath = ? '
            'AND NOT EXISTS (SELECT 1 FROM files WHERE files.idPath = path.idPath) '
            'AND NOT EXISTS (SELECT 1 FROM tvshowlinkpath WHERE tvshowlinkpath.idPath = path.idPath) '
            'AND NOT EXISTS (SELECT 1 FROM path child WHERE child.idParentPath = path.idPath)',
            [(path_id,) for path_id in sorted(path_ids)])


def _old_row(media_type: str, rating_key: str, show_key: str, row: Sequence[Any]) -> OldRow:
    url, kodi_id, show_id, file_id, path_id, date_added, play_count, last_played, user_rating = row
    return OldRow(media_type, rating_key, show_key, url, kodi_id, show_id, file_id, path_id, date_added or '',
                  play_count, last_played, user_rating)
