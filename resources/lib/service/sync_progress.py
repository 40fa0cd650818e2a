"""The sync's progress in Kodi's corner; nothing is shown for a sync that finds nothing to do."""
from __future__ import annotations

from typing import Optional

from ..kodi import texts
from ..kodi.addon import Addon
from ..kodi.dialogs import BackgroundProgress


class SyncProgress:
    """Opens at the first item that is written."""

    def __init__(self, addon: Addon, shown: bool) -> None:
        self._addon = addon
        self._shown = shown
        self._dialog: Optional[BackgroundProgress] = None

    def update(self, title: str, done: int, total: int) -> None:
        """``done`` of ``total`` items; ``title`` is the library's name."""
        if not self._shown:
            return
        if self._dialog is None:
            self._dialog = BackgroundProgress(self._addon.text(texts.SYNC_RUNNING))
            self._dialog.__enter__()
        self._dialog.update(done, total, self._addon.text(texts.SYNC_PROGRESS, title, done, total))

    def close(self) -> None:
        """Take it off the screen."""
        if self._dialog is not None:
            self._dialog.close()
            self._dialog = None
