"""Taking over the library of PlexKodiConnect 3.x: its rows become ours and keep their ids.

So whatever depends on these ids is kept: watch state, resume points, artwork that the user chose, favourites. Only
rows with "helper add-on paths" can be recognised. With "direct paths" the files of 3.x look like any local files
(``smb://…``); these are not touched, nor is ``plex.db``, which lists them.
"""
from __future__ import annotations

import logging
from typing import Callable, Dict, List, NamedTuple, Sequence, Set, Tuple

from ..batches import chunks
from ..cancellation import Cancellation
from ..kodi_db.database import VideoDatabase
from ..kodi_db.migration import PKC3_ITEMS, Pkc3Row, Pkc3Rows, has_paths, read_rows
from ..kodi_db.writer import LibraryWriter
from ..state_db import EXPIRED, ItemState, StateDb
from .kinds import Kind
from .options import SyncServer
from .reconcile import follow_kodi, reconcile

LOG = logging.getLogger('pkc.sync')

_BATCH = 100

#: Called with at most 100 ratingKeys; returns the Plex type of those that the server has.
KeysThere = Callable[[Sequence[str]], Dict[str, str]]


class Migrated(NamedTuple):
    """Numbers of items of 3.x: ``items`` that are ours now, by kind as in :func:`count_items`; removed ``duplicates``
    of our items; items that were ``left_alone``.
    """

    items: Tuple[int, ...]
    duplicates: int
    left_alone: int


def count_items(database: VideoDatabase) -> Tuple[int, ...]:
    """The numbers of items of 3.x in Kodi's library, by kind in the order of ``PKC3_ITEMS``."""
    return tuple(len(read_rows(database, items)) for items in PKC3_ITEMS)


def migrate(writer: LibraryWriter, state: StateDb, server: SyncServer, rating_keys_there: KeysThere,
            cancellation: Cancellation) -> Migrated:
    """Take over those items of 3.x that the server has with the same ratingKey and type.

    They are expired, so that the next sync writes them again in place; their dateAdded is preserved
    (:meth:`StateDb.keep_dates`). An item that we have too, because our sync ran beside 3.x, is removed after its dates,
    watch state and rating were copied to ours where that has none. All others are not changed.

    Batches are atomic over both databases; a second call continues with the remaining items. Raises
    :class:`Cancelled`, what ``rating_keys_there`` raises, and the errors of ``kodi_db``.
    """
    follow_kodi(writer, state)
    reconcile(writer, state, server)
    return _Migration(writer, state, server, rating_keys_there, cancellation).run()


