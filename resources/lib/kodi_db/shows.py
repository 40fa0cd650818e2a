"""Shows (tables tvshow, tvshowlinkpath)."""
from __future__ import annotations

from typing import Any, List, Sequence, Set, Tuple

from . import dialect, item_rows, links, tables
from .episodes import EpisodeWriter
from .item_writer import ItemWriter
from .records import ShowRecord, Written
from .tables import ItemTable

#: c00 title, c01 plot, c02 status, c05 premiered, c08 genres, c09 original title, c13 mpaa, c14 studio,
#: c15 sort title, c16 trailer.
COLUMNS = ('c00', 'c01', 'c02', 'c05', 'c06', 'c08', 'c09', 'c10', 'c11', 'c13', 'c14', 'c15', 'c16', 'userrating',
           'duration')
_LIST = ' / '


class ShowWriter(ItemWriter[ShowRecord]):
    """Adds and changes shows in batches."""

    table = tables.SHOW

    def write(self, records: Sequence[ShowRecord]) -> List[Written]:
        """Write a batch; the ids come back in the same order."""
        paths = [self._shared.paths.of(record.address, self.table.content, record.date_added) for record in records]
        owners = dict(self._library.rows_in('SELECT idPath, idShow FROM tvshowlinkpath WHERE idPath IN (%s)', paths))
        alive = self._library.alive('tvshow', 'idShow', [record.kodi_id for record in records])
        insert = dialect.insert('tvshow', COLUMNS)
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
        self._library.many(dialect.update('tvshow', COLUMNS, 'idShow'), updates)
        self._library.many(dialect.insert_ignore('tvshowlinkpath', ('idShow', 'idPath')),
                           [(row.kodi_id, path_id) for row, path_id in zip(written, paths)])
        defaults = self._shared.write('tvshow', {row.kodi_id: r.shared for row, r in zip(written, records)}, existing)
        self._library.many(dialect.update('tvshow', ('c04', 'c12'), 'idShow'),
                           [row + (kodi_id,) for kodi_id, row in defaults.items()])
        return written

    def remove(self, kodi_ids: Sequence[int]) -> None:
        """Remove shows with their seasons, episodes and paths."""
        for _, episode_ids in self.below(kodi_ids):
            EpisodeWriter(self._shared).remove(episode_ids)
        paths = list(self._library.rows_in('SELECT idPath FROM tvshowlinkpath WHERE idShow IN (%s)', kodi_ids))
        super().remove(kodi_ids)
        self._library.many(dialect.delete('path', 'idPath'), paths)

    def below(self, kodi_ids: Sequence[int]) -> List[Tuple[ItemTable, List[int]]]:
        """The episodes; seasons go by Kodi's triggers."""
        return [(tables.EPISODE, item_rows.ids_with(self._library, tables.EPISODE, 'idShow', kodi_ids))]

    def release(self, kodi_ids: Sequence[int], base: str) -> Set[int]:
        """Shows with episodes or a path of others lose their path of ours and the seasons that only we filled."""
        ours = item_rows.path_range(base)
        kept = {row[0] for row in self._library.rows_in(
            'SELECT DISTINCT idShow FROM episode WHERE idShow IN (%s)', kodi_ids)}
        kept.update(row[0] for row in self._library.rows_in(
            'SELECT DISTINCT l.idShow FROM tvshowlinkpath l JOIN path p ON p.idPath = l.idPath WHERE NOT ('
            + item_rows.BELOW + ') AND l.idShow IN (%s)', kodi_ids, ours))
        if kept:
            shows = sorted(kept)
            paths = list(self._library.rows_in(
                'SELECT l.idShow, l.idPath FROM tvshowlinkpath l JOIN path p ON p.idPath = l.idPath WHERE '
                + item_rows.BELOW + ' AND l.idShow IN (%s)', shows, ours))
            self._library.many(dialect.delete('tvshowlinkpath', 'idShow', 'idPath'), paths)
            links.drop_our_art(self._library, 'season',
                               item_rows.ids_with(self._library, tables.SEASON, 'idShow', shows))
            self._library.many('DELETE FROM seasons WHERE idShow = ? AND NOT EXISTS (SELECT 1 FROM episode '
                               'WHERE episode.idSeason = seasons.idSeason)', [(show,) for show in shows])
        return kept
