"""Whether a window of ours is still on the screen: Kodi closes it without notice when the skin is reloaded."""
from __future__ import annotations

from kodi_six import xbmc

#: The window counts as gone after this many negative checks in a row; a single one may come before it is visible.
_CHECKS = 3


class Presence:
    """Whether the window of ``xml`` was closed by Kodi. Call :meth:`gone` a few times a second, from one thread."""

    def __init__(self, xml: str) -> None:
        self._condition = 'Window.IsActive(%s)' % xml
        self._shown = False
        self._missed = 0

    def shown(self) -> None:
        """Record that Kodi has created the window."""
        self._shown = True

    def gone(self) -> bool:
        """Whether the window was created and is not on the screen any more."""
        if not self._shown:
            return False
        self._missed = 0 if xbmc.getCondVisibility(self._condition) else self._missed + 1
        return self._missed >= _CHECKS
