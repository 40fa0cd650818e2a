"""Kodi's events for a service: changed settings, notifications, and that Kodi is ending."""
from __future__ import annotations

import json
import logging
from typing import Any, Callable, Dict

from kodi_six import xbmc

from ..cancellation import Cancellation

log = logging.getLogger('pkc.kodi')


class ServiceMonitor(xbmc.Monitor):
    """Forwards Kodi's events to two callables.

    Kodi runs the callbacks in the thread that created this object, while that thread is in :meth:`wait`. So callbacks
    must be short, and that thread must call :meth:`wait` often.
    """

    def __init__(self, on_settings_changed: Callable[[], None],
                 on_notification: Callable[[str, str, Dict[str, Any]], None]) -> None:
        super().__init__()
        self._on_settings_changed = on_settings_changed
        self._on_notification = on_notification

    def onSettingsChanged(self) -> None:  # Kodi's name
        """Kodi calls this after the user, or this add-on, changed a setting."""
        self._on_settings_changed()

    def onNotification(self, sender: str, method: str, data: str) -> None:  # Kodi's name
        """Kodi calls this for an announcement of its own (``VideoLibrary.OnUpdate`` from ``xbmc``) or of an add-on."""
        self._on_notification(sender, method, _decode(data))

    def wait(self, seconds: float) -> bool:
        """Wait, at most ``seconds``. True when Kodi is about to end."""
        return bool(self.waitForAbort(seconds) if seconds > 0 else self.abortRequested())


class KodiStopping(Cancellation):
    """Cancelled when the service must end: Kodi is about to end, or the add-on is being updated or disabled.

    Kodi closes dialogs before the service's main thread learns that Kodi is ending, so Kodi is asked as well.
    """

    def __init__(self, monitor: ServiceMonitor) -> None:
        super().__init__()
        self._monitor = monitor

    @property
    def cancelled(self) -> bool:
        """Whether the service must end."""
        return super().cancelled or bool(self._monitor.abortRequested())


def _decode(data: str) -> Dict[str, Any]:
    try:
        value = json.loads(data) if data else {}
    except ValueError:
        log.debug('notification without JSON')
        return {}
    if value is None:
        return {}
    return value if isinstance(value, dict) else {'value': value}
