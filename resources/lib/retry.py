"""Pauses between tries of something that failed: growing, and each a little different from the last.

The jitter keeps many boxes that lost the same server from coming back at the same moment.
"""
from __future__ import annotations

import random
import time
from typing import Callable, Iterator, NamedTuple


class RetryPolicy(NamedTuple):
    """How the pauses grow: from ``first`` to ``longest`` seconds, ``factor`` times as long after each failure.

    Up to the share ``jitter`` (0 to 1) of a pause is left out at random.
    """

    first: float
    longest: float
    factor: float = 2.0
    jitter: float = 0.5

    def pause(self, failures: int, at_least: float = 0.0) -> float:
        """Seconds to wait after so many failures in a row (1 for the first); never less than ``at_least``.

        ``at_least`` is what a server asked for in ``Retry-After``.
        """
        grown = min(self.longest, self.first * self.factor ** min(max(failures - 1, 0), 60))
        return max(grown * random.uniform(1.0 - self.jitter, 1.0), at_least)

    def pauses(self, seconds: float) -> Iterator[float]:
        """The pauses after one failure, two, three …; they add up to ``seconds``, so the last may be a short one."""
        failures = 0
        while seconds > 0.0:
            failures += 1
            pause = min(self.pause(failures), seconds)
            seconds -= pause
            yield pause


class Backoff:
    """Counts the failures of one thing and says when it may be tried again. Not locked: one owner at a time."""

    def __init__(self, policy: RetryPolicy, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._monotonic = monotonic
        self._until = 0.0
        #: Failures in a row.
        self.failures = 0

    def failed(self, at_least: float = 0.0) -> float:
        """Note a failure; the seconds until the next try, at least so many as a server asked for."""
        self.failures += 1
        pause = self._policy.pause(self.failures, at_least)
        self._until = self._monotonic() + pause
        return pause

    def reset(self) -> None:
        """Note a success: the next try may come at once."""
        self.failures = 0
        self._until = 0.0

    def seconds_left(self) -> float:
        """Seconds until the next try is allowed; 0 when it is."""
        return max(0.0, self._until - self._monotonic()) if self.failures else 0.0
