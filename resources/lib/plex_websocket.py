"""The socket of a websocket, with the limits of :data:`~.plex_limits.NOTIFICATION`.

``websocket-client`` itself has no limits for the handshake's answer and for frames, but it accepts an opened socket.
"""
from __future__ import annotations

import os
import socket
import ssl
import time
from typing import Union
from urllib.parse import SplitResult

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from .plex_limits import HEADER_SECONDS, HEADERS, NOTIFICATION
from .plex_watchdog import shut
from .socket_timeouts import own_timeouts

#: The environment variable with the file or folder of certificates that requests uses, too.
_CA_VARIABLE = 'REQUESTS_CA_BUNDLE'
#: Limit of bytes of one read; a server can announce any length.
_BLOCK = 16 * 1024


class BoundedSocket:
    """A connected socket with the methods that ``websocket-client`` uses.

    The handshake must be complete within ``seconds``. Call :meth:`expect_message` after it and after each message, and
    :meth:`expect_frame` after each other frame (part of a message, ping, pong). A :meth:`recv` beyond a limit raises
    OSError. :meth:`hang_up` ends a :meth:`recv` of another thread.
    """

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self._socket = connected
        self._left = HEADERS
        self._deadline = time.monotonic() + seconds + HEADER_SECONDS

    def expect_message(self) -> None:
        """Start the limits of bytes and time for a new message."""
        self._left = NOTIFICATION.wire or 0
        self.expect_frame()

    def expect_frame(self) -> None:
        """Start the time limit for a new frame; it counts from the frame's first byte."""
        self._deadline = 0.0

    def recv(self, size: int) -> bytes:
        """Receive at most ``size`` bytes."""
        with own_timeouts():
            piece = self._socket.recv(min(size, _BLOCK, self._left + 1))
        now = time.monotonic()
        self._deadline = self._deadline or now + (NOTIFICATION.seconds or 0.0)
        self._left -= len(piece)
        if self._left < 0 or now > self._deadline:
            raise OSError('the server sends too much, or too slowly')
        return piece

    def send(self, data: bytes) -> int:
        """Send some of the bytes; returns how many."""
        with own_timeouts():
            return self._socket.send(data)

    def gettimeout(self) -> Union[float, None]:
        """The timeout in seconds."""
        return self._socket.gettimeout()

    def settimeout(self, seconds: float) -> None:
        """Set the timeout."""
        self._socket.settimeout(seconds)

    def fileno(self) -> int:
        """The socket's file descriptor."""
        return self._socket.fileno()

    def hang_up(self) -> None:
        """Shut the connection down from another thread; a thread that reads from it goes on at once and closes it."""
        shut(self._socket)

    def close(self) -> None:
        """Shut down and close the connection."""
        self.hang_up()
        self._socket.close()


def open_socket(url: SplitResult, seconds: float) -> BoundedSocket:
    """Connect to the server of a ``ws`` or ``wss`` URL; certificates are checked as in other requests.

    Raises OSError, or ValueError for a URL with an invalid port.
    """
    secure = url.scheme == 'wss'
    connected_socket = socket.create_connection((url.hostname or '', url.port or (443 if secure else 80)), seconds)
    try:
        connected_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            connected_socket = _context().wrap_socket(connected_socket, server_hostname=url.hostname)
    except BaseException:
        connected_socket.close()
        raise
    return BoundedSocket(connected_socket, seconds)


def _context() -> ssl.SSLContext:
    given = os.environ.get(_CA_VARIABLE) or DEFAULT_CA_BUNDLE_PATH
    if os.path.isdir(given):
        return ssl.create_default_context(capath=given)
    return ssl.create_default_context(cafile=given)
