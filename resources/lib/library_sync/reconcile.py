"""Correcting our database by Kodi's rows, since either may have changed without the other.

Kodi's "clean library" or the user may have removed our rows; our file may be lost, old or damaged. Our items can be
recognised by Kodi's own rows (the file's URL, the show's path), so none is ever written twice.
"""
from __future__ import annotations

import logging
from typing import Dict, List, Sequence, Set, Tuple

from .. import item_url
from ..kodi_db import item_rows
from ..kodi_db.database import VideoDatabase
from ..kodi_db.writer import LibraryWriter
from ..state_db import EXPIRED, ItemState, StateDb
from .kinds import Kind
from .options import SyncServer

LOG = logging.getLogger('pkc.sync')


def follow_kodi(writer: LibraryWriter, state: StateDb) -> None:
    """Drop what is stored about items if Kodi, after an update or downgrade, now has its library in another file.

    All items are then found again by :func:`reconcile` and written again by the sync.
    """
    version = writer.database.profile.version
    before = state.origin()
    if before != version:
        with writer.transaction():
            state.set_origin(version)
        if before:
            LOG.info('the library went from database version %d to %d', before, version)


def reconcile(writer: LibraryWriter, state: StateDb, server: SyncServer) -> Tuple[int, int]:
    """Delete the items that Kodi no longer has from our database, and add those of our rows in Kodi that it lacks.

    Returns (deleted, added). Added items are expired, so that the next sync writes them again in place.
    """
    lost: List[str] = []
    found: Dict[str, ItemState] = {}
    for kind in server.kinds:
        missing, unknown = _differences(writer.database, state, server, kind)
        lost += missing
        found.update((row.rating_key, row) for row in _ours(writer.database, server, kind, unknown))
    if lost or found:
        with writer.transaction():
            state.forget_rows(server.server_id, lost)
            state.put(found.values())
        LOG.info('Kodi lost %d items of ours, %d of its rows were taken over', len(lost), len(found))
    return len(lost), len(found)


def _differences(database: VideoDatabase, state: StateDb, server: SyncServer,
                 kind: Kind) -> Tuple[List[str], List[int]]:
    """(ratingKeys of items without a row in Kodi's library, ids of rows there that are not in our database)."""
    table = kind.table
    rows: Dict[int, int] = dict(database.each(
        'SELECT %s, %s FROM %s' % (table.id_column, table.file_column or '0', table.name)))
    known: Set[int] = set()
    lost: List[str] = []
    for rating_key, kodi_id, file_id in state.kodi_rows(server.server_id, kind.name):
        known.add(kodi_id)
        if kodi_id not in rows or table.file_column and rows[kodi_id] != file_id:
            lost.append(rating_key)
    return lost, sorted(rows.keys() - known)


def _ours(database: VideoDatabase, server: SyncServer, kind: Kind, kodi_ids: Sequence[int]) -> List[ItemState]:
    """Those of Kodi's rows that have our URLs of this server."""
    if not kind.has_address:
        return []
    refs = [(item_url.parse(row.url), row) for row in item_rows.addressed(
        database, kind.table, kind.root(server.machine_identifier), kodi_ids)]
    return [ItemState(server.server_id, ref.rating_key, kind.name, '', '', '', row.kodi_id, row.file_id, EXPIRED,
                      0, 0, 0, 0.0) for ref, row in refs if ref and ref.plex_type == kind.name]


def move_art(writer: LibraryWriter, machine_identifier: str, port: int) -> bool:
    """Put the loopback server's port, which the user may have changed, into our art URLs. True if they changed."""
    like = item_url.local_base(0)[:-1] + '%/art/' + machine_identifier + '/%'
    row = writer.database.one('SELECT url FROM art WHERE url LIKE ? LIMIT 1', (like,))
    old = str(row[0]).split('/art/', 1)[0] if row else ''
    new = item_url.local_base(port)
    if not old or old == new:
        return False
    with writer.transaction():
        writer.database.run('UPDATE art SET url = replace(url, ?, ?) WHERE url LIKE ?',
                            (old + '/art/', new + '/art/', '%s/art/%s/%%' % (old, machine_identifier)))
    LOG.info('artwork moved to port %d', port)
    return True
