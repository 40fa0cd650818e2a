"""The time at plex.tv, learnt from its answers, because the clocks of TV boxes lie."""
from __future__ import annotations

import time
from typing import Callable

import requests

from ..plex_answers import server_time


class ServerClock:
    """Unix time in seconds as plex.tv counts it; the local clock until the first answer came.

    The ``Date`` header counts whole seconds and is seen late, so this clock is never ahead of the server's.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._offset = 0.0

    def observe(self, response: requests.Response) -> None:
        """Take the time from an answer's ``Date`` header, if it has one."""
        stamp = server_time(response)
        if stamp is not None:
            self._offset = stamp - self._now()

    def now(self) -> float:
        """Seconds since 1970 at plex.tv."""
        return self._now() + self._offset
