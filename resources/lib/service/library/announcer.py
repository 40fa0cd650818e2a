"""Telling Kodi's windows that the library changed behind Kodi's back.

Kodi counts the end of each library scan in its database and rewrites the whole file (``VACUUM``) at every twentieth, so
an empty scan is for the first content of the library only: nothing else tells skins of that. Else Kodi is asked to
write a trifle (:mod:`...kodi_db.touch`), which it announces; at that home screens read their widgets anew. A list that
is open is read anew beside that. What was measured is in docs/kodi.md.
"""
from __future__ import annotations

import logging
import threading
from typing import Optional

from ... import item_url
from ...kodi import jsonrpc
from ...kodi.home import HomeScreen, refresh_open_list
from ...kodi_db import touch
from ...kodi_db.database import VideoDatabase, open_reader
from ...kodi_db.touch import Touch
from ...library_sync.kinds import EPISODE, MOVIE, SHOW
from ...sql.errors import DatabaseError
from ...sql.location import Location
from ..shared import Shared

LOG = logging.getLogger('pkc.service')

#: Seconds between two announcements of small changes: home screens read all their widgets anew at each. The second one
#: after a quiet time may come sooner: a user who does something does one thing more.
_SECOND, _PAUSE = 1.0, 3.0
#: Seconds that an announcement waits for a sync that is writing, and for the announcement before it.
_WRITER_SECONDS, _EARLIER_SECONDS = 60.0, 10.0
#: Seconds that the end of the service waits for an announcement.
_END_SECONDS = 1.0


class LibraryAnnouncer:
    """Used by the sync's thread; late announcements come from a timer's."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._home = HomeScreen()
        self._first_content_waits = False
        self._lock = threading.Lock()
        self._last = 0.0
        self._pause = _SECOND
        self._timer: threading.Timer = threading.Timer(0.0, self._announce)
        self._first_content: Optional[threading.Thread] = None

    def before_sync(self) -> None:
        """Remember what the home screen has."""
        if not self._first_content_waits:
            self._home.before_sync()

    def changed(self, at_once: bool) -> None:
        """Something was written. ``at_once``: much, or somebody waits for it."""
        with self._lock:
            pause = 0.0 if at_once or not self._last else self._last + self._pause - self._shared.clock.monotonic()
            if pause > 0 and self._timer.is_alive():
                return
            self._timer.cancel()
            if pause > 0:
                self._timer = threading.Timer(pause, self._announce)
                self._timer.name, self._timer.daemon = 'pkc-announce', True
                self._timer.start()
                return
        self._announce()

    def home_ready(self) -> None:
        """What home screens show was written, and the sync goes on. Call in its thread, which may write meanwhile."""
        if self._shared.stopping.cancelled:
            return
        try:
            touched = self._touch()
        except (DatabaseError, jsonrpc.JsonRpcError) as error:
            LOG.info('Kodi did not announce the first part: %s', error)
            return
        if touched:
            refresh_open_list()
            return
        # Kodi's scan and the new home screen take a second, in which the sync need not wait.
        self._first_content = threading.Thread(target=self._tell_first_part, name='pkc-announce', daemon=True)
        self._first_content.start()

    def stop(self) -> None:
        """No announcement comes any more; one that is under way has a second."""
        with self._lock:
            self._timer.cancel()
        for thread in (self._timer, self._first_content):
            if thread is not None and thread.is_alive():
                thread.join(_END_SECONDS)

    def _announce(self) -> None:
        if self._shared.stopping.cancelled:
            return
        with self._lock:
            now = self._shared.clock.monotonic()
            self._pause = _PAUSE if self._last and now - self._last < 2 * _PAUSE else _SECOND
            self._last = now
        if self._first_content is not None:
            self._first_content.join(_EARLIER_SECONDS)
            self._first_content = None
        if self._touched():
            refresh_open_list()
            if self._home.first_content():
                self._load_home()
        else:
            self._tell_first_content()

    def guide_ended(self) -> None:
        """What was put off while the guide was on screen."""
        if self._first_content_waits and not self._shared.stopping.cancelled:
            later = threading.Timer(0.0, self._load_home)  # it waits for the end of other dialogs
            later.name, later.daemon = 'pkc-announce', True
            later.start()

    def _tell_first_content(self) -> None:
        jsonrpc.scan_nothing()
        self._load_home()

    def _tell_first_part(self) -> None:
        self._tell_first_content()
        self.before_sync()  # what is there now is no first content at the end of the sync, once it is shown

    def _load_home(self) -> None:
        """Load the home screen anew for its first content. That would take the guide's windows off the screen."""
        self._first_content_waits = True  # before the look: the guide may end at any moment
        if not self._shared.guide.active:
            self._first_content_waits = False
            self._home.library_changed()

    def _touched(self) -> bool:
        """Whether Kodi announced a trifle; not when it does not know yet what kinds of items it has."""
        databases = self._shared.databases
        if not databases.writing.acquire(timeout=_WRITER_SECONDS):
            return False
        try:
            return self._touch()
        except (DatabaseError, jsonrpc.JsonRpcError) as error:
            LOG.info('Kodi did not announce the change: %s', error)
            return False
        finally:
            databases.writing.release()

    def _touch(self) -> bool:
        path = self._shared.databases.video_path()
        found = self._find(path)
        if found is None:
            return False
        jsonrpc.set_last_played(found.media_type, found.kodi_id, found.meanwhile)
        with VideoDatabase(path, self._shared.stopping) as database:
            touch.undo(database, found)
        return True

    def _find(self, path: Location) -> Optional[Touch]:
        with open_reader(path) as reader:
            there = touch.has_items(reader, MOVIE.table), touch.has_items(reader, SHOW.table)
            if there != self._home.contents():
                return None
            return touch.find(reader, [MOVIE.table, EPISODE.table], item_url.PLAY_BASE)
