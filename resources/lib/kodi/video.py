"""What a playback feature does with the video that plays. All of it returns at once and may be called in any thread."""
from __future__ import annotations

from kodi_six import xbmc


def seek(position_s: float) -> None:
    """Jump to a place, in seconds; nothing when the video has just ended."""
    player = xbmc.Player()
    if not player.isPlayingVideo():
        return
    try:
        player.seekTime(position_s)
    except RuntimeError:  # it has just ended
        return


def in_full_view() -> bool:
    """Whether the video fills the screen and no dialog of Kodi's or a skin's waits for an answer over it."""
    return bool(fills_screen() and not xbmc.getCondVisibility('System.HasActiveModalDialog'))


def fills_screen() -> bool:
    """Whether the video fills the screen, perhaps below a dialog."""
    return bool(xbmc.getCondVisibility('Window.IsVisible(fullscreenvideo)'))
