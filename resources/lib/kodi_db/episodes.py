"""Writing episodes (table episode)."""
from __future__ import annotations

from typing import Dict, List, Sequence

from . import seasons, tables
from .database import Row
from .item_writer import ItemWriter, people
from .records import DefaultRows, EpisodeRecord, Written


class EpisodeWriter(ItemWriter[EpisodeRecord]):
    """Adds and changes episodes in batches."""

    table = tables.EPISODE

    def write(self, records: Sequence[EpisodeRecord]) -> List[Written]:
        """Add or change episodes; returns their ids in the same order. Adds missing season rows, which Kodi needs."""
        season_ids = seasons.season_ids(self._database, [record.show_id for record in records])
        self._shared.paths.look_up(record.file.path for record in records)
        paths = [self._shared.paths.plain(record.file.path) for record in records]
        file_ids = self._shared.files.write([(path, record.file_id, record.file)
                                             for path, record in zip(paths, records)])
        for record in records:
            season = (record.show_id, record.season)
            if season not in season_ids:
                season_ids[season] = seasons.add(self._database, *season)
        owners = self._owners(file_ids)
        alive = self._database.alive('episode', 'idEpisode', [record.kodi_id for record in records])
        ids = [record.kodi_id if record.kodi_id in alive else owners.get(file_id, 0)
               for record, file_id in zip(records, file_ids)]
        existing = {kodi_id for kodi_id in ids if kodi_id}
        new_ids = dict(zip((file_id for kodi_id, file_id in zip(ids, file_ids) if not kodi_id), self._new_ids()))
        written = [Written(kodi_id or new_ids[file_id], file_id) for kodi_id, file_id in zip(ids, file_ids)]
        defaults = self._shared.write('episode', {row.kodi_id: r.shared for row, r in zip(written, records)}, existing)
        self._store([_row(record, row, path_id, season_ids[(record.show_id, record.season)], defaults[row.kodi_id])
                     for row, record, path_id in zip(written, records, paths)], set(new_ids.values()))
        return written

    def _owners(self, file_ids: Sequence[int]) -> Dict[int, int]:
        """The ids of existing episodes, by file id."""
        return dict(self._database.rows_in('SELECT idFile, idEpisode FROM episode WHERE idFile IN (%s)', file_ids))


def _row(record: EpisodeRecord, row: Written, path_id: int, season_id: int, default: DefaultRows) -> Row:
    """The columns of an episode. ``c15`` and ``c16`` (a special's place among the seasons) are unset."""
    shared = record.shared
    return {
        'idEpisode': row.kodi_id, 'idFile': row.file_id, 'idShow': record.show_id, 'idSeason': season_id,
        'c00': shared.title, 'c01': shared.plot, 'c03': default.rating_id, 'c04': people(shared.writers),
        'c05': shared.premiered, 'c06': '', 'c09': str(record.file.seconds), 'c10': people(shared.directors),
        'c12': str(record.season), 'c13': str(record.number), 'c14': shared.original_title, 'c15': '-1', 'c16': '-1',
        'c18': record.file.url, 'c19': str(path_id), 'c20': default.unique_id,
        'userrating': shared.user_rating,
    }
