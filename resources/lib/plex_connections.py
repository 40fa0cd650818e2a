"""urllib3 connection pools that limit an answer's headers in bytes and time.

``http.client`` limits the length of each header line and their number, which together is 6.5 MB, but no time; and for a
chunk of length -1 it reads everything that the server sends.
"""
from __future__ import annotations

import http.client
import io
import socket
from typing import Any

from .plex_limits import HEADER_SECONDS, HEADERS
from .plex_watchdog import Watchdog
from .socket_timeouts import own_timeouts


class _AnswerFile(io.BufferedReader):
    """The file object from which ``http.client`` reads an answer."""

    header_left: float = HEADERS

    def readline(self, size: Any = -1) -> bytes:
        """Read a header line or the length of a chunk. Raises LineTooLong when all headers together are too long."""
        with own_timeouts():
            line = super().readline(size)
        self.header_left -= len(line)
        if self.header_left < 0:
            raise http.client.LineTooLong('headers')
        return line

    def read(self, size: Any = -1) -> bytes:
        """Read ``size`` bytes. Raises IncompleteRead without a size."""
        if size is None or size < 0:
            raise http.client.IncompleteRead(b'')
        with own_timeouts():
            return super().read(size)

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer; returns how many bytes."""
        with own_timeouts():
            return super().readinto(buffer)


class _Socket:
    """A socket for ``http.client.HTTPResponse``, which only calls :meth:`makefile`."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> _AnswerFile:
        """The file object from which the answer is read."""
        return _AnswerFile(self._sock.makefile('rb', buffering=0))


class _Response(http.client.HTTPResponse):
    """An answer with a limit for all its headers together."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(_Socket(sock), *args, **kwargs)  # type: ignore[arg-type]

    def begin(self) -> None:
        """Read status line and headers; from then on there is no limit."""
        super().begin()
        if isinstance(self.fp, _AnswerFile):
            self.fp.header_left = float('inf')


def watched_pool(pool: Any, watchdog: Watchdog) -> Any:
    """A subclass of urllib3's ``pool`` class with such connections. The watchdog's ``close`` ends their waiting."""
    def getresponse(self: Any) -> Any:
        watch = watchdog.begin(self.sock, _seconds(self) + HEADER_SECONDS)
        try:
            answer = pool.ConnectionCls.getresponse(self)
        finally:
            watchdog.end(watch)
        if watch.expired:
            raise socket.timeout('headers came too slowly')
        return answer

    connection = type('WatchedConnection', (pool.ConnectionCls,), {
        'response_class': _Response, 'getresponse': getresponse})
    return type('WatchedPool', (pool,), {'ConnectionCls': connection})


def _seconds(connection: Any) -> float:
    """The read timeout. Depending on urllib3's version it is in one or the other place, and is the longer of both."""
    timeouts = (connection.timeout, connection.sock.gettimeout())
    return max((seconds for seconds in timeouts if isinstance(seconds, (int, float))), default=60.0)
