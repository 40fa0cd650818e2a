"""One request to the loopback server and its answer; the interface for routes."""
from __future__ import annotations

import os
import select
import socket
import struct
import threading
import time
from email.utils import formatdate
from http.client import responses
from typing import Callable, List, Mapping, NamedTuple, Optional, Protocol, Tuple, Union

from . import proof
from .request import Head
from .rules import RouteRules

Body = Union[bytes, memoryview]

#: A body of fewer bytes is sent together with the head.
_SMALL = 64 * 1024
#: Headers of every answer: no web page may use it, and no browser may guess another content type.
_ALWAYS = ('Cross-Origin-Resource-Policy: same-origin', 'X-Content-Type-Options: nosniff')
_LINGER_NONE = struct.pack('hh' if os.name == 'nt' else 'ii', 1, 0)


class ClientGone(Exception):
    """The answer will not be read: Kodi closed the connection or does not read, or the server is stopping."""


class Route(Protocol):
    """Answers all paths that begin with one name."""

    @property
    def rules(self) -> RouteRules:
        """Which requests the route accepts."""

    def answer(self, exchange: Exchange) -> None:
        """Answer exactly once, through ``exchange.reply`` or ``exchange.begin`` and ``exchange.send``."""


class Caller(NamedTuple):
    """The plugin, which has proven that it knows the secret. The answer must prove the same with ``nonce``."""

    secret: str
    nonce: str


class Exchange:
    """A request that passed the server's checks, and sending its answer.

    ``segments`` are the decoded parts of the path after the route's name; ``headers`` has lower-case names. ``caller``
    is set where the route needs the secret.
    """

    def __init__(self, connection: socket.socket, head: Head, segments: Tuple[str, ...], body: bytes,
                 rules: RouteRules, caller: Optional[Caller] = None) -> None:
        self.method = head.method
        self.segments = segments
        self.headers = head.headers
        self.body = body
        self.keep_alive = head.keep_alive
        self.rules = rules
        self.started = False
        #: When the current :meth:`send` began (monotonic seconds), None between two.
        self.sending_since: Optional[float] = None
        self._caller = caller
        self._connection = connection
        self._deadline: Optional[float] = None
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._aborts: List[Callable[[], None]] = []

    def reply(self, status: int, headers: Optional[Mapping[str, str]] = None, body: bytes = b'') -> None:
        """Send a complete answer, for HEAD without the body. Raises :class:`ClientGone`."""
        head = dict(headers or {})
        if status != 304:
            head.setdefault('Content-Length', str(len(body)))
        if self._caller is not None:
            head[proof.HEADER] = proof.of_answer(self._caller.secret, self._caller.nonce, status, body)
        self.begin(status, head, body if self.method != 'HEAD' else b'')

    def begin(self, status: int, headers: Mapping[str, str], first: bytes = b'') -> None:
        """Send the status line and headers, and ``first``, in the same packet if it is small. Raises ClientGone.

        From now on the client has ``rules.read_seconds`` to read the whole answer.
        """
        head = head_of_answer(status, headers, self.keep_alive)
        self.started = True
        if self.rules.read_seconds is not None:
            self._deadline = time.monotonic() + self.rules.read_seconds
        if len(first) < _SMALL:
            self.send(head + first)
        else:  # saves a copy in memory
            self.send(head)
            self.send(first)

    def send(self, piece: Body) -> None:
        """Send a piece of the body; waits while Kodi's cache is full. Raises :class:`ClientGone`."""
        if self._cancelled.is_set():
            raise ClientGone('stopping')
        self.sending_since = now = time.monotonic()
        try:
            self._connection.settimeout(None if self._deadline is None else max(self._deadline - now, 0.001))
            self._connection.sendall(piece)
        except OSError as error:
            self.keep_alive = False
            raise ClientGone(type(error).__name__) from None
        finally:
            self.sending_since = None

    def client_gone(self) -> bool:
        """Whether Kodi has closed the connection; does not wait and reads nothing."""
        if self._cancelled.is_set():
            return True
        try:
            if not _readable(self._connection):
                return False
            return not self._connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def pause(self, seconds: float) -> None:
        """Wait before another try. Raises :class:`ClientGone` when nobody reads the answer any more."""
        if self._cancelled.wait(seconds) or self.client_gone():
            raise ClientGone('no reader')

    def on_abort(self, abort: Callable[[], None]) -> None:
        """Have ``abort()`` called, from another thread, when the server stops during this exchange."""
        with self._lock:
            self._aborts.append(abort)
            stopping = self._cancelled.is_set()
        if stopping:
            abort()

    def abort(self) -> None:
        """End all waiting for Kodi or Plex, since the server is stopping."""
        self._cancelled.set()
        with self._lock:
            aborts = list(self._aborts)
        for abort in aborts:
            abort()


def _readable(connection: socket.socket) -> bool:
    if hasattr(select, 'poll'):  # select() fails for descriptors above 1023
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([connection], [], [], 0)[0])


def head_of_answer(status: int, headers: Mapping[str, str], keep_alive: bool) -> bytes:
    """Status line and headers. Raises ValueError for a value that would end its line."""
    lines = ['HTTP/1.1 %d %s' % (status, responses.get(status, '')), 'Date: %s' % formatdate(usegmt=True), *_ALWAYS]
    for name, value in headers.items():
        if '\r' in value or '\n' in value or '\0' in value:
            raise ValueError('line break in %s' % name)
        lines.append('%s: %s' % (name, value))
    if not keep_alive:
        lines.append('Connection: close')
    return '\r\n'.join(lines + ['', '']).encode('latin-1', 'replace')


def forget_unsent(connection: socket.socket) -> None:
    """Make the system drop unsent data when the connection is closed."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
    except OSError:
        pass  # already closed
