"""Kodi's library and what we know of it, opened together so that they change together."""
from __future__ import annotations

from typing import List, Optional

from .. import state_db
from ..cancellation import Cancellation
from ..kodi_db.database import VideoDatabase
from ..state_db import StateDb, StateFile
from .options import DatabaseLocations

#: The name of our database within the connection to Kodi's.
_SCHEMA = 'state'
#: Seconds that our own file is waited for at a time, where it has a connection of its own.
_STATE_PATIENCE = 2.0


class SyncDatabases:
    """Both databases; ``video``'s transactions cover ``state``.

    Where the engine of Kodi's library can take our file into its connection, one commit covers both. Elsewhere Kodi's
    rows are committed first and ours after. When the process ends in between, a sync does that batch again, and
    finds its rows by their URLs.
    """

    def __init__(self, locations: DatabaseLocations, cancellation: Optional[Cancellation] = None) -> None:
        """Raises :class:`DatabaseError`."""
        state_db.prepare(locations.state_db)
        self.video = VideoDatabase(locations.video_db, cancellation)
        self._opened: List[StateFile] = []
        try:
            self.state = self._open_state(locations.state_db)
        except BaseException:
            self.close()
            raise

    def _open_state(self, path: str) -> StateDb:
        if self.video.attach(path, _SCHEMA):
            return StateDb(self.video, _SCHEMA + '.')
        state = state_db.open_writer(path, _STATE_PATIENCE)
        self._opened.append(state)
        self.video.join(state.connection)
        return state

    def close(self) -> None:
        """Close them; an open transaction is rolled back."""
        self.video.close()
        for state in self._opened:
            state.close()

    def __enter__(self) -> SyncDatabases:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
