"""Episodes (table episode)."""
from __future__ import annotations

from itertools import count
from typing import Any, Dict, List, Sequence, Tuple

from . import dialect, seasons, tables
from .item_writer import ItemWriter
from .records import EpisodeRecord, Written

#: c00 title, c01 plot, c03 default rating, c04 writers, c05 aired, c09 runtime, c10 directors, c12 season, c13 number,
#: c14 original title, c15 and c16 where a special belongs, c18 file, c19 path id,
#: c20 default id.
COLUMNS = ('idFile', 'c00', 'c01', 'c04', 'c05', 'c06', 'c09', 'c10', 'c12', 'c13', 'c14', 'c15', 'c16', 'c18',
           'c19', 'idShow', 'userrating', 'idSeason', 'c03', 'c20')
_LIST = ' / '


class EpisodeWriter(ItemWriter[EpisodeRecord]):
    """Adds and changes episodes in batches."""

    table = tables.EPISODE

    def write(self, records: Sequence[EpisodeRecord]) -> List[Written]:
        """Write a batch; missing season rows are made, for Kodi hides episodes without one."""
        season_ids = seasons.season_ids(self._library, [record.show_id for record in records])
        paths = [self._shared.paths.plain(record.file.path) for record in records]
        file_ids = self._shared.files.write([(path, record.file_id, record.file)
                                             for path, record in zip(paths, records)])
        for record in records:
            season = (record.show_id, record.season)
            if season not in season_ids:
                season_ids[season] = self._library.run(dialect.insert('seasons', seasons.COLUMNS),
                                                       season + ('', None))
        owners = self._owners(file_ids)
        alive = self._library.alive('episode', 'idEpisode', [record.kodi_id for record in records])
        ids = [record.kodi_id if record.kodi_id in alive else owners.get(file_id, 0)
               for record, file_id in zip(records, file_ids)]
        existing = {kodi_id for kodi_id in ids if kodi_id}
        made = dict(zip((file_id for kodi_id, file_id in zip(ids, file_ids) if not kodi_id),
                        count(self._library.next_id('episode', 'idEpisode'))))
        written = [Written(kodi_id or made[file_id], file_id) for kodi_id, file_id in zip(ids, file_ids)]
        defaults = self._shared.write('episode', {row.kodi_id: r.shared for row, r in zip(written, records)}, existing)
        values = {row.kodi_id: _values(record, path_id, row.file_id, season_ids[(record.show_id, record.season)])
                  + defaults[row.kodi_id] + (row.kodi_id,) for row, record, path_id in zip(written, records, paths)}
        self._library.many(dialect.update('episode', COLUMNS, 'idEpisode'),
                           [row for kodi_id, row in values.items() if kodi_id in existing])
        self._library.insert('episode', COLUMNS + ('idEpisode',),
                             [row for kodi_id, row in values.items() if kodi_id not in existing])
        return written

    def _owners(self, file_ids: Sequence[int]) -> Dict[int, int]:
        """Episodes by the file that they stand on."""
        return dict(self._library.rows_in('SELECT idFile, idEpisode FROM episode WHERE idFile IN (%s)', file_ids))


def _values(record: EpisodeRecord, path_id: int, file_id: int, season_id: int) -> Tuple[Any, ...]:
    shared = record.shared
    return (file_id, shared.title, shared.plot, _LIST.join(person[0] for person in shared.writers), shared.premiered,
            '', str(record.file.seconds), _LIST.join(person[0] for person in shared.directors), str(record.season),
            str(record.number), shared.original_title, '-1', '-1', record.file.url, str(path_id), record.show_id,
            shared.user_rating, season_id)
