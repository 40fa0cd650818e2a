"""Shows, seasons and episodes (tables tvshow, tvshowlinkpath, seasons, episode)."""
from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Dict, List, Sequence, Tuple

from . import dialect, links
from .connection import Library
from .records import EpisodeRecord, SeasonRecord, ShowRecord, Written

if TYPE_CHECKING:
    from .writer import SharedWriter

#: c00 title, c01 plot, c02 status, c05 premiered, c08 genres, c09 original title, c13 mpaa, c14 studio,
#: c15 sort title, c16 trailer.
_SHOW = ('c00', 'c01', 'c02', 'c05', 'c06', 'c08', 'c09', 'c10', 'c11', 'c13', 'c14', 'c15', 'c16', 'userrating',
         'duration')
#: c00 title, c01 plot, c03 default rating, c04 writers, c05 aired, c09 runtime, c10 directors, c12 season, c13 number,
#: c14 original title, c15 and c16 where a special belongs, c18 file, c19 path id,
#: c20 default id.
_EPISODE = ('idFile', 'c00', 'c01', 'c04', 'c05', 'c06', 'c09', 'c10', 'c12', 'c13', 'c14', 'c15', 'c16', 'c18',
            'c19', 'idShow', 'userrating', 'idSeason', 'c03', 'c20')
_SEASON = ('idShow', 'season', 'name', 'userrating')
_LIST = ' / '


class ShowWriter:
    """Adds and changes shows, seasons and episodes in batches."""

    def __init__(self, library: Library, shared: SharedWriter) -> None:
        self._library = library
        self._shared = shared

    def write_shows(self, records: Sequence[ShowRecord]) -> List[Written]:
        """Write a batch; the ids come back in the same order."""
        paths = [self._shared.paths.plain(r.path, self._shared.paths.root(r.parent_path, 'tvshows'), r.date_added)
                 for r in records]
        owners = dict(self._library.rows_in('SELECT idPath, idShow FROM tvshowlinkpath WHERE idPath IN (%s)', paths))
        alive = self._library.alive('tvshow', 'idShow', [record.kodi_id for record in records])
        insert = dialect.insert('tvshow', _SHOW)
        updates: List[Tuple[Any, ...]] = []
        written: List[Written] = []
        existing: List[int] = []
        for record, path_id in zip(records, paths):
            shared = record.shared
            values = (shared.title, shared.plot, record.status, shared.premiered, '', _LIST.join(shared.genres),
                      shared.original_title, '', '', shared.mpaa, _LIST.join(shared.studios), shared.sort_title,
                      record.trailer, shared.user_rating, record.seconds)
            kodi_id = record.kodi_id if record.kodi_id in alive else owners.get(path_id, 0)
            if kodi_id:
                updates.append(values + (kodi_id,))
                existing.append(kodi_id)
            else:
                kodi_id = self._library.run(insert, values)
            written.append(Written(kodi_id, 0))
        self._library.many(dialect.update('tvshow', _SHOW, 'idShow'), updates)
        self._library.many(dialect.insert_ignore('tvshowlinkpath', ('idShow', 'idPath')),
                           [(row.kodi_id, path_id) for row, path_id in zip(written, paths)])
        defaults = self._shared.write('tvshow', {row.kodi_id: r.shared for row, r in zip(written, records)}, existing)
        self._library.many(dialect.update('tvshow', ('c04', 'c12'), 'idShow'),
                           [row + (kodi_id,) for kodi_id, row in defaults.items()])
        return written

    def write_seasons(self, records: Sequence[SeasonRecord]) -> List[Written]:
        """Write a batch; a season row that Kodi or an episode made before is taken over."""
        present = self._season_rows([record.show_id for record in records])
        alive = self._library.alive('seasons', 'idSeason', [record.kodi_id for record in records])
        written: List[Written] = []
        existing: List[int] = []
        updates: List[Tuple[Any, ...]] = []
        for record in records:
            values = (record.show_id, record.number, record.name, record.user_rating)
            kodi_id = record.kodi_id if record.kodi_id in alive else present.get((record.show_id, record.number), 0)
            if kodi_id:
                updates.append(values + (kodi_id,))
                existing.append(kodi_id)
            else:
                kodi_id = self._library.run(dialect.insert('seasons', _SEASON), values)
                present[(record.show_id, record.number)] = kodi_id
            written.append(Written(kodi_id, 0))
        self._library.many(dialect.update('seasons', _SEASON, 'idSeason'), updates)
        links.write_art(self._library, 'season', {row.kodi_id: r.art for row, r in zip(written, records)}, existing)
        return written

    def write_episodes(self, records: Sequence[EpisodeRecord]) -> List[Written]:
        """Write a batch; missing season rows are made, for Kodi hides episodes without one."""
        seasons = self._season_rows([record.show_id for record in records])
        paths = [self._shared.paths.plain(record.file.path) for record in records]
        file_ids = self._shared.files.write([(path, record.file_id, record.file)
                                             for path, record in zip(paths, records)])
        for record in records:
            season = (record.show_id, record.season)
            if season not in seasons:
                seasons[season] = self._library.run(dialect.insert('seasons', _SEASON), season + ('', None))
        owners = self._owners(file_ids)
        alive = self._library.alive('episode', 'idEpisode', [record.kodi_id for record in records])
        ids = [record.kodi_id if record.kodi_id in alive else owners.get(file_id, 0)
               for record, file_id in zip(records, file_ids)]
        existing = {kodi_id for kodi_id in ids if kodi_id}
        made = dict(zip((file_id for kodi_id, file_id in zip(ids, file_ids) if not kodi_id),
                        count(self._library.next_id('episode', 'idEpisode'))))
        written = [Written(kodi_id or made[file_id], file_id) for kodi_id, file_id in zip(ids, file_ids)]
        defaults = self._shared.write('episode', {row.kodi_id: r.shared for row, r in zip(written, records)}, existing)
        values = {row.kodi_id: _episode_columns(record, path_id, row.file_id, seasons[(record.show_id, record.season)])
                  + defaults[row.kodi_id] + (row.kodi_id,) for row, record, path_id in zip(written, records, paths)}
        self._library.many(dialect.update('episode', _EPISODE, 'idEpisode'),
                           [row for kodi_id, row in values.items() if kodi_id in existing])
        self._library.insert('episode', _EPISODE + ('idEpisode',),
                             [row for kodi_id, row in values.items() if kodi_id not in existing])
        return written

    def _owners(self, file_ids: Sequence[int]) -> Dict[int, int]:
        """Episodes by the file that they stand on."""
        return dict(self._library.rows_in('SELECT idFile, idEpisode FROM episode WHERE idFile IN (%s)', file_ids))

    def _season_rows(self, show_ids: Sequence[int]) -> Dict[Tuple[int, int], int]:
        sql = 'SELECT idShow, season, idSeason FROM seasons WHERE idShow IN (%s) ORDER BY idSeason DESC'
        return {(row[0], row[1]): row[2] for row in self._library.rows_in(sql, sorted(set(show_ids)))}


def _episode_columns(record: EpisodeRecord, path_id: int, file_id: int, season_id: int) -> Tuple[Any, ...]:
    shared = record.shared
    return (file_id, shared.title, shared.plot, _LIST.join(person[0] for person in shared.writers), shared.premiered,
            '', str(record.file.seconds), _LIST.join(person[0] for person in shared.directors), str(record.season),
            str(record.number), shared.original_title, '-1', '-1', record.file.url, str(path_id), record.show_id,
            shared.user_rating, season_id)
