"""Writing one batch of items to Kodi's database and ours in one transaction."""
from __future__ import annotations

import logging
import time
from functools import partial
from operator import eq
from typing import Any, Callable, Collection, Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple, TypeVar

from ..batches import by_halves
from ..kodi_db.item_writer import ItemWriter
from ..kodi_db.records import Written
from ..kodi_db.writer import LibraryWriter
from ..plex_model import PlexItem, Section, SweepRow
from ..sql.errors import UnfitValue
from ..state_db import EXPIRED, ItemState, StateDb
from .kinds import Kind
from .later_people import FEWEST_ITEMS, PeopleQueue, Waiting
from .mapping import Context, ExistingRow
from .one_row import OneRow, SharedRows
from .options import SyncServer
from .pace import GAP, Pace
from .read_ahead import ReadAhead
from .report import SyncReport
from .tasks import NO_COLLECTIONS, CollectionIndex
from .user_changes import changed_by_user

LOG = logging.getLogger('pkc.sync')

_BAD_DATA = (UnfitValue, OverflowError, ValueError, TypeError, LookupError, AttributeError)
#: An object with a ``rating_key``.
Row = TypeVar('Row', PlexItem, SweepRow)
_NO_ROW = Written(0, 0)
FetchItems = Callable[[Sequence[str]], Tuple[List[PlexItem], int]]


class Batch(NamedTuple):
    """Items of one kind and library, with the collections of that library."""

    section: Section
    kind: Kind
    items: Sequence[PlexItem]
    collections: CollectionIndex = NO_COLLECTIONS

    def is_like(self, other: Batch) -> bool:
        """Whether the items of both may be written together."""
        return self._replace(items=()) == other._replace(items=())


class _Stored(NamedTuple):
    """What is stored about a batch's items, by ratingKey: their rows, preserved dates, and watched marks; and the keys
    of those that get no row (:meth:`.one_row.OneRow.without_row`).
    """

    rows: Mapping[str, ItemState]
    dates: Mapping[str, Tuple[int, str]]
    marks: Mapping[str, Optional[bool]]
    bare: Collection[str]

    def guids(self, items: Sequence[PlexItem]) -> Set[str]:
        """The guids of what has, or had, no row."""
        return {row.guid for row in self.rows.values() if not row.kodi_id}.union(
            item.guid for item in items if item.rating_key in self.bare)


