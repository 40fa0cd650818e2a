"""Work that several threads want at the same time and one thread does for all of them."""
from __future__ import annotations

import threading
from typing import Callable, Generic, Optional, TypeVar

from ..plex_errors import PlexCancelled, PlexError

Result = TypeVar('Result')


class _Flight(Generic[Result]):
    def __init__(self) -> None:
        self.done = threading.Event()
        self.result: Optional[Result] = None
        self.error: Optional[PlexError] = PlexCancelled('the thread that did this work was stopped')


class SingleFlight(Generic[Result]):
    """Callers that come while the work is under way wait for it and get its result or its error."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flight: Optional[_Flight[Result]] = None

    def run(self, work: Callable[[], Result]) -> Result:
        """Do ``work``, or wait for the thread that is doing it. Raises what the work raises."""
        with self._lock:
            flight, leader = self._flight, False
            if flight is None:
                flight, leader = _Flight(), True
                self._flight = flight
        if not leader:
            flight.done.wait()
            if flight.error is not None:
                raise flight.error
            return flight.result  # type: ignore[return-value]  # there is one where there is no error
        try:
            result = flight.result = work()
            flight.error = None
            return result
        except PlexError as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                self._flight = None
            flight.done.set()
