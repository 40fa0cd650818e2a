"""Writing one item of Kodi's library again, with all items below it."""
from __future__ import annotations

from typing import List

from ..batches import chunks
from ..cancellation import Cancellation
from ..kodi_db import item_rows
from ..kodi_db.database import VideoDatabase
from ..plex_functions import BATCH_SIZE, PMSClient
from ..state_db import ItemState, StateDb
from .apply import Applier
from .fetch import Fetcher
from .kinds import Kind
from .membership import Membership
from .options import SyncServer
from .sections import by_key
from .tasks import Fetch


class Repair:
    """Fetches an item and the items below it, even if their stamps are unchanged."""

    def __init__(self, client: PMSClient, database: VideoDatabase, state: StateDb, server: SyncServer,
                 cancellation: Cancellation) -> None:
        self._client = client
        self._database = database
        self._state = state
        self._server = server
        self._cancellation = cancellation

    def run(self, kind: Kind, kodi_id: int, applier: Applier, fetcher: Fetcher) -> bool:
        """Have ``applier`` write the items; false when the row is not of this server. Raises :class:`PlexError`."""
        state, server = self._state, self._server
        row = state.by_kodi_id(kind.name, kodi_id)
        section = by_key(self._client.sections()).get(row.section_key) if row else None
        if row is None or row.server_id != server.server_id or section is None:
            return False
        membership = Membership(self._client, state, server.server_id, server.kinds)
        index = membership.look(section, membership.listed(section), False).collections
        keys = [row.rating_key] + self._below(kind, row)
        rows = state.find(server.server_id, keys)
        for each_kind in server.kinds.of_library(section.plex_type):
            chosen = [key for key in keys if key in rows and rows[key].plex_type == each_kind.name]
            for chunk in chunks(chosen, BATCH_SIZE):
                self._cancellation.check()
                applier.fetched(fetcher.fetched(Fetch(section, each_kind, tuple(chunk), index)))
        return True

    def _below(self, kind: Kind, row: ItemState) -> List[str]:
        """The ratingKeys of the items below a row, found by their parent's ratingKey and by the ids in Kodi's rows."""
        rating_keys = dict.fromkeys(self._state.children(self._server.server_id, [row.rating_key]))
        for other in self._server.kinds:
            column = other.table.column_of(kind.table)
            for kodi_id in item_rows.ids_with(self._database, other.table, column, [row.kodi_id]) if column else ():
                below = self._state.by_kodi_id(other.name, kodi_id)
                if below is not None:
                    rating_keys[below.rating_key] = None
        return list(rating_keys)
