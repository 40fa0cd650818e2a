"""What our windows with a page of their own share: *Back* closes them, and they know when Kodi has closed them."""
from __future__ import annotations

from typing import Any, Type, TypeVar

from kodi_six import xbmcgui

from ..addon import Addon
from .presence import Presence

#: Seconds between two looks of the thread that follows a window.
CLOCK_S = 0.25
_BACK_ACTIONS = (9, 10, 13, 92, 110)  # parent dir, previous menu (Esc), stop, nav back, backspace
Made = TypeVar('Made', bound='Page')


class Page(xbmcgui.WindowXMLDialog):
    """A subclass names its file in ``XML`` and is made with :meth:`make`. :meth:`gone` is for one other thread."""

    XML = ''

    def __init__(self, *args: Any) -> None:  # Kodi's own constructor takes the four arguments of the XML
        super().__init__(*args)
        self._presence = Presence(self.XML)

    @classmethod
    def make(cls: Type[Made], addon: Addon) -> Made:
        """The window, not shown yet."""
        return cls(cls.XML, addon.path, 'Default', '1080i')

    def gone(self) -> bool:
        """Whether Kodi has closed the window without notice. Call a few times a second."""
        return self._presence.gone()

    def onInit(self) -> None:  # Kodi's name
        """Kodi calls this when the controls exist, and again when the window comes back."""
        self._presence.shown()

    def onAction(self, action: Any) -> None:  # Kodi's name
        """Kodi calls this for a key or a button of the remote control."""
        if action.getId() in _BACK_ACTIONS:
            self.close()

    def _control(self, control_id: int) -> Any:
        return self.getControl(control_id)
