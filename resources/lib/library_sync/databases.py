"""Opening Kodi's video database and ours together, so that they change in the same transactions."""
from __future__ import annotations

import logging
from typing import List, Optional

from .. import state_db
from ..cancellation import Cancellation
from ..kodi_db.database import VideoDatabase
from ..sql.connection import Connection
from ..sql.errors import DatabaseError
from ..sql.statements import Statements
from ..state_db import Location, SharedState, StateDb
from ..state_db.lease import Claim, Lease
from .options import DatabaseLocations

LOG = logging.getLogger('pkc.sync')

#: The name of our database within the connection to Kodi's.
_SCHEMA = 'state'
#: Seconds to wait for a lock of our database, where it has its own connection.
_STATE_PATIENCE = 2.0


class SyncDatabases:
    """Both databases; ``video``'s transactions cover ``state``.

    Where the database engine can attach our file to its connection, one commit covers both, and so it does for two
    databases of one server. Elsewhere Kodi's rows are committed first and ours after. If the process ends in between,
    the next sync writes that batch again, and finds its rows by their URLs.
    """

    def __init__(self, locations: DatabaseLocations, cancellation: Optional[Cancellation] = None,
                 claim: Optional[Claim] = None) -> None:
        """With a ``claim`` no other device may synchronise meanwhile. Raises :class:`DatabaseError`; :class:`LeaseHeld`
        when one does, :class:`OtherUser` when the library that they share is another user's.
        """
        state_db.prepare(locations.state_db)
        self.video = VideoDatabase(locations.video_db, cancellation)
        self._opened: List[Connection] = []
        self._lease: Optional[Lease] = None
        try:
            self.state = self._open_state(locations.state_db)
            if claim is not None and isinstance(locations.state_db, SharedState):
                self._lease = self._taken(locations.state_db, claim)
        except BaseException:
            self.close()
            raise

    def _open_state(self, location: Location) -> StateDb:
        if isinstance(location, SharedState):
            box = state_db.open_box(location, _STATE_PATIENCE)
            self._join(box)
            return StateDb(self.video, location.schema, Statements(box))
        if self.video.attach(location, _SCHEMA):
            return StateDb(self.video, _SCHEMA + '.')
        state = state_db.open_writer(location, _STATE_PATIENCE)
        self._join(state.connection)
        return state

    def _taken(self, location: SharedState, claim: Claim) -> Lease:
        lease = Lease(self.video, location)
        lease.look()
        with self.video.transaction():
            lease.claim(claim)
        self.video.check_first(lease.check)
        return lease

    def _join(self, connection: Connection) -> None:
        self._opened.append(connection)
        self.video.join(connection)

    def note_change(self) -> None:
        """Something was written: other devices hear of it at the end, if they share the library."""
        if self._lease is not None:
            self._lease.changed = True

    def close(self) -> None:
        """Close both; an open transaction is rolled back."""
        if self._lease is not None:
            try:
                self._lease.release()
            except DatabaseError as error:
                LOG.info('the lease ends with the connection: %s', error)
        self.video.close()
        for connection in self._opened:
            connection.close()

    def __enter__(self) -> SyncDatabases:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
