"""One request to the loopback server and its answer, as the routes see it."""
from __future__ import annotations

import select
import socket
import threading
from email.utils import formatdate
from http.client import responses
from typing import Callable, Dict, FrozenSet, List, Mapping, Optional, Protocol, Tuple, Union

Body = Union[bytes, memoryview]


class ClientGone(Exception):
    """Kodi closed the connection, or the server is stopping: nobody reads the answer."""


class Route(Protocol):
    """What answers all paths below one first word."""

    methods: FrozenSet[str]
    #: Only callers that know the secret of ``service.json``.
    needs_secret: bool
    #: Largest request body in bytes.
    max_body: int

    def answer(self, exchange: Exchange) -> None:
        """Answer exactly once, through ``exchange.reply`` or ``exchange.begin`` and ``exchange.send``."""


class Exchange:
    """A request that passed the server's checks.

    ``segments`` are the decoded parts of the path after the route's name; ``headers`` has lower-case names.
    """

    def __init__(self, connection: socket.socket, method: str, segments: Tuple[str, ...],
                 headers: Mapping[str, str], body: bytes = b'', keep_alive: bool = True) -> None:
        self.method = method
        self.segments = segments
        self.headers = headers
        self.body = body
        self.keep_alive = keep_alive
        self.started = False
        self._connection = connection
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._aborts: List[Callable[[], None]] = []

    def reply(self, status: int, headers: Optional[Mapping[str, str]] = None, body: bytes = b'') -> None:
        """Send a whole answer. The body is left out for HEAD. Raises :class:`ClientGone`."""
        head = dict(headers or {})
        if status != 304:
            head.setdefault('Content-Length', str(len(body)))
        self.begin(status, head, body if self.method != 'HEAD' else b'')

    def begin(self, status: int, headers: Mapping[str, str], first: bytes = b'') -> None:
        """Send the status line and headers, and ``first`` in the same packet. Raises :class:`ClientGone`."""
        lines = ['HTTP/1.1 %d %s' % (status, responses.get(status, '')), 'Date: %s' % formatdate(usegmt=True)]
        lines += ['%s: %s' % pair for pair in headers.items()]
        if not self.keep_alive:
            lines.append('Connection: close')
        self.started = True
        self.send('\r\n'.join(lines + ['', '']).encode('latin-1', 'replace') + first)

    def send(self, piece: Body) -> None:
        """Send a piece of the body; waits as long as Kodi's cache is full. Raises :class:`ClientGone`."""
        if self._cancelled.is_set():
            raise ClientGone('stopping')
        try:
            self._connection.sendall(piece)
        except OSError as error:
            self.keep_alive = False
            raise ClientGone(type(error).__name__) from None

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


def header_map(pairs: List[Tuple[str, str]]) -> Dict[str, str]:
    """Headers by lower-case name; the first of several wins."""
    found: Dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name.lower(), value.strip())
    return found
