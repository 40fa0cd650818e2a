"""One request to the loopback server and its answer, as the routes see it."""
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

#: Bytes that are sent together with the head.
_SMALL = 64 * 1024
#: No web page may use our answers, and no browser may take one for something else than it is.
_ALWAYS = ('Cross-Origin-Resource-Policy: same-origin', 'X-Content-Type-Options: nosniff')
_LINGER_NONE = struct.pack('hh' if os.name == 'nt' else 'ii', 1, 0)


class ClientGone(Exception):
    """Kodi closed the connection or does not read, or the server is stopping: nobody reads the answer."""


class Route(Protocol):
    """What answers all paths below one first word."""

    @property
    def rules(self) -> RouteRules:
        """What it takes."""

    def answer(self, exchange: Exchange) -> None:
        """Answer exactly once, through ``exchange.reply`` or ``exchange.begin`` and ``exchange.send``."""


class Caller(NamedTuple):
    """The plugin, which has proven that it knows the secret and wants us to prove the same."""

    secret: str
    nonce: str


class Exchange:
    """A request that passed the server's checks.

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
        #: When sending began that has not come to its end yet (monotonic seconds).
        self.sending_since: Optional[float] = None
        self._caller = caller
        self._connection = connection
        self._deadline: Optional[float] = None
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._aborts: List[Callable[[], None]] = []

    def reply(self, status: int, headers: Optional[Mapping[str, str]] = None, body: bytes = b'') -> None:
        """Send a whole answer. The body is left out for HEAD. Raises :class:`ClientGone`."""
        head = dict(headers or {})
        if status != 304:
            head.setdefault('Content-Length', str(len(body)))
        if self._caller is not None:
            head[proof.HEADER] = proof.of_answer(self._caller.secret, self._caller.nonce, status, body)
        self.begin(status, head, body if self.method != 'HEAD' else b'')

    def begin(self, status: int, headers: Mapping[str, str], first: bytes = b'') -> None:
        """Send the status line and headers, and ``first``, in the same packet if it is small. Raises ClientGone.

        From now on the client has the seconds of the route's rules to read everything.
        """
        head = head_of_answer(status, headers, self.keep_alive)
        self.started = True
        if self.rules.read_seconds is not None:
            self._deadline = time.monotonic() + self.rules.read_seconds
        if len(first) < _SMALL:
            self.send(head + first)
        else:  # not worth another copy in memory
            self.send(head)
            self.send(first)

    def send(self, piece: Body) -> None:
        """Send a piece of the body; waits as long as Kodi's cache is full. Raises :class:`ClientGone`."""
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
        """Whether Kodi has closed the connection, found out without waiting and without reading."""
        if self._cancelled.is_set():
            return True
        try:
            if not _readable(self._connection):
                return False
            return not self._connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def pause(self, seconds: float) -> None:
        """Wait before another try. Raises :class:`ClientGone` when the wait has become pointless."""
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
        """The server is stopping: wake whoever waits for Kodi or for Plex."""
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
    """Have the system drop what the other side has not read, when the connection is closed."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
    except OSError:
        pass  # already closed
