"""The sync's progress in Kodi's corner, shown for those that take a while.

Skins turn a wheel there all the time, which costs a box without a fast GPU more than the sync itself; so a sync of
some seconds, and one that finds nothing to do, shows nothing.
"""
from __future__ import annotations

import time
from typing import Callable, Optional, Tuple

from ...kodi.addon import Addon
from ...kodi.dialogs import BackgroundProgress
from ...kodi.texts import library as texts
from ..guide import Guide

#: Seconds after the first written item before it is shown.
_PATIENCE = 4.0


class SyncProgress:
    """Opens some seconds after the first item was written. ``home_ready`` announces what home screens show."""

    def __init__(self, addon: Addon, shown: bool, guide: Guide, home_ready: Callable[[], None]) -> None:
        self._addon = addon
        self._shown = shown
        self._guide = guide
        self._home_ready = home_ready
        self._dialog: Optional[BackgroundProgress] = None
        self._first = 0.0
        #: (library, done, total) of the last update; None before the first.
        self.latest: Optional[Tuple[str, int, int]] = None

    def update(self, title: str, done: int, total: int) -> None:
        """``done`` of ``total`` items; ``title`` is the library's name."""
        self.latest = title, done, total
        if not self._shown or self._guide.active:  # which shows the same in its own window
            return
        self._first = self._first or time.monotonic()
        if time.monotonic() - self._first < _PATIENCE:
            return
        if self._dialog is None:
            self._dialog = BackgroundProgress(self._addon.text(texts.SYNC_RUNNING))
            self._dialog.__enter__()
        self._dialog.update(done, total, self._addon.text(texts.SYNC_PROGRESS, title, done, total))

    def home_ready(self) -> None:
        """What home screens show is in Kodi's library."""
        self._home_ready()

    def close(self) -> None:
        """Take it off the screen."""
        if self._dialog is not None:
            self._dialog.close()
            self._dialog = None
