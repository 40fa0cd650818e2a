"""Plex playlists in Kodi as a part of the service: when both sides are looked at.

Kodi announces nothing when a playlist is saved, renamed or deleted. So its folder is looked at (a list of names and
times, no request) when something hints at it: some times after the user changed Kodi's queue, from which playlists are
saved, when a playback begins or ends, the screensaver comes or goes, and at each sync.
"""
from __future__ import annotations

import logging
import os
import threading
from typing import List, Optional, Sequence

from ...cancellation import Cancelled
from ...kodi import addon as kodi_addon
from ...kodi.settings import PLAYLISTS_OFF
from ...plex_errors import PlexError
from ...retry import Backoff, RetryPolicy
from ..events import (
    KodiNotification,
    LibraryChanged,
    PlaylistsChanged,
    ServerChosen,
    ServerReachable,
    SettingsChanged,
    SignedOut,
    SyncStarting,
    UserSwitched,
)
from ..part import Part
from ..shared import Shared
from .comparison import Task
from .folder import PlaylistFolder
from .keeper import SETTLED, Keeper
from .record import Record
from .sending import Server

LOG = logging.getLogger('pkc.service')

_FOLDER, _RECORD = 'special://profile/playlists/video', 'playlists.json'
#: Seconds after which the server is asked, when it said that something changed: more may follow.
_QUIET = 1.0
#: The same after a start, a sign-in, a change of user or server, at which a sync begins; and until that may be over.
_BEGINNING, _SYNCING = 3.0, 2.0
#: Seconds between two looks at the server that nothing but syncs asks for; and how much longer than a look it rests.
_PAUSE, _REST = 60.0, 20.0
#: Seconds after a change of Kodi's queue at which its folder is looked at.
_AFTER_QUEUE = (3.0, 10.0, 30.0, 90.0, 300.0)
#: Seconds after other hints.
_AFTER_HINT = (1.0,)
_QUEUE = ('Playlist.OnAdd', 'Playlist.OnRemove', 'Playlist.OnClear')
_HINTS = ('Player.OnPlay', 'Player.OnStop', 'GUI.OnScreensaverActivated', 'GUI.OnScreensaverDeactivated',
          'System.OnWake')
_RETRY = RetryPolicy(30.0, 600.0)
_STOP_SECONDS = 5.0


