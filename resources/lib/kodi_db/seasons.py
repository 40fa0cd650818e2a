"""Writing seasons (table seasons)."""
from __future__ import annotations

from typing import Dict, List, Sequence, Set, Tuple

from . import links, tables
from .database import Row, VideoDatabase
from .item_writer import ItemWriter
from .records import SeasonRecord, Written


class SeasonWriter(ItemWriter[SeasonRecord]):
    """Adds and changes seasons in batches."""

    table = tables.SEASON

    def write(self, records: Sequence[SeasonRecord]) -> List[Written]:
        """Add or change seasons; returns their ids in the same order. Existing rows of Kodi or of episodes are used."""
        present = season_ids(self._database, [record.show_id for record in records])
        alive = self._database.alive('seasons', 'idSeason', [record.kodi_id for record in records])
        new_ids = self._new_ids()
        new: Set[int] = set()
        rows: List[Row] = []
        for record in records:
            season = (record.show_id, record.number)
            kodi_id = record.kodi_id if record.kodi_id in alive else present.get(season, 0)
            if not kodi_id:
                kodi_id = present[season] = next(new_ids)
                new.add(kodi_id)
            rows.append({'idSeason': kodi_id, 'idShow': record.show_id, 'season': record.number, 'name': record.name,
                         'userrating': record.user_rating})
        existing = {row['idSeason'] for row in rows} - new
        self._store(rows, new)
        links.write_art(self._database, 'season', {row['idSeason']: r.art for row, r in zip(rows, records)}, existing)
        return [Written(row['idSeason'], 0) for row in rows]

    def remove(self, kodi_ids: Sequence[int]) -> None:
        """Remove seasons; one that still has episodes is kept."""
        used = {row[0] for row in self._database.rows_in(
            'SELECT DISTINCT idSeason FROM episode WHERE idSeason IN (%s)', kodi_ids)}
        super().remove([kodi_id for kodi_id in kodi_ids if kodi_id not in used])


def season_ids(database: VideoDatabase, show_ids: Sequence[int]) -> Dict[Tuple[int, int], int]:
    """The seasons of these shows by (show id, number)."""
    sql = 'SELECT idShow, season, idSeason FROM seasons WHERE idShow IN (%s) ORDER BY idSeason DESC'
    return {(row[0], row[1]): row[2] for row in database.rows_in(sql, sorted(set(show_ids)))}


def add(database: VideoDatabase, show_id: int, number: int) -> int:
    """Add a season row without name; returns its id."""
    return database.insert_row('seasons', {'idShow': show_id, 'season': number, 'name': '', 'userrating': None})
