"""Pauses between repeated tries: growing, and with random variation (jitter).

Because of the jitter, many devices that lost the same server do not all return at the same moment.
"""
from __future__ import annotations

import random
import time
from typing import Callable, Iterator, NamedTuple


class RetryPolicy(NamedTuple):
    """The growth of pauses: from ``first`` to ``longest`` seconds, ``factor`` times as long after each failure.

    Each pause is shortened at random by at most the share ``jitter`` (0 to 1).
    """

    first: float
    longest: float
    factor: float = 2.0
    jitter: float = 0.5

    def pause(self, failures: int, at_least: float = 0.0) -> float:
        """The pause in seconds after this many failures in a row (1: the first); never less than ``at_least``.

        ``at_least`` is a server's ``Retry-After``.
        """
        grown = min(self.longest, self.first * self.factor ** min(max(failures - 1, 0), 60))
        return max(grown * random.uniform(1.0 - self.jitter, 1.0), at_least)

    def pauses(self, seconds: float) -> Iterator[float]:
        """The pauses after one failure, two, three …; they add up to ``seconds``, so the last one may be short."""
        failures = 0
        while seconds > 0.0:
            failures += 1
            pause = min(self.pause(failures), seconds)
            seconds -= pause
            yield pause


class Backoff:
    """Counts failures and tells when the next try is allowed. Not thread-safe."""

    def __init__(self, policy: RetryPolicy, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._monotonic = monotonic
        self._until = 0.0
        #: Failures in a row.
        self.failures = 0

    def failed(self, at_least: float = 0.0) -> float:
        """Record a failure; returns the seconds until the next try. ``at_least`` is a server's ``Retry-After``."""
        self.failures += 1
        pause = self._policy.pause(self.failures, at_least)
        self._until = self._monotonic() + pause
        return pause

    def reset(self) -> None:
        """Record a success: the next try is allowed at once."""
        self.failures = 0
        self._until = 0.0

    def seconds_left(self) -> float:
        """Seconds until the next try is allowed; 0 if it is allowed now."""
        return max(0.0, self._until - self._monotonic()) if self.failures else 0.0
