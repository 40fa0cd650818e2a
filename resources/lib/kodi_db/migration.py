"""Rows that PlexKodiConnect 3.x left in Kodi's library (with "helper add-on paths"), and taking them over.

Its movies are files below one root whose names are complete URLs; each of its shows has a path. An episode has two
file rows with the same URL: its own in the path of its show, and another one in the root. URLs of artwork hold the
server's address and the user's token. (Source: databases that 3.11 and 4.2.2 had filled.)
"""
from __future__ import annotations

import re
from typing import (
    Any,
    Dict,
    Iterable,
    List,
    NamedTuple,
    Optional,
    Pattern,
    Sequence,
    Set,
    Tuple,
    Type,
)

from . import item_rows, seasons, tables
from .database import VideoDatabase
from .episodes import EpisodeWriter
from .files import Paths
from .item_writer import ItemWriter
from .movies import MovieWriter
from .orphans import Orphans
from .records import ItemAddress
from .tables import ItemTable
from .writer import LibraryWriter

PKC3_MOVIES = 'plugin://plugin.video.plexkodiconnect.movies/'
PKC3_SHOWS = 'plugin://plugin.video.plexkodiconnect.tvshows/'
#: URLs of movies' trailers begin with these: a clip, or the list of a movie's extras.
PKC3_TRAILERS = (PKC3_MOVIES, 'plugin://plugin.video.plexkodiconnect?')

_FILE = r'\?mode=play&plex_id=(?P<key>\d+)&plex_type=%s(?:&|\Z)'
_TOKEN = 'X-Plex-Token'
_TRANSCODED = '/photo/:/transcode?'
_ADDRESS = re.compile(r'(https?://[^/]+)' + re.escape(_TRANSCODED))


class Pkc3Items(NamedTuple):
    """One kind of items of 3.x: the path below which they are, and the pattern of their file's URL, or of their path.

    The pattern's groups are ``key`` and, for items of a show, ``parent``. ``writer`` removes an item with its files,
    None for items without a file.
    """

    table: ItemTable
    root: str
    pattern: Pattern[str]
    writer: Optional[Type[ItemWriter[Any]]] = None


#: All kinds of items that 3.x wrote, parents first.
PKC3_ITEMS = (
    Pkc3Items(tables.MOVIE, PKC3_MOVIES, re.compile(re.escape(PKC3_MOVIES) + _FILE % 'movie'), MovieWriter),
    Pkc3Items(tables.SHOW, PKC3_SHOWS, re.compile(re.escape(PKC3_SHOWS) + r'(?P<key>\d+)/\Z')),
    Pkc3Items(tables.EPISODE, PKC3_SHOWS,
             re.compile(re.escape(PKC3_SHOWS) + r'(?P<parent>\d+)/' + _FILE % 'episode'), EpisodeWriter),
)
_ALL_PATHS = item_rows.path_range(PKC3_MOVIES) + item_rows.path_range(PKC3_SHOWS)
_ON_ALL_PATHS = 'strPath >= ? AND strPath < ? OR strPath >= ? AND strPath < ?'


class Pkc3Row(NamedTuple):
    """An item of 3.x. ``url`` is its file's URL, or its path without a file; for an item of a show, ``parent_key`` and
    ``parent_id`` are the show's Plex and Kodi id.
    """

    table: ItemTable
    rating_key: str
    parent_key: str
    url: str
    kodi_id: int
    parent_id: int
    file_id: int
    path_id: int
    date_added: str
    play_count: Optional[int]
    last_played: Optional[str]
    user_rating: Optional[int]


def has_paths(database: VideoDatabase) -> bool:
    """Whether the database has a path row of 3.x."""
    return bool(database.one('SELECT 1 FROM path WHERE ' + _ON_ALL_PATHS, _ALL_PATHS))


def read_rows(database: VideoDatabase, items: Pkc3Items) -> List[Pkc3Row]:
    """All items of 3.x of one kind."""
    table = items.table
    dated = 'f' if table.file_column else 'p'  # the table that has dateAdded
    parent = table.column_of(tables.SHOW)
    found = database.rows('SELECT {url}, {parent} AS parent_id, p.idPath, {dated}.dateAdded, {watch}, k.userrating '
                         'FROM {source} WHERE {below} ORDER BY parent_id, k.{id}'.format(
                             url=item_rows.columns(table), parent='k.' + parent if parent else '0', dated=dated,
                             watch='f.playCount, f.lastPlayed' if table.file_column else 'NULL, NULL',
                             source=item_rows.source(table), below=item_rows.BELOW, id=table.id_column),
                         item_rows.path_range(items.root))
    matches = ((items.pattern.match(row[0] or ''), row) for row in found)
    return [_pkc3_row(table, match.groupdict(), row) for match, row in matches if match]


