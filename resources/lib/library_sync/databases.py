"""Opening Kodi's video database and ours together, so that they change in the same transactions."""
from __future__ import annotations

from typing import List, Optional

from .. import state_db
from ..cancellation import Cancellation
from ..kodi_db.database import VideoDatabase
from ..state_db import StateDb, StateFile
from .options import DatabaseLocations

#: The name of our database within the connection to Kodi's.
_SCHEMA = 'state'
#: Seconds to wait for a lock of our database, where it has its own connection.
_STATE_PATIENCE = 2.0


class SyncDatabases:
    """Both databases; ``video``'s transactions cover ``state``.

    Where the database engine can attach our file to its connection, one commit covers both. Elsewhere Kodi's rows are
    committed first and ours after. If the process ends in between, the next sync writes that batch again, and finds
    its rows by their URLs.
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
        """Close both; an open transaction is rolled back."""
        self.video.close()
        for state in self._opened:
            state.close()

    def __enter__(self) -> SyncDatabases:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
