"""Taking over the library of PlexKodiConnect 3.x: its rows become ours and keep their ids.

What Kodi, skins and the user know by those ids stays: watch state, resume points, artwork of the user's own choice,
favourites. Only rows of "helper add-on paths" can be told from others by themselves. With "direct paths" the files of
3.x look like anybody's local files (``smb://…``); those are left alone, and so is ``plex.db``, which would know them.
"""
from __future__ import annotations

import logging
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from ..batches import chunks
from ..cancellation import Cancellation
from ..kodi_db import takeover as old_rows
from ..kodi_db.connection import Library
from ..kodi_db.takeover import OLD_ITEMS, OldLibrary, OldRow
from ..kodi_db.writer import LibraryWriter
from ..state_db import EXPIRED, ItemState, StateDb
from .kinds import Kind
from .options import SyncServer
from .reconcile import follow_kodi, reconcile

LOG = logging.getLogger('pkc.sync')

_BATCH = 100

#: Called with up to 100 ratingKeys; returns the Plex type of those that the server has.
KeysThere = Callable[[Sequence[str]], Dict[str, str]]


class Kept(NamedTuple):
    """What Kodi knew of an item with a file. ``date_added`` and ``last_played`` are local time or ''."""

    rating_key: str
    date_added: str
    play_count: Optional[int]
    last_played: str
    user_rating: Optional[int]


class Adopted(NamedTuple):
    """What became of the items: taken over by kind, in the order of :func:`found`; removed as ``doubles`` of items
    that we had; left alone.
    """

    items: Tuple[int, ...]
    doubles: int
    left_alone: int
    kept: Tuple[Kept, ...]


def found(library: Library) -> Tuple[int, ...]:
    """How many items of 3.x Kodi's library holds: of each kind, in the order of ``OLD_ITEMS``. Reads only."""
    return tuple(len(old_rows.rows(library, items)) for items in OLD_ITEMS)


def adopt(writer: LibraryWriter, state: StateDb, server: SyncServer, rating_keys_there: KeysThere,
          cancellation: Cancellation) -> Adopted:
    """Make those items of 3.x ours that the server has, each under the same key and of the same type.

    They are expired, so that the next sync writes them anew in place; their dates added are kept
    (:meth:`StateDb.keep_dates`). An item that we have as well, because a sync of ours ran beside 3.x, is removed
    after dates, watch state and rating went over to ours where it has none. All others stay as they are.

    Batches are atomic over both databases, and a second call goes on with what is left. Raises
    :class:`Cancelled`, what ``rating_keys_there`` raises, and the errors of ``kodi_db``.
    """
    follow_kodi(writer, state)
    reconcile(writer, state, server)
    return _Takeover(writer, state, server, rating_keys_there, cancellation).run()