class _Migration:

    def __init__(self, writer: LibraryWriter, state: StateDb, server: SyncServer, rating_keys_there: KeysThere,
                 cancellation: Cancellation) -> None:
        self._writer = writer
        self._state = state
        self._server = server
        self._there = rating_keys_there
        self._cancellation = cancellation
        self._addresses: Set[str] = set()
        self._migrated = {items.table: 0 for items in PKC3_ITEMS}
        self._duplicates = 0
        self._left_alone = 0

    def run(self) -> Migrated:
        """Take over parents before their children; duplicate parents are removed after their children."""
        duplicate_parents: List[Pkc3Row] = []
        for items in PKC3_ITEMS:
            duplicate_parents += self._migrate(read_rows(self._writer.database, items))
        for rows in chunks(duplicate_parents, _BATCH):
            self._cancellation.check()
            with self._writer.transaction():
                removed = Pkc3Rows(self._writer).remove(rows)
            self._duplicates += len(removed)
            self._left_alone += len(rows) - len(removed)
        if not any(count_items(self._writer.database)) and has_paths(self._writer.database):
            with self._writer.transaction():
                Pkc3Rows(self._writer).drop_all_paths()
        done = Migrated(tuple(self._migrated.values()), self._duplicates, self._left_alone)
        LOG.info('of 3.x, %s items were migrated, %d we had already, %d were left alone',
                 ' + '.join(map(str, done.items)), done.duplicates, done.left_alone)
        return done

    def _migrate(self, rows: Sequence[Pkc3Row]) -> List[Pkc3Row]:
        """Take over the rows of one kind; returns duplicate parents, which must be removed later."""
        duplicate_parents: List[Pkc3Row] = []
        for batch in chunks(rows, _BATCH):
            self._cancellation.check()
            there = self._there([row.rating_key for row in batch])
            chosen = [row for row in batch if there.get(row.rating_key) == self._kind(row).name]
            self._left_alone += len(batch) - len(chosen)
            if chosen:
                duplicate_parents += self._transact(chosen)
        return duplicate_parents

    def _transact(self, batch: Sequence[Pkc3Row]) -> List[Pkc3Row]:
        """Take over one batch in one transaction; returns duplicate parents. Counts only what was committed."""
        with self._writer.transaction():
            pkc3_rows = Pkc3Rows(self._writer)
            rows = pkc3_rows.unchanged(batch)
            mine, duplicates, lost = self._split(rows)
            addresses = self._move(pkc3_rows, mine)
            copied = pkc3_rows.merge(duplicates)
            self._keep_dates(mine + copied)
            duplicate_parents = [row for row, _, _ in duplicates if self._is_parent(row)]
            removed = pkc3_rows.remove([row for row, _, _ in duplicates if not self._is_parent(row)])
        self._addresses |= addresses
        self._left_alone += len(lost)
        self._duplicates += len(removed)
        for row in mine:
            self._migrated[row.table] += 1
        return duplicate_parents

    def _split(self, rows: Sequence[Pkc3Row]) -> Tuple[List[Pkc3Row], List[Tuple[Pkc3Row, int, int]], List[Pkc3Row]]:
        """(rows to take over, duplicates as (row, our item's id, its file id), rows of another type to leave alone)."""
        known = self._state.find(self._server.server_id, [row.rating_key for row in rows])
        mine: List[Pkc3Row] = []
        duplicates: List[Tuple[Pkc3Row, int, int]] = []
        misfits: List[Pkc3Row] = []
        taken: Dict[str, Pkc3Row] = {}
        for row in rows:
            ours, twin = known.get(row.rating_key), taken.get(row.rating_key)
            if ours is not None and ours.plex_type != self._kind(row).name:
                misfits.append(row)
            elif ours is not None and ours.kodi_id not in (0, row.kodi_id):
                duplicates.append((row, ours.kodi_id, ours.file_id))
            elif twin is not None:
                duplicates.append((row, twin.kodi_id, twin.file_id))
            else:
                taken[row.rating_key] = row
                mine.append(row)
        return mine, duplicates, misfits

    def _move(self, pkc3_rows: Pkc3Rows, rows: Sequence[Pkc3Row]) -> Set[str]:
        """Make rows ours; returns the server addresses in the URLs of their artwork."""
        machine = self._server.machine_identifier
        pkc3_rows.move([(row, self._kind(row).address(machine, row.rating_key, row.parent_key)) for row in rows])
        parents = self._state.find(self._server.server_id, [row.parent_key for row in rows if row.parent_key])
        for row in rows:
            parent, wanted = parents.get(row.parent_key), self._kind(row).parent
            if parent is not None and wanted is not None and parent.plex_type == wanted.name \
                    and parent.kodi_id not in (0, row.parent_id):
                pkc3_rows.join_parent(row, parent.kodi_id)
        addresses = pkc3_rows.drop_art(rows)
        for address in sorted(addresses - self._addresses):
            pkc3_rows.drop_shared_art(address)
        self._state.put(ItemState(
            self._server.server_id, row.rating_key, self._kind(row).name, '', row.parent_key, '', row.kodi_id,
            row.file_id, EXPIRED, 0, 0, 0, 0.0) for row in rows)
        return addresses

    def _keep_dates(self, rows: Sequence[Pkc3Row]) -> None:
        self._state.keep_dates(self._server.server_id, [(row.rating_key, 0, row.date_added) for row in rows
                                                        if row.file_id and row.date_added])

    def _kind(self, row: Pkc3Row) -> Kind:
        return self._server.kinds.of_table(row.table)

    def _is_parent(self, row: Pkc3Row) -> bool:
        return bool(self._server.kinds.children(self._kind(row)))
