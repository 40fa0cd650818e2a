"""Time: plex.tv's clock, a monotonic clock, and waiting that ends when the add-on stops."""
from __future__ import annotations

import time
from typing import Callable, Optional

import requests

from ..cancellation import Cancellation
from ..plex_answers import server_time

DAY = 86400.0
#: Seconds until the next ``tick()`` when none is due earlier; short enough to notice a clock that jumped.
IDLE = 6 * 3600.0


class AuthClock:
    """The time at plex.tv, taken from its answers because a device's clock is often wrong; and a monotonic clock.

    ``now`` and ``monotonic`` are this device's clocks (seconds). Waits end early when ``cancellation`` is cancelled.
    """

    def __init__(self, now: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic,
                 cancellation: Optional[Cancellation] = None) -> None:
        self._now = now
        self._monotonic = monotonic
        self._cancellation = cancellation or Cancellation()
        self._offset = 0.0

    def observe(self, response: requests.Response) -> None:
        """Take the time from an answer's ``Date`` header, if it has one."""
        stamp = server_time(response)
        if stamp is not None:
            self._offset = stamp - self._now()

    def now(self) -> float:
        """Unix time in seconds at plex.tv; until its first answer, this device's clock.

        The ``Date`` header has whole seconds and arrives late, so this is never ahead of plex.tv.
        """
        return self._now() + self._offset

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps, for pauses and deadlines."""
        return self._monotonic()

    def wait(self, seconds: float) -> bool:
        """Sleep. Returns true, perhaps early, when the add-on is stopping."""
        return self._cancellation.wait(seconds)
