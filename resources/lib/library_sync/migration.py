"""The migration of a library of PlexKodiConnect 3.x: its rows become ours and keep their ids.

What Kodi, skins and the user know by those ids stays: watch state, resume points, artwork of the user's own choice,
favourites. Only rows of "helper add-on paths" can be told from others by themselves. With "direct paths" the files of
3.x look like anybody's local files (``smb://…``); those are left alone, and so is ``plex.db``, which would know them.
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

#: Called with up to 100 ratingKeys; returns the Plex type of those that the server has.
KeysThere = Callable[[Sequence[str]], Dict[str, str]]


class Migrated(NamedTuple):
    """What became of the items of 3.x: how many are ours now, by kind as in :func:`count_items`; how many were removed
    as ``duplicates`` of items that we had; how many were left alone.
    """

    items: Tuple[int, ...]
    duplicates: int
    left_alone: int


def count_items(database: VideoDatabase) -> Tuple[int, ...]:
    """How many items of 3.x Kodi's library holds: of each kind, in the order of ``PKC3_ITEMS``. Reads only."""
    return tuple(len(read_rows(database, items)) for items in PKC3_ITEMS)


def migrate(writer: LibraryWriter, state: StateDb, server: SyncServer, rating_keys_there: KeysThere,
            cancellation: Cancellation) -> Migrated:
    """Make those items of 3.x ours that the server has, each under the same key and of the same type.

    They are expired, so that the next sync writes them anew in place; their dates added are kept
    (:meth:`StateDb.keep_dates`). An item that we have as well, because a sync of ours ran beside 3.x, is removed
    after dates, watch state and rating went over to ours where it has none. All others stay as they are.

    Batches are atomic over both databases, and a second call goes on with what is left. Raises
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
        """Parents before their children; parents that we have twice go when their children are gone."""
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
        """Migrate the rows of one kind; returns the parents of others that we have twice."""
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
        """Rows of one batch in one transaction; counts only what was committed."""
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
        """Rows that become ours, those that we have as (row, our row's id, file id), and those that fit neither."""
        known = self._state.find(self._server.server_id, [row.rating_key for row in rows])
        mine: List[Pkc3Row] = []
        duplicates: List[Tuple[Pkc3Row, int, int]] = []
        misfits: List[Pkc3Row] = []
        taken: Dict[str, Pkc3Row] = {}
        for row in rows:
            ours, twin = known.get(row.rating_key), taken.get(row.rating_key)
            if ours is not None and ours.plex_type != self._kind(row).name:
                misfits.append(row)
            elif ours is not None and ours.kodi_id != row.kodi_id:
                duplicates.append((row, ours.kodi_id, ours.file_id))
            elif twin is not None:
                duplicates.append((row, twin.kodi_id, twin.file_id))
            else:
                taken[row.rating_key] = row
                mine.append(row)
        return mine, duplicates, misfits

    def _move(self, pkc3_rows: Pkc3Rows, rows: Sequence[Pkc3Row]) -> Set[str]:
        """Rewrite rows and remember them as ours; returns the server addresses that were in their artwork."""
        machine = self._server.machine_identifier
        pkc3_rows.move([(row, self._kind(row).address(machine, row.rating_key, row.parent_key)) for row in rows])
        parents = self._state.find(self._server.server_id, [row.parent_key for row in rows if row.parent_key])
        for row in rows:
            parent, wanted = parents.get(row.parent_key), self._kind(row).parent
            if parent is not None and wanted is not None and parent.plex_type == wanted.name \
                    and parent.kodi_id != row.parent_id:
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
