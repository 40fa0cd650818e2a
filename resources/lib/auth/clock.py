"""Time: what plex.tv's clock says, seconds that never jump, and waiting that ends when the add-on stops."""
from __future__ import annotations

import time
from typing import Callable, Optional

import requests

from ..cancellation import Cancellation
from ..plex_answers import server_time

DAY = 86400.0
#: Without a reason to come earlier, look again after this many seconds; a clock that jumped is then noticed.
IDLE = 6 * 3600.0


class AuthClock:
    """The time at plex.tv, learnt from its answers, because the clocks of TV boxes lie; and the box's own seconds.

    ``now`` and ``monotonic`` are the box's clocks (seconds). Waits end early when ``cancellation`` is cancelled.
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
        """Unix time in seconds as plex.tv counts it; the box's clock until the first answer came.

        The ``Date`` header counts whole seconds and is seen late, so this is never ahead of plex.tv.
        """
        return self._now() + self._offset

    def monotonic(self) -> float:
        """Seconds since some moment; they never jump. For pauses and deadlines."""
        return self._monotonic()

    def wait(self, seconds: float) -> bool:
        """Sleep for so many seconds. True when the add-on is stopping, perhaps before they are over."""
        return self._cancellation.wait(seconds)
