"""Removing items from Kodi's database and ours in one transaction."""
from __future__ import annotations

from typing import Any, ContextManager, Dict, Mapping, Sequence

from .. import item_url
from ..kodi_db.item_writer import ItemWriter
from ..kodi_db.purge import Purge
from ..kodi_db.writer import LibraryWriter
from ..state_db import StateDb
from .kinds import Kind
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

    def transaction(self) -> ContextManager[None]:
        """A transaction for changes of our database."""
        return self._writer.transaction()

    def remove(self, kind: Kind, rating_keys: Sequence[str]) -> None:
        """Remove items, with their children, from Kodi's library and from our database."""
        found = self._state.find(self._server_id, rating_keys)
        # Two Plex items may have one row: a season that the server created again, or one without a number.
        kept = self._state.claimed(kind.name, [row.kodi_id for row in found.values()], found)
        with self._writer.transaction():
            going = {key: row.kodi_id for key, row in found.items() if row.kodi_id not in kept}
            if self._kinds.children(kind):
                self._remove_children(kind, going)
            items = self._item_writers[kind.name]
            # Items to which others have added files are kept, without ours.
            shared = self._purge.leave(items, list(going.values()))
            self._writer.remove_with_names(items, [kodi_id for kodi_id in going.values() if kodi_id not in shared])
            if self._kinds.children(kind):
                self._state.forget(self._server_id, self._state.children(self._server_id, found))
            self._state.forget(self._server_id, found)
        self._report.removed += len(found)

    def moved(self, kind: Kind, keys: Mapping[str, str]) -> None:
        """Preserve dateAdded of items that now have another ratingKey (old: new)."""
        if not kind.table.file_column:
            return
        rows = self._state.find(self._server_id, [key for pair in keys.items() for key in pair])
        pairs = [(rows[old], rows[new]) for old, new in keys.items() if old in rows and new in rows]
        with self._writer.transaction():
            dates = self._writer.carry_dates([(old.file_id, new.file_id) for old, new in pairs])
            self._state.keep_dates(self._server_id, [
                (new.rating_key, 0, dates[old.file_id]) for old, new in pairs if dates.get(old.file_id)])

    def _remove_children(self, kind: Kind, rating_keys: Mapping[str, int]) -> None:
        below = self._state.find(self._server_id, self._state.children(self._server_id, rating_keys))
        for child in reversed(self._kinds.children(kind)):
            self._writer.remove_with_names(self._item_writers[child.name], [
                row.kodi_id for row in below.values() if row.plex_type == child.name])
