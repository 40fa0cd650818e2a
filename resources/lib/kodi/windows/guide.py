"""The last window of the guide: it shows how the library is filled, and what to do next. It follows by itself."""
from __future__ import annotations

import threading
import time
from typing import Any, Callable, Optional

from kodi_six import xbmcgui

from ...cancellation import Cancellation
from ..addon import Addon
from ..texts import start as texts
from .guide_view import GuideView
from .presence import Presence

XML = 'script-plexkodiconnect-guide.xml'
# Ids in the window's XML.
HEADING, LINE, TEXT, BAR, BUTTON = 110, 120, 121, 130, 200
_BACK_ACTIONS = (9, 10, 13, 92, 110)  # parent dir, previous menu (Esc), stop, nav back, backspace
_CLOCK_S = 0.25
#: Seconds after which it closes when there is nothing to wait for, unless the user has pressed something.
_STAY_S = 20.0


def show_guide(addon: Addon, look: Callable[[], GuideView], cancellation: Cancellation) -> None:
    """Show the window until the user closes it, or until everything is done and was on screen for a while.

    ``look()`` says what to show now; it is called a few times a second in another thread and must return at once.
    Blocks; do not call from Kodi's callbacks.
    """
    window = GuideWindow(XML, addon.path, 'Default', '1080i')
    window.prepare(addon, look())
    closed = threading.Event()

    def follow() -> None:
        over_since: Optional[float] = None
        while not closed.wait(_CLOCK_S):
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


class GuideWindow(xbmcgui.WindowXMLDialog):
    """The Kodi window of :func:`show_guide`. :meth:`show_view` and :meth:`gone` may be called from another thread.

    ``touched``: the user has pressed something, so it does not close by itself.
    """

    def __init__(self, *args: Any) -> None:  # Kodi's own constructor takes the four arguments of the XML
        super().__init__(*args)
        self.touched = False
        self._addon: Any = None
        self._view: Optional[GuideView] = None
        self._ready = False
        self._presence: Optional[Presence] = None

    def prepare(self, addon: Addon, view: GuideView) -> None:
        """Set what to show. Call before ``doModal``; the constructor's arguments are Kodi's."""
        self._addon, self._view, self._presence = addon, view, Presence(XML)

    def gone(self) -> bool:
        """Whether Kodi has closed the window."""
        return self._presence is not None and self._presence.gone()

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
        if self._presence is not None:
            self._presence.shown()
        self._ready = True
        if self._view is not None:
            self.show_view(self._view)
        self.setFocusId(BUTTON)

    def onAction(self, action: Any) -> None:  # Kodi's name
        """Kodi calls this for a key or a button of the remote control."""
        self.touched = True
        if action.getId() in _BACK_ACTIONS:
            self.close()

    def onClick(self, controlId: int) -> None:  # Kodi's names
        """Kodi calls this when the button was pressed."""
        if controlId == BUTTON:
            self.close()

    def _button(self, view: GuideView, seconds: int) -> str:
        if not view.over:
            return str(self._addon.text(texts.GUIDE_IN_BACKGROUND))
        return str(self._addon.text(texts.GUIDE_CLOSES_IN, seconds) if seconds else self._addon.text(texts.GUIDE_CLOSE))

    def _control(self, control_id: int) -> Any:
        return self.getControl(control_id)
