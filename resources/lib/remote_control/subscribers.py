"""The controllers that want to be told what plays (``/player/timeline/subscribe``)."""
from __future__ import annotations

import logging
import threading
import time
from typing import Callable, Dict, List, Optional

from ..plex_errors import PlexError
from . import limits, timeline
from .controllers import Controller
from .timeline import Timeline

LOG = logging.getLogger('pkc.remote')

#: Sends a timeline to a URL. Raises :class:`PlexError`.
Post = Callable[[str, bytes], None]


class _Subscriber:
    """One controller, with the number of its last command."""

    __slots__ = ('command_id', 'missed', 'port', 'until')

    def __init__(self, port: int, command_id: int, until: float) -> None:
        self.port = port
        self.command_id = command_id
        self.until = until
        self.missed = 0


class Subscribers:
    """Safe to use from several threads. Timelines go to the address from which a controller has subscribed itself."""

    def __init__(self, player: str, post: Post, clock: Callable[[], float] = time.monotonic) -> None:
        self._player = player
        self._post = post
        self._clock = clock
        self._lock = threading.Lock()
        self._all: Dict[Controller, _Subscriber] = {}

    def __len__(self) -> int:
        with self._lock:
            self._drop_silent()
            return len(self._all)

    def add(self, controller: Controller, port: int, command_id: int) -> None:
        """Tell this controller for some time, at this port. The one that has been silent for longest gives way."""
        with self._lock:
            self._all.pop(controller, None)
            self._drop_silent()
            while len(self._all) >= limits.MAX_SUBSCRIBERS:
                del self._all[min(self._all, key=lambda one: self._all[one].until)]
            self._all[controller] = _Subscriber(port, command_id, self._clock() + limits.SUBSCRIPTION_SECONDS)

    def note(self, controller: Controller, command_id: int) -> None:
        """A subscriber has sent a command: its number comes back with the next timeline."""
        with self._lock:
            found = self._all.get(controller)
            if found is not None:
                found.command_id = max(found.command_id, command_id)
                found.until = self._clock() + limits.SUBSCRIPTION_SECONDS

    def remove(self, controller: Controller) -> None:
        """It wants to hear nothing more."""
        with self._lock:
            self._all.pop(controller, None)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._all.clear()

    def send(self, now: Timeline) -> None:
        """Tell all of them; one that cannot be reached several times in a row is forgotten. Takes some seconds then."""
        with self._lock:
            self._drop_silent()
            targets: List[Controller] = list(self._all)
        for controller in targets:
            self._send_to(controller, now)

    def _send_to(self, controller: Controller, now: Timeline) -> None:
        with self._lock:
            found: Optional[_Subscriber] = self._all.get(controller)
        if found is None:
            return
        try:
            self._post('http://%s:%d/:/timeline' % (controller.address, found.port),
                       timeline.xml(now, self._player, found.command_id))
            found.missed = 0
        except PlexError as error:
            found.missed += 1
            LOG.debug('a controller missed a timeline: %s', error)
        if found.missed >= limits.MAX_MISSED:
            LOG.info('a controller is gone')
            with self._lock:
                if self._all.get(controller) is found:
                    del self._all[controller]

    def _drop_silent(self) -> None:
        now = self._clock()
        self._all = {one: subscriber for one, subscriber in self._all.items() if subscriber.until > now}
