"""Whether a window of ours is still on the screen. Kodi takes it away without a word when the skin is loaded anew."""
from __future__ import annotations

from kodi_six import xbmc

#: So many looks in a row have to miss it: one may fall between its making and its showing.
_LOOKS = 3


class Presence:
    """Asked a few times a second by one thread."""

    def __init__(self, xml: str) -> None:
        self._condition = 'Window.IsActive(%s)' % xml
        self._shown = False
        self._missed = 0

    def shown(self) -> None:
        """Kodi has made the window."""
        self._shown = True

    def gone(self) -> bool:
        """Whether the window was made and is not there any more: whoever waits for its end then waits in vain."""
        if not self._shown:
            return False
        self._missed = 0 if xbmc.getCondVisibility(self._condition) else self._missed + 1
        return self._missed >= _LOOKS
