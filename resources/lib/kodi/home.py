"""Reloading Kodi's home screen when the library gets its first content.

Skins choose their home widgets by ``Library.HasContent(…)`` only when the window is loaded, so a home screen that is
open during the first sync would go on showing "your library is empty". Later changes need no reload: the widgets
refresh at the end of a library scan.
"""
from __future__ import annotations

from typing import Tuple

from kodi_six import xbmc

_CONTENTS = ('movies', 'tvshows')


class HomeScreen:
    """Compares the library's content before and after a sync. Call :meth:`before_sync` first."""

    def __init__(self) -> None:
        self._before: Tuple[bool, ...] = ()

    def before_sync(self) -> None:
        """Note which content the library has. Call before each sync."""
        self._before = _contents()

    def library_changed(self, patience_s: float = 5.0, dialog_patience_s: float = 60.0) -> bool:
        """Reload the skin if the home screen is open and the library has its first content; true if it was reloaded.

        Call after a library scan was started: Kodi notices new content when it ends. Reloading closes dialogs, so an
        open one is waited for, at most ``dialog_patience_s``.
        """
        monitor = xbmc.Monitor()
        for _ in range(max(1, int(patience_s / 0.25))):
            if monitor.waitForAbort(0.25):
                return False
            if not xbmc.getCondVisibility('Library.IsScanningVideo'):
                break
        first_content = any(now and not before for now, before in zip(_contents(), self._before))
        if not first_content:
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
