"""Control of the playing video, for playback features. The functions may be called from any thread.

They return at once unless their docstring says otherwise.
"""
from __future__ import annotations

from typing import Any, Callable, Dict, Tuple

from kodi_six import xbmc

from . import jsonrpc

#: Kodi's signs that it is busy; how often, and every how many seconds, it is asked whether it shows one.
_BUSY = ('busydialog', 'busydialognocancel')
_LOOKS, _LOOK_S = 200, 0.1


def seek(position_s: float) -> None:
    """Jump to a position in seconds; does nothing when the video has just ended."""
    player = xbmc.Player()
    if not player.isPlayingVideo():
        return
    try:
        player.seekTime(position_s)
    except RuntimeError:  # it has just ended
        return


def in_full_view() -> bool:
    """Whether the video fills the screen without a modal dialog over it."""
    return bool(fills_screen() and not xbmc.getCondVisibility('System.HasActiveModalDialog'))


def fills_screen() -> bool:
    """Whether the video fills the screen, with or without a dialog over it."""
    return bool(xbmc.getCondVisibility('Window.IsVisible(fullscreenvideo)'))


def plays(file: str) -> bool:
    """Whether Kodi plays this file."""
    player = xbmc.Player()
    try:
        return bool(player.isPlayingVideo() and player.getPlayingFile() == file)
    except RuntimeError:  # it has just ended
        return False


def more_in_playlist() -> bool:
    """Whether Kodi's playlist has another entry, which Kodi will play next."""
    playlist = xbmc.PlayList(xbmc.PLAYLIST_VIDEO)
    return 0 <= playlist.getposition() < playlist.size() - 1


def among_others() -> bool:
    """Whether what plays, or is about to, is one of several entries of Kodi's playlist."""
    playlist = xbmc.PlayList(xbmc.PLAYLIST_VIDEO)
    return playlist.getposition() >= 0 and playlist.size() > 1


def wait_until_free(wait: Callable[[float], bool]) -> bool:
    """Wait until Kodi does not show that it is busy, before it is told to play something of ours. False when it still
    does after 20 seconds, or when ``wait(seconds)`` says that the service stops.

    While it waits for our plugin it shows that sign, and with two at a time it ends itself. The first one lies under
    the message that a video does not play, if it took a moment to open it (seen in 20.1).
    """
    for _ in range(_LOOKS):
        if not any(xbmc.getCondVisibility('Window.IsVisible(%s)' % name) for name in _BUSY):
            return True
        if wait(_LOOK_S):
            break
    return False


def play(media_type: str, kodi_id: int, url: str, resume_s: float = 0.0) -> None:
    """Play a movie or episode of Kodi's library, or without its ``kodi_id`` the ``url``, from a position in seconds.

    Blocks until Kodi has started it. Raises :class:`~.jsonrpc.JsonRpcError`.
    """
    item: Dict[str, Any] = {media_type + 'id': kodi_id} if kodi_id else {'file': url}
    jsonrpc.call('Player.Open', item=item, options={'resume': _time(resume_s) if resume_s > 0 else False})


def stop() -> None:
    """Stop what plays."""
    xbmc.Player().stop()


def failure_is_shown() -> bool:
    """Whether Kodi shows the message that it cannot play something, or another one with nothing but OK.

    Of a video that it cannot open, Kodi 20 calls back only that it was stopped.
    """
    return bool(xbmc.getCondVisibility('Window.IsVisible(okdialog)'))


def close_failure() -> None:
    """Take that message away."""
    xbmc.executebuiltin('Dialog.Close(okdialog)')


def screen_size() -> Tuple[int, int]:
    """Width and height of the screen in pixels, (0, 0) when Kodi does not tell."""
    width, height = (xbmc.getInfoLabel('System.Screen' + name) for name in ('Width', 'Height'))
    return (int(width), int(height)) if width.isdigit() and height.isdigit() else (0, 0)


def _time(seconds: float) -> Dict[str, int]:
    whole = int(seconds)
    return {'hours': whole // 3600, 'minutes': whole // 60 % 60, 'seconds': whole % 60,
            'milliseconds': int((seconds - whole) * 1000)}
