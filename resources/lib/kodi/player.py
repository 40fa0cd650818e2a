"""What Kodi's video player does, told to a listener.

Kodi runs the callbacks of a player object in the thread that made it, so a listener only notes what happened and
works in a thread of its own.
"""
from __future__ import annotations

from typing import Callable, Optional, Protocol, TypeVar

from kodi_six import xbmc

Answer = TypeVar('Answer')


def playing_video() -> bool:
    """Whether Kodi shows a video now."""
    return bool(xbmc.Player().isPlayingVideo())


class PlayerListener(Protocol):
    """What a listener may want to know; all times in seconds. None of the methods may block."""

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
        self._started = ''
        self._begins = False

    def position(self) -> Optional[float]:
        """Where the player is in what was started last, in seconds; None when that does not play.

        Between the end of one video and the start of the next, Kodi says 0, or already names the next one's position.
        """
        position = self._asked(self.getTime)
        return position if position and self.file() == self._started else None

    def total(self) -> Optional[float]:
        """The length of what plays, in seconds; None when nothing plays."""
        return self._asked(self.getTotalTime)

    def file(self) -> str:
        """What plays; '' when nothing does."""
        return self._asked(self.getPlayingFile) or ''

    def _asked(self, ask: Callable[[], Answer]) -> Optional[Answer]:
        """Kodi logs an error for each question while nothing plays, so that is asked first."""
        if not self.isPlaying():
            return None
        try:
            return ask()
        except RuntimeError:  # it has just ended
            return None

    def onPlayBackStarted(self) -> None:  # Kodi's name
        """A playback begins; of its streams nothing is known yet."""
        self._begins = True

    def onAVStarted(self) -> None:  # Kodi's name
        """The streams are open, so position and length are known (at ``onPlayBackStarted`` they are not).

        Kodi keeps a stop to itself when the same video is started again at once.
        """
        file, begins, self._begins = self.file(), self._begins, False
        if begins and file == self._started:
            self._listener.on_stopped()
        self._started = file
        self._listener.on_started(self._started, self.position() or 0.0, self.total() or 0.0)

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
        self._started = ''
        self._listener.on_stopped()

    def onPlayBackEnded(self) -> None:  # Kodi's name
        """Played to the end."""
        self._started = ''
        self._listener.on_ended()

    def onPlayBackError(self) -> None:  # Kodi's name
        """Failed."""
        self._started = ''
        self._listener.on_error()
