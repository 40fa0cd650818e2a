"""Forwarding the events of Kodi's video player to a listener.

Kodi runs the callbacks of a player object in the thread that created it. So a listener must return at once and do its
work in another thread.
"""
from __future__ import annotations

from typing import Callable, Optional, Protocol, TypeVar

from kodi_six import xbmc

from .. import item_url
from . import jsonrpc

Answer = TypeVar('Answer')
#: No video is so long, in seconds.
_ENDLESS_S = 1e7


def playing_video() -> bool:
    """Whether Kodi is playing a video."""
    return bool(xbmc.Player().isPlayingVideo())


def _plays_elsewhere() -> bool:
    """Whether another program plays the video. (``Player.IsExternal`` is false even then, Kodi 20.1.)"""
    try:
        players = jsonrpc.call('Player.GetActivePlayers')
    except jsonrpc.JsonRpcError:
        return False
    return any(player.get('playertype') == 'external' for player in players or ())


class PlayerListener(Protocol):
    """A receiver of player events; times are in seconds. None of the methods may block."""

    def on_started(self, file: str, position_s: float, total_s: float, source: str = '',
                   external: bool = False) -> None:
        """Playback has started. ``file`` is its URL or path: for our items the loopback server's stream URL, or a path
        on a share. ``source`` is the URL of ours of which that was the answer, '' for none. ``external``: another
        program plays it (Kodi's ``playercorefactory.xml``); Kodi has no true position.
        """

    def on_paused(self) -> None:
        """Playback was paused."""

    def on_resumed(self) -> None:
        """Playback continues after a pause."""

    def on_seek(self, position_s: float) -> None:
        """The user jumped to ``position_s``."""

    def on_stopped(self) -> None:
        """The user stopped before the end."""

    def on_ended(self) -> None:
        """The file was played to its end."""

    def on_error(self) -> None:
        """Playback could not start or broke off."""


class PlayerEvents(xbmc.Player):
    """Kodi's player callbacks, forwarded to a listener, but those of a show's theme music."""

    def __init__(self, listener: PlayerListener) -> None:
        super().__init__()
        self._listener = listener
        self._started = ''
        self._begins = self._is_theme = False

    def position(self) -> Optional[float]:
        """The position in the video that was started last, in seconds; None when that is not playing.

        Between the end of one video and the start of the next, Kodi returns 0, or already the next one's position; at
        the start of a stack it may return the largest number that it has.
        """
        position = self._asked(self.getTime)
        return position if position and position < _ENDLESS_S and self.file() == self._started else None

    def plays_on(self) -> bool:
        """Whether the video that was started last still plays."""
        return bool(self._started) and self.file() == self._started

    def total(self) -> Optional[float]:
        """The duration of what plays, in seconds; None when nothing plays."""
        return self._asked(self.getTotalTime)

    def file(self) -> str:
        """The URL or path of what plays; '' when nothing plays."""
        return self._asked(self.getPlayingFile) or ''

    def _asked(self, ask: Callable[[], Answer]) -> Optional[Answer]:
        """``ask()`` while something plays, else None: Kodi would log an error for each such call."""
        if not self.isPlaying():
            return None
        try:
            return ask()
        except RuntimeError:  # it has just ended
            return None

    def onPlayBackStarted(self) -> None:  # Kodi's name
        """A playback begins; of its streams nothing is known yet."""
        self._begins = True
        self._is_theme = item_url.is_theme(self.file())

    def onAVStarted(self) -> None:  # Kodi's name
        """The streams are open, so position and length are known (at ``onPlayBackStarted`` they are not).

        Kodi keeps a stop to itself when the same video is started again at once. A stack begins anew with each of its
        files; Kodi reports the stack then, or the URL of ours for which it is played.
        """
        file, begins, self._begins = self.file(), self._begins, False
        self._is_theme = item_url.is_theme(file)
        if self._is_theme:
            return
        if begins and file == self._started and not _in_stack(file):
            self._listener.on_stopped()
        self._started = file
        self._listener.on_started(self._started, self.position() or 0.0, self.total() or 0.0, self._source(),
                                  _plays_elsewhere())

    def _source(self) -> str:
        """The URL of ours that Kodi was asked to play, '' for none."""
        try:
            url = str(self.getVideoInfoTag().getFilenameAndPath())
        except RuntimeError:  # no video
            return ''
        return url if url.startswith(item_url.PLAY_BASE) else ''

    def onPlayBackPaused(self) -> None:  # Kodi's name
        """Kodi calls this when playback was paused."""
        self._listener.on_paused()

    def onPlayBackResumed(self) -> None:  # Kodi's name
        """Kodi calls this when playback continues."""
        self._listener.on_resumed()

    def onPlayBackSeek(self, time: int, seekOffset: int) -> None:  # Kodi's names, milliseconds
        """Kodi calls this after a jump to ``time`` (milliseconds), in a stack those of the file."""
        position = self.position() if _in_stack(self._started) else time / 1000.0
        if position is not None:
            self._listener.on_seek(position)

    def onPlayBackSeekChapter(self, chapter: int) -> None:  # Kodi's name
        """Kodi calls this after a jump to a chapter, without its position."""
        self._listener.on_seek(self.position() or 0.0)

    def onPlayBackStopped(self) -> None:  # Kodi's name
        """Kodi calls this when the user stopped playback."""
        self._over(self._listener.on_stopped)

    def onPlayBackEnded(self) -> None:  # Kodi's name
        """Kodi calls this when the file was played to its end."""
        self._over(self._listener.on_ended)

    def onPlayBackError(self) -> None:  # Kodi's name
        """Kodi calls this when playback failed."""
        self._over(self._listener.on_error)

    def _over(self, tell: Callable[[], None]) -> None:
        is_theme, self._is_theme, self._started = self._is_theme, False, ''
        if not is_theme:
            tell()


def _in_stack(file: str) -> bool:
    """Whether the player that reports this plays several files as one video; of ours it plays no other such URL."""
    return file.startswith(('stack://', 'plugin://'))
