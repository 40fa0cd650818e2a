# ruff: noqa: N803  (Kodi's names)
"""The module ``xbmc``."""
from __future__ import annotations

import sys
import time as _time
from typing import Any

from tests.fakes import infotag, state
from tests.fakes.state import Playing, kodi

LOGDEBUG, LOGINFO, LOGWARNING, LOGERROR, LOGFATAL, LOGNONE = range(6)
ISO_639_1, ISO_639_2, ENGLISH_NAME = 0, 2, 1
PLAYLIST_MUSIC, PLAYLIST_VIDEO = 0, 1
InfoTagVideo: Any = infotag.InfoTagVideo
#: How many times as fast as in a real Kodi ``waitForAbort`` waits.
_TEMPO = 25.0
_LANGUAGES = (('en', 'eng', 'English'), ('de', 'ger', 'German'), ('fr', 'fre', 'French'),
              ('pb', 'pob', 'Portuguese (Brazil)'), ('pt', 'por', 'Portuguese'))
_NEW_IN_20 = ('VideoStreamDetail', 'AudioStreamDetail', 'SubtitleStreamDetail', 'Actor')


def set_version(major: int) -> None:
    """Set which classes the module has, by Kodi's major version. For ``install``; Kodi has no such function."""
    module: Any = sys.modules[__name__]
    for name in _NEW_IN_20:
        if major >= 20:
            setattr(module, name, getattr(infotag, name))
        elif hasattr(module, name):
            delattr(module, name)
    module.InfoTagVideo = infotag.InfoTagVideo if major >= 20 else infotag.InfoTagVideo19


def log(msg: str, level: int = LOGDEBUG) -> None:
    """Write to Kodi's log. Does nothing without a Kodi, since logging handlers outlive a test."""
    if state.current is not None:
        state.current.log.append((level, msg))


def getInfoLabel(cLine: str) -> str:
    """An info label; '' for an unknown one."""
    return kodi().info_labels.get(cLine, '')


def getGlobalIdleTime() -> int:
    """Seconds since the user last did something."""
    return kodi().idle_seconds


def getRegion(id: str) -> str:
    """The form of a date (``dateshort``) or time (``time``) in the user's region; '' if the test set none."""
    return kodi().region.get(id, '')


def getCondVisibility(condition: str) -> bool:
    """Whether a condition is true."""
    playing = kodi().playing
    if condition in ('Player.HasMedia', 'Player.HasAudio', 'Player.HasVideo'):
        return playing is not None and condition in ('Player.HasMedia', 'Player.Has' + playing.kind.capitalize())
    return condition in kodi().conditions


def executebuiltin(function: str, wait: bool = False) -> None:
    """Record a built-in."""
    kodi().builtins.append(function)


def executeJSONRPC(jsonrpccommand: str) -> str:
    """Carry out a JSON-RPC request; returns the answer."""
    return kodi().json_rpc(jsonrpccommand)


def getLocalizedString(id: int) -> str:
    """One of Kodi's own texts."""
    return 'Kodi text %d' % id


def getLanguage(format: int = ENGLISH_NAME, region: bool = False) -> str:
    """Kodi's language."""
    return kodi().language[:2] if format == ISO_639_1 else kodi().language


def convertLanguage(language: str, format: int) -> str:
    """Another form of a language's English name or code; '' for what is no language. Kodi's table is longer."""
    for forms in _LANGUAGES:
        if language.lower() in [form.lower() for form in forms]:
            return forms[{ISO_639_1: 0, ISO_639_2: 1, ENGLISH_NAME: 2}[format]]
    return ''


def sleep(timemillis: int) -> None:
    """Sleep for this many milliseconds."""
    _time.sleep(timemillis / 1000.0)


