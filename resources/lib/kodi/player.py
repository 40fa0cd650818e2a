"""What Kodi's video player does, told to a listener that may take its time.

Kodi runs the callbacks of a player object in the thread that made it. ``PlayerEvents(EventQueue(listener))`` hands
them on to a thread of the listener's own, in order, so that nothing there can hold up Kodi or the service's loop.
"""
from __future__ import annotations

import logging
import queue
import threading
from typing import Any, Optional, Tuple

from kodi_six import xbmc

log = logging.getLogger('pkc.kodi')


class PlayerListener:
    """What a listener may want to know; all times in seconds. The methods here do nothing."""

    def on_started(self, file: str, position_s: float, total_s: float) -> None:
        """Picture and sound run. ``file`` is what Kodi plays: for our items the loopback server's stream URL."""

    def on_paused(self) -> None:
        """The user paused."""

    def on_resumed(self) -> None:
        """It goes on after a pause."""

    def on_seek(self, position_s: float) -> None:
        """The user jumped to another place."""

    def on_stopped(self) -> None:
        """The user stopped before the end."""

    def on_ended(self) -> None:
        """The file was played to its end."""

    def on_error(self) -> None:
        """Playback could not start or broke off."""


class PlayerEvents(xbmc.Player):
    """Kodi's player callbacks, forwarded to a listener."""

    def __init__(self, listener: PlayerListener) -> None:
        super().__init__()
        self._listener = listener

    def position(self) -> Optional[float]:
        """Where the player is, in seconds; None when nothing plays."""
        try:
            return float(self.getTime())
        except RuntimeError:
            return None

    def total(self) -> Optional[float]:
        """The length of what plays, in seconds; None when nothing plays."""
        try:
            return float(self.getTotalTime())
        except RuntimeError:
            return None

    def file(self) -> str:
        """What plays; '' when nothing does."""
        try:
            return str(self.getPlayingFile())
        except RuntimeError:
            return ''

    def onAVStarted(self) -> None:  # Kodi's name
        """The streams are open, so position and length are known (at ``onPlayBackStarted`` they are not)."""
        self._listener.on_started(self.file(), self.position() or 0.0, self.total() or 0.0)

    def onPlayBackPaused(self) -> None:  # Kodi's name
        """Paused."""
        self._listener.on_paused()

    def onPlayBackResumed(self) -> None:  # Kodi's name
        """Resumed."""
        self._listener.on_resumed()

    def onPlayBackSeek(self, time: int, seekOffset: int) -> None:  # Kodi's names, milliseconds
        """Jumped to ``time``."""
        self._listener.on_seek(time / 1000.0)

    def onPlayBackSeekChapter(self, chapter: int) -> None:  # Kodi's name
        """Jumped to a chapter; where that is, the player knows."""
        self._listener.on_seek(self.position() or 0.0)

    def onPlayBackStopped(self) -> None:  # Kodi's name
        """Stopped by the user."""
        self._listener.on_stopped()

    def onPlayBackEnded(self) -> None:  # Kodi's name
        """Played to the end."""
        self._listener.on_ended()

    def onPlayBackError(self) -> None:  # Kodi's name
        """Failed."""
        self._listener.on_error()


class EventQueue(PlayerListener):
    """A listener that only notes what happened; its thread tells the real listener, one event after the other."""

    def __init__(self, listener: PlayerListener) -> None:
        self._listener = listener
        self._queue: 'queue.Queue[Optional[Tuple[str, Tuple[Any, ...]]]]' = queue.Queue()
        self._thread = threading.Thread(target=self._run, name='pkc-player', daemon=True)
        self.failures = 0

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Deliver what is waiting, then end the thread."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def on_started(self, file: str, position_s: float, total_s: float) -> None:
        """Note it."""
        self._queue.put(('on_started', (file, position_s, total_s)))

    def on_paused(self) -> None:
        """Note it."""
        self._queue.put(('on_paused', ()))

    def on_resumed(self) -> None:
        """Note it."""
        self._queue.put(('on_resumed', ()))

    def on_seek(self, position_s: float) -> None:
        """Note it."""
        self._queue.put(('on_seek', (position_s,)))

    def on_stopped(self) -> None:
        """Note it."""
        self._queue.put(('on_stopped', ()))

    def on_ended(self) -> None:
        """Note it."""
        self._queue.put(('on_ended', ()))

    def on_error(self) -> None:
        """Note it."""
        self._queue.put(('on_error', ()))

    def _run(self) -> None:
        for name, arguments in iter(self._queue.get, None):
            try:
                getattr(self._listener, name)(*arguments)
            except Exception:  # the top of the thread: the next event must be told as well
                self.failures += 1
                log.exception('%s failed', name)
