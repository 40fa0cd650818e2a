"""Taking items of ours out of Kodi's library, and nothing else."""
from __future__ import annotations

from typing import List, Sequence, Tuple

from . import dialect
from .connection import Library

_TABLES = {'movie': ('movie', 'idMovie'), 'tvshow': ('tvshow', 'idShow'), 'season': ('seasons', 'idSeason'),
           'episode': ('episode', 'idEpisode')}


class Removal:
    """Deletes item rows by id. Links, art, ratings and ids go by Kodi's triggers; names are left alone."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def remove(self, media_type: str, kodi_ids: Sequence[int]) -> None:
        """Remove items with their files. A show takes its seasons and episodes along; a season that still has
        episodes stays.
        """
        if media_type == 'tvshow':
            episodes = [row[0] for row in self._library.rows_in(
                'SELECT idEpisode FROM episode WHERE idShow IN (%s)', kodi_ids)]
            self.remove('episode', episodes)
        if media_type == 'season':
            used = {row[0] for row in self._library.rows_in(
                'SELECT DISTINCT idSeason FROM episode WHERE idSeason IN (%s)', kodi_ids)}
            kodi_ids = [kodi_id for kodi_id in kodi_ids if kodi_id not in used]
        if media_type in ('movie', 'episode'):
            self._remove_files(media_type, kodi_ids)
        table, key = _TABLES[media_type]
        paths = self._show_paths(kodi_ids) if media_type == 'tvshow' else []
        self._library.many(dialect.delete(table, key), [(kodi_id,) for kodi_id in kodi_ids])
        self._library.many(dialect.delete('path', 'idPath'), paths)

    def _remove_files(self, media_type: str, kodi_ids: Sequence[int]) -> None:
        table, key = _TABLES[media_type]
        sql = 'SELECT idFile FROM %s WHERE %s IN (%%s)' % (table, key)
        files = {(row[0],) for row in self._library.rows_in(sql, kodi_ids)}
        if media_type == 'movie' and self._library.profile.has_video_versions:
            # A version that the user joined to our movie from a file of his own stays as a file.
            files.update((row[0],) for row in self._library.rows_in(
                "SELECT v.idFile FROM videoversion v JOIN files f ON f.idFile = v.idFile JOIN movie m ON "
                "m.idMovie = v.idMedia JOIN files o ON o.idFile = m.idFile AND o.idPath = f.idPath "
                "WHERE v.media_type = 'movie' AND v.idMedia IN (%s)", kodi_ids))
            self._library.many("DELETE FROM videoversion WHERE media_type = 'movie' AND idMedia = ?",
                               [(kodi_id,) for kodi_id in kodi_ids])
        self._library.many(dialect.delete('files', 'idFile'), files)

    def _show_paths(self, kodi_ids: Sequence[int]) -> List[Tuple[int]]:
        return [(row[0],) for row in self._library.rows_in(
            'SELECT idPath FROM tvshowlinkpath WHERE idShow IN (%s)', kodi_ids)]
