"""The socket under a websocket, which takes no more from a server than :data:`~.plex_limits.NOTIFICATION` allows.

``websocket-client`` reads the answer to its handshake and each frame to their end, however long they are. It accepts a
socket that somebody else has opened, so the bounds are here.
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

#: What requests takes its certificates from, if it is set: a file or a folder.
_CA_VARIABLE = 'REQUESTS_CA_BUNDLE'
#: The most that is read at once; a server can name any length.
_BLOCK = 16 * 1024


class BoundedSocket:
    """A connected socket with what ``websocket-client`` uses of one.

    The handshake must be there in ``seconds``. After it and after each message call :meth:`expect_message`, after each
    frame that is only a part of one, a ping or a pong :meth:`expect_frame`. A :meth:`recv` that would pass a bound
    raises OSError. :meth:`close` also ends a :meth:`recv` of another thread.
    """

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self._socket = connected
        self._left = HEADERS
        self._deadline = time.monotonic() + seconds + HEADER_SECONDS

    def expect_message(self) -> None:
        """The next byte is the first one of a message, which may have that many bytes."""
        self._left = NOTIFICATION.wire or 0
        self.expect_frame()

    def expect_frame(self) -> None:
        """The next byte, whenever it comes, is the first one of a frame, whose time it starts."""
        self._deadline = 0.0

    def recv(self, size: int) -> bytes:
        """Up to ``size`` bytes."""
        piece = self._socket.recv(min(size, _BLOCK, self._left + 1))
        now = time.monotonic()
        self._deadline = self._deadline or now + (NOTIFICATION.seconds or 0.0)
        self._left -= len(piece)
        if self._left < 0 or now > self._deadline:
            raise OSError('the server sends too much, or too slowly')
        return piece

    def send(self, data: bytes) -> int:
        """Send some of the bytes; how many."""
        return self._socket.send(data)

    def gettimeout(self) -> Union[float, None]:
        """Seconds that a call may take."""
        return self._socket.gettimeout()

    def settimeout(self, seconds: float) -> None:
        """Change that."""
        self._socket.settimeout(seconds)

    def fileno(self) -> int:
        """The number by which the system knows the socket."""
        return self._socket.fileno()

    def close(self) -> None:
        """Hang up."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was quicker
        self._socket.close()


def open_socket(url: SplitResult, seconds: float) -> BoundedSocket:
    """Connect to the server of a ``ws`` or ``wss`` URL; certificates are checked as for any other request.

    Raises OSError, or ValueError for a URL with a senseless port.
    """
    secure = url.scheme == 'wss'
    made = socket.create_connection((url.hostname or '', url.port or (443 if secure else 80)), seconds)
    try:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            made = _context().wrap_socket(made, server_hostname=url.hostname)
    except BaseException:
        made.close()
        raise
    return BoundedSocket(made, seconds)


def _context() -> ssl.SSLContext:
    given = os.environ.get(_CA_VARIABLE) or DEFAULT_CA_BUNDLE_PATH
    if os.path.isdir(given):
        return ssl.create_default_context(capath=given)
    return ssl.create_default_context(cafile=given)
