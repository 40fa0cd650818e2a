"""A small window over the playing video. OK presses its button and *Back* takes it away; what else the remote does with
a video, it goes on doing.

While the window is open Kodi looks keys up as for any dialog. Those of the player (pause, stop, volume) work there too;
the arrows and a few others mean something else in a dialog than over a video, so they are handed on.
"""
from __future__ import annotations

import logging
import threading
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional

from kodi_six import xbmc, xbmcgui

from ..addon import Addon
from .presence import Presence

LOG = logging.getLogger('pkc.kodi')

#: What is told in place of a button's id when the user went back.
BACK = 0
_BACK_ACTIONS = (9, 10, 92, 110)  # parent dir, previous menu (Esc), nav back, backspace
#: Kodi's action ids, and what the same keys do over a video (Kodi's own key maps of the full screen video).
_ARROWS: Mapping[int, str] = {1: 'Action(StepBack)', 2: 'Action(StepForward)',
                              3: 'Action(ChapterOrBigStepForward)', 4: 'Action(ChapterOrBigStepBack)'}
_OTHERS: Mapping[int, str] = {11: 'Action(Info,fullscreenvideo)', 24: 'ActivateWindow(videoosd)',
                              117: 'ActivateWindow(videoosd)', 163: 'ActivateWindow(videoosd)'}


class Layout(NamedTuple):
    """A window's XML. ``focus`` is the button that OK presses at first; ``moves`` tells that the left and right arrows
    move between its buttons.
    """

    xml: str
    focus: int
    moves: bool = False


class Overlay:
    """One showing of a window. No method blocks.

    ``on_answer`` gets the id of the pressed button, or :data:`BACK`, in the window's own thread, after the window is
    gone. It is not called when the window was taken away with :meth:`close`.
    """

    def __init__(self, addon: Addon, layout: Layout, on_answer: Callable[[int], None]) -> None:
        self._path = addon.path
        self._layout = layout
        self._on_answer = on_answer
        self._presence = Presence(layout.xml)
        self._shown = Shown()
        self._thread = threading.Thread(target=self._run, name='pkc-overlay', daemon=True)

    def open(self, texts: Mapping[int, str], pictures: Optional[Mapping[int, str]] = None) -> None:
        """Show it, with the labels and pictures of its controls by their ids."""
        self._shown.show(texts, pictures or {})
        self._thread.start()

    def show_text(self, control: int, text: str) -> None:
        """Change a label."""
        self._shown.show({control: text}, {})

    def close(self) -> None:
        """Take it away."""
        self._shown.leave()

    def wait_gone(self, seconds: float) -> None:
        """Blocks until it is off the screen, for at most so long. An add-on that ends before leaves it there."""
        self._thread.join(seconds)

    def gone(self) -> bool:
        """Whether Kodi took it away without a word, with a skin that was loaded anew. Asked once a second."""
        return self._presence.gone()

    def _run(self) -> None:
        """Kodi hands a window's events to the thread that made it, while that is in ``doModal``."""
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
    """What is shown, and whether it still is: shared by those who decide that and the window's thread."""

    def __init__(self) -> None:
        self.left = False
        self.answer: Optional[int] = None
        self._lock = threading.Lock()
        self._labels: Dict[int, str] = {}
        self._pictures: Dict[int, str] = {}
        self._window: Any = None

    def show(self, labels: Mapping[int, str], pictures: Mapping[int, str]) -> None:
        """Change labels and pictures, now or as soon as the controls are there."""
        with self._lock:
            self._labels.update(labels)
            self._pictures.update(pictures)
            if self._window is not None and not self.left:
                self._fill(labels, pictures)

    def fill(self, window: Any) -> None:
        """The controls exist now. It may be over already."""
        with self._lock:
            self._window = window
            if self.left:
                window.close()
            else:
                self._fill(self._labels, self._pictures)

    def leave(self, answer: Optional[int] = None) -> None:
        """Close it, also when it is only about to be shown; with the user's ``answer`` or by ourselves."""
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
    """Kodi's side of it."""

    def __init__(self, *args: Any) -> None:  # Kodi's own constructor takes the four arguments of the XML
        super().__init__(*args)
        self._layout = Layout('', 0)
        self._presence: Optional[Presence] = None
        self._shown = Shown()

    def prepare(self, layout: Layout, presence: Presence, shown: Shown) -> None:
        """What it needs before it can be shown (the constructor's arguments are Kodi's)."""
        self._layout, self._presence, self._shown = layout, presence, shown

    def onInit(self) -> None:  # Kodi's name
        """The controls exist now. Kodi calls this again when the window comes back."""
        if self._presence is not None:
            self._presence.shown()
        self._shown.fill(self)
        self.setFocusId(self._layout.focus)

    def onAction(self, action: Any) -> None:  # Kodi's name
        """A key or a button of the remote."""
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
        """A button was pressed."""
        self._shown.leave(controlId)
