"""Control of the playing video, for playback features. The functions may be called from any thread.

They return at once unless their docstring says otherwise.
"""
from __future__ import annotations

from kodi_six import xbmc

from . import jsonrpc


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


def play_episode(kodi_id: int) -> None:
    """Play an episode of Kodi's library from its beginning. Blocks until Kodi has started it.

    Raises :class:`~.jsonrpc.JsonRpcError`.
    """
    jsonrpc.call('Player.Open', item={'episodeid': kodi_id}, options={'resume': False})


def play_file(url: str) -> None:
    """As :func:`play_episode`, for an episode that is not in the library."""
    jsonrpc.call('Player.Open', item={'file': url}, options={'resume': False})
