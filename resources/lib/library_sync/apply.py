"""Writing the results of a sync: each batch changes Kodi's database and ours in one transaction."""
from __future__ import annotations

import logging
import time
from typing import List, Mapping, Optional, Sequence, Set, Tuple

from ..kodi_db.writer import LibraryWriter
from ..plex_model import PlexItem, Section, SweepRow
from ..sql.errors import DatabaseLocked
from ..state_db import ItemState, StateDb
from . import mapping
from .batch_writer import Batch, BatchWriter, FetchItems, watched
from .fetch import FetchedItems
from .kinds import Kind
from .options import SyncServer
from .read_ahead import ReadAhead
from .report import SyncReport
from .tasks import Watch

LOG = logging.getLogger('pkc.sync')

#: Seconds for which fetched items wait for more to make up a larger batch.
_LONGEST_WAIT = 1.0
#: Limit of batches that are put off because another program locks the database.
_MOST_POSTPONED = 20


class Applier:
    """Writes results one after the other. ``fetch_items(rating_keys)`` fetches parents that are missing; ``ahead``
    reads further answers while a commit waits for the disk.
    """

    def __init__(self, writer: LibraryWriter, state: StateDb, server: SyncServer, report: SyncReport,
                 fetch_items: FetchItems, ahead: Optional[ReadAhead] = None) -> None:
        self._writer = writer
        self._state = state
        self._server_id = server.server_id
        self._report = report
        self._batches = BatchWriter(writer, state, server, report, fetch_items, ahead)
        self._postponed: List[Batch] = []
        self._waiting: Optional[Batch] = None
        self._waits_since = 0.0

    @property
    def failed(self) -> Set[Tuple[str, str]]:
        """(section key, type) of listings of which an item could not be read: their cursors must not be stored."""
        return self._batches.failed

    def context(self, section: Section) -> mapping.Context:
        """The mappers' context for items of a library."""
        return self._batches.context(section)

    def fetched(self, result: FetchedItems) -> None:
        """Write new or changed items, together with others that arrive within a second."""
        task = result.task
        self._report.skip('gone meanwhile', result.absent)
        self._report.skip('unreadable', result.unreadable)
        if result.unreadable:
            self._batches.fail(task.section, task.kind)
        items = {item.rating_key: item for item in result.items if item.plex_type == task.kind.name}
        self._report.skip('of another type', sum(item.plex_type != task.kind.name for item in result.items))
        if task.watch_only:
            self.watch(Watch(task.section, task.kind, tuple(map(_row, items.values()))))
        else:
            self._wait(Batch(task.section, task.kind, list(items.values()), task.collections))

    def flush(self, fewest: int = 1) -> None:
        """Write the waiting items, as long as there are at least ``fewest``."""
        while self._waiting is not None and len(self._waiting.items) >= fewest:
            batch, size = self._waiting, self._batches.pace.size
            self._waiting = batch._replace(items=batch.items[size:]) if len(batch.items) > size else None
            self._write(batch._replace(items=batch.items[:size]))

    def watch(self, task: Watch) -> None:
        """Write only watch states and ratings. Items with a watched mark not yet sent to the server are left out."""
        self.flush()
        found = self._state.find(self._server_id, [row.rating_key for row in task.rows])
        marks = self._batches.marks()
        rows = [row for row in task.rows if row.rating_key in found and row.rating_key not in marks]
        if any(row.rating_key in marks for row in task.rows):
            self._batches.fail(task.section, task.kind)
        with self._writer.transaction():
            rows = list(self._batches.without_user_changes(task.section, task.kind, rows, found))
            self._write_watch(task.kind, rows, found)
        self._report.watched += len(rows)

    def _write_watch(self, kind: Kind, rows: Sequence[SweepRow], found: Mapping[str, ItemState]) -> None:
        before = {state.rating_key: state for state in self._batches.one_row.states_as_one(kind, (
            found[row.rating_key] for row in rows))}
        seen = self._batches.one_row.as_one(kind, [row for row in rows if found[row.rating_key].kodi_id],
                                            {key: state.guid for key, state in found.items()})
        states = [(found[row.rating_key].file_id,
                   mapping.watch_state(row.view_count, row.view_offset, row.last_viewed_at, row.duration))
                  for row in seen if found[row.rating_key].file_id]
        ratings = [(found[row.rating_key].kodi_id, mapping.user_rating(row.user_rating)) for row in seen
                   if row.user_rating != before[row.rating_key].user_rating]
        with self._batches.shared_rows.changing(kind, {state.guid for state in found.values() if not state.kodi_id}):
            self._writer.write_watch(states)
            self._writer.write_user_ratings(kind.table, ratings)
            self._state.put_watch(self._server_id, [
                (row.rating_key,) + watched(kind, row.view_count, row.view_offset, row.last_viewed_at)
                + (row.user_rating,) for row in rows])

    def retry_postponed(self) -> None:
        """Write what was put off. Raises :class:`DatabaseLocked` when the database is still locked."""
        self.flush()
        while self._postponed:
            self._batches.write(self._postponed[0])
            self._postponed.pop(0)
        self.write_people()

    def write_people(self) -> None:
        """Write the people of new items that wait for that. Raises :class:`DatabaseError`."""
        self._batches.write_people()

    def _wait(self, batch: Batch) -> None:
        if self._waiting is not None and not self._waiting.is_like(batch):
            self.flush()
        if self._waiting is None:
            self._waiting, self._waits_since = batch, time.monotonic()
        else:
            self._waiting = batch._replace(items=[*self._waiting.items, *batch.items])
        self.flush(1 if time.monotonic() - self._waits_since > _LONGEST_WAIT else self._batches.pace.size)

    def _write(self, batch: Batch) -> None:
        try:
            self._batches.write(batch)
        except DatabaseLocked:
            LOG.warning('the video database is locked, %d items are put off', len(batch.items))
            if len(self._postponed) >= _MOST_POSTPONED:
                raise
            self._postponed.append(batch)


def _row(item: PlexItem) -> SweepRow:
    return SweepRow(item.rating_key, item.updated_at, item.added_at, item.view_count, item.view_offset,
                    item.last_viewed_at, item.user_rating, item.duration)
