"""Removing items from Kodi's database and ours in one transaction."""
from __future__ import annotations

from contextlib import ExitStack
from typing import Any, ContextManager, Dict, Mapping, Sequence

from .. import item_url
from ..kodi_db.item_writer import ItemWriter
from ..kodi_db.purge import Purge
from ..kodi_db.writer import LibraryWriter
from ..state_db import StateDb
from .kinds import Kind
from .one_row import OneRow, SharedRows
from .one_row_changes import leave_dates, remove_below
from .options import SyncServer
from .report import SyncReport


class ItemRemoval:
    """Removes items; :class:`~.removal.Removals` decides which."""

    def __init__(self, writer: LibraryWriter, state: StateDb, server: SyncServer, report: SyncReport) -> None:
        self._writer = writer
        self._purge = Purge(writer, item_url.PLAY_BASE)
        self._state = state
        self._server_id = server.server_id
        self._kinds = server.kinds
        self._report = report
        self._item_writers: Dict[str, ItemWriter[Any]] = {kind.name: kind.writer(writer.shared)
                                                          for kind in server.kinds}
        self._one_row = OneRow(writer, state, server)
        self._shared_rows = SharedRows(writer, state)

    def transaction(self) -> ContextManager[None]:
        """A transaction for changes of our database."""
        return self._writer.transaction()

    def remove(self, kind: Kind, rating_keys: Sequence[str]) -> None:
        """Remove items, with their children, from Kodi's library and from our database."""
        found = self._state.find(self._server_id, rating_keys)
        # Two Plex items may have one row: a season that the server created again, or one without a number.
        bare = {key for key, row in found.items() if not row.kodi_id}
        kept = self._state.claimed(kind.name, [row.kodi_id for row in found.values() if row.kodi_id], found)
        with self._writer.transaction(), self._shared_rows.changing(kind, {found[key].guid for key in bare}):
            going = {key: row.kodi_id for key, row in found.items() if row.kodi_id not in kept}
            rows = [kodi_id for key, kodi_id in going.items() if key not in bare]
            if self._kinds.children(kind):
                self._remove_children(kind, going)
                if self._one_row.wanted:
                    remove_below(self._writer, self._kinds, kind, rows)
            elif self._one_row.wanted:
                leave_dates(self._writer, self._state, kind, found.values())
            items = self._item_writers[kind.name]
            # Items to which others have added files are kept, without ours.
            shared = self._purge.leave(items, rows)
            self._writer.remove_with_names(items, [kodi_id for kodi_id in rows if kodi_id not in shared])
            if self._kinds.children(kind):
                self._forget(self._state.children(self._server_id, found))
            self._state.forget(self._server_id, found)
        self._report.removed += len(found)
        self._report.left_to_others += self._one_row.left_to_others(kind, [
            row.guid for key, row in found.items() if key not in bare])

    def _forget(self, rating_keys: Sequence[str]) -> None:
        """Delete children from our database; rows of others that stand for some show no longer what these said."""
        found = self._state.find(self._server_id, rating_keys).values() if self._one_row.wanted else ()
        with ExitStack() as stack:
            for kind in self._kinds:
                stack.enter_context(self._shared_rows.changing(
                    kind, {row.guid for row in found if row.plex_type == kind.name and not row.kodi_id}))
            self._state.forget(self._server_id, rating_keys)

    def moved(self, kind: Kind, keys: Mapping[str, str]) -> None:
        """Preserve dateAdded of items that now have another ratingKey (old: new)."""
        if not kind.table.file_column:
            return
        rows = self._state.find(self._server_id, [key for pair in keys.items() for key in pair])
        pairs = [(rows[old], rows[new]) for old, new in keys.items() if old in rows and new in rows]
        with self._writer.transaction():
            dates = self._writer.carry_dates([(old.file_id, new.file_id) for old, new in pairs if old.file_id])
            self._state.keep_dates(self._server_id, [
                (new.rating_key, 0, dates[old.file_id]) for old, new in pairs if dates.get(old.file_id)])

    def _remove_children(self, kind: Kind, rating_keys: Mapping[str, int]) -> None:
        below = self._state.find(self._server_id, self._state.children(self._server_id, rating_keys))
        for child in self._kinds.children(kind) if self._one_row.wanted else ():
            leave_dates(self._writer, self._state, child, [
                row for row in below.values() if row.plex_type == child.name])
        for child in reversed(self._kinds.children(kind)):
            self._writer.remove_with_names(self._item_writers[child.name], [
                row.kodi_id for row in below.values() if row.plex_type == child.name and row.kodi_id])
