"""The button that skips a part of the video: an intro, credits, a commercial."""
from __future__ import annotations

from typing import Callable

from ..addon import Addon
from .overlay import BACK, Layout, Overlay
from .overlay_owner import OverlayOwner

BUTTON = 200
LAYOUT = Layout('script-plexkodiconnect-skip.xml', BUTTON)


class SkipButton(OverlayOwner):
    """Shows and hides the button. Use from one thread at a time.

    ``on_answer(pressed)`` is called in the window's thread when the button was pressed, or closed by the user.
    """

    def __init__(self, addon: Addon, on_answer: Callable[[bool], None]) -> None:
        super().__init__()
        self._addon = addon
        self._on_answer = on_answer
        self._label = ''

    def show(self, label: str) -> None:
        """Show the button with this label while the video fills the screen. Call once a second."""
        if self._may_open():
            self._overlay = Overlay(self._addon, LAYOUT, lambda answer: self._on_answer(answer != BACK))
            self._overlay.open({BUTTON: label})
        elif self._overlay is not None and label != self._label:
            self._overlay.show_text(BUTTON, label)
        self._label = label
