"""Everything of ours out of Kodi's library, and the library as it was before us.

What is ours is told by the rows themselves: files and shows whose path lies below a given base. Kodi lets the user,
and its own scanner, join ours with others: a local file as a further version of our movie, local episodes in our
show. Then the item stays with whoever else has a part in it, and only our part goes.
"""
from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Sequence, Set, Tuple

from . import dialect
from .orphans import Orphans
from .writer import LibraryWriter

_OUR_ART = re.compile(r'http://127\.0\.0\.1:\d+/art/|https://metadata-static\.plex\.tv/')
_BELOW = 'p.strPath >= ? AND p.strPath < ?'
_OF_FILE = 'path p JOIN files f ON f.idPath = p.idPath '
_ITEMS = {
    'movie': 'SELECT k.idMovie, f.strFilename FROM %sJOIN movie k ON k.idFile = f.idFile WHERE %s LIMIT ?',
    'episode': 'SELECT k.idEpisode, f.strFilename FROM %sJOIN episode k ON k.idFile = f.idFile WHERE %s LIMIT ?',
    'tvshow': 'SELECT k.idShow, p.strPath FROM path p JOIN tvshowlinkpath l ON l.idPath = p.idPath '
              'JOIN tvshow k ON k.idShow = l.idShow WHERE %s LIMIT ?',
}


class OurRow(NamedTuple):
    """A movie, episode or show; ``url`` is its file's or path's."""

    kodi_id: int
    url: str