class _Takeover:

    def __init__(self, writer: LibraryWriter, state: StateDb, server: SyncServer, rating_keys_there: KeysThere,
                 cancellation: Cancellation) -> None:
        self._writer = writer
        self._state = state
        self._server = server
        self._there = rating_keys_there
        self._cancellation = cancellation
        self._addresses: Set[str] = set()
        self._adopted = {items.table: 0 for items in OLD_ITEMS}
        self._doubles = 0
        self._left_alone = 0
        self._kept: List[Kept] = []

    def run(self) -> Adopted:
        """Parents before their children; parents that we have twice go when their children are gone."""
        double_parents: List[OldRow] = []
        for items in OLD_ITEMS:
            double_parents += self._adopt(old_rows.rows(self._writer.library, items))
        for rows in chunks(double_parents, _BATCH):
            self._cancellation.check()
            with self._writer.transaction():
                removed = OldLibrary(self._writer).remove(rows)
            self._doubles += len(removed)
            self._left_alone += len(rows) - len(removed)
        if not any(found(self._writer.library)) and old_rows.has_paths(self._writer.library):
            with self._writer.transaction():
                OldLibrary(self._writer).drop_all_paths()
        done = Adopted(tuple(self._adopted.values()), self._doubles, self._left_alone, tuple(self._kept))
        LOG.info('of 3.x, %s items were taken over, %d we had already, %d were left alone',
                 ' + '.join(map(str, done.items)), done.doubles, done.left_alone)
        return done

    def _adopt(self, rows: Sequence[OldRow]) -> List[OldRow]:
        """Take over the rows of one kind; returns the parents of others that we have twice."""
        double_parents: List[OldRow] = []
        for batch in chunks(rows, _BATCH):
            self._cancellation.check()
            there = self._there([row.rating_key for row in batch])
            chosen = [row for row in batch if there.get(row.rating_key) == self._kind(row).name]
            self._left_alone += len(batch) - len(chosen)
            if chosen:
                double_parents += self._transact(chosen)
        return double_parents

    def _transact(self, batch: Sequence[OldRow]) -> List[OldRow]:
        """Rows of one batch in one transaction; counts only what was committed."""
        with self._writer.transaction():
            library = OldLibrary(self._writer)
            rows = library.unchanged(batch)
            mine, doubles, lost = self._split(rows)
            addresses = self._move(library, mine)
            copied = library.merge(doubles)
            self._keep_dates(mine + copied)
            double_parents = [row for row, _, _ in doubles if self._is_parent(row)]
            removed = library.remove([row for row, _, _ in doubles if not self._is_parent(row)])
        self._addresses |= addresses
        self._left_alone += len(lost)
        self._doubles += len(removed)
        for row in mine:
            self._adopted[row.table] += 1
        self._kept += [Kept(row.rating_key, row.date_added, row.play_count, row.last_played or '', row.user_rating)
                       for row in mine + copied if row.file_id]
        return double_parents

    def _split(self, rows: Sequence[OldRow]) -> Tuple[List[OldRow], List[Tuple[OldRow, int, int]], List[OldRow]]:
        """Rows that become ours, those that we have as (row, our row's id, file id), and those that fit neither."""
        known = self._state.find(self._server.server_id, [row.rating_key for row in rows])
        mine: List[OldRow] = []
        doubles: List[Tuple[OldRow, int, int]] = []
        misfits: List[OldRow] = []
        taken: Dict[str, OldRow] = {}
        for row in rows:
            ours, twin = known.get(row.rating_key), taken.get(row.rating_key)
            if ours is not None and ours.plex_type != self._kind(row).name:
                misfits.append(row)
            elif ours is not None and ours.kodi_id != row.kodi_id:
                doubles.append((row, ours.kodi_id, ours.file_id))
            elif twin is not None:
                doubles.append((row, twin.kodi_id, twin.file_id))
            else:
                taken[row.rating_key] = row
                mine.append(row)
        return mine, doubles, misfits

    def _move(self, library: OldLibrary, rows: Sequence[OldRow]) -> Set[str]:
        """Rewrite rows and remember them as ours; returns the server addresses that were in their artwork."""
        machine = self._server.machine_identifier
        library.move([(row, self._kind(row).address(machine, row.rating_key, row.parent_key)) for row in rows])
        parents = self._state.find(self._server.server_id, [row.parent_key for row in rows if row.parent_key])
        for row in rows:
            parent, wanted = parents.get(row.parent_key), self._kind(row).parent
            if parent is not None and wanted is not None and parent.plex_type == wanted.name \
                    and parent.kodi_id != row.parent_id:
                library.join_parent(row, parent.kodi_id)
        addresses = library.drop_art(rows)
        for address in sorted(addresses - self._addresses):
            library.drop_shared_art(address)
        self._state.put(ItemState(
            self._server.server_id, row.rating_key, self._kind(row).name, '', row.parent_key, '', row.kodi_id,
            row.file_id, EXPIRED, 0, 0, 0, 0.0) for row in rows)
        return addresses

    def _keep_dates(self, rows: Sequence[OldRow]) -> None:
        self._state.keep_dates(self._server.server_id, [(row.rating_key, 0, row.date_added) for row in rows
                                                        if row.file_id and row.date_added])

    def _kind(self, row: OldRow) -> Kind:
        return self._server.kinds.of_table(row.table)

    def _is_parent(self, row: OldRow) -> bool:
        return bool(self._server.kinds.children(self._kind(row)))
