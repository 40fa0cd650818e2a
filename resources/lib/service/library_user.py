"""Whose watch state a library that several devices share shows."""
from __future__ import annotations

import threading
import time
from typing import Callable, Optional

from .. import state_db
from ..state_db import SharedState
from ..state_db.lease import last_change

#: Seconds for which an answer holds.
_FRESH = 4.0


class LibraryUser:
    """Asks the database, now and then. A library in files is that of who watches. Thread-safe."""

    def __init__(self, location: state_db.Location, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._location = location
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known = ''
        self._until: Optional[float] = None

    def is_another(self, user_id: str) -> bool:
        """Whether it shows the watch state of another Plex user than this one. Raises :class:`DatabaseError`."""
        if not isinstance(self._location, SharedState) or not user_id:
            return False
        with self._lock:
            if self._until is None or self._monotonic() >= self._until:
                self._known = last_change(self._location).user_id
                self._until = self._monotonic() + _FRESH
            return self._known not in ('', user_id)

    def forget(self) -> None:
        """It may have become another user's."""
        with self._lock:
            self._until = None
