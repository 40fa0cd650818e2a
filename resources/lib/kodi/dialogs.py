"""Wrappers around xbmcgui.Dialog. All but :func:`notify` and :class:`BackgroundProgress` wait for the user's answer."""
from __future__ import annotations

import time
from types import TracebackType
from typing import Any, List, Optional, Sequence, Tuple, Type, Union

from kodi_six import xbmcgui

_UPDATES_PER_SECOND = 5
#: Characters of a notification that Estuary shows at once, how many it scrolls on by in a second, and the seconds in
#: which it stands still before and after that.
_AT_ONCE, _SCROLLED_A_SECOND, _REST = 36, 4.8, 3.0


def notify(heading: str, text: str, error: bool = False, icon: str = '', seconds: float = 5.0) -> None:
    """Show a notification in the corner for ``seconds``, or for as long as its text needs to scroll by.

    ``icon`` is a path; an error has Kodi's own icon.
    """
    image = xbmcgui.NOTIFICATION_ERROR if error else icon or xbmcgui.NOTIFICATION_INFO
    scrolling = (len(text) - _AT_ONCE) / _SCROLLED_A_SECOND if len(text) > _AT_ONCE else 0.0
    xbmcgui.Dialog().notification(heading, text, image, int(1000 * max(seconds, _REST + scrolling)), error)


def ok(heading: str, text: str) -> None:
    """Show a message until the user confirms it."""
    xbmcgui.Dialog().ok(heading, text)


def yesno(heading: str, text: str, yes: str = '', no: str = '', prefer_yes: bool = False) -> bool:
    """Ask a question; closing the dialog means no. ``yes`` and ``no`` are labels in place of Kodi's own. With
    ``prefer_yes`` the yes button has the focus (not in Kodi 19).
    """
    more = {'defaultbutton': xbmcgui.DLG_YESNO_YES_BTN} if prefer_yes and hasattr(xbmcgui, 'DLG_YESNO_YES_BTN') else {}
    return bool(xbmcgui.Dialog().yesno(heading, text, nolabel=no, yeslabel=yes, **more))


def text_view(heading: str, text: str) -> None:
    """Show a longer text until the user closes it."""
    xbmcgui.Dialog().textviewer(heading, text)


def select(heading: str, labels: Sequence[str], preselected: int = -1) -> Optional[int]:
    """Let the user choose one label; returns its index, or None when the dialog was closed."""
    chosen = xbmcgui.Dialog().select(heading, list(labels), preselect=preselected)
    return chosen if chosen >= 0 else None


def select_detailed(heading: str, rows: Sequence[Tuple[str, str]], preselected: int = -1) -> Optional[int]:
    """As :func:`select`, with a second line under each label: rows of (label, second line)."""
    items: List[Union[str, xbmcgui.ListItem]] = [
        xbmcgui.ListItem(label, detail, offscreen=True) for label, detail in rows]
    chosen = xbmcgui.Dialog().select(heading, items, preselect=preselected, useDetails=True)
    return chosen if chosen >= 0 else None


def browse_folder(heading: str, media: str) -> str:
    """Let the user choose a folder, beginning with Kodi's sources of this kind (video, files); '' when he does not."""
    return str(xbmcgui.Dialog().browse(0, heading, media))


def browse_writable_folder(heading: str) -> str:
    """Let the user choose a folder to write to, beginning with the drives and shares; '' when he does not."""
    return str(xbmcgui.Dialog().browse(3, heading, 'files'))


def multiselect(heading: str, labels: Sequence[str], preselected: Sequence[int] = ()) -> Optional[List[int]]:
    """Let the user choose any number of labels; returns the indexes, or None when the dialog was closed."""
    chosen = xbmcgui.Dialog().multiselect(heading, list(labels), preselect=list(preselected))
    return None if chosen is None else list(chosen)


def text_input(heading: str, default: str = '', hidden: bool = False) -> str:
    """Let the user type a line; returns '' when the dialog was closed."""
    option = xbmcgui.ALPHANUM_HIDE_INPUT if hidden else 0
    return str(xbmcgui.Dialog().input(heading, default, type=xbmcgui.INPUT_ALPHANUM, option=option))


def number_input(heading: str, hidden: bool = False) -> str:
    """Let the user type digits (``hidden``: a Home user's PIN); returns '' when the dialog was closed."""
    typed = str(xbmcgui.Dialog().numeric(0, heading, '', hidden))
    if hidden:
        from ..redaction import hide_code  # imported here because the plugin, which never needs it, must start fast
        hide_code(typed)
    return typed


class Progress:
    """Kodi's progress window with a button to cancel, as a context manager."""

    def __init__(self, heading: str, text: str) -> None:
        self._text = text
        self._next_update = 0.0
        self._dialog = xbmcgui.DialogProgress()
        self._dialog.create(heading, text)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        self._dialog.close()

    @property
    def cancelled(self) -> bool:
        """Whether the user has pressed the button."""
        return bool(self._dialog.iscanceled())

    def update(self, percent: int) -> None:
        """Show how much is done, a few times a second at most."""
        now = time.monotonic()
        if now >= self._next_update:
            self._next_update = now + 1.0 / _UPDATES_PER_SECOND
            self._dialog.update(percent, self._text)


class BackgroundProgress:
    """Kodi's small progress bar in the corner, as a context manager. With ``shown=False`` it does nothing.

    It is drawn at most five times a second, because each update takes Kodi longer than the sync takes for a row.
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
        """Show the percentage ``done`` of ``total`` (0: not known yet) and a text."""
        now = time.monotonic()
        if self._dialog is None or now < self._next_update:
            return
        self._next_update = now + 1.0 / _UPDATES_PER_SECOND
        percent = min(100, max(0, done * 100 // total)) if total > 0 else 0
        self._dialog.update(percent, self._heading, text)

    def close(self) -> None:
        """Close the progress bar. May be called twice."""
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.close()
