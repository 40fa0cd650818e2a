"""Connections of urllib3's pools whose headers are bounded: in bytes, and in the time that they take to come.

``http.client`` bounds each header line and their number, which together is 6.5 MB, and no time at all; and it takes a
chunk of the length -1 for a request to read everything that comes.
"""
from __future__ import annotations

import http.client
import io
import socket
from typing import Any

from .plex_limits import HEADER_SECONDS, HEADERS
from .plex_watchdog import Watchdog


class _AnswerFile(io.BufferedReader):
    """What ``http.client`` reads an answer from."""

    header_left: float = HEADERS

    def readline(self, size: Any = -1) -> bytes:
        """A header line, or the length of a chunk."""
        line = super().readline(size)
        self.header_left -= len(line)
        if self.header_left < 0:
            raise http.client.LineTooLong('headers')
        return line

    def read(self, size: Any = -1) -> bytes:
        """So many bytes; never all that come."""
        if size is None or size < 0:
            raise http.client.IncompleteRead(b'')
        return super().read(size)


class _Socket:
    """A socket as ``http.client.HTTPResponse`` wants it, which takes nothing but a file from it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> _AnswerFile:
        """The file to read the answer from."""
        return _AnswerFile(self._sock.makefile('rb', buffering=0))


class _Response(http.client.HTTPResponse):
    """An answer whose headers have a limit together."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(_Socket(sock), *args, **kwargs)  # type: ignore[arg-type]

    def begin(self) -> None:
        """Read status line and headers."""
        super().begin()
        if isinstance(self.fp, _AnswerFile):
            self.fp.header_left = float('inf')


def watched_pool(pool: Any, watchdog: Watchdog) -> Any:
    """A pool class of urllib3's with such connections. ``close`` of the watchdog also ends the wait for an answer."""
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
    """How long to wait for the first byte. Which of the two has it depends on the version of urllib3; it is longer."""
    found = (connection.timeout, connection.sock.gettimeout())
    return max((seconds for seconds in found if isinstance(seconds, (int, float))), default=60.0)
