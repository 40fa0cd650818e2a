"""Reloading Kodi's home screen when the library gets its first content.

Skins choose their home widgets by ``Library.HasContent(…)`` when the window is loaded, so somebody who watches the
home screen during the first sync would go on reading "your library is empty". Later changes need nothing here: the
widgets there refresh when Kodi announces a change. Not those that are empty, though (``CDirectoryProvider`` looks at
the kinds of the items that it has): a home screen that was loaded while the first sync was writing has to be reloaded
at its end too.
"""
from __future__ import annotations

from typing import Tuple

from kodi_six import xbmc

_CONTENTS = ('movies', 'tvshows')
#: Beginnings of the paths of lists whose entries are rows of the library.
_LIBRARY_PATHS = ('videodb://', 'library://', 'special://profile/playlists/video/')


class HomeScreen:
    """Compares the library's content before and after a sync. Call :meth:`before_sync` first."""

    def __init__(self) -> None:
        self._before: Tuple[bool, bool] = (True, True)

    @staticmethod
    def contents() -> Tuple[bool, bool]:
        """Whether Kodi knows that its library has films, and shows."""
        return _contents()

    def before_sync(self) -> None:
        """Note which content the library has. Call before each sync."""
        self._before = _contents()

    def first_content(self) -> bool:
        """Whether the library has films or shows now, and had none before the sync."""
        return any(now and not before for now, before in zip(_contents(), self._before))

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
        if not self.first_content():
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
        self._before = _contents()
        xbmc.executebuiltin('ReloadSkin()')
        return True


def refresh_open_list() -> None:
    """Read the list of films or episodes anew that is open, if one is. The focus stays where it is."""
    if xbmc.getCondVisibility('Window.IsActive(videos)') \
            and xbmc.getInfoLabel('Container.FolderPath').startswith(_LIBRARY_PATHS):
        xbmc.executebuiltin('Container.Refresh')


def _contents() -> Tuple[bool, bool]:
    movies, shows = (bool(xbmc.getCondVisibility('Library.HasContent(%s)' % kind)) for kind in _CONTENTS)
    return movies, shows
