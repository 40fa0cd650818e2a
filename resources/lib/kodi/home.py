"""Kodi's home screen when the library gets its first content.

Skins choose their home widgets by ``Library.HasContent(…)`` when the window is loaded, so somebody who watches the
home screen during the first sync would go on reading "your library is empty". Later changes need nothing: the
widgets there refresh at the end of a library scan.
"""
from __future__ import annotations

from typing import Tuple

from kodi_six import xbmc

_CONTENTS = ('movies', 'tvshows')


class HomeScreen:
    """Remembers what the library had before a sync."""

    def __init__(self) -> None:
        self._before: Tuple[bool, ...] = ()

    def before_sync(self) -> None:
        """Call before a sync."""
        self._before = _contents()

    def library_changed(self, patience_s: float = 5.0, dialog_patience_s: float = 60.0) -> bool:
        """Load the home screen anew if it is open and has content for the first time; true if that was needed.

        Call after a library scan was started: Kodi notices new content at its end. Loading the skin closes dialogs, so
        one that is open is waited for.
        """
        monitor = xbmc.Monitor()
        for _ in range(max(1, int(patience_s / 0.25))):
            if monitor.waitForAbort(0.25):
                return False
            if not xbmc.getCondVisibility('Library.IsScanningVideo'):
                break
        news = any(now and not before for now, before in zip(_contents(), self._before))
        if not news:
            return False
        for _ in range(int(dialog_patience_s / 0.25)):
            if not xbmc.getCondVisibility('System.HasActiveModalDialog'):
                break
            if monitor.waitForAbort(0.25):
                return False
        else:
            return False
        if not xbmc.getCondVisibility('Window.IsActive(home)') or xbmc.Player().isPlaying():
            return False
        xbmc.executebuiltin('ReloadSkin()')
        return True


def _contents() -> Tuple[bool, ...]:
    return tuple(bool(xbmc.getCondVisibility('Library.HasContent(%s)' % kind)) for kind in _CONTENTS)
