"""One row in Kodi's library for an item that several servers have, told by its guid.

The server that came first keeps the row. The items of the others are stored without a row (``kodi_id`` 0); so all that
compares a server's listings with what is stored goes on as ever. Which of them have no row is decided when an item is
written that has none yet; what happened meanwhile at other servers is made good at the beginning of each sync:

- an item without a row which no other server shows any more is forgotten, so that the sync finds it as a new one;
- an item with a row which a server before it in the user's order shows too gives its row up.

Nothing but the rows of both databases tells what is to be done, so a sync that was interrupted leaves no trace.
"""
from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Sequence, Set, TypeVar

from ..kodi_db.writer import LibraryWriter
from ..plex_model import PlexItem, SweepRow
from ..state_db import ItemState, StateDb, seen_as_one
from . import mapping
from .kinds import Kind
from .options import SyncServer
from .user_changes import changed_by_user

LOG = logging.getLogger('pkc.sync')

#: A guid that an agent gives to whatever it does not know is no proof that two items are the same.
PROOF = 'plex://'
Row = TypeVar('Row', PlexItem, SweepRow)


class OneRow:
    """Whether items of a server have a row of their own, and what is in the rows that stand for several items.

    It is ``wanted`` if the user wants one row, and several servers are chosen. Without that nothing is asked of our
    database, unless there are items without a row.
    """

    def __init__(self, writer: LibraryWriter, state: StateDb, server: SyncServer) -> None:
        self._writer = writer
        self._state = state
        self._server = server
        self.wanted = len(server.one_row) > 1 and server.machine_identifier in server.one_row
        self._numbers: Dict[str, int] = {}

    # ---- which server's row --------------------------------------------------------------------------------------

    def rows_of_others(self, kind: Kind, guids: Iterable[str]) -> Mapping[str, int]:
        """Kodi's ids of the rows that other chosen servers have for these guids."""
        proofs = sorted({guid for guid in guids if guid.startswith(PROOF)}) if self.wanted else []
        return self._state.shown(kind.name, proofs, self._ids(self._others)) if proofs else {}

    def without_row(self, kind: Kind, items: Sequence[PlexItem], known: Mapping[str, ItemState]) -> Set[str]:
        """The ratingKeys of those items that get no row, because they have none and another server shows them."""
        if not self.wanted:
            return set()
        bare = [item for item in items if item.rating_key not in known or not known[item.rating_key].kodi_id]
        shown = self.rows_of_others(kind, [item.guid for item in bare])
        return {item.rating_key for item in bare if item.guid in shown}

    def not_shown(self, kind: Kind) -> List[str]:
        """The items of this server without a row that must have one."""
        return self._state.not_shown(self._server.server_id, kind.name, self._ids(self._others) if self.wanted else ())

    def shown_twice(self, kind: Kind) -> List[ItemState]:
        """The items of this server whose row goes, as a server before it has one."""
        if not self.wanted:
            return []
        before = self._server.one_row[:self._server.one_row.index(self._server.machine_identifier)]
        return self._state.shown_twice(self._server.server_id, kind.name, self._ids(before), PROOF + '%')

    def left_to_others(self, kind: Kind, guids: Iterable[str]) -> int:
        """The number of guids of which other servers have an item without a row."""
        proofs = [guid for guid in guids if guid.startswith(PROOF)] if self.wanted else []
        return len(self._state.without_row(kind.name, proofs)) if proofs else 0

    @property
    def _others(self) -> List[str]:
        return [one for one in self._server.one_row if one != self._server.machine_identifier]

    def _ids(self, machine_identifiers: Sequence[str]) -> List[int]:
        for one in machine_identifiers:
            if not self._numbers.get(one):
                self._numbers[one] = self._state.server_id(one)
        return [self._numbers[one] for one in machine_identifiers if self._numbers[one]]

    # ---- what is in a row ----------------------------------------------------------------------------------------

    def as_one(self, kind: Kind, rows: Sequence[Row], guids: Mapping[str, str]) -> Sequence[Row]:
        """Items of this server, as its row shows them: with the watch state of the item that was viewed last.
        ``guids`` are by ratingKey.
        """
        others = self._without_row(kind, guids.values())
        return [_with(row, others.get(guids.get(row.rating_key, ''), ())) for row in rows] if others else rows

    def states_as_one(self, kind: Kind, states: Iterable[ItemState]) -> List[ItemState]:
        """As :meth:`as_one`, for what is stored about items."""
        found = list(states)
        others = self._without_row(kind, [state.guid for state in found if state.kodi_id])
        return [seen_as_one(state, others.get(state.guid, ())) if state.kodi_id else state for state in found]

    def _without_row(self, kind: Kind, guids: Iterable[str]) -> Mapping[str, List[ItemState]]:
        if not self.wanted or not kind.watch_state:
            return {}
        return self._state.without_row(kind.name, [guid for guid in guids if guid.startswith(PROOF)])


class SharedRows:
    """The rows of Kodi's library that stand for items of several servers."""

    def __init__(self, writer: LibraryWriter, state: StateDb) -> None:
        self._writer = writer
        self._state = state

    @contextmanager
    def changing(self, kind: Kind, guids: Iterable[str]) -> Iterator[None]:
        """Within this context items without a row change, that have these guids: then the rows that stand for them are
        brought up to date, but for what the user has changed there. Use within a transaction.
        """
        wanted = [guid for guid in guids if guid]
        before = self._rows(kind, wanted) if wanted and kind.watch_state else {}
        users = changed_by_user(self._writer.database, kind, before.values()) if before else set()
        yield
        now = self._rows(kind, wanted) if before else {}
        self._write(kind, [_Change(before[kodi_id], row) for kodi_id, row in now.items()
                           if kodi_id in before and row.rating_key not in users])

    def _rows(self, kind: Kind, guids: Sequence[str]) -> Dict[int, ItemState]:
        others = self._state.without_row(kind.name, guids)
        return {row.kodi_id: seen_as_one(row, others.get(row.guid, ()))
                for row in self._state.with_row(kind.name, guids)}

    def _write(self, kind: Kind, changes: Sequence[_Change]) -> None:
        files = self._writer.shared.files
        self._writer.write_watch([
            (now.file_id, mapping.watch_state(now.view_count, now.view_offset, max(0, now.last_viewed_at),
                                              int(1000 * files.duration(now.file_id)) if now.view_offset else 0))
            for before, now in changes if now.file_id and _watch(before) != _watch(now)])
        self._writer.write_user_ratings(kind.table, [(now.kodi_id, mapping.user_rating(now.user_rating))
                                                     for before, now in changes
                                                     if before.user_rating != now.user_rating])


class _Change(NamedTuple):
    before: ItemState
    now: ItemState


def _watch(row: ItemState) -> object:
    return row.view_count, row.view_offset, row.last_viewed_at


def _with(row: Row, others: Sequence[ItemState]) -> Row:
    """A record of the server's with the watch state of :func:`seen_as_one`."""
    if not others:
        return row
    own = others[0]._replace(view_count=row.view_count, view_offset=row.view_offset,
                             last_viewed_at=row.last_viewed_at, user_rating=row.user_rating)
    one = seen_as_one(own, others)
    return row._replace(view_count=one.view_count, view_offset=one.view_offset, last_viewed_at=one.last_viewed_at,
                        user_rating=one.user_rating)
