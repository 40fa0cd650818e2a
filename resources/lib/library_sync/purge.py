"""Removing everything of Plex from Kodi's library when the user signs out."""
from __future__ import annotations

import logging
from typing import Callable, Dict, List, Sequence

from .. import item_url
from ..cancellation import Cancellation
from ..kodi_db.item_rows import ItemRow
from ..kodi_db.purge import Purge
from ..kodi_db.writer import LibraryWriter
from ..state_db import StateDb
from .kinds import VIDEO, Kind, Kinds

LOG = logging.getLogger('pkc.sync')

_BATCH = 100


def remove_all(writer: LibraryWriter, state: StateDb, cancellation: Cancellation, kinds: Kinds = VIDEO) -> int:
    """Remove the items of all servers, the paths, files and names that only they used, and their rows in our database.

    They are found by Kodi's own rows: so items that our database lacks are removed too, and a row that is not ours but
    has the id of one of ours is kept. Returns the number of removed items, without seasons. Raises
    :class:`Cancelled`, and the errors of ``kodi_db``; another call continues.
    """
    purge = Purge(writer, item_url.PLAY_BASE)

    def items(kind: Kind) -> Callable[[], int]:
        item_writer = kind.writer(writer.shared)

        def batch() -> int:
            rows = purge.some(kind.table, _BATCH)
            purge.remove(item_writer, [row.kodi_id for row in rows])
            _forget(state, rows)
            return len(rows)
        return batch

    def files() -> int:
        file_ids = purge.bare_files(_BATCH)
        purge.remove_files(file_ids)
        return len(file_ids)

    removed = sum(_all(writer, cancellation, items(kind)) for kind in reversed(kinds) if kind.has_address)
    _all(writer, cancellation, files)
    with writer.transaction():
        purge.remove_paths()
        for server_id in state.servers():
            state.forget_server(server_id)
    LOG.info('%d items of ours were removed from the library', removed)
    return removed


def _all(writer: LibraryWriter, cancellation: Cancellation, batch: Callable[[], int]) -> int:
    """Call ``batch`` in one transaction after the other until it returns 0; returns the sum of its results."""
    done = 0
    while True:
        cancellation.check()
        with writer.transaction():
            count = batch()
        if not count:
            return done
        done += count


def _forget(state: StateDb, rows: Sequence[ItemRow]) -> None:
    """Delete the items' rows from our database. Call in the transaction that removes the items."""
    keys: Dict[str, List[str]] = {}
    for row in rows:
        ref = item_url.parse(row.url)
        if ref:
            keys.setdefault(ref.machine_identifier, []).append(ref.rating_key)
    for machine, rating_keys in keys.items():
        state.forget(state.server_id(machine), rating_keys)
