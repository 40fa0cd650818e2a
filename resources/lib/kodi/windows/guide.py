"""The last window of the guide: it shows how the library is filled, and what to do next. It follows by itself."""
from __future__ import annotations

import threading
import time
from typing import Any, Callable, Optional

from ...cancellation import Cancellation
from ..addon import Addon
from ..texts import start as texts
from .guide_view import GuideView
from .page import CLOCK_S, Page

# Ids in the window's XML.
HEADING, LINE, TEXT, BAR, BUTTON = 110, 120, 121, 130, 200
#: Seconds after which it closes when there is nothing to wait for, unless the user has pressed something.
_STAY_S = 20.0


def show_guide(addon: Addon, look: Callable[[], GuideView], cancellation: Cancellation) -> None:
    """Show the window until the user closes it, or until everything is done and was on screen for a while.

    ``look()`` says what to show now; it is called a few times a second in another thread and must return at once.
    Blocks; do not call from Kodi's callbacks.
    """
    window = GuideWindow.make(addon)
    window.prepare(addon, look())
    closed = threading.Event()

    def follow() -> None:
        over_since: Optional[float] = None
        while not closed.wait(CLOCK_S):
            if cancellation.cancelled or window.gone():
                window.close()
                return
            view = look()
            over_since = (over_since or time.monotonic()) if view.over else None
            left = _STAY_S - (time.monotonic() - over_since) if over_since else _STAY_S
            if left <= 0 and not window.touched:
                window.close()
                return
            window.show_view(view, int(left) + 1 if over_since and not window.touched else 0)
    watcher = threading.Thread(target=follow, name='pkc-guide-clock', daemon=True)
    watcher.start()
    try:
        window.doModal()
    finally:
        closed.set()
        watcher.join(1.0)


class GuideWindow(Page):
    """The Kodi window of :func:`show_guide`. :meth:`show_view` and :meth:`gone` may be called from another thread.

    ``touched``: the user has pressed something, so it does not close by itself.
    """

    XML = 'script-plexkodiconnect-guide.xml'

    def __init__(self, *args: Any) -> None:  # Kodi's own constructor takes the four arguments of the XML
        super().__init__(*args)
        self.touched = False
        self._addon: Any = None
        self._view: Optional[GuideView] = None
        self._ready = False

    def prepare(self, addon: Addon, view: GuideView) -> None:
        """Set what to show. Call before ``doModal``; the constructor's arguments are Kodi's."""
        self._addon, self._view = addon, view

    def show_view(self, view: GuideView, seconds: int = 0) -> None:
        """Show this. ``seconds`` until it closes by itself, 0 for not."""
        self._view = view
        if not self._ready:
            return
        self._control(HEADING).setLabel(view.heading)
        self._control(LINE).setLabel(view.line)
        self._control(TEXT).setText(view.text)
        self._control(BAR).setVisible(view.percent is not None)
        if view.percent is not None:
            self._control(BAR).setPercent(float(view.percent))
        self._control(BUTTON).setLabel(self._button(view, seconds))

    def onInit(self) -> None:  # Kodi's name
        """Kodi calls this when the controls exist, and again when the window comes back."""
        super().onInit()
        self._ready = True
        if self._view is not None:
            self.show_view(self._view)
        self.setFocusId(BUTTON)

    def onAction(self, action: Any) -> None:  # Kodi's name
        """Kodi calls this for a key or a button of the remote control."""
        self.touched = True
        super().onAction(action)

    def onClick(self, controlId: int) -> None:  # Kodi's names
        """Kodi calls this when the button was pressed."""
        if controlId == BUTTON:
            self.close()

    def _button(self, view: GuideView, seconds: int) -> str:
        if not view.over:
            return str(self._addon.text(texts.GUIDE_IN_BACKGROUND))
        return str(self._addon.text(texts.GUIDE_CLOSES_IN, seconds) if seconds else self._addon.text(texts.GUIDE_CLOSE))
