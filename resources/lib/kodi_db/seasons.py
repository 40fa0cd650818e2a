"""Seasons (table seasons)."""
from __future__ import annotations

from typing import Any, Dict, List, Sequence, Tuple

from . import dialect, links, tables
from .connection import Library
from .item_writer import ItemWriter
from .records import SeasonRecord, Written

COLUMNS = ('idShow', 'season', 'name', 'userrating')


class SeasonWriter(ItemWriter[SeasonRecord]):
    """Adds and changes seasons in batches."""

    table = tables.SEASON

    def write(self, records: Sequence[SeasonRecord]) -> List[Written]:
        """Write a batch; a season row that Kodi or an episode made before is taken over."""
        present = season_ids(self._library, [record.show_id for record in records])
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
                kodi_id = self._library.run(dialect.insert('seasons', COLUMNS), values)
                present[(record.show_id, record.number)] = kodi_id
            written.append(Written(kodi_id, 0))
        self._library.many(dialect.update('seasons', COLUMNS, 'idSeason'), updates)
        links.write_art(self._library, 'season', {row.kodi_id: r.art for row, r in zip(written, records)}, existing)
        return written

    def remove(self, kodi_ids: Sequence[int]) -> None:
        """As of all items; a season that still has episodes stays."""
        used = {row[0] for row in self._library.rows_in(
            'SELECT DISTINCT idSeason FROM episode WHERE idSeason IN (%s)', kodi_ids)}
        super().remove([kodi_id for kodi_id in kodi_ids if kodi_id not in used])


def season_ids(library: Library, show_ids: Sequence[int]) -> Dict[Tuple[int, int], int]:
    """The seasons of these shows by (show id, number)."""
    sql = 'SELECT idShow, season, idSeason FROM seasons WHERE idShow IN (%s) ORDER BY idSeason DESC'
    return {(row[0], row[1]): row[2] for row in library.rows_in(sql, sorted(set(show_ids)))}
