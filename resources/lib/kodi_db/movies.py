"""Movies (tables movie, videoversion)."""
from __future__ import annotations

from itertools import count
from typing import Any, Dict, List, Sequence, Set, Tuple

from . import dialect, item_rows, tables
from .item_writer import ItemWriter
from .records import MovieRecord, Written

#: c00 title, c01 plot, c03 tagline, c05 default rating, c06 writers, c07 year, c09 default id, c10 sort title,
#: c11 runtime, c12 mpaa, c14 genres,
#: c15 directors, c16 original title, c18 studio, c19 trailer, c21 countries, c22 file, c23 path id.
COLUMNS = ('idFile', 'c00', 'c01', 'c02', 'c03', 'c06', 'c07', 'c08', 'c10', 'c11', 'c12', 'c13', 'c14', 'c15',
           'c16', 'c17', 'c18', 'c19', 'c20', 'c21', 'c22', 'c23', 'idSet', 'userrating', 'premiered', 'c05', 'c09')
_LIST = ' / '


class MovieWriter(ItemWriter[MovieRecord]):
    """Adds and changes movies in batches."""

    table = tables.MOVIE

    def write(self, records: Sequence[MovieRecord]) -> List[Written]:
        """Write a batch; the ids come back in the same order."""
        paths = [self._shared.paths.root(record.file.path, self.table.content) for record in records]
        file_ids = self._shared.files.write([(path, record.file_id, record.file)
                                             for path, record in zip(paths, records)])
        sets = self._shared.sets.ids({record.set_name for record in records if record.set_name})
        owners = self._owners(file_ids)
        alive = self._library.alive('movie', 'idMovie', [record.kodi_id for record in records])
        ids = [record.kodi_id if record.kodi_id in alive else owners.get(file_id, 0)
               for record, file_id in zip(records, file_ids)]
        existing = {kodi_id for kodi_id in ids if kodi_id}
        shown = self._shared.versions.default_files(sorted(existing))
        own = file_ids
        file_ids = [shown.get(kodi_id, file_id) for kodi_id, file_id in zip(ids, own)]
        made = dict(zip((file_id for kodi_id, file_id in zip(ids, file_ids) if not kodi_id),
                        count(self._library.next_id('movie', 'idMovie'))))
        written = [Written(kodi_id or made[file_id], file_id) for kodi_id, file_id in zip(ids, file_ids)]
        self._shared.sets.leave(self.table, sorted(existing))
        shared = {row.kodi_id: record.shared for row, record in zip(written, records)}
        defaults = self._shared.write('movie', shared, existing)
        values = {row.kodi_id: _values(record, path_id, row.file_id, sets.get(record.set_name)) + defaults[row.kodi_id]
                  + (row.kodi_id,) for row, record, path_id in zip(written, records, paths)}
        self._library.many(dialect.update('movie', COLUMNS, 'idMovie'),
                           [row for kodi_id, row in values.items() if kodi_id in existing])
        self._library.insert('movie', COLUMNS + ('idMovie',),
                             [row for kodi_id, row in values.items() if kodi_id not in existing])
        self._shared.versions.write([(row.kodi_id, path, file_id, record)
                                     for row, path, file_id, record in zip(written, paths, own, records)])
        return written

    def remove(self, kodi_ids: Sequence[int]) -> None:
        """As of all items, with the files of all versions of ours."""
        self._shared.sets.leave(self.table, kodi_ids)
        super().remove(kodi_ids)

    def release(self, kodi_ids: Sequence[int], base: str) -> Set[int]:
        """Movies with a version in somebody else's file play that from now on."""
        if not self._library.profile.has_video_versions:
            return set()
        ours = item_rows.path_range(base)
        others: Dict[int, Tuple[int, str, str]] = {}
        for movie_id, file_id, path_id, path, name in self._library.rows_in(
                "SELECT v.idMedia, f.idFile, p.idPath, p.strPath, f.strFilename FROM videoversion v "
                "JOIN files f ON f.idFile = v.idFile JOIN path p ON p.idPath = f.idPath "
                "WHERE v.media_type = 'movie' AND v.itemType = ? AND NOT (" + item_rows.BELOW
                + ") AND v.idMedia IN (%s)", kodi_ids, (self._library.profile.version_item_type,) + ours):
            others[movie_id] = (file_id, name if '://' in name else path + name, str(path_id))
        self._library.many(
            dialect.update('movie', ('idFile', self.table.url_column, self.table.path_column), 'idMovie'),
            [row + (movie_id,) for movie_id, row in others.items()])
        self._library.many(dialect.delete('files', 'idFile'), list(self._library.rows_in(
            "SELECT f.idFile FROM videoversion v JOIN files f ON f.idFile = v.idFile "
            "JOIN path p ON p.idPath = f.idPath WHERE v.media_type = 'movie' AND " + item_rows.BELOW
            + " AND v.idMedia IN (%s)", sorted(others), ours)))
        return set(others)

    def _files(self, kodi_ids: Sequence[int]) -> Set[Tuple[Any, ...]]:
        return super()._files(kodi_ids) | self._shared.versions.take(kodi_ids)

    def _owners(self, file_ids: Sequence[int]) -> Dict[int, int]:
        """Movies that already stand on a file: a batch that is done again must not double them."""
        owners = self._shared.versions.owners(file_ids)
        owners.update(self._library.rows_in('SELECT idFile, idMovie FROM movie WHERE idFile IN (%s)', file_ids))
        return owners


def _values(record: MovieRecord, path_id: int, file_id: int, set_id: Any) -> Tuple[Any, ...]:
    shared = record.shared
    return (file_id, shared.title, shared.plot, '', record.tagline, _LIST.join(person[0] for person in shared.writers),
            str(record.year) if record.year else '', '', shared.sort_title, str(record.file.seconds), shared.mpaa,
            '0', _LIST.join(shared.genres), _LIST.join(person[0] for person in shared.directors), shared.original_title,
            '', _LIST.join(shared.studios), record.trailer, '', _LIST.join(shared.countries), record.file.url,
            str(path_id), set_id, shared.user_rating, shared.premiered)
