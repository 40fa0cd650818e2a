"""Wrappers around xbmcgui.Dialog. All block until the user answers, but :func:`notify` and the background progress."""
from __future__ import annotations

import time
from types import TracebackType
from typing import Any, List, Optional, Sequence, Type

from kodi_six import xbmcgui

_UPDATES_PER_SECOND = 5


def notify(heading: str, text: str, error: bool = False, icon: str = '', seconds: float = 5.0) -> None:
    """Show a line in the corner for a moment. ``icon`` is a path; an error has Kodi's own icon."""
    image = xbmcgui.NOTIFICATION_ERROR if error else icon or xbmcgui.NOTIFICATION_INFO
    xbmcgui.Dialog().notification(heading, text, image, int(seconds * 1000), error)


def ok(heading: str, text: str) -> None:
    """Show a message until it is confirmed."""
    xbmcgui.Dialog().ok(heading, text)


def yesno(heading: str, text: str, yes: str = '', no: str = '', prefer_yes: bool = False) -> bool:
    """Ask a question. Closing the dialog means no. ``yes`` and ``no`` replace Kodi's own words; with ``prefer_yes``
    OK on the remote means yes (Kodi 19 cannot do that).
    """
    more = {'defaultbutton': xbmcgui.DLG_YESNO_YES_BTN} if prefer_yes and hasattr(xbmcgui, 'DLG_YESNO_YES_BTN') else {}
    return bool(xbmcgui.Dialog().yesno(heading, text, nolabel=no, yeslabel=yes, **more))


def text_view(heading: str, text: str) -> None:
    """Show a longer text until the user closes it."""
    xbmcgui.Dialog().textviewer(heading, text)


def select(heading: str, labels: Sequence[str], preselected: int = -1) -> Optional[int]:
    """Let the user choose one; the index, or None when the dialog was closed."""
    chosen = xbmcgui.Dialog().select(heading, list(labels), preselect=preselected)
    return chosen if chosen >= 0 else None


def multiselect(heading: str, labels: Sequence[str], preselected: Sequence[int] = ()) -> Optional[List[int]]:
    """Let the user choose any number; the indexes (perhaps none), or None when the dialog was closed."""
    chosen = xbmcgui.Dialog().multiselect(heading, list(labels), preselect=list(preselected))
    return None if chosen is None else list(chosen)


def text_input(heading: str, default: str = '', hidden: bool = False) -> str:
    """Let the user type a line; '' when the dialog was closed."""
    option = xbmcgui.ALPHANUM_HIDE_INPUT if hidden else 0
    return str(xbmcgui.Dialog().input(heading, default, type=xbmcgui.INPUT_ALPHANUM, option=option))


def number_input(heading: str, hidden: bool = False) -> str:
    """Let the user type digits (a Home user's PIN when ``hidden``); '' when the dialog was closed."""
    typed = str(xbmcgui.Dialog().numeric(0, heading, '', hidden))
    if hidden:
        from ..redaction import hide_code  # the plugin shows dialogs as well, and needs no secret for it
        hide_code(typed)
    return typed


class BackgroundProgress:
    """Kodi's small progress bar in the corner, as a context manager. With ``shown`` False it does nothing.

    It is drawn at most five times a second: each update costs Kodi's window manager more than a row costs the sync.
    """

    def __init__(self, heading: str, text: str = '', shown: bool = True) -> None:
        self._heading = heading
        self._text = text
        self._shown = shown
        self._dialog: Any = None
        self._next_update = 0.0

    def __enter__(self) -> BackgroundProgress:
        if self._shown:
            self._dialog = xbmcgui.DialogProgressBG()
            self._dialog.create(self._heading, self._text)
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        self.close()

    def update(self, done: int, total: int, text: str) -> None:
        """Show how far it is. A ``total`` of 0 means not known yet."""
        now = time.monotonic()
        if self._dialog is None or now < self._next_update:
            return
        self._next_update = now + 1.0 / _UPDATES_PER_SECOND
        percent = min(100, max(0, done * 100 // total)) if total > 0 else 0
        self._dialog.update(percent, self._heading, text)

    def close(self) -> None:
        """Take it off the screen. May be called twice."""
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.close()
