"""Waiting longer after each failure, each time a little different, so that many boxes do not knock in step."""
from __future__ import annotations

import random
import time
from typing import Callable


class Backoff:
    """Doubling pauses from ``base`` to ``cap`` seconds with jitter. Not locked: one owner at a time."""

    def __init__(self, base: float, cap: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._base = base
        self._cap = cap
        self._monotonic = monotonic
        self._failures = 0
        self._until = 0.0

    def failed(self, at_least: float = 0.0) -> None:
        """Note a failure; ``at_least`` is the Retry-After that the server asked for, in seconds."""
        pause = min(self._cap, self._base * 2.0 ** min(self._failures, 30)) * random.uniform(0.5, 1.0)
        self._failures += 1
        self._until = self._monotonic() + max(pause, at_least)

    def reset(self) -> None:
        """Note a success: the next try may come at once."""
        self._failures = 0
        self._until = 0.0

    def seconds_left(self) -> float:
        """Seconds until the next try is allowed; 0 when it is."""
        return max(0.0, self._until - self._monotonic()) if self._failures else 0.0
