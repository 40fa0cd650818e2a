"""A small window over the playing video. OK presses its button and *Back* closes it; all other keys control the video.

While the window is open Kodi uses the key map of dialogs. The player's keys (pause, stop, volume) work there too, but
the arrows and a few others have another meaning than over a video, so their actions are passed on to the video.
"""
from __future__ import annotations

import logging
import threading
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional

from kodi_six import xbmc, xbmcgui

from ..addon import Addon
from .presence import Presence

LOG = logging.getLogger('pkc.kodi')

#: Passed instead of a button's id when the user went back.
BACK = 0
_BACK_ACTIONS = (9, 10, 92, 110)  # parent dir, previous menu (Esc), nav back, backspace
#: Kodi's action ids, and the built-ins of the same keys over a video (Kodi's key map FullscreenVideo).
_ARROWS: Mapping[int, str] = {1: 'Action(StepBack)', 2: 'Action(StepForward)',
                              3: 'Action(ChapterOrBigStepForward)', 4: 'Action(ChapterOrBigStepBack)'}
_OTHERS: Mapping[int, str] = {11: 'Action(Info,fullscreenvideo)', 24: 'ActivateWindow(videoosd)',
                              117: 'ActivateWindow(videoosd)', 163: 'ActivateWindow(videoosd)'}


class Layout(NamedTuple):
    """A window's XML. ``focus`` is the button with the initial focus; ``moves``: the left and right arrows move between
    its buttons.
    """

    xml: str
    focus: int
    moves: bool = False


class Overlay:
    """One window, which is shown once. No method blocks.

    ``on_answer`` is called with the id of the pressed button, or :data:`BACK`, in the window's thread, after the window
    was closed; not after :meth:`close`.
    """

    def __init__(self, addon: Addon, layout: Layout, on_answer: Callable[[int], None]) -> None:
        self._path = addon.path
        self._layout = layout
        self._on_answer = on_answer
        self._presence = Presence(layout.xml)
        self._shown = Shown()
        self._thread = threading.Thread(target=self._run, name='pkc-overlay', daemon=True)

    def open(self, texts: Mapping[int, str], pictures: Optional[Mapping[int, str]] = None) -> None:
        """Show the window, with the labels and pictures of its controls by their ids."""
        self._shown.show(texts, pictures or {})
        self._thread.start()

    def show_text(self, control: int, text: str) -> None:
        """Change a label."""
        self._shown.show({control: text}, {})

    def close(self) -> None:
        """Close the window."""
        self._shown.leave()

    def wait_gone(self, seconds: float) -> None:
        """Blocks until it is off the screen, for at most so long. An add-on that ends before leaves it there."""
        self._thread.join(seconds)

    def gone(self) -> bool:
        """Whether Kodi closed the window without notice, as it does when the skin is reloaded. Call once a second."""
        return self._presence.gone()

    def _run(self) -> None:
        """Create and show the window: Kodi sends its events to the thread that created it and is in ``doModal``."""
        try:
            window = OverlayWindow(self._layout.xml, self._path, 'Default', '1080i')
            window.prepare(self._layout, self._presence, self._shown)
            if not self._shown.left:
                window.doModal()
            if self._shown.answer is not None:
                self._on_answer(self._shown.answer)
        except Exception:  # top of the thread
            LOG.exception('The window %s failed', self._layout.xml)


class Shown:
    """The content and state of a window, shared by its thread and others."""

    def __init__(self) -> None:
        self.left = False
        self.answer: Optional[int] = None
        self._lock = threading.Lock()
        self._labels: Dict[int, str] = {}
        self._pictures: Dict[int, str] = {}
        self._window: Any = None

    def show(self, labels: Mapping[int, str], pictures: Mapping[int, str]) -> None:
        """Change labels and pictures, now or as soon as the controls exist."""
        with self._lock:
            self._labels.update(labels)
            self._pictures.update(pictures)
            if self._window is not None and not self.left:
                self._fill(labels, pictures)

    def fill(self, window: Any) -> None:
        """Fill the controls, which exist now; or close the window if that has been requested meanwhile."""
        with self._lock:
            self._window = window
            if self.left:
                window.close()
            else:
                self._fill(self._labels, self._pictures)

    def leave(self, answer: Optional[int] = None) -> None:
        """Close the window, even if it has not been shown yet. ``answer`` is the user's; None if we close it."""
        with self._lock:
            if self.left:
                return
            self.left, self.answer = True, answer
            if self._window is not None:
                self._window.close()

    def _fill(self, labels: Mapping[int, str], pictures: Mapping[int, str]) -> None:
        for control, text in labels.items():
            self._window.getControl(control).setLabel(text)
        for control, picture in pictures.items():
            self._window.getControl(control).setImage(picture)


class OverlayWindow(xbmcgui.WindowXMLDialog):
    """The Kodi window."""

    def __init__(self, *args: Any) -> None:  # Kodi's own constructor takes the four arguments of the XML
        super().__init__(*args)
        self._layout = Layout('', 0)
        self._presence: Optional[Presence] = None
        self._shown = Shown()

    def prepare(self, layout: Layout, presence: Presence, shown: Shown) -> None:
        """Set what to show. Call before ``doModal``; the constructor's arguments are Kodi's."""
        self._layout, self._presence, self._shown = layout, presence, shown

    def onInit(self) -> None:  # Kodi's name
        """Kodi calls this when the controls exist, and again when the window comes back."""
        if self._presence is not None:
            self._presence.shown()
        self._shown.fill(self)
        self.setFocusId(self._layout.focus)

    def onAction(self, action: Any) -> None:  # Kodi's name
        """Kodi calls this for a key or a button of the remote control."""
        number = action.getId()
        if number in _BACK_ACTIONS:
            self._shown.leave(BACK)
            return
        command = _OTHERS.get(number)
        if number in _ARROWS and not (self._layout.moves and number in (1, 2)):
            command = _ARROWS[number]
        if command:
            xbmc.executebuiltin(command)

    def onClick(self, controlId: int) -> None:  # Kodi's names
        """Kodi calls this when a button was pressed."""
        self._shown.leave(controlId)