class BatchWriter:
    """Writes batches one after the other. ``fetch_items`` and ``ahead``: see :class:`.apply.Applier`."""

    def __init__(self, writer: LibraryWriter, state: StateDb, server: SyncServer, report: SyncReport,
                 fetch_items: FetchItems, ahead: Optional[ReadAhead] = None) -> None:
        self._writer = writer
        self._state = state
        self._server = server
        self._report = report
        self._fetch_items = fetch_items
        self._ahead = ahead
        self._item_writers: Dict[str, ItemWriter[Any]] = {kind.name: kind.writer(writer.shared)
                                                          for kind in server.kinds}
        self._parent_ids: Dict[str, int] = {}
        self.pace = Pace(writer.database.connection.hold)
        self._people = PeopleQueue(writer, state, server, _BAD_DATA)
        self.one_row = OneRow(writer, state, server)
        self.shared_rows = SharedRows(writer, state)
        #: (section key, type) of listings of which an item could not be read: their cursors must not be stored.
        self.failed: Set[Tuple[str, str]] = set()

    def write(self, batch: Batch) -> None:
        """Add or change items; those that the database refuses are skipped. Raises :class:`DatabaseLocked`."""
        if batch.kind.parent:
            batch = self._with_parents(batch, batch.kind.parent)
        _, refused = by_halves(batch.items, partial(self._transact, batch), _BAD_DATA)
        for item, error in refused:
            LOG.error('item %s is skipped: it does not fit', item.rating_key, exc_info=error)
            self._report.skip('that do not fit')
        if self._people.full:
            self.write_people()

    def write_people(self) -> None:
        """Write the people of new items that wait for that. Raises :class:`DatabaseError`."""
        if self._ahead is not None:
            self._ahead.settle()
        for item, error in self._people.write():
            LOG.error('the people of item %s do not fit', item.rating_key, exc_info=error)
            self._report.skip('whose people do not fit')

    def marks(self) -> Dict[str, Optional[bool]]:
        """Marks that the user set and that the server may not have had when it answered; see :meth:`Marks.marks`."""
        return self._state.marks(self._server.server_id, self._server.user_id)

    def without_user_changes(self, section: Section, kind: Kind, rows: Sequence[Row],
                             known: Mapping[str, ItemState]) -> Sequence[Row]:
        """The rows without those that the user has just changed in Kodi, which the next sync will write; what is a mark
        already was changed too.

        Call within a transaction.
        """
        if not known:
            return rows
        changed = changed_by_user(self._writer.database, kind, self.one_row.states_as_one(kind, (
            known[row.rating_key] for row in rows if row.rating_key in known)))
        changed |= self._state.set_by_user(self._server.server_id, self._server.user_id)
        left = [row for row in rows if row.rating_key not in changed]
        if len(left) < len(rows):
            self.fail(section, kind)
        return left

    def fail(self, section: Section, kind: Kind) -> None:
        """Record that an item of this listing could not be read or written."""
        self.failed.add((section.key, kind.name))

    def context(self, section: Section, index: CollectionIndex = NO_COLLECTIONS) -> Context:
        """The mappers' context for items of a library."""
        return Context(self._server.machine_identifier, self._server.local_port, section.title, index.smart_titles)

    def _transact(self, batch: Batch, items: Sequence[PlexItem]) -> None:
        if not items:
            return
        section, kind, index = batch.section, batch.kind, batch.collections
        server_id, keys = self._server.server_id, [item.rating_key for item in items]
        known = self._state.find(server_id, keys)
        dates = self._state.kept_dates(server_id, keys)
        people = self._writer.shared.people
        if self._ahead is not None:
            self._ahead.settle()
        with self._writer.transaction():
            began = time.monotonic()
            items = self.without_user_changes(section, kind, items, known)
            keys = [item.rating_key for item in items]
            stored = _Stored(known, dates, self.marks(), self.one_row.without_row(kind, items, known))
            people.later = len(items) - sum(key in known for key in keys) >= min(FEWEST_ITEMS, self.pace.size)
            with self.shared_rows.changing(kind, stored.guids(items)):
                written = self._write_records(kind, items, stored, self.context(section, index))
                self._state.keep_dates(server_id, [(item.rating_key, item.added_at, dates[item.rating_key][1])
                                                   for item in items if dates.get(item.rating_key, (1, ''))[0] == 0])
                states = [self._item_state(batch, item, row, stored.marks) for item, row in zip(items, written)]
                waiting = people.take()
                self._state.put(state._replace(stamp=EXPIRED) if state.kodi_id in waiting else state
                                for state in states)
            self._move_children(batch, [state for state in states if state.kodi_id and state.rating_key in known
                                        and not known[state.rating_key].kodi_id])
            if kind.in_collections:
                self._state.set_collections(server_id, {item.rating_key: _collections(item, index) for item in items})
            written_at = time.monotonic()
            if self._ahead is not None:
                self._ahead.begin()
        self.pace.took(len(items), written_at - began, time.monotonic() - written_at)
        self._people.drop(keys)
        self._people.add([Waiting(state.rating_key, state.stamp, kind.table, waiting[state.kodi_id])
                          for state in states if state.kodi_id in waiting])
        time.sleep(GAP)
        self._count(known, states)
        if self._server.kinds.children(kind):
            self._know_parents(kind, states)

    def _count(self, known: Mapping[str, ItemState], states: Sequence[ItemState]) -> None:
        before = [known.get(state.rating_key) for state in states]
        rewritten = sum(map(eq, before, states)) if self._server.everything else 0
        added = before.count(None)
        self._report.added += added
        self._report.rewritten += rewritten
        self._report.changed += len(states) - added - rewritten

    def _write_records(self, kind: Kind, items: Sequence[PlexItem], stored: _Stored,
                       context: Context) -> List[Written]:
        """Write items, but those that get no row; for these the ids are 0."""
        with_row = self.one_row.as_one(kind, [item for item in items if item.rating_key not in stored.bare],
                                       {item.rating_key: item.guid for item in items})
        rows = iter(self._item_writers[kind.name].write([
            kind.record(item, context, self._existing_row(kind, item, stored)) for item in with_row]))
        return [_NO_ROW if item.rating_key in stored.bare else next(rows) for item in items]

    def _move_children(self, batch: Batch, parents: Sequence[ItemState]) -> None:
        """What is below items that now have a row of their own is found as new by the next sync, to go there."""
        for child in self._server.kinds.children(batch.kind) if parents else ():
            self.fail(batch.section, child)
            self._state.forget_rows(self._server.server_id, self._state.children(
                self._server.server_id, [state.rating_key for state in parents]))

    def _know_parents(self, kind: Kind, states: Sequence[ItemState]) -> None:
        """Note the rows of parents; of one without a row that of another server which stands for it."""
        others = self.one_row.rows_of_others(kind, [state.guid for state in states if not state.kodi_id])
        for state in states:
            row = state.kodi_id or others.get(state.guid)
            if row:
                self._parent_ids[state.rating_key] = row

    def _existing_row(self, kind: Kind, item: PlexItem, stored: _Stored) -> ExistingRow:
        """An item's existing rows, with the date and the watched mark that take precedence over the server's."""
        key = item.rating_key
        row = stored.rows.get(key)
        # The date from before a move is used until the item's date is changed in Plex.
        added_at, date = stored.dates.get(key, (0, ''))
        return ExistingRow(row.kodi_id if row else 0, row.file_id if row else 0,
                       self._parent_ids[kind.parent_key(item)] if kind.parent else 0,
                       date if added_at in (0, item.added_at) else '', stored.marks.get(key))

    def _with_parents(self, batch: Batch, parent: Kind) -> Batch:
        """The items whose parent is in Kodi's library; missing parents are fetched and written first."""
        key_of = batch.kind.parent_key
        unknown = [key for key in {key_of(item) for item in batch.items} if key and key not in self._parent_ids]
        self._know_parents(parent, list(self._state.find(self._server.server_id, unknown).values()))
        missing = [key for key in unknown if key not in self._parent_ids]
        if missing:
            self.write(Batch(batch.section, parent, [item for item in self._fetch_items(missing)[0]
                                                     if item.plex_type == parent.name]))
        items = [item for item in batch.items if key_of(item) in self._parent_ids]
        if len(items) < len(batch.items):
            self.fail(batch.section, batch.kind)
        self._report.skip('without a %s' % parent.name, len(batch.items) - len(items))
        return batch._replace(items=items)

    def _item_state(self, batch: Batch, item: PlexItem, row: Written, marks: Mapping[str, Optional[bool]]) -> ItemState:
        kind = batch.kind
        state = ItemState(
            self._server.server_id, item.rating_key, kind.name, batch.section.key, kind.parent_key(item),
            item.guid, row.kodi_id, row.file_id, item.stamp,
            *watched(kind, item.view_count, item.view_offset, item.last_viewed_at), item.user_rating)
        if item.rating_key not in marks:
            return state
        # Kodi has another watch state than the server, so the next sync must compare again.
        self.fail(batch.section, kind)
        watched_here = marks[item.rating_key]
        if watched_here is None:
            return state
        return state._replace(view_count=max(item.view_count, 1) if watched_here else 0, view_offset=0)


def watched(kind: Kind, view_count: int, view_offset: int, last_viewed_at: int) -> Tuple[int, int, int]:
    """The watch state to store: zeros for kinds whose watch state Kodi computes."""
    return (view_count, view_offset, last_viewed_at) if kind.watch_state else (0, 0, 0)


def _collections(item: PlexItem, index: CollectionIndex) -> Set[str]:
    """The keys of the collections that an item is in."""
    return {index.by_title[title] for title in item.collections if title in index.by_title}.union(
        index.smart_keys.get(item.rating_key, ()))
