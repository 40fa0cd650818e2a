"""What keeps pictures from being in the way: few requests at a time, none to a server that is away, and none to a
photo transcoder that refuses.
"""
from __future__ import annotations

import threading
import time
from typing import Callable, Dict

from .exchange import ClientGone, Exchange

Monotonic = Callable[[], float]

#: Seconds that a picture waits for its turn: fewer than those after which Kodi gives up.
_PATIENCE = 15.0
#: Seconds between two looks whether somebody still reads the answer.
_LOOK_SECONDS = 0.25
#: Seconds for which an unreachable server is not asked, doubled with each failure up to the longest.
_QUIET_SECONDS, _LONGEST_QUIET = 5.0, 20.0
#: Seconds for which a photo transcoder that refuses is not asked, and how many pictures it must refuse in a row: one
#: may just be broken.
_REFUSING_SECONDS = 600.0
_IN_A_ROW = 3
_FORBIDDEN = 403


class Turns:
    """At most so many requests at a time. The others wait until it is their turn, or until nobody waits for them."""

    def __init__(self, places: int) -> None:
        self._places = threading.BoundedSemaphore(places)

    def take(self, exchange: Exchange, hopeless: Callable[[], bool]) -> bool:
        """Wait for a place, which the caller must :meth:`give` back. False, without a place, when it took too long or
        became ``hopeless``. Raises :class:`ClientGone`.
        """
        deadline = time.monotonic() + _PATIENCE
        while not self._places.acquire(timeout=_LOOK_SECONDS):
            if exchange.client_gone():
                raise ClientGone('while waiting')
            if hopeless() or time.monotonic() > deadline:
                return False
        if not exchange.client_gone():
            return True
        self.give()
        raise ClientGone('while waiting')

    def give(self) -> None:
        """Give a place back."""
        self._places.release()


class _Outage:
    """``until``: monotonic seconds. ``seconds``: how long the server is left in peace after the next failure.
    ``tried``: whether a request is under way that finds out.
    """

    __slots__ = ('seconds', 'tried', 'until')

    def __init__(self) -> None:
        self.until = 0.0
        self.seconds = _QUIET_SECONDS
        self.tried = False


class Outages:
    """Which servers are away. After some seconds one request is let through, which finds out; the others are answered
    at once meanwhile. Thread-safe.
    """

    def __init__(self, clock: Monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._away: Dict[str, _Outage] = {}

    def is_away(self, machine_identifier: str) -> bool:
        """Whether a request for a picture of this server would be in vain."""
        with self._lock:
            outage = self._away.get(machine_identifier)
            return outage is not None and self._clock() < outage.until

    def may_ask(self, machine_identifier: str) -> bool:
        """Whether the server may be asked now. Of those who ask after an outage's seconds, only the first one may."""
        with self._lock:
            outage = self._away.get(machine_identifier)
            now = self._clock()
            if outage is None:
                return True
            if now < outage.until:
                return False
            outage.until, outage.tried = now + outage.seconds, True
            return True

    def failed(self, machine_identifier: str) -> None:
        """The server could not be reached."""
        with self._lock:
            outage = self._away.setdefault(machine_identifier, _Outage())
            now = self._clock()
            if now < outage.until and not outage.tried:
                return  # requests that were under way together are one failure
            outage.until, outage.tried = now + outage.seconds, False
            outage.seconds = min(2 * outage.seconds, _LONGEST_QUIET)

    def over(self, machine_identifier: str) -> None:
        """The server answers."""
        with self._lock:
            self._away.pop(machine_identifier, None)


class Refusals:
    """Which servers' photo transcoders do not work for us. Thread-safe."""

    def __init__(self, clock: Monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._in_a_row: Dict[str, int] = {}
        self._until: Dict[str, float] = {}

    def refuses(self, machine_identifier: str) -> bool:
        """Whether originals are to be fetched from this server."""
        with self._lock:
            return self._clock() < self._until.get(machine_identifier, 0.0)

    def refused(self, machine_identifier: str, status: int) -> None:
        """It refused, with this status, a picture of which there is an original."""
        with self._lock:
            count = self._in_a_row[machine_identifier] = self._in_a_row.get(machine_identifier, 0) + 1
            if status == _FORBIDDEN or count >= _IN_A_ROW:
                self._until[machine_identifier] = self._clock() + _REFUSING_SECONDS

    def worked(self, machine_identifier: str) -> None:
        """It made a picture."""
        with self._lock:
            self._in_a_row.pop(machine_identifier, None)
