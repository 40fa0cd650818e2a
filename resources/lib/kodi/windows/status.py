"""The status page: labels and values in paragraphs, which follow what happens as long as the page is open."""
from __future__ import annotations

import threading
from typing import Any, Callable, List, NamedTuple, Sequence

from kodi_six import xbmc, xbmcgui

from ..addon import Addon
from .page import CLOCK_S, Page

# Ids in the window's XML.
HEADING, CLOSE, SAVE_LOG, LIST = 110, 200, 201, 300
#: Properties of an entry, by which the XML knows how to draw it.
KIND, HEAD, LINE, TROUBLE = 'kind', 'head', 'line', 'trouble'
#: Seconds between two looks at what has changed, in steps of the clock.
_STEPS = 4


class Row(NamedTuple):
    """An entry of the list. ``kind`` is :data:`HEAD`, :data:`LINE` or :data:`TROUBLE`."""

    label: str
    value: str = ''
    kind: str = LINE


def show_status(addon: Addon, heading: str, rows: Sequence[Row], refresh: Callable[[], Sequence[Row]]) -> bool:
    """Show the page until the user closes it. True when they want the log to be saved.

    ``refresh()`` gives the rows as they are now. It is called about once a second in another thread, and must return
    soon.
    """
    window = StatusWindow.make(addon)
    window.prepare(heading, rows)
    closed = threading.Event()
    watcher = threading.Thread(target=_follow, args=(window, closed, refresh), name='pkc-status-clock')
    watcher.start()
    try:
        window.doModal()
    finally:
        closed.set()
        watcher.join()
    return window.save_log


def _follow(window: StatusWindow, closed: threading.Event, refresh: Callable[[], Sequence[Row]]) -> None:
    """Keep the page up to date; close it when Kodi ends or has taken it off the screen."""
    monitor = xbmc.Monitor()
    step = 0
    while not closed.wait(CLOCK_S):
        if monitor.abortRequested() or window.gone():
            window.close()
            return
        step += 1
        if step % _STEPS == 0:
            rows = refresh()
            if not closed.is_set():
                window.update(rows)


class StatusWindow(Page):
    """The Kodi window of :func:`show_status`. :meth:`update` and :meth:`gone` may be called from another thread."""

    XML = 'script-plexkodiconnect-status.xml'

    def __init__(self, *args: Any) -> None:  # Kodi's own constructor takes the four arguments of the XML
        super().__init__(*args)
        self.save_log = False
        self._heading = ''
        self._rows: Sequence[Row] = ()
        self._items: List[Any] = []
        self._filled = False

    def prepare(self, heading: str, rows: Sequence[Row]) -> None:
        """Set what to show. Call before ``doModal``; the constructor's arguments are Kodi's."""
        self._heading, self._rows = heading, rows

    def update(self, rows: Sequence[Row]) -> None:
        """Show these rows; the focus stays where it is."""
        if not self._filled or rows == self._rows:
            return
        same = [row.label for row in rows] == [row.label for row in self._rows]
        self._rows = rows
        if same:
            for item, row in zip(self._items, rows):
                _fill(item, row)
            return
        control = self._control(LIST)
        position = control.getSelectedPosition()
        control.reset()
        self._add(control)
        if rows:
            control.selectItem(max(0, min(position, len(rows) - 1)))

    def onInit(self) -> None:  # Kodi's name
        """Kodi calls this when the controls exist, and again when the window comes back."""
        super().onInit()
        if self._filled:
            return
        self._filled = True
        self._control(HEADING).setLabel(self._heading)
        control = self._control(LIST)
        self._add(control)
        if len(self._items) > 1:
            control.selectItem(1)  # below the first heading
        self.setFocusId(LIST)

    def onClick(self, controlId: int) -> None:  # Kodi's names
        """Kodi calls this when a button was pressed."""
        if controlId in (CLOSE, SAVE_LOG):
            self.save_log = controlId == SAVE_LOG
            self.close()

    def _add(self, control: Any) -> None:
        self._items = [_fill(xbmcgui.ListItem(row.label), row) for row in self._rows]
        control.addItems(self._items)


def _fill(item: Any, row: Row) -> Any:
    item.setLabel2(row.value)
    item.setProperty(KIND, row.kind)
    return item
