"""Kodi's home screen when the library gets its first content.

Skins choose their home widgets by ``Library.HasContent(…)`` when the window is loaded, so somebody who watches the
home screen during the first sync would go on reading "your library is empty". Later changes need nothing here: the
widgets there refresh when Kodi announces a change.
"""
from __future__ import annotations

from typing import Tuple

from kodi_six import xbmc

_CONTENTS = ('movies', 'tvshows')
#: Beginnings of the paths of lists whose entries are rows of the library.
_LIBRARY_PATHS = ('videodb://', 'library://', 'special://profile/playlists/video/')


class HomeScreen:
    """Remembers what the library had before a sync."""

    def __init__(self) -> None:
        self._before: Tuple[bool, bool] = (True, True)

    @staticmethod
    def contents() -> Tuple[bool, bool]:
        """Whether Kodi knows that its library has films, and shows."""
        return _contents()

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


def refresh_open_list() -> None:
    """Read the list of films or episodes anew that is open, if one is. The focus stays where it is."""
    if xbmc.getCondVisibility('Window.IsActive(videos)') \
            and xbmc.getInfoLabel('Container.FolderPath').startswith(_LIBRARY_PATHS):
        xbmc.executebuiltin('Container.Refresh')


def _contents() -> Tuple[bool, bool]:
    movies, shows = (bool(xbmc.getCondVisibility('Library.HasContent(%s)' % kind)) for kind in _CONTENTS)
    return movies, shows
