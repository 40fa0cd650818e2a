"""Writing movies (tables movie, videoversion)."""
from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Set

from . import item_rows, tables
from .database import Row
from .item_writer import ItemWriter, joined, people
from .records import DefaultRows, MovieRecord, Written


class MovieWriter(ItemWriter[MovieRecord]):
    """Adds and changes movies in batches."""

    table = tables.MOVIE

    def write(self, records: Sequence[MovieRecord]) -> List[Written]:
        """Add or change movies; returns their ids in the same order."""
        self._shared.paths.look_up(record.file.path for record in records)
        paths = [self._shared.paths.root(record.file.path, self.table.content) for record in records]
        file_ids = self._shared.files.write([(path, record.file_id, record.file)
                                             for path, record in zip(paths, records)])
        sets = self._shared.sets.ids({record.set_name for record in records if record.set_name})
        owners = self._owners(file_ids)
        alive = self._database.alive('movie', 'idMovie', [record.kodi_id for record in records])
        ids = [record.kodi_id if record.kodi_id in alive else owners.get(file_id, 0)
               for record, file_id in zip(records, file_ids)]
        existing = {kodi_id for kodi_id in ids if kodi_id}
        played = self._shared.versions.default_files(sorted(existing))
        first_version_files = file_ids
        file_ids = [played.get(kodi_id, file_id) for kodi_id, file_id in zip(ids, first_version_files)]
        new_ids = dict(zip((file_id for kodi_id, file_id in zip(ids, file_ids) if not kodi_id), self._new_ids()))
        written = [Written(kodi_id or new_ids[file_id], file_id) for kodi_id, file_id in zip(ids, file_ids)]
        self._shared.sets.leave(self.table, sorted(existing))
        shared = {row.kodi_id: record.shared for row, record in zip(written, records)}
        defaults = self._shared.write('movie', shared, existing)
        self._store([_row(record, row, path_id, sets.get(record.set_name), defaults[row.kodi_id])
                     for row, record, path_id in zip(written, records, paths)], set(new_ids.values()))
        self._shared.versions.write([
            (row.kodi_id, path, file_id, record)
            for row, path, file_id, record in zip(written, paths, first_version_files, records)])
        return written

    def remove(self, kodi_ids: Sequence[int]) -> None:
        """Remove movies with the files of all their versions that are ours."""
        self._shared.sets.leave(self.table, kodi_ids)
        super().remove(kodi_ids)

    def release(self, kodi_ids: Sequence[int], base: str) -> Set[int]:
        """See the base class. A movie that has a version in a file elsewhere plays that from now on."""
        if not self._database.profile.has_video_versions:
            return set()
        ours = item_rows.path_range(base)
        others: Dict[int, Row] = {}
        for movie_id, file_id, path_id, path, name in self._database.rows_in(
                "SELECT v.idMedia, f.idFile, p.idPath, p.strPath, f.strFilename FROM videoversion v "
                "JOIN files f ON f.idFile = v.idFile JOIN path p ON p.idPath = f.idPath "
                "WHERE v.media_type = 'movie' AND v.itemType = ? AND NOT (" + item_rows.BELOW
                + ") AND v.idMedia IN (%s)", kodi_ids, (self._database.profile.version_item_type,) + ours):
            others[movie_id] = {'idMovie': movie_id, 'idFile': file_id,
                                self.table.url_column: name if '://' in name else path + name,
                                self.table.path_column: str(path_id)}
        self._database.update_rows('movie', 'idMovie', list(others.values()))
        self._database.delete('files', ('idFile',), list(self._database.rows_in(
            "SELECT f.idFile FROM videoversion v JOIN files f ON f.idFile = v.idFile "
            "JOIN path p ON p.idPath = f.idPath WHERE v.media_type = 'movie' AND " + item_rows.BELOW
            + " AND v.idMedia IN (%s)", sorted(others), ours)))
        return set(others)

    def _files(self, kodi_ids: Sequence[int]) -> Set[int]:
        return super()._files(kodi_ids) | self._shared.versions.take(kodi_ids)

    def _owners(self, file_ids: Sequence[int]) -> Dict[int, int]:
        """The ids of existing movies by file id, so that a batch that is written again adds none twice."""
        owners = self._shared.versions.owners(file_ids)
        owners.update(self._database.rows_in('SELECT idFile, idMovie FROM movie WHERE idFile IN (%s)', file_ids))
        return owners


def _row(record: MovieRecord, row: Written, path_id: int, set_id: Optional[int], default: DefaultRows) -> Row:
    shared = record.shared
    return {
        'idMovie': row.kodi_id, 'idFile': row.file_id, 'idSet': set_id,
        'c00': shared.title, 'c01': shared.plot, 'c02': '', 'c03': record.tagline, 'c05': default.rating_id,
        'c06': people(shared.writers), 'c07': str(record.year) if record.year else '', 'c08': '',
        'c09': default.unique_id, 'c10': shared.sort_title, 'c11': str(record.file.seconds), 'c12': shared.mpaa,
        'c13': '0', 'c14': joined(shared.genres), 'c15': people(shared.directors), 'c16': shared.original_title,
        'c17': '', 'c18': joined(shared.studios), 'c19': record.trailer, 'c20': '', 'c21': joined(shared.countries),
        'c22': record.file.url, 'c23': str(path_id),
        'userrating': shared.user_rating, 'premiered': shared.premiered,
    }
