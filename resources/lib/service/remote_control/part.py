"""Remote control as a part of the service. While its setting is off it has no port, no connection and no thread."""
from __future__ import annotations

import logging
import threading
from typing import Optional

from ..events import (
    KodiNotification,
    PlaybackEnded,
    PlaybackStarted,
    ServerChosen,
    SettingsChanged,
    SignedOut,
    UserSwitched,
)
from ..part import Part
from ..shared import Shared
from .execution import Execution
from .player import RemotePlayer
from .switched_on import SwitchedOn

LOG = logging.getLogger('pkc.remote')

#: What Kodi announces when something of a timeline changes.
_CHANGES = ('Player.', 'Application.OnVolumeChanged')
_STOP_SECONDS = 1.0


class RemoteControl(Part):
    """Switches it on and off, and carries out commands."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._player = RemotePlayer(shared)
        self._execution = Execution(shared, self._player)
        self._lock = threading.Lock()
        self._thread: Optional[threading.Thread] = None
        self._on: Optional[SwitchedOn] = None
        self._stopping = False
        events = shared.events
        events.subscribe(SettingsChanged, lambda _event: self._follow_setting())
        events.subscribe(PlaybackStarted, self._started)
        events.subscribe(PlaybackEnded, lambda _event: self._player.ended())
        events.subscribe(KodiNotification, self._notification)
        for event in (ServerChosen, UserSwitched, SignedOut):
            events.subscribe(event, lambda _event: self._begin_anew())

    @property
    def port(self) -> int:
        """The TCP port on which controllers are heard; 0 while there is none."""
        on = self._on
        return on.listener.port if on is not None else 0

    def start(self) -> None:
        """Begin, if the user wants it."""
        self._follow_setting()

    def stop(self) -> None:
        """Close everything."""
        self._stopping = True
        thread = self._thread
        self._player.wake()
        if thread is not None:
            thread.join(_STOP_SECONDS)

    # ---- events ----------------------------------------------------------------------------------------------------

    def _started(self, event: PlaybackStarted) -> None:
        self._player.started(event.playback)
        self._execution.started(event.playback)

    def _notification(self, event: KodiNotification) -> None:
        if event.method.startswith(_CHANGES):
            self._player.changed()

    def _begin_anew(self) -> None:
        on = self._on
        if on is not None:
            on.begin_anew()

    def _follow_setting(self) -> None:
        """Kodi's thread: the port is opened and closed in our own."""
        with self._lock:
            if self._thread is None and self._wanted():
                self._thread = threading.Thread(target=self._run, name='pkc-remote', daemon=True)
                self._thread.start()
            elif self._thread is not None and not self._wanted():
                self._player.wake()

    def _wanted(self) -> bool:
        return self.shared.settings.current.remote_control and not self._stopping

    # ---- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        regular = False
        try:
            self._serve()
            regular = True
        except OSError as error:
            LOG.warning('no port to be controlled on (errno %s)', error.errno)
            self.shared.screen.tell('remote_control_failed', error=True)
        except Exception:  # the top of the thread
            LOG.exception('remote control failed')
        with self._lock:
            self._thread = None
        if regular:  # it may have been switched on again meanwhile
            self._follow_setting()

    def _serve(self) -> None:
        """Until it is not wanted any more. Raises OSError without a port."""
        on = SwitchedOn(self.shared, self._player)
        try:
            on.open()
            self._on = on
            while self._wanted():
                command = self._player.commands.get()
                if command is not None and self._wanted():
                    self._execution.carry_out(command)
        finally:
            self._on = None
            on.close()
            self._player.forget_commands()
