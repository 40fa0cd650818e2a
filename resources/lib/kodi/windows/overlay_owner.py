"""What the windows over a video have in common: one at a time, and only while the video fills the screen."""
from __future__ import annotations

from typing import Optional

from ..video import fills_screen, in_full_view
from .overlay import Overlay


class OverlayOwner:
    """The base of a window over a video. Use from one thread at a time.

    A derived class calls :meth:`_may_open` once a second, and stores in ``_overlay`` what it opened.
    """

    def __init__(self) -> None:
        self._overlay: Optional[Overlay] = None
        self._last: Optional[Overlay] = None

    def hide(self) -> None:
        """Close the window, if it is open."""
        overlay, self._overlay = self._overlay, None
        if overlay is not None:
            self._last = overlay
            overlay.close()

    def wait_gone(self, seconds: float) -> None:
        """Block until what was hidden is off the screen, for at most ``seconds``."""
        if self._last is not None:
            self._last.wait_gone(seconds)

    def _may_open(self) -> bool:
        """Drop a window that is gone or over something else; whether a new one may be opened now."""
        if self._overlay is not None and (self._overlay.gone() or not fills_screen()):
            self.hide()
        return self._overlay is None and in_full_view()
