"""Telling controllers what plays: at each change, and every second while it plays."""
from __future__ import annotations

import logging
import threading
from typing import Protocol

from ...remote_control.subscribers import Subscribers
from ...remote_control.timeline import PLAYING, Timeline
from .player import RemotePlayer

LOG = logging.getLogger('pkc.remote')

_PLAYING_S, _IDLE_S = 1.0, 60.0


class Audience(Protocol):
    """Who hears of it beside the subscribers: the server, for those that it passes commands on for."""

    def listens(self) -> bool:
        """Whether there is somebody."""

    def tell(self, now: Timeline) -> None:
        """Tell it; may take some seconds, raises nothing."""


class Telling:
    """One thread, which has nothing to do while nobody listens."""

    def __init__(self, player: RemotePlayer, subscribers: Subscribers, server: Audience) -> None:
        self._player = player
        self._subscribers = subscribers
        self._server = server
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name='pkc-remote-timeline', daemon=True)

    def open(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End; what is being sent is left to end by itself."""
        self._stopping.set()
        self._player.changed()

    def _run(self) -> None:
        while not self._stopping.is_set():
            version, pause = self._player.version, _IDLE_S
            try:
                pause = self._tell()
            except Exception:  # the top of the thread
                LOG.exception('telling controllers what plays failed')
            if not self._stopping.is_set():
                self._player.wait_changed(version, pause)

    def _tell(self) -> float:
        """The seconds until the next time."""
        served = self._server.listens()
        if not served and not len(self._subscribers):
            return _IDLE_S
        now = self._player.now()
        self._subscribers.send(now)
        if served:
            self._server.tell(now)
        return _PLAYING_S if now.state == PLAYING else _IDLE_S
