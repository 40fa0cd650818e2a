"""Writing shows (tables tvshow, tvshowlinkpath)."""
from __future__ import annotations

from typing import Dict, List, Sequence, Set, Tuple

from . import item_rows, links, tables
from .database import Row
from .episodes import EpisodeWriter
from .item_writer import ItemWriter, joined
from .records import DefaultRows, ShowRecord, Written
from .tables import ItemTable


class ShowWriter(ItemWriter[ShowRecord]):
    """Adds and changes shows in batches."""

    table = tables.SHOW

    def write(self, records: Sequence[ShowRecord]) -> List[Written]:
        """Add or change shows; returns their ids in the same order."""
        self._shared.paths.look_up(path for r in records for path in (r.address.root, r.address.path))
        paths = [self._shared.paths.of(record.address, self.table.content, record.date_added) for record in records]
        owners: Dict[int, int] = dict(self._database.rows_in(
            'SELECT idPath, idShow FROM tvshowlinkpath WHERE idPath IN (%s)', paths))
        alive = self._database.alive('tvshow', 'idShow', [record.kodi_id for record in records])
        ids = [record.kodi_id if record.kodi_id in alive else owners.get(path_id, 0)
               for record, path_id in zip(records, paths)]
        existing = {kodi_id for kodi_id in ids if kodi_id}
        new_ids = self._new_ids()
        ids = [kodi_id or next(new_ids) for kodi_id in ids]
        new = set(ids) - existing
        defaults = self._shared.write('tvshow', {kodi_id: r.shared for kodi_id, r in zip(ids, records)}, existing)
        self._store([_row(record, kodi_id, defaults[kodi_id]) for kodi_id, record in zip(ids, records)], new)
        self._database.insert_missing('tvshowlinkpath', ('idShow', 'idPath'), list(zip(ids, paths)))
        return [Written(kodi_id, 0) for kodi_id in ids]

    def remove(self, kodi_ids: Sequence[int]) -> None:
        """Remove shows with their seasons, episodes and paths."""
        for _, episode_ids in self.below(kodi_ids):
            EpisodeWriter(self._shared).remove(episode_ids)
        paths = list(self._database.rows_in('SELECT idPath FROM tvshowlinkpath WHERE idShow IN (%s)', kodi_ids))
        super().remove(kodi_ids)
        self._database.delete('path', ('idPath',), paths)

    def below(self, kodi_ids: Sequence[int]) -> List[Tuple[ItemTable, List[int]]]:
        """The episodes; Kodi's triggers remove the seasons."""
        return [(tables.EPISODE, item_rows.ids_with(self._database, tables.EPISODE, 'idShow', kodi_ids))]

    def release(self, kodi_ids: Sequence[int], base: str) -> Set[int]:
        """See the base class. Shows with other episodes or another path lose our path and seasons without episodes."""
        ours = item_rows.path_range(base)
        kept = {row[0] for row in self._database.rows_in(
            'SELECT DISTINCT idShow FROM episode WHERE idShow IN (%s)', kodi_ids)}
        kept.update(row[0] for row in self._database.rows_in(
            'SELECT DISTINCT l.idShow FROM tvshowlinkpath l JOIN path p ON p.idPath = l.idPath WHERE NOT ('
            + item_rows.BELOW + ') AND l.idShow IN (%s)', kodi_ids, ours))
        if kept:
            shows = sorted(kept)
            paths = list(self._database.rows_in(
                'SELECT l.idShow, l.idPath FROM tvshowlinkpath l JOIN path p ON p.idPath = l.idPath WHERE '
                + item_rows.BELOW + ' AND l.idShow IN (%s)', shows, ours))
            self._database.delete('tvshowlinkpath', ('idShow', 'idPath'), paths)
            links.drop_our_art(self._database, 'season',
                               item_rows.ids_with(self._database, tables.SEASON, 'idShow', shows))
            self._database.many('DELETE FROM seasons WHERE idShow = ? AND NOT EXISTS (SELECT 1 FROM episode '
                               'WHERE episode.idSeason = seasons.idSeason)', [(show,) for show in shows])
        return kept


def _row(record: ShowRecord, kodi_id: int, default: DefaultRows) -> Row:
    shared = record.shared
    return {
        'idShow': kodi_id, 'c00': shared.title, 'c01': shared.plot, 'c02': record.status, 'c04': default.rating_id,
        'c05': shared.premiered, 'c06': '', 'c08': joined(shared.genres), 'c09': shared.original_title, 'c10': '',
        'c11': '', 'c12': default.unique_id, 'c13': shared.mpaa, 'c14': joined(shared.studios),
        'c15': shared.sort_title, 'c16': record.trailer, 'userrating': shared.user_rating, 'duration': record.seconds,
    }
