"""Writing movie sets (table sets), which Plex calls collections."""
from __future__ import annotations

from typing import Collection, Dict, List, Sequence, Set

from . import links, tables
from .database import VideoDatabase
from .records import SetRecord
from .tables import ItemTable


class Sets:
    """Writes sets, and notes those that our movies leave, so that empty ones can be removed."""

    def __init__(self, database: VideoDatabase) -> None:
        self._database = database
        self._left: Set[int] = set()

    def ids(self, names: Set[str]) -> Dict[str, int]:
        """The ids of these sets; missing ones are added."""
        found: Dict[str, int] = {}
        for set_id, name in self._database.rows_in('SELECT idSet, strSet FROM sets WHERE strSet IN (%s)',
                                                  sorted(names)):
            found.setdefault(name, set_id)
        for name in sorted(names - set(found)):
            found[name] = self._database.insert_row('sets', {'strSet': name, 'strOverview': ''})
        return found

    def write(self, records: Sequence[SetRecord], changed: Collection[str], ours: str) -> int:
        """Write texts and art of existing sets; none is added.

        Existing texts and art are replaced only for the names in ``changed``. A set that also holds movies from paths
        that do not begin with ``ours`` is not changed. Returns the number of changed rows.
        """
        by_name: Dict[str, SetRecord] = {}
        for record in records:
            by_name.setdefault(record.name, record)
        present = {row[0]: (row[1], row[2] or '') for row in self._database.rows_in(
            'SELECT idSet, strSet, strOverview FROM sets WHERE strSet IN (%s)', list(by_name))}
        foreign = {row[0] for row in self._database.rows_in(
            'SELECT DISTINCT m.idSet FROM movie m JOIN files f ON f.idFile = m.idFile '
            'JOIN path p ON p.idPath = f.idPath WHERE p.strPath NOT LIKE ? AND m.idSet IN (%s)', list(present),
            (ours + '%',))}
        with_art = {row[0] for row in self._database.rows_in(
            "SELECT DISTINCT media_id FROM art WHERE media_type = 'set' AND media_id IN (%s)", list(present))}
        own = {set_id: row for set_id, row in present.items() if set_id not in foreign}
        overviews = [
            {'idSet': set_id, 'strOverview': by_name[name].overview} for set_id, (name, overview) in own.items()
            if by_name[name].overview != overview and (not overview or name in changed)]
        self._database.update_rows('sets', 'idSet', overviews)
        art = {set_id: by_name[name].art for set_id, (name, _) in own.items()
               if name in changed or set_id not in with_art}
        return len(overviews) + links.write_art(self._database, 'set', art, list(art))

    def of(self, table: ItemTable, kodi_ids: Sequence[int]) -> Set[int]:
        """The sets that these items are in."""
        if table != tables.MOVIE:
            return set()
        return {row[0] for row in self._database.rows_in(
            'SELECT DISTINCT idSet FROM movie WHERE idSet IS NOT NULL AND idMovie IN (%s)', kodi_ids)}

    def leave(self, table: ItemTable, kodi_ids: Sequence[int]) -> None:
        """Note the sets of items that are about to be changed or removed, as they may become empty."""
        self._left.update(self.of(table, kodi_ids))

    def empty(self, names: Collection[str]) -> List[int]:
        """The ids of sets without movies, among those with these names and those noted by :meth:`leave`."""
        empty = 'SELECT idSet FROM sets WHERE NOT EXISTS (SELECT 1 FROM movie WHERE movie.idSet = sets.idSet) AND '
        return sorted({row[0] for column, values in (('strSet', sorted(names)), ('idSet', sorted(self._left)))
                       for row in self._database.rows_in(empty + column + ' IN (%s)', values)})

    def drop_empty(self, names: Collection[str]) -> None:
        """Remove the sets that :meth:`empty` returns."""
        self._database.delete_ids('sets', 'idSet', self.empty(names))
