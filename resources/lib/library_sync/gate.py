"""Letting as many threads make requests at a time as the server can bear."""
from __future__ import annotations

import threading
import time
from typing import Callable, TypeVar, Union

from ..cancellation import Cancellation
from ..plex_errors import PlexConnectionError, PlexRateLimited, PlexServerError
from .request_pace import RequestPace

Answer = TypeVar('Answer')
#: The status of a server that has too much to do.
_OVERLOADED = 503
#: Tries of one request that the server refuses.
_TRIES = 4
_POLL = 0.2


class RequestGate:
    """Sends the requests of several threads at the pace that it measures. ``clock`` gives seconds that only grow."""

    def __init__(self, pace: RequestPace, cancellation: Cancellation,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self.pace = pace
        self._cancellation = cancellation
        self._clock = clock
        self._changed = threading.Condition()
        self._running = 0

    def ask(self, items: int, request: Callable[[], Answer]) -> Answer:
        """The answer of a request for so many items. One that the server refuses (429, 503) is sent again later.

        Raises :class:`Cancelled`, and the errors of the request.
        """
        tries = _TRIES
        while True:
            self._enter()
            began, beside = self._clock(), self._running
            try:
                answer = request()
            except (PlexRateLimited, PlexServerError) as error:
                tries -= 1
                self._leave()
                if not self._is_refusal(error) or not tries:
                    raise
                continue
            except BaseException as error:
                if isinstance(error, PlexConnectionError):
                    with self._changed:
                        self.pace.lost()
                self._leave()
                raise
            with self._changed:
                self.pace.took(items, self._clock() - began, max(beside, self._running))
            self._leave()
            return answer

    def _is_refusal(self, error: Union[PlexRateLimited, PlexServerError]) -> bool:
        if not isinstance(error, PlexRateLimited) and error.status != _OVERLOADED:
            return False
        with self._changed:
            self.pace.refused(self._clock(), error.retry_after)
        return True

    def _enter(self) -> None:
        with self._changed:
            while True:
                self._cancellation.check()
                pause = self.pace.pause(self._clock())
                if not pause and self._running < self.pace.parallel:
                    self._running += 1
                    return
                self._changed.wait(min(pause or _POLL, _POLL))

    def _leave(self) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()