class Farewell:
    """Finds and removes the rows below ``base``, a ``plugin://…/`` path. Use inside the writer's transactions."""

    def __init__(self, writer: LibraryWriter, base: str) -> None:
        self._writer = writer
        self._library = writer.library
        self._range = (base, base[:-1] + chr(ord(base[-1]) + 1))

    def some(self, media_type: str, limit: int) -> List[OurRow]:
        """Up to ``limit`` items that are still there."""
        sql = _ITEMS[media_type]
        sql = sql % _BELOW if media_type == 'tvshow' else sql % (_OF_FILE, _BELOW)
        return [OurRow(*row) for row in self._library.rows(sql, self._range + (limit,))]

    def remove(self, media_type: str, kodi_ids: Sequence[int]) -> None:
        """Remove items with all that only they used. Episodes go before their shows."""
        orphans = Orphans(self._library)
        orphans.note(media_type, kodi_ids)
        people, sets = orphans.people, self._sets(kodi_ids) if media_type == 'movie' else set()
        shared = self.leave(media_type, kodi_ids)
        self._writer.remove(media_type, [kodi_id for kodi_id in kodi_ids if kodi_id not in shared])
        if media_type == 'movie':
            self._writer.drop_empty_sets(())
        orphans.drop()
        # People and sets that others use as well stay, without the pictures that they have from us.
        self._drop_art('actor', people)
        self._drop_art('set', sets)
        self._writer.forget()

    def leave(self, media_type: str, kodi_ids: Sequence[int]) -> Set[int]:
        """Take our part, pictures included, out of those items that others have a part in; returns their ids."""
        shared = self._shared(media_type, kodi_ids) if kodi_ids else set()
        self._drop_art(media_type, shared)
        return shared

    def bare_files(self, limit: int) -> List[int]:
        """File rows of ours; those of items are gone when all items are."""
        return [row[0] for row in self._library.rows('SELECT f.idFile FROM %sWHERE %s LIMIT ?' % (_OF_FILE, _BELOW),
                                                     self._range + (limit,))]

    def remove_files(self, file_ids: Sequence[int]) -> None:
        """Remove file rows; Kodi's triggers take resume points, settings, streams and versions."""
        self._library.many(dialect.delete('files', 'idFile'), [(file_id,) for file_id in file_ids])

    def remove_paths(self) -> None:
        """Remove the path rows of ours that no file and no show uses."""
        self._library.run(
            'DELETE FROM path WHERE strPath >= ? AND strPath < ? '
            'AND NOT EXISTS (SELECT 1 FROM files WHERE files.idPath = path.idPath) '
            'AND NOT EXISTS (SELECT 1 FROM tvshowlinkpath WHERE tvshowlinkpath.idPath = path.idPath)', self._range)
        self._writer.forget()

    # ---- what others have a part in ----------------------------------------------------------------------------

    def _shared(self, media_type: str, kodi_ids: Sequence[int]) -> Set[int]:
        """Those items that others have a part in; our part is taken out of them."""
        if media_type == 'tvshow':
            return self._leave_shows(kodi_ids)
        if media_type == 'movie' and self._library.profile.has_video_versions:
            return self._leave_movies(kodi_ids)
        return set()

    def _leave_movies(self, kodi_ids: Sequence[int]) -> Set[int]:
        """Movies with a version in somebody else's file play that from now on."""
        others: Dict[int, Tuple[int, str, str]] = {}
        for movie_id, file_id, path_id, path, name in self._library.rows_in(
                "SELECT v.idMedia, f.idFile, p.idPath, p.strPath, f.strFilename FROM videoversion v "
                "JOIN files f ON f.idFile = v.idFile JOIN path p ON p.idPath = f.idPath "
                "WHERE v.media_type = 'movie' AND v.itemType = ? AND NOT (" + _BELOW + ") AND v.idMedia IN (%s)",
                kodi_ids, (self._library.profile.version_item_type,) + self._range):
            others[movie_id] = (file_id, name if '://' in name else path + name, str(path_id))
        self._library.many(dialect.update('movie', ('idFile', 'c22', 'c23'), 'idMovie'),
                           [row + (movie_id,) for movie_id, row in others.items()])
        self.remove_files([row[0] for row in list(self._library.rows_in(
            "SELECT f.idFile FROM videoversion v JOIN files f ON f.idFile = v.idFile "
            "JOIN path p ON p.idPath = f.idPath WHERE v.media_type = 'movie' AND " + _BELOW + " AND v.idMedia IN (%s)",
            sorted(others), self._range))])
        return set(others)

    def _leave_shows(self, kodi_ids: Sequence[int]) -> Set[int]:
        """Shows with episodes or a path of others lose their path of ours and the seasons that only we filled."""
        kept = {row[0] for row in self._library.rows_in(
            'SELECT DISTINCT idShow FROM episode WHERE idShow IN (%s)', kodi_ids)}
        kept.update(row[0] for row in self._library.rows_in(
            'SELECT DISTINCT l.idShow FROM tvshowlinkpath l JOIN path p ON p.idPath = l.idPath WHERE NOT (' + _BELOW
            + ') AND l.idShow IN (%s)', kodi_ids, self._range))
        if kept:
            shows = sorted(kept)
            links = list(self._library.rows_in(
                'SELECT l.idShow, l.idPath FROM tvshowlinkpath l JOIN path p ON p.idPath = l.idPath WHERE ' + _BELOW
                + ' AND l.idShow IN (%s)', shows, self._range))
            self._library.many(dialect.delete('tvshowlinkpath', 'idShow', 'idPath'), links)
            self._drop_art('season', {row[0] for row in self._library.rows_in(
                'SELECT idSeason FROM seasons WHERE idShow IN (%s)', shows)})
            self._library.many('DELETE FROM seasons WHERE idShow = ? AND NOT EXISTS (SELECT 1 FROM episode '
                               'WHERE episode.idSeason = seasons.idSeason)', [(show,) for show in shows])
        return kept

    def _sets(self, movie_ids: Sequence[int]) -> Set[int]:
        return {row[0] for row in self._library.rows_in(
            'SELECT DISTINCT idSet FROM movie WHERE idSet IS NOT NULL AND idMovie IN (%s)', movie_ids)}

    def _drop_art(self, media_type: str, media_ids: Set[int]) -> None:
        """Remove pictures that come from us."""
        rows = self._library.rows_in('SELECT art_id, url FROM art WHERE media_type = ? AND media_id IN (%s)',
                                     sorted(media_ids), (media_type,))
        self._library.many(dialect.delete('art', 'art_id'),
                           [(art_id,) for art_id, url in list(rows) if _OUR_ART.match(url or '')])
