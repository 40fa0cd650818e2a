"""Playing a piece of music in a window, as long as nobody else plays anything.

Kodi carries out a command to play or to stop some time after it was given. If it has begun to open a video meanwhile,
it stops that video instead of the music. So :func:`play` and :func:`stop` are to be called only while
:func:`is_at_rest`, and not at all while something is known to be about to play.
"""
from __future__ import annotations

from kodi_six import xbmc, xbmcgui

from . import jsonrpc

#: Kodi's number of the player of music.
_AUDIO = 0
_MIME = 'audio/mpeg'
_MEDIA = 'Player.HasMedia'
#: No dialog is open (Kodi shows one while it waits for a plugin or a file), and for a second no key was pressed.
_AT_REST = ('!System.HasActiveModalDialog', 'System.IdleTime(1)')


def is_silent() -> bool:
    """Whether nothing plays, also nothing that is paused."""
    return not _is(_MEDIA)


def is_at_rest() -> bool:
    """Whether nobody is about to play anything, as far as that can be seen."""
    return all(_is(condition) for condition in _AT_REST)


def play(url: str, title: str) -> None:
    """Play it beside the window that is open. The playlists stay as they are. Returns at once."""
    item = xbmcgui.ListItem(title, path=url, offscreen=True)
    item.setMimeType(_MIME)
    item.setContentLookup(False)
    if hasattr(xbmc, 'VideoStreamDetail'):  # Kodi 20 and later
        tag = item.getMusicInfoTag()
        tag.setMediaType('song')
        tag.setTitle(title)
    else:
        item.setInfo('music', {'title': title, 'mediatype': 'song'})
    xbmc.Player().play(url, item, True)


def plays(url: str) -> bool:
    """Whether Kodi plays this."""
    player = xbmc.Player()
    try:
        return bool(_is('Player.HasAudio') and player.isPlaying() and player.getPlayingFile() == url)
    except RuntimeError:  # it has just ended
        return False


def stop(url: str) -> None:
    """Stop it, if it is what plays."""
    if plays(url):
        try:
            jsonrpc.call('Player.Stop', playerid=_AUDIO)  # refused when a video plays
        except jsonrpc.JsonRpcError:
            return


def _is(condition: str) -> bool:
    wanted = not condition.startswith('!')
    return bool(xbmc.getCondVisibility(condition.lstrip('!'))) == wanted
