"""Removing everything of ours from Kodi's library, so that it is as it was before.

Ours are files and shows whose path begins with a given base. The user or Kodi's scanner may have added others to our
items: a local file as a further version of a movie, local episodes of a show. Such an item is kept, and only our files
and paths are removed from it.
"""
from __future__ import annotations

from typing import Any, List, Sequence, Set, Tuple

from . import item_rows, links, orphans
from .item_rows import ItemRow
from .item_writer import ItemWriter
from .orphans import Orphans
from .tables import ItemTable
from .writer import LibraryWriter


class Purge:
    """Finds and removes the rows below ``base``, a ``plugin://…/`` path. Use inside the writer's transactions only.

    ``server``: a machineIdentifier, when other servers' items stay and with them their pictures.
    """

    def __init__(self, writer: LibraryWriter, base: str, server: str = '') -> None:
        self._server = server
        self._writer = writer
        self._database = writer.database
        self._base = base
        self._range = item_rows.path_range(base)

    def some(self, table: ItemTable, limit: int) -> List[ItemRow]:
        """At most ``limit`` of our items that are still in the library."""
        return item_rows.below(self._database, table, self._base, limit)

    def remove(self, items: ItemWriter[Any], kodi_ids: Sequence[int]) -> Set[Tuple[str, int]]:
        """Remove items and the names that only they used. Episodes must be removed before their shows.

        Returns (media type, id) of the items that stay and whose people lost their pictures.
        """
        names = Orphans(self._database)
        names.note(items.table, kodi_ids)
        people, sets = names.people, self._writer.shared.sets.of(items.table, kodi_ids)
        shared = self.leave(items, kodi_ids)
        self._writer.remove(items, [kodi_id for kodi_id in kodi_ids if kodi_id not in shared])
        if sets:
            self._writer.shared.sets.drop_empty(())
        names.drop()
        # People and sets that other items use are kept, but without our pictures.
        bare = links.drop_our_art(self._database, 'actor', people, self._server)
        links.drop_our_art(self._database, 'set', sets, self._server)
        self._writer.shared.forget()
        return orphans.items_with(self._database, bare) if bare else set()

    def leave(self, items: ItemWriter[Any], kodi_ids: Sequence[int]) -> Set[int]:
        """Remove our files, paths and pictures from items that others have added to; returns these items' ids."""
        shared = items.release(kodi_ids, self._base) if kodi_ids else set()
        links.drop_our_art(self._database, items.table.media_type, shared, self._server)
        return shared

    def bare_files(self, limit: int) -> List[int]:
        """The ids of our file rows that are left after all items were removed, at most ``limit``."""
        return [row[0] for row in self._database.rows(
            'SELECT f.idFile FROM path p JOIN files f ON f.idPath = p.idPath WHERE %s LIMIT ?' % item_rows.BELOW,
            self._range + (limit,))]

    def remove_files(self, file_ids: Sequence[int]) -> None:
        """Remove file rows; Kodi's triggers remove their resume points, settings, streams and versions."""
        self._database.delete_ids('files', 'idFile', file_ids)

    def remove_paths(self) -> None:
        """Remove our path rows that no file and no show uses."""
        self._database.run(
            'DELETE FROM path WHERE strPath >= ? AND strPath < ? '
            'AND NOT EXISTS (SELECT 1 FROM files WHERE files.idPath = path.idPath) '
            'AND NOT EXISTS (SELECT 1 FROM tvshowlinkpath WHERE tvshowlinkpath.idPath = path.idPath)', self._range)
        self._writer.shared.forget()
