"""Giving up rows, and having rows written, after what happened at other servers or to the setting (:mod:`.one_row`)."""
from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import Dict, Iterable, List, Sequence

from .. import item_url
from ..batches import chunks
from ..kodi_db import item_rows
from ..kodi_db.purge import Purge
from ..kodi_db.writer import LibraryWriter
from ..state_db import ItemState, StateDb
from .kinds import Kind, Kinds
from .one_row import PROOF, OneRow, SharedRows
from .options import SyncServer

LOG = logging.getLogger('pkc.sync')

#: Items in one transaction.
_BATCH = 200


def settle(writer: LibraryWriter, state: StateDb, server: SyncServer, thorough: bool) -> int:
    """Forget the items of a server without a row that must have one; ``thorough``: have those give up their row that
    another server's row stands for. The sync that follows finds as new what was forgotten. Returns their number.
    """
    changes = _Changes(writer, state, server)
    count = sum(changes.give_rows(kind) for kind in server.kinds)
    if thorough:
        count += sum(changes.give_up(kind) for kind in server.kinds)
    return count


class _Changes:

    def __init__(self, writer: LibraryWriter, state: StateDb, server: SyncServer) -> None:
        self._writer = writer
        self._state = state
        self._server_id = server.server_id
        self._kinds = server.kinds
        self._one_row = OneRow(writer, state, server)
        self._shared_rows = SharedRows(writer, state)

    def give_rows(self, kind: Kind) -> int:
        """Forget those items of a kind which no other server's row stands for, with all that is below them."""
        keys = self._one_row.not_shown(kind)
        for chunk in chunks(keys, _BATCH):
            with self._writer.transaction():
                self._forget(kind, [*chunk, *self._below(kind, chunk)])
        if keys:
            LOG.info('%d %ss get a row of their own', len(keys), kind.name)
        return len(keys)

    def give_up(self, kind: Kind) -> int:
        """Remove the rows of those items of a kind which a server before this one shows too."""
        rows = self._one_row.shown_twice(kind)
        for chunk in chunks(rows, _BATCH):
            keys = [row.rating_key for row in chunk]
            with self._writer.transaction(), self._shared_rows.changing(kind, {row.guid for row in chunk}):
                self._forget(kind, self._below(kind, keys))
                remove_rows(self._writer, self._kinds, kind, [row.kodi_id for row in chunk])
                self._state.give_up_rows(self._server_id, keys)
        if rows:
            LOG.info('%d %ss have one row with those of another server', len(rows), kind.name)
        return len(rows)

    def _below(self, kind: Kind, rating_keys: Sequence[str]) -> List[str]:
        return self._state.children(self._server_id, rating_keys) if self._kinds.children(kind) else []

    def _forget(self, kind: Kind, rating_keys: Sequence[str]) -> None:
        """Within a transaction. The rows that stand for these items show no longer what they say."""
        bare: Dict[str, List[ItemState]] = {}
        for row in self._state.find(self._server_id, rating_keys).values():
            if not row.kodi_id:
                bare.setdefault(row.plex_type, []).append(row)
        with ExitStack() as stack:
            for plex_type, rows in bare.items():
                stack.enter_context(self._shared_rows.changing(self._kinds.of_type(plex_type),
                                                               {row.guid for row in rows}))
            self._state.forget_rows(self._server_id, rating_keys)


def leave_dates(writer: LibraryWriter, state: StateDb, kind: Kind, rows: Iterable[ItemState]) -> None:
    """Rows are about to be removed: items of other servers for which they stand keep their dates. In a transaction."""
    going = {row.guid: row.file_id for row in rows if row.file_id and row.guid.startswith(PROOF)}
    others = state.without_row(kind.name, list(going)) if going else {}
    dates = writer.shared.files.dates([going[guid] for guid in others])
    for guid, items in others.items():
        for item in items if going[guid] in dates else ():
            state.keep_dates(item.server_id, [(item.rating_key, 0, dates[going[guid]])])


def remove_rows(writer: LibraryWriter, kinds: Kinds, kind: Kind, kodi_ids: Sequence[int]) -> None:
    """Remove rows of ours from Kodi's library, with what servers of ours have below them: their next syncs write again
    what is to stay. Items to which others have added files are kept, without ours. Within a transaction.
    """
    remove_below(writer, kinds, kind, kodi_ids)
    items = kind.writer(writer.shared)
    kept = Purge(writer, item_url.PLAY_BASE).leave(items, kodi_ids)
    writer.remove_with_names(items, [kodi_id for kodi_id in kodi_ids if kodi_id not in kept])


def remove_below(writer: LibraryWriter, kinds: Kinds, kind: Kind, kodi_ids: Sequence[int]) -> None:
    """Remove the files of all servers of ours that are below these rows."""
    for child in kinds.children(kind):
        column = child.table.column_of(kind.table)
        if column and child.has_address:
            below = item_rows.ids_with(writer.database, child.table, column, kodi_ids)
            ours = item_rows.addressed(writer.database, child.table, item_url.PLAY_BASE, below)
            writer.remove_with_names(child.writer(writer.shared), [row.kodi_id for row in ours])
