"""Noticing that another device has synchronised the library that both share, so that this Kodi's windows show it."""
from __future__ import annotations

import logging
import threading
from typing import Callable, Optional

from ...sql.errors import DatabaseError
from ...state_db import SharedState
from ...state_db.lease import Change, last_change
from ..shared import Databases

LOG = logging.getLogger('pkc.service')

#: Seconds between two looks, and while the server is away.
_INTERVAL, _AWAY = 4.0, 30.0


class OtherDevices:
    """Does nothing for a library in files. ``on_change`` is called in the thread."""

    def __init__(self, databases: Databases, on_change: Callable[[], None]) -> None:
        self._databases = databases
        self._on_change = on_change
        self._known: Optional[Change] = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._loop, name='pkc-other-devices', daemon=True)

    def start(self) -> None:
        """Begin to look."""
        if self._databases.are_shared:
            self._thread.start()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def look(self) -> float:
        """Look now; returns the seconds until the next look."""
        location = self._databases.state_path
        if not isinstance(location, SharedState):
            return _AWAY
        try:
            found = last_change(location)
        except DatabaseError as error:
            LOG.debug('what other devices did is not known: %s', error)
            return _AWAY
        if self._known is not None and found.number != self._known.number and found.device != location.device:
            self._on_change()
        self._known = found
        return _INTERVAL

    def _loop(self) -> None:
        pause = 0.0
        while not self._ending.wait(pause):
            try:
                pause = self.look()
            except Exception:  # the top of the thread
                LOG.exception('what other devices did could not be read')
                pause = _AWAY
