"""The button that skips a part of the video: an intro, credits, a commercial."""
from __future__ import annotations

from typing import Callable, Optional

from ..addon import Addon
from ..video import fills_screen, in_full_view
from .overlay import BACK, Layout, Overlay

BUTTON = 200
LAYOUT = Layout('script-plexkodiconnect-skip.xml', BUTTON)


class SkipButton:
    """Shows and hides the button. Use from one thread at a time.

    ``on_answer(pressed)`` is called in the window's thread when the button was pressed, or closed by the user.
    """

    def __init__(self, addon: Addon, on_answer: Callable[[bool], None]) -> None:
        self._addon = addon
        self._on_answer = on_answer
        self._overlay: Optional[Overlay] = None
        self._last: Optional[Overlay] = None
        self._label = ''

    def show(self, label: str) -> None:
        """Show the button with this label while the video fills the screen. Call once a second."""
        if self._overlay is not None and (self._overlay.gone() or not fills_screen()):
            self.hide()
        if self._overlay is None:
            if not in_full_view():
                return
            self._overlay = Overlay(self._addon, LAYOUT, lambda answer: self._on_answer(answer != BACK))
            self._overlay.open({BUTTON: label})
        elif label != self._label:
            self._overlay.show_text(BUTTON, label)
        self._label = label

    def hide(self) -> None:
        """Close the button, if it is shown."""
        overlay, self._overlay = self._overlay, None
        if overlay is not None:
            self._last = overlay
            overlay.close()

    def wait_gone(self, seconds: float) -> None:
        """Blocks until what was hidden is off the screen, for at most so long."""
        if self._last is not None:
            self._last.wait_gone(seconds)
