"""Our database against Kodi's rows: either may have changed while we were not looking.

Kodi's "clean library" or the user may have removed rows of ours; our file may be lost, old or damaged. What an item
of ours is can be read from Kodi's own rows (the file's URL, the show's path), so nothing is ever doubled.
"""
from __future__ import annotations

import logging
from typing import List, Tuple

from .. import item_url
from ..kodi_db import item_rows
from ..kodi_db.database import VideoDatabase
from ..kodi_db.writer import LibraryWriter
from ..state_db import EXPIRED, ItemState, StateDb
from .kinds import Kind
from .options import SyncServer

LOG = logging.getLogger('pkc.sync')


def follow_kodi(writer: LibraryWriter, state: StateDb) -> None:
    """After Kodi was updated, or went back: another file holds its library now, in the state of another day.

    What we knew was about the rows of the old file. All items are found anew by :func:`reconcile` and written anew.
    """
    version = writer.database.profile.version
    before = state.origin()
    if before != version:
        with writer.transaction():
            state.set_origin(version)
        if before:
            LOG.info('the library went from database version %d to %d', before, version)


def reconcile(writer: LibraryWriter, state: StateDb, server: SyncServer) -> Tuple[int, int]:
    """Forget items that Kodi lost and take over rows that we forgot. Writes only where there is a difference.

    Returns (lost, taken over). Items taken over are expired, so the next plan writes them anew in place.
    """
    database = writer.database
    lost = [key for kind in server.kinds for key in _lost(database, server.server_id, kind)]
    found = {row.rating_key: row for kind in server.kinds for row in _strangers(database, server, kind)}
    if lost or found:
        with writer.transaction():
            state.forget_rows(server.server_id, lost)
            state.put(found.values())
        LOG.info('Kodi lost %d items of ours, %d of its rows were taken over', len(lost), len(found))
    return len(lost), len(found)


def _lost(database: VideoDatabase, server_id: int, kind: Kind) -> List[str]:
    table = kind.table
    same_file = ' AND k.%s = s.file_id' % table.file_column if table.file_column else ''
    return [row[0] for row in database.rows(
        'SELECT s.rating_key FROM state.item s LEFT JOIN {0} k ON k.{1} = s.kodi_id{2} '
        'WHERE s.server_id = ? AND s.plex_type = ? AND k.{1} IS NULL'.format(table.name, table.id_column, same_file),
        (server_id, kind.name))]


def _strangers(database: VideoDatabase, server: SyncServer, kind: Kind) -> List[ItemState]:
    """Rows in Kodi that carry our URLs of this server but that our database does not know."""
    if not kind.has_address:
        return []
    table = kind.table
    rows = database.rows(
        'SELECT %s FROM %s WHERE %s AND NOT EXISTS (SELECT 1 FROM state.item s WHERE s.server_id = ? '
        'AND s.plex_type = ? AND s.kodi_id = k.%s)' % (item_rows.columns(table), item_rows.source(table),
                                                       item_rows.BELOW, table.id_column),
        item_rows.path_range(kind.root(server.machine_identifier)) + (server.server_id, kind.name))
    refs = [(item_url.parse(url), kodi_id, file_id) for url, kodi_id, file_id in rows]
    return [ItemState(server.server_id, ref.rating_key, kind.name, '', '', '', kodi_id, file_id, EXPIRED, 0, 0, 0, 0.0)
            for ref, kodi_id, file_id in refs if ref and ref.plex_type == kind.name]


def move_art(writer: LibraryWriter, machine_identifier: str, port: int) -> bool:
    """Have our artwork's URLs name the art server's port, which the user may have changed. True if that was needed."""
    like = item_url.local_base(0)[:-1] + '%/art/' + machine_identifier + '/%'
    row = writer.database.one('SELECT url FROM main.art WHERE url LIKE ? LIMIT 1', (like,))
    old = str(row[0]).split('/art/', 1)[0] if row else ''
    new = item_url.local_base(port)
    if not old or old == new:
        return False
    with writer.transaction():
        writer.database.run('UPDATE main.art SET url = ? || substr(url, ?) WHERE url LIKE ?',
                           (new, len(old) + 1, '%s/art/%s/%%' % (old, machine_identifier)))
    LOG.info('artwork moved to port %d', port)
    return True
