"""Correcting our database by Kodi's rows, since either may have changed without the other.

Kodi's "clean library" or the user may have removed our rows; our file may be lost, old or damaged. Our items can be
recognised by Kodi's own rows (the file's URL, the show's path), so none is ever written twice.
"""
from __future__ import annotations

import logging
from typing import Dict, List, NamedTuple, Sequence, Set, Tuple

from .. import item_url
from ..kodi_db import item_rows
from ..kodi_db.database import VideoDatabase
from ..kodi_db.item_rows import ItemRow
from ..kodi_db.writer import LibraryWriter
from ..state_db import EXPIRED, ItemState, StateDb
from .kinds import Kind
from .one_row_changes import settle
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


def reconcile(writer: LibraryWriter, state: StateDb, server: SyncServer, thorough: bool = True) -> Tuple[int, int]:
    """Delete the items that Kodi no longer has from our database, and add those of our rows in Kodi that it lacks.

    Returns (deleted, added), where those that get a row of their own or give it up count as deleted. Added items are
    expired, so that the next sync writes them again in place. ``thorough``: the URLs are compared too. A library that
    was made anew, be it by Kodi's own import, has the same items in other rows; if it is not the one that our database
    is about, all that is stored about items and collections is dropped.
    """
    compared = [_compare(writer.database, state, server, kind, thorough) for kind in server.kinds]
    known = sum(one.known for one in compared)
    if thorough and known and 2 * sum(len(one.lost) for one in compared) > known:
        LOG.info('this is another library than the one that was synchronised')
        with writer.transaction():
            state.set_origin(writer.database.profile.version)
        compared = [_compare(writer.database, state, server, kind, thorough) for kind in server.kinds]
    lost = [key for one in compared for key in one.lost]
    found = {row.rating_key: row for one in compared for row in one.found}
    if any(one.replaced for one in compared):
        lost += [key for kind in server.kinds if not kind.has_address
                 for key, kodi_id, _ in state.kodi_rows(server.server_id, kind.name) if kodi_id]
    if lost or found:
        with writer.transaction():
            state.forget_rows(server.server_id, lost)
            state.put(found.values())
        LOG.info('Kodi lost %d items of ours, %d of its rows were taken over', len(lost), len(found))
    moved = 0
    if len(server.one_row) > 1 or any(one.bare for one in compared):
        moved = settle(writer, state, server, thorough)
    return len(lost) + moved, len(found)


class _Compared(NamedTuple):
    """How items of one kind differ. ``lost`` are the ratingKeys of items that are not in their row any more,
    ``replaced`` says that another item is in such a row, ``found`` are items in rows that were not known, ``bare`` have
    no row, as that of another server stands for them.
    """

    known: int
    lost: List[str]
    replaced: bool
    found: List[ItemState]
    bare: List[str]


def _compare(database: VideoDatabase, state: StateDb, server: SyncServer, kind: Kind, thorough: bool) -> _Compared:
    if thorough and kind.has_address:
        return _compare_urls(database, state, server, kind)
    table = kind.table
    rows: Dict[int, int] = dict(database.each(
        'SELECT %s, %s FROM %s' % (table.id_column, table.file_column or '0', table.name)))
    known: Set[int] = set()
    lost: List[str] = []
    bare: List[str] = []
    count = 0
    for rating_key, kodi_id, file_id in state.kodi_rows(server.server_id, kind.name):
        if not kodi_id:
            bare.append(rating_key)
            continue
        count += 1
        known.add(kodi_id)
        if kodi_id not in rows or table.file_column and rows[kodi_id] != file_id:
            lost.append(rating_key)
    unknown = sorted(rows.keys() - known)
    found = item_rows.addressed(database, table, kind.root(server.machine_identifier),
                                unknown) if kind.has_address else []
    return _Compared(count, lost, False, _ours(server, kind, found), bare)


def _compare_urls(database: VideoDatabase, state: StateDb, server: SyncServer, kind: Kind) -> _Compared:
    root = kind.root(server.machine_identifier)
    rows: Dict[Tuple[int, int], List[str]] = {}
    for end, kodi_id, file_id in item_rows.all_below(database, kind.table, root):
        rows.setdefault((kodi_id, file_id), []).append(end)
    lost: Dict[str, int] = {}
    there: Set[Tuple[int, int]] = set()
    bare: List[str] = []
    count = 0
    for rating_key, kodi_id, file_id in state.kodi_rows(server.server_id, kind.name):
        if not kodi_id:
            bare.append(rating_key)
            continue
        count += 1
        if any(_is_of(root, end, rating_key) for end in rows.get((kodi_id, file_id), ())):
            there.add((kodi_id, file_id))
        else:
            lost[rating_key] = kodi_id
    replaced = bool(database.alive(kind.table.name, kind.table.id_column, sorted(set(lost.values()))))
    found = [ItemRow(root + end, *place) for place, ends in rows.items() if place not in there for end in ends]
    return _Compared(count, list(lost), replaced, _ours(server, kind, found), bare)


def _is_of(root: str, end: str, rating_key: str) -> bool:
    """Whether the URL or path that begins with ``root`` and goes on with ``end`` is that of an item."""
    if end.endswith('=' + rating_key) or end == rating_key + '/':  # so are nearly all
        return True
    ref = item_url.parse(root + end)
    return ref is not None and ref.rating_key == rating_key


def _ours(server: SyncServer, kind: Kind, rows: Sequence[ItemRow]) -> List[ItemState]:
    """Those of Kodi's rows that have our URLs of this server."""
    refs = [(item_url.parse(row.url), row) for row in rows]
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