class Monitor:
    """Receives events. Unlike in Kodi, callbacks run in the thread that causes them."""

    def __init__(self) -> None:
        kodi().monitors.add(self)

    def abortRequested(self) -> bool:
        """Whether Kodi is ending."""
        return kodi().abort.is_set()

    def waitForAbort(self, timeout: float = -1) -> bool:
        """Wait until Kodi ends, at most ``timeout`` of this Kodi's seconds. True when it is ending."""
        return kodi().abort.wait(None if timeout <= 0 else timeout / _TEMPO)

    def onSettingsChanged(self) -> None:
        """To override."""

    def onNotification(self, sender: str, method: str, data: str) -> None:
        """To override."""


class PlayList:
    """Kodi's playlist; see ``FakeKodi.playlist``."""

    def __init__(self, playList: int) -> None:
        assert playList == PLAYLIST_VIDEO

    def getposition(self) -> int:
        """The position of the playing entry."""
        return kodi().playlist.position

    def size(self) -> int:
        """The number of entries."""
        return len(kodi().playlist.entries)

    def __getitem__(self, index: int) -> Any:
        assert not kodi().playlist.waits_for_answer, 'Kodi waits for us and cannot tell of an entry'
        if not -self.size() <= index < self.size():
            raise RuntimeError('array out of bound')
        return kodi().playlist.entries[index][1]

    def add(self, url: str, listitem: Any = None, index: int = -1) -> None:
        """Add an entry at a position, at the end for one that there is not. The item's path becomes the URL."""
        if listitem is not None:
            listitem.path = url
        entries = kodi().playlist.entries
        entries.insert(index if 0 <= index < len(entries) else len(entries), (url, listitem))

    def remove(self, filename: str) -> None:
        """Remove the entries with this URL."""
        kodi().playlist.entries[:] = [entry for entry in kodi().playlist.entries if entry[0] != filename]

    def clear(self) -> None:
        """Remove all entries."""
        kodi().playlist.entries.clear()

    def unshuffle(self) -> None:
        """Undo the user's shuffling."""
        kodi().playlist.shuffled = False


class Player:
    """The player. ``FakeKodi.play``, ``pause``, … drive it."""

    def __init__(self) -> None:
        kodi().players.add(self)

    def _playing(self) -> Playing:
        playing = kodi().playing
        if playing is None:
            raise RuntimeError('Kodi is not playing any media file')
        return playing

    def isPlaying(self) -> bool:
        """Whether anything plays."""
        return kodi().playing is not None

    def isPlayingVideo(self) -> bool:
        """Whether a video plays."""
        return kodi().playing is not None and self._playing().kind == 'video'

    def play(self, item: str, listitem: Any = None, windowed: bool = False) -> None:
        """Play a file; one whose item has the MIME type of a sound is a sound."""
        kind = 'audio' if listitem is not None and listitem.mime.startswith('audio/') else 'video'
        assert windowed or kind == 'video', 'a sound over the whole screen'
        kodi().play(item, total=30.0, kind=kind)

    def getPlayingFile(self) -> str:
        """The URL or path of what plays."""
        return self._playing().file

    def getVideoInfoTag(self) -> Any:
        """What is known of the item that plays."""
        tag = InfoTagVideo()
        tag.getFilenameAndPath = lambda: self._playing().source
        return tag

    def getTime(self) -> float:
        """The position in seconds."""
        playing = self._playing()
        playing.looks += 1
        return playing.position

    def getTotalTime(self) -> float:
        """The duration in seconds."""
        return self._playing().total

    def seekTime(self, seekTime: float) -> None:
        """Jump to a position in seconds."""
        self._playing()
        kodi().seek(seekTime)

    def pause(self) -> None:
        """Pause or resume."""
        kodi().resume() if self._playing().paused else kodi().pause()

    def stop(self) -> None:
        """Stop playback."""
        if kodi().playing is not None:
            kodi().stop()

    def __getattr__(self, name: str) -> Any:
        if name.startswith(('onPlayBack', 'onAV', 'onQueue')):
            return lambda *arguments: None
        raise AttributeError(name)
