"""Kodi's events for a service: settings, notifications, the end of Kodi."""
from __future__ import annotations

import json
import logging
from typing import Any, Callable, Dict

from kodi_six import xbmc

from ..cancellation import Cancellation

log = logging.getLogger('pkc.kodi')


class ServiceMonitor(xbmc.Monitor):
    """Forwards Kodi's events to two callables.

    Kodi runs the callbacks in the thread that made this object, while that thread waits in :meth:`wait`; so they must
    be short, and that thread must come back to :meth:`wait` often.
    """

    def __init__(self, on_settings_changed: Callable[[], None],
                 on_notification: Callable[[str, str, Dict[str, Any]], None]) -> None:
        super().__init__()
        self._on_settings_changed = on_settings_changed
        self._on_notification = on_notification

    def onSettingsChanged(self) -> None:  # Kodi's name
        """The user, or we ourselves, changed a setting."""
        self._on_settings_changed()

    def onNotification(self, sender: str, method: str, data: str) -> None:  # Kodi's name
        """An announcement, such as ``VideoLibrary.OnUpdate`` from ``xbmc``, or one of another add-on's."""
        self._on_notification(sender, method, _decode(data))

    def wait(self, seconds: float) -> bool:
        """Wait, at most ``seconds``. True when Kodi is about to end."""
        return bool(self.waitForAbort(seconds) if seconds > 0 else self.abortRequested())


class KodiStopping(Cancellation):
    """Cancelled when the service ends: Kodi is about to end, or the add-on is being updated or switched off.

    Kodi closes dialogs before the service's main thread learns of the end, so Kodi itself is asked too.
    """

    def __init__(self, monitor: ServiceMonitor) -> None:
        super().__init__()
        self._monitor = monitor

    @property
    def cancelled(self) -> bool:
        """Whether the end has begun."""
        return super().cancelled or bool(self._monitor.abortRequested())


def _decode(data: str) -> Dict[str, Any]:
    try:
        found = json.loads(data) if data else {}
    except ValueError:
        log.debug('notification without JSON')
        return {}
    if found is None:
        return {}
    return found if isinstance(found, dict) else {'value': found}