class Playlists(Part):
    """One thread, which sleeps until something is due."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        folder = PlaylistFolder(kodi_addon.special_dir(_FOLDER))
        self._keeper = Keeper(folder, Record(os.path.join(shared.profile, _RECORD)), shared.clock.time)
        self._changed = threading.Condition()
        self._server_due: Optional[float] = None
        self._folder_due: List[float] = []
        self._smart = True
        self._removing = self._ending = False
        self._rested = 0.0
        self._mode = shared.settings.current.plex_playlists
        self._retry = Backoff(_RETRY, shared.clock.monotonic)
        self._thread: Optional[threading.Thread] = None
        events = shared.events
        events.subscribe(PlaylistsChanged, lambda _event: self._ask_server(_QUIET))
        events.subscribe(SyncStarting, lambda _event: self._sync_starts())
        events.subscribe(LibraryChanged, self._library_changed)
        events.subscribe(SettingsChanged, self._settings_changed)
        events.subscribe(SignedOut, self._signed_out)
        events.subscribe(KodiNotification, self._notification)
        for kind in (ServerChosen, ServerReachable, UserSwitched):
            events.subscribe(kind, lambda _event: self._ask_server(_BEGINNING))

    def start(self) -> None:
        """Look at both sides."""
        self._removing |= self._mode == PLAYLISTS_OFF
        self._ask_server(0.0 if self._removing else _BEGINNING)
        self._thread = threading.Thread(target=self._run, name='pkc-playlists', daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; the files stay."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    # ---- events ----------------------------------------------------------------------------------------------------

    def _ask_server(self, seconds: float) -> None:
        with self._changed:
            due = self.shared.clock.monotonic() + seconds
            self._server_due = due if self._server_due is None else min(self._server_due, due)
            self._changed.notify_all()

    def _look_at_folder(self, seconds: Sequence[float]) -> None:
        with self._changed:
            now = self.shared.clock.monotonic()
            self._folder_due = [now + one for one in seconds]
            self._changed.notify_all()

    def _sync_starts(self) -> None:
        self._ask_server(max(0.0, self._rested - self.shared.clock.monotonic()))

    def _library_changed(self, _event: LibraryChanged) -> None:
        self._smart = True
        self._sync_starts()

    def _notification(self, event: KodiNotification) -> None:
        if event.method in _QUEUE:
            self._look_at_folder(_AFTER_QUEUE)
        elif event.method in _HINTS and not self._folder_due:
            self._look_at_folder(_AFTER_HINT)

    def _settings_changed(self, _event: SettingsChanged) -> None:
        mode, self._mode = self._mode, self.shared.settings.current.plex_playlists
        if mode != self._mode:
            self._removing |= self._mode == PLAYLISTS_OFF
            self._ask_server(0.0)

    def _signed_out(self, event: SignedOut) -> None:
        self._removing |= event.remove_items
        self._ask_server(0.0)

    # ---- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while self._wait():
            try:
                self._look()
            except Cancelled:
                pass
            except PlexError as error:
                LOG.info('the playlists were not compared: %s', error)
                self.shared.clients.failed(error)
                self._ask_server(self._retry.failed())
            except OSError as error:
                LOG.warning('the playlist files were not written: %s', error)
                self._ask_server(self._retry.failed())
            except Exception:  # the top of the thread
                LOG.exception('the playlists were not compared')

    def _wait(self) -> bool:
        """Sleep until something is due; False at the end."""
        with self._changed:
            while not self._ending:
                due = min([*self._folder_due, *([] if self._server_due is None else [self._server_due])], default=None)
                left = None if due is None else due - self.shared.clock.monotonic()
                if left is not None and left <= 0:
                    return True
                self.shared.clock.wait(self._changed, left)
            return False

    def _look(self) -> None:
        clock, status = self.shared.clock, self.shared.auth.status()
        now = clock.monotonic()
        with self._changed:
            ask_server = self._server_due is not None and self._server_due <= now
            if ask_server:
                self._server_due = None
            self._folder_due = [due for due in self._folder_due if due > now]
            removing, self._removing = self._removing, False
        if removing:
            self._remove()
        if self._mode == PLAYLISTS_OFF or not status.usable or self.shared.viewer.locked:
            return
        owner = '%s/%s' % (status.machine_identifier, status.user_id)
        if status.user_id:  # also without the server: nobody sees the playlists of somebody else
            self._keeper.remove_others(owner)
        if self.shared.databases.writing.locked() and ask_server:  # a sync should not have to share
            self._ask_server(_SYNCING)
            return
        if ask_server or self._keeper.changed_in_kodi(owner):
            began = clock.monotonic()
            self._compare(owner)
            self._retry.reset()
            self._rested = clock.monotonic() + max(_PAUSE, _REST * (clock.monotonic() - began))
            if self._keeper.unsettled:
                self._ask_server(SETTLED)

    def _remove(self) -> None:
        try:
            self._keeper.remove_all()
        except OSError:
            self._removing = True
            raise

    def _compare(self, owner: str) -> None:
        shared = self.shared
        client, machine = shared.clients.connect()
        status = shared.auth.status()
        if owner != '%s/%s' % (machine, status.user_id):  # somebody else watches meanwhile, which is an event as well
            return
        smart, self._smart = self._smart, False
        try:
            self._keeper.run(Task(Server(client, machine, shared.stopping), owner, self._mode, smart))
        except BaseException:
            self._smart = True
            raise
