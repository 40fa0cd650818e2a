"""A window to choose one of a few entries, such as users or servers. It works with any skin and a remote control."""
from __future__ import annotations

import threading
from typing import Any, NamedTuple, Optional, Sequence

from kodi_six import xbmcgui

from ...cancellation import Cancellation
from ..addon import Addon
from .page import CLOCK_S, Page

# Ids in the window's XML.
HEADING, CANCEL, LIST = 110, 200, 300
#: The skin's picture for servers.
SERVER = 'DefaultNetwork.png'


class Entry(NamedTuple):
    """An entry: ``label``, below it the smaller ``detail``, and a picture (an https URL or a file of the skin).

    ``initial`` is shown where the picture would be, as long as that is not there.
    """

    label: str
    detail: str = ''
    picture: str = SERVER
    initial: str = ''


def initial(name: str) -> str:
    """The first letter or digit of a name, in upper case; '' for a name without one."""
    return next((character.upper() for character in name if character.isalnum()), '')[:1]


def choose(addon: Addon, heading: str, entries: Sequence[Entry], current: int, cancellation: Cancellation
           ) -> Optional[int]:
    """Let the user choose an entry; returns its index, or None when the window was closed or cancelled.

    The entry ``current`` (-1: none) has a tick and the initial focus. Blocks; do not call from Kodi's callbacks.
    """
    window = ChooseWindow.make(addon)
    window.prepare(heading, entries, current)
    closed = threading.Event()

    def watch() -> None:
        while not closed.wait(CLOCK_S):
            if cancellation.cancelled or window.gone():
                window.close()
                return
    watcher = threading.Thread(target=watch, name='pkc-choose-clock', daemon=True)
    watcher.start()
    try:
        window.doModal()
    finally:
        closed.set()
        watcher.join(1.0)
    return window.chosen


class ChooseWindow(Page):
    """The Kodi window of :func:`choose`."""

    XML = 'script-plexkodiconnect-choose.xml'

    def __init__(self, *args: Any) -> None:  # Kodi's own constructor takes the four arguments of the XML
        super().__init__(*args)
        self.chosen: Optional[int] = None
        self._heading = ''
        self._entries: Sequence[Entry] = ()
        self._current = -1
        self._filled = False

    def prepare(self, heading: str, entries: Sequence[Entry], current: int) -> None:
        """Set what to show. Call before ``doModal``; the constructor's arguments are Kodi's."""
        self._heading, self._entries, self._current = heading, entries, current

    def onInit(self) -> None:  # Kodi's name
        """Kodi calls this when the controls exist, and again when the window comes back."""
        super().onInit()
        if self._filled:
            return
        self._filled = True
        self._control(HEADING).setLabel(self._heading)
        items = []
        for index, entry in enumerate(self._entries):
            item = xbmcgui.ListItem(entry.label, entry.detail, offscreen=True)
            item.setArt({'icon': entry.picture})
            item.setProperty('initial', entry.initial)
            item.setProperty('current', 'true' if index == self._current else '')
            items.append(item)
        self._control(LIST).addItems(items)
        self._control(LIST).selectItem(max(0, self._current))
        self.setFocusId(LIST)

    def onClick(self, controlId: int) -> None:  # Kodi's names
        """Kodi calls this when an entry or the button was pressed."""
        if controlId == LIST:
            self.chosen = self._control(LIST).getSelectedPosition()
        if controlId in (LIST, CANCEL):
            self.close()
