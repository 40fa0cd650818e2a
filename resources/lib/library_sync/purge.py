"""Removing everything of Plex from Kodi's library when the user signs out, or that of a server that he leaves."""
from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import Callable, Dict, List, Optional, Sequence

from .. import item_url
from ..cancellation import Cancellation
from ..kodi_db.item_rows import ItemRow
from ..kodi_db.purge import Purge
from ..kodi_db.writer import LibraryWriter
from ..state_db import StateDb
from .kinds import VIDEO, Kind, Kinds
from .one_row import SharedRows
from .one_row_changes import leave_dates, remove_below

LOG = logging.getLogger('pkc.sync')

_BATCH = 100


def remove_all(writer: LibraryWriter, state: StateDb, cancellation: Cancellation, kinds: Kinds = VIDEO) -> int:
    """Remove the items of all servers, the paths, files and names that only they used, and their rows in our database.

    They are found by Kodi's own rows: so items that our database lacks are removed too, and a row that is not ours but
    has the id of one of ours is kept. Returns the number of removed items, without seasons. Raises
    :class:`Cancelled`, and the errors of ``kodi_db``; another call continues.
    """
    removed = 0
    purge = Purge(writer, item_url.PLAY_BASE)
    for kind in reversed(kinds):
        if kind.has_address:
            removed += _Items(writer, state, kind, purge).remove(cancellation)
    _remove_files(writer, purge, cancellation)
    with writer.transaction():
        purge.remove_paths()
        for server_id in state.servers():
            state.forget_server(server_id)
    LOG.info('%d items of ours were removed from the library', removed)
    return removed


def remove_server(writer: LibraryWriter, state: StateDb, machine_identifier: str, cancellation: Cancellation,
                  kinds: Kinds = VIDEO) -> int:
    """As :func:`remove_all` for one server; all rows of others stay, but for episodes below shows of this one: the next
    sync of their server writes them again (:mod:`.one_row`), as what this server's rows stood for.

    A person whose picture came from that server gets another one with the next sync of the items in question.
    """
    removed = 0
    server_id = state.server_id(machine_identifier)
    purges = {root: Purge(writer, root, machine_identifier) for root in _roots(machine_identifier, kinds)}
    for kind in reversed(kinds):
        if kind.has_address:
            removed += _Items(writer, state, kind, purges[kind.root(machine_identifier)], kinds).remove(cancellation)
    for purge in purges.values():
        _remove_files(writer, purge, cancellation)
    with writer.transaction():
        for purge in purges.values():
            purge.remove_paths()
        server_id = state.server_id(machine_identifier)
        if server_id:
            with ExitStack() as stack:
                for kind in kinds:
                    bare = state.find(server_id, state.not_shown(server_id, kind.name, ())).values()
                    stack.enter_context(SharedRows(writer, state).changing(kind, {row.guid for row in bare}))
                state.forget_server(server_id)
    LOG.info('%d items of a server that is left were removed from the library', removed)
    return removed


def _roots(machine_identifier: str, kinds: Kinds) -> List[str]:
    """The paths above all rows of a server."""
    found = [kind.root(machine_identifier) for kind in kinds if kind.has_address]
    return list(dict.fromkeys([*found, item_url.TRAILERS_BASE + machine_identifier + '/']))


class _Items:
    """Removes the items of one kind below a path, in batches."""

    def __init__(self, writer: LibraryWriter, state: StateDb, kind: Kind, purge: Purge,
                 shared_by: Optional[Kinds] = None) -> None:
        """``shared_by``: the kinds of which other servers' items may be below these."""
        self._writer = writer
        self._items = kind.writer(writer.shared)
        self._state = state
        self._kind = kind
        self._purge = purge
        self._shared_by = shared_by

    def remove(self, cancellation: Cancellation) -> int:
        """Remove all; returns their number."""
        return _all(self._writer, cancellation, self._batch)

    def _batch(self) -> int:
        rows = self._purge.some(self._kind.table, _BATCH)
        if self._shared_by is not None:
            leave_dates(self._writer, self._state, self._kind, [
                item for machine, keys in _keys(rows).items()
                for item in self._state.find(self._state.server_id(machine), keys).values()])
            remove_below(self._writer, self._shared_by, self._kind, [row.kodi_id for row in rows])
        changed = self._purge.remove(self._items, [row.kodi_id for row in rows])
        _forget(self._state, rows)
        for media_type in {one for one, _ in changed}:
            kind = VIDEO.of_media_type(media_type)
            if kind is not None:
                self._state.expire_rows(kind.name, [kodi_id for one, kodi_id in changed if one == media_type])
        return len(rows)


def _remove_files(writer: LibraryWriter, purge: Purge, cancellation: Cancellation) -> None:
    def batch() -> int:
        file_ids = purge.bare_files(_BATCH)
        purge.remove_files(file_ids)
        return len(file_ids)
    _all(writer, cancellation, batch)


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
    for machine, rating_keys in _keys(rows).items():
        state.forget(state.server_id(machine), rating_keys)


def _keys(rows: Sequence[ItemRow]) -> Dict[str, List[str]]:
    """The items' ratingKeys, by machineIdentifier."""
    keys: Dict[str, List[str]] = {}
    for row in rows:
        ref = item_url.parse(row.url)
        if ref:
            keys.setdefault(ref.machine_identifier, []).append(ref.rating_key)
    return keys
