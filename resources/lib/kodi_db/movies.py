"""Movies and movie sets (tables movie, sets, videoversion)."""
from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Collection, Dict, List, Sequence, Set, Tuple

from . import dialect, links
from .connection import Library
from .records import MovieRecord, SetRecord, Written
from .versions import Versions

if TYPE_CHECKING:
    from .writer import SharedWriter

#: c00 title, c01 plot, c03 tagline, c05 default rating, c06 writers, c07 year, c09 default id, c10 sort title,
#: c11 runtime, c12 mpaa, c14 genres,
#: c15 directors, c16 original title, c18 studio, c19 trailer, c21 countries, c22 file, c23 path id.
_COLUMNS = ('idFile', 'c00', 'c01', 'c02', 'c03', 'c06', 'c07', 'c08', 'c10', 'c11', 'c12', 'c13', 'c14', 'c15',
            'c16', 'c17', 'c18', 'c19', 'c20', 'c21', 'c22', 'c23', 'idSet', 'userrating', 'premiered', 'c05', 'c09')
_LIST = ' / '


class MovieWriter:
    """Adds and changes movies in batches."""

    def __init__(self, library: Library, shared: SharedWriter) -> None:
        self._library = library
        self._shared = shared
        self._left: Set[int] = set()
        self.versions = Versions(library, shared.files)

    def write(self, records: Sequence[MovieRecord]) -> List[Written]:
        """Write a batch; the ids come back in the same order."""
        paths = [self._shared.paths.root(record.file.path, 'movies') for record in records]
        file_ids = self._shared.files.write([(path, record.file_id, record.file)
                                             for path, record in zip(paths, records)])
        sets = self._set_ids({record.set_name for record in records if record.set_name})
        owners = self._owners(file_ids)
        alive = self._library.alive('movie', 'idMovie', [record.kodi_id for record in records])
        ids = [record.kodi_id if record.kodi_id in alive else owners.get(file_id, 0)
               for record, file_id in zip(records, file_ids)]
        existing = {kodi_id for kodi_id in ids if kodi_id}
        shown = self.versions.default_files(sorted(existing))
        own = file_ids
        file_ids = [shown.get(kodi_id, file_id) for kodi_id, file_id in zip(ids, own)]
        made = dict(zip((file_id for kodi_id, file_id in zip(ids, file_ids) if not kodi_id),
                        count(self._library.next_id('movie', 'idMovie'))))
        written = [Written(kodi_id or made[file_id], file_id) for kodi_id, file_id in zip(ids, file_ids)]
        self.leave_sets(sorted(existing))
        shared = {row.kodi_id: record.shared for row, record in zip(written, records)}
        defaults = self._shared.write('movie', shared, existing)
        values = {row.kodi_id: _columns(record, path_id, row.file_id, sets.get(record.set_name)) + defaults[row.kodi_id]
                  + (row.kodi_id,) for row, record, path_id in zip(written, records, paths)}
        self._library.many(dialect.update('movie', _COLUMNS, 'idMovie'),
                           [row for kodi_id, row in values.items() if kodi_id in existing])
        self._library.insert('movie', _COLUMNS + ('idMovie',),
                             [row for kodi_id, row in values.items() if kodi_id not in existing])
        self.versions.write([(row.kodi_id, path, file_id, record)
                              for row, path, file_id, record in zip(written, paths, own, records)])
        return written

    def write_sets(self, records: Sequence[SetRecord], changed: Collection[str], ours: str) -> int:
        """Texts and art of sets that movies are in; sets that no movie is in are not made.

        What is there already is replaced only for the names in ``changed``. A set that also holds movies from other
        paths than those below ``ours`` is somebody else's and left alone. Returns how many rows changed.
        """
        by_name: Dict[str, SetRecord] = {}
        for record in records:
            by_name.setdefault(record.name, record)
        present = {row[0]: (row[1], row[2] or '') for row in self._library.rows_in(
            'SELECT idSet, strSet, strOverview FROM sets WHERE strSet IN (%s)', list(by_name))}
        foreign = {row[0] for row in self._library.rows_in(
            'SELECT DISTINCT m.idSet FROM movie m JOIN files f ON f.idFile = m.idFile '
            'JOIN path p ON p.idPath = f.idPath WHERE p.strPath NOT LIKE ? AND m.idSet IN (%s)', list(present),
            (ours + '%',))}
        with_art = {row[0] for row in self._library.rows_in(
            "SELECT DISTINCT media_id FROM art WHERE media_type = 'set' AND media_id IN (%s)", list(present))}
        mine = {set_id: row for set_id, row in present.items() if set_id not in foreign}
        before = self._library.connection.total_changes
        self._library.many(dialect.update('sets', ('strOverview',), 'idSet'), [
            (by_name[name].overview, set_id) for set_id, (name, overview) in mine.items()
            if by_name[name].overview != overview and (not overview or name in changed)])
        art = {set_id: by_name[name].art for set_id, (name, _) in mine.items()
               if name in changed or set_id not in with_art}
        links.write_art(self._library, 'set', art, list(art))
        return self._library.connection.total_changes - before

    def leave_sets(self, movie_ids: Sequence[int]) -> None:
        """Note the sets of movies that are about to change or go: they may be left empty."""
        self._left.update(row[0] for row in self._library.rows_in(
            'SELECT DISTINCT idSet FROM movie WHERE idSet IS NOT NULL AND idMovie IN (%s)', movie_ids))

    def empty_sets(self, names: Collection[str]) -> List[int]:
        """Sets of these names, or that movies of ours were in, that hold no movie, of ours or of anybody."""
        empty = 'SELECT idSet FROM sets WHERE NOT EXISTS (SELECT 1 FROM movie WHERE movie.idSet = sets.idSet) AND '
        return sorted({row[0] for column, values in (('strSet', sorted(names)), ('idSet', sorted(self._left)))
                       for row in self._library.rows_in(empty + column + ' IN (%s)', values)})

    def _set_ids(self, names: set[str]) -> Dict[str, int]:
        found: Dict[str, int] = {}
        for set_id, name in self._library.rows_in('SELECT idSet, strSet FROM sets WHERE strSet IN (%s)',
                                                  sorted(names)):
            found.setdefault(name, set_id)
        for name in sorted(names - set(found)):
            found[name] = self._library.run(dialect.insert('sets', ('strSet', 'strOverview')), (name, ''))
        return found

    def _owners(self, file_ids: Sequence[int]) -> Dict[int, int]:
        """Movies that already stand on a file: a batch that is done again must not double them."""
        owners = self.versions.owners(file_ids)
        owners.update(self._library.rows_in('SELECT idFile, idMovie FROM movie WHERE idFile IN (%s)', file_ids))
        return owners


def _columns(record: MovieRecord, path_id: int, file_id: int, set_id: Any) -> Tuple[Any, ...]:
    shared = record.shared
    return (file_id, shared.title, shared.plot, '', record.tagline, _LIST.join(person[0] for person in shared.writers),
            str(record.year) if record.year else '', '', shared.sort_title, str(record.file.seconds), shared.mpaa,
            '0', _LIST.join(shared.genres), _LIST.join(person[0] for person in shared.directors), shared.original_title,
            '', _LIST.join(shared.studios), record.trailer, '', _LIST.join(shared.countries), record.file.url,
            str(path_id), set_id, shared.user_rating, shared.premiered)
