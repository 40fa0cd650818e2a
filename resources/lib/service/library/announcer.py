"""Telling Kodi's windows that the library changed behind Kodi's back.

Kodi counts the end of each library scan in its database and rewrites the whole file (``VACUUM``) at every twentieth.
So what live updates bring is announced at once only when the last announcement is a minute ago, and together with
what else comes within that minute otherwise.
"""
from __future__ import annotations

import threading

from ...kodi import jsonrpc
from ...kodi.home import HomeScreen
from ..shared import Shared

#: Seconds between two announcements of small changes.
_PAUSE = 60.0


class LibraryAnnouncer:
    """Used by the sync's thread; late announcements come from a timer's."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._home = HomeScreen()
        self._lock = threading.Lock()
        self._last = 0.0
        self._timer: threading.Timer = threading.Timer(0.0, self._announce)

    def before_sync(self) -> None:
        """Remember what the home screen has."""
        self._home.before_sync()

    def changed(self, at_once: bool) -> None:
        """Something was written. ``at_once``: much, or somebody waits for it."""
        with self._lock:
            pause = 0.0 if at_once or not self._last else self._last + _PAUSE - self._shared.clock.monotonic()
            if pause > 0 and self._timer.is_alive():
                return
            self._timer.cancel()
            if pause > 0:
                self._timer = threading.Timer(pause, self._announce)
                self._timer.name, self._timer.daemon = 'pkc-announce', True
                self._timer.start()
                return
        self._announce()

    def stop(self) -> None:
        """No announcement comes any more."""
        with self._lock:
            self._timer.cancel()

    def _announce(self) -> None:
        if self._shared.stopping.cancelled:
            return
        with self._lock:
            self._last = self._shared.clock.monotonic()
        jsonrpc.scan_nothing()
        self._home.library_changed()