class Pkc3Rows:
    """Changes rows of 3.x. Use inside the writer's transactions only, a new object in each."""

    def __init__(self, writer: LibraryWriter) -> None:
        self._writer = writer
        self._database = writer.database
        self._paths = Paths(self._database)

    def unchanged(self, rows: Sequence[Pkc3Row]) -> List[Pkc3Row]:
        """Those of the rows that still have the URL or path that was read: Kodi may have changed them since."""
        alive: Set[Tuple[ItemTable, int]] = set()
        for table, some in _by_table(rows).items():
            ids = [row.kodi_id for row in some]
            alive.update((table, kodi_id) for kodi_id in self._database.alive(table.name, table.id_column, ids))
        names: Dict[int, str] = dict(self._database.rows_in(
            'SELECT idFile, strFilename FROM files WHERE idFile IN (%s)',
            [row.file_id for row in rows if row.file_id]))
        names.update((-path_id, name) for path_id, name in self._database.rows_in(
            'SELECT idPath, strPath FROM path WHERE idPath IN (%s)', [row.path_id for row in rows if not row.file_id]))
        return [row for row in rows
                if (row.table, row.kodi_id) in alive and names.get(row.file_id or -row.path_id) == row.url]

    # ---- becoming ours -----------------------------------------------------------------------------------------

    def move(self, rows: Sequence[Tuple[Pkc3Row, ItemAddress]]) -> None:
        """Move items to their new paths and files; the rows keep their ids."""
        for row, address in rows:
            table = row.table
            path_id = self._paths.of(address, table.content, '' if table.file_column else row.date_added)
            if table.file_column:
                self._move_file(row, address.url, path_id)
                self._database.update_rows(table.name, table.id_column, [{
                    table.id_column: row.kodi_id, table.url_column: address.url, table.path_column: str(path_id)}])
            else:
                columns = (table.id_column, 'idPath')
                self._database.insert_missing(table.path_links, columns, [(row.kodi_id, path_id)])
                self._database.delete(table.path_links, columns, [(row.kodi_id, row.path_id)])
        self._drop_second_files([row for row, _ in rows])
        self._clear_trailers([row.kodi_id for row, _ in rows if row.table == tables.MOVIE])
        self.drop_paths({row.path_id for row, _ in rows})

    def _move_file(self, row: Pkc3Row, url: str, path_id: int) -> None:
        """Move the item's file row. A row for the same URL that Kodi added, when it was played before, is deleted."""
        self._database.delete('files', ('idFile',), self._bare(
            self._database.rows('SELECT idFile FROM files WHERE idPath = ? AND strFilename = ?', (path_id, url))))
        self._database.update_rows('files', 'idFile', [
            {'idFile': row.file_id, 'idPath': path_id, 'strFilename': url}])

    def _drop_second_files(self, rows: Iterable[Pkc3Row]) -> None:
        root = self._database.one('SELECT idPath FROM path WHERE strPath = ?', (PKC3_SHOWS,))
        if root is None:
            return
        second_files = [second for row in rows if row.table == tables.EPISODE for second in self._database.rows(
            'SELECT idFile FROM files WHERE idPath = ? AND strFilename = ?', (root[0], row.url))]
        self._database.delete('files', ('idFile',), self._bare(second_files))
        self.drop_paths({root[0]})

    def _bare(self, files: Iterable[Tuple[int]]) -> List[Tuple[int]]:
        """Those file rows that no item uses."""
        return [row for row in files if not self._database.one(
            'SELECT 1 FROM movie WHERE idFile = ? UNION ALL SELECT 1 FROM episode WHERE idFile = ? '
            'UNION ALL SELECT 1 FROM musicvideo WHERE idFile = ?', row * 3)]

    def _clear_trailers(self, movie_ids: Sequence[int]) -> None:
        old = [(movie_id,) for movie_id, trailer in self._database.rows_in(
            'SELECT idMovie, c19 FROM movie WHERE idMovie IN (%s)', movie_ids) if (trailer or '').startswith(
                PKC3_TRAILERS)]
        self._database.many("UPDATE movie SET c19 = '' WHERE idMovie = ?", old)

    # ---- artwork -----------------------------------------------------------------------------------------------

    def drop_art(self, rows: Sequence[Pkc3Row]) -> Set[str]:
        """Delete those pictures of these items, and of the seasons of shows, whose URL holds a token.

        Returns the server addresses (``scheme://host:port``) in their URLs.
        """
        ids = {table.media_type: [row.kodi_id for row in some] for table, some in _by_table(rows).items()}
        ids[tables.SEASON.media_type] = item_rows.ids_with(self._database, tables.SEASON, 'idShow',
                                                           ids.get(tables.SHOW.media_type, ()))
        found = [row for media_type, some in ids.items() for row in self._database.rows_in(
            'SELECT art_id, url FROM art WHERE media_type = ? AND media_id IN (%s)', some, (media_type,))
            if _TOKEN in (row[1] or '')]
        self._database.delete_ids('art', 'art_id', [art_id for art_id, _ in found])
        matches = (_ADDRESS.match(url) for _, url in found)
        return {match.group(1) for match in matches if match}

    def drop_shared_art(self, address: str) -> None:
        """Delete pictures of people and movie sets whose URL has this address and holds a token."""
        start = address + _TRANSCODED
        found = self._database.rows(
            "SELECT art_id, url FROM art WHERE media_type IN ('actor', 'set') AND url >= ? AND url < ?",
            item_rows.path_range(start))
        self._database.delete_ids('art', 'art_id', [art_id for art_id, url in found if _TOKEN in url])

    # ---- items that we have twice ------------------------------------------------------------------------------

    def merge(self, pairs: Sequence[Tuple[Pkc3Row, int, int]]) -> List[Pkc3Row]:
        """Copy dates, watch state and the user's rating of a row to our item (its id, file id or 0) where it has none.

        Returns the rows whose dateAdded was copied.
        """
        dates: Dict[int, str] = dict(self._database.rows_in('SELECT idFile, dateAdded FROM files WHERE idFile IN (%s)',
                                           [file_id for _, _, file_id in pairs if file_id]))
        self._database.many(
            "UPDATE files SET playCount = COALESCE(NULLIF(playCount, 0), ?), "
            "lastPlayed = COALESCE(NULLIF(lastPlayed, ''), ?), dateAdded = COALESCE(NULLIF(dateAdded, ''), ?) "
            "WHERE idFile = ?", [(row.play_count, row.last_played, row.date_added or None, file_id)
                                 for row, _, file_id in pairs if file_id])
        for table in {row.table for row, _, _ in pairs}:
            self._database.many(
                'UPDATE %s SET userrating = COALESCE(NULLIF(userrating, 0), ?) WHERE %s = ?' % (
                    table.name, table.id_column),
                [(row.user_rating, kodi_id) for row, kodi_id, _ in pairs if row.table == table and row.user_rating])
        return [row for row, _, file_id in pairs if file_id and row.date_added and not dates.get(file_id)]

    def remove(self, rows: Sequence[Pkc3Row]) -> List[Pkc3Row]:
        """Remove items of 3.x but shows that still have episodes or another path; returns the removed ones."""
        rows = [row for row in rows if row.table.file_column or not self._in_use(row)]
        orphans = Orphans(self._database)
        for items in PKC3_ITEMS:
            ids = [row.kodi_id for row in rows if row.table == items.table]
            orphans.note(items.table, ids)
            if items.writer:
                self._writer.remove(items.writer(self._writer.shared), ids)
            else:
                self._database.delete_ids(items.table.name, items.table.id_column, ids)
        self._drop_second_files(rows)
        self.drop_paths({row.path_id for row in rows})
        self._writer.shared.sets.drop_empty(())
        orphans.drop()
        self._writer.shared.forget()
        return rows

    def join_parent(self, episode: Pkc3Row, show_id: int) -> None:
        """Move an episode to the season with the same number of another show; the season is added if missing."""
        row = self._database.one('SELECT c12 FROM episode WHERE idEpisode = ?', (episode.kodi_id,))
        text = str(row[0]) if row else ''
        number = int(text) if text.isascii() and text.isdigit() else 0
        season = self._database.one('SELECT idSeason FROM seasons WHERE idShow = ? AND season = ?', (show_id, number))
        season_id = int(season[0]) if season else seasons.add(self._database, show_id, number)
        self._database.update_rows('episode', 'idEpisode', [
            {'idEpisode': episode.kodi_id, 'idShow': show_id, 'idSeason': season_id}])

    def _in_use(self, show: Pkc3Row) -> bool:
        return bool(self._database.one(
            'SELECT 1 FROM episode WHERE idShow = ? UNION ALL '
            'SELECT 1 FROM tvshowlinkpath WHERE idShow = ? AND idPath <> ?',
            (show.kodi_id, show.kodi_id, show.path_id)))

    # ---- paths -------------------------------------------------------------------------------------------------

    def drop_all_paths(self) -> None:
        """Remove all unused path rows of 3.x, such as a root without items."""
        self.drop_paths([row[0] for row in self._database.rows('SELECT idPath FROM path WHERE ' + _ON_ALL_PATHS,
                                                              _ALL_PATHS)])

    def drop_paths(self, path_ids: Iterable[int]) -> None:
        """Remove those path rows that no file, show or other path uses any more."""
        self._database.many(
            'DELETE FROM path WHERE idPath = ? '
            'AND NOT EXISTS (SELECT 1 FROM files WHERE files.idPath = path.idPath) '
            'AND NOT EXISTS (SELECT 1 FROM tvshowlinkpath WHERE tvshowlinkpath.idPath = path.idPath) '
            'AND NOT EXISTS (SELECT 1 FROM path child WHERE child.idParentPath = path.idPath)',
            [(path_id,) for path_id in sorted(path_ids)])


def _pkc3_row(table: ItemTable, keys: Dict[str, str], row: Sequence[Any]) -> Pkc3Row:
    url, kodi_id, file_id, parent_id, path_id, date_added, play_count, last_played, user_rating = row
    return Pkc3Row(table, keys['key'], keys.get('parent', ''), url, kodi_id, parent_id, file_id, path_id,
                  date_added or '', play_count, last_played, user_rating)


def _by_table(rows: Iterable[Pkc3Row]) -> Dict[ItemTable, List[Pkc3Row]]:
    found: Dict[ItemTable, List[Pkc3Row]] = {}
    for row in rows:
        found.setdefault(row.table, []).append(row)
    return found
