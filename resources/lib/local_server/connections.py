"""The server's connections: one thread for each, a limited number of them, and closing all at once.

When the limit is reached, the connection that has been idle for longest is closed for a new one: one that waits for its
next request, or whose client does not read its answer.
"""
from __future__ import annotations

import logging
import os
import socket
import threading
import time
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any, Dict, List, Mapping, Optional, Tuple, Type

from .callers import Callers
from .exchange import Exchange, Route, forget_unsent

LOG = logging.getLogger('pkc.local')

HOST = '127.0.0.1'
#: A client that has not read anything of its answer for this many seconds counts as idle.
_STALLED = 0.25
#: Seconds that a new connection waits for a free slot, and seconds between two searches for an idle one.
_ROOM_SECONDS, _LOOK_SECONDS = 1.0, 0.05
#: Seconds between two lines in the log about refused connections.
_QUIET_SECONDS = 60.0


class _Link:
    """The state of one connection: its current exchange (None: it waits for a request), and since when it waits."""

    __slots__ = ('exchange', 'leaving', 'since')

    def __init__(self) -> None:
        self.exchange: Optional[Exchange] = None
        self.since = time.monotonic()
        self.leaving = False

    def idle_since(self, now: float) -> Optional[float]:
        """Since when it has been idle (monotonic seconds); None when it is not."""
        if self.exchange is None:
            return self.since
        since = self.exchange.sending_since
        return since if since is not None and now - since > _STALLED else None


class ConnectionServer(ThreadingTCPServer):
    """A TCP server with at most ``max_connections`` threads, which can close all its connections."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name != 'nt'  # on Windows it would let another program take our port
    request_queue_size = 128

    def __init__(self, port: int, handler: Type[BaseRequestHandler], callers: Callers, routes: Mapping[str, Route],
                 max_connections: int) -> None:
        self.callers = callers
        self.routes = routes
        self.stopping = False
        self.hosts: Tuple[str, ...] = ()
        self.server_port = port
        self._slots = threading.BoundedSemaphore(max_connections)
        self._lock = threading.Condition()
        self._open: Dict[socket.socket, _Link] = {}
        self._quiet_until = 0.0
        super().__init__((HOST, port), handler)

    def server_bind(self) -> None:
        """Bind to loopback; on Windows exclusively, so that no other program can bind the port too."""
        if self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, 'SO_EXCLUSIVEADDRUSE'):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        self.socket.bind((HOST, self.server_port))
        self.server_port = self.socket.getsockname()[1]
        self.hosts = ('%s:%d' % (HOST, self.server_port), 'localhost:%d' % self.server_port)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Refuse connections while stopping, and from other machines (impossible while bound to loopback)."""
        return not self.stopping and str(client_address[0]).startswith('127.')

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for the connection as soon as there is a free slot, or refuse it."""
        if not self._find_room():
            self._note_refusal()
            self.shutdown_request(request)
            return
        with self._lock:
            self._open[request] = _Link()
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread could be started
            self._forget(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection; the main function of its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._forget(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log an exception that ended a connection's thread; most are lost connections."""
        LOG.debug('Connection ended by an error', exc_info=True)

    def admit(self, request: Any, exchange: Exchange) -> bool:
        """Record the exchange of a connection. False when its route has its limit of connections and none is idle."""
        with self._lock:
            link = self._open.get(request)
            busy = [other for other in self._open.items() if _is_busy_with(other[1], exchange)]
            if link is None or link.leaving or len(busy) >= exchange.rules.parallel and not self._evict(busy):
                return False
            link.exchange = exchange
        if self.stopping:
            exchange.abort()
        return True

    def release(self, request: Any) -> None:
        """Record that the connection waits for its next request."""
        with self._lock:
            link = self._open.get(request)
            if link is not None:
                link.exchange, link.since = None, time.monotonic()

    def abort_all(self) -> None:
        """Close all connections and requests to Plex, so that no thread waits any longer."""
        with self._lock:
            links = list(self._open.items())
        for connection, link in links:
            if link.exchange is not None:
                link.exchange.abort()
            _shut(connection)

    def wait_idle(self, deadline: float) -> None:
        """Wait until all threads have ended, at most until ``deadline`` (monotonic seconds)."""
        with self._lock:
            while self._open and time.monotonic() < deadline:
                self._lock.wait(max(0.0, deadline - time.monotonic()))

    def _forget(self, request: Any) -> None:
        with self._lock:
            self._open.pop(request, None)
            self._lock.notify_all()
        self._slots.release()

    def _find_room(self) -> bool:
        if self._slots.acquire(blocking=False):
            return True
        deadline = time.monotonic() + _ROOM_SECONDS
        while time.monotonic() < deadline:
            with self._lock:
                self._evict([(connection, link) for connection, link in self._open.items()
                             if link.exchange is None or link.exchange.rules.read_seconds is not None])
            if self._slots.acquire(timeout=_LOOK_SECONDS):
                return True
        return False

    @staticmethod
    def _evict(links: List[Tuple[socket.socket, _Link]]) -> bool:
        """Close that of these connections which has been idle for longest; false when none is idle."""
        now = time.monotonic()
        idle = [(link.idle_since(now), connection, link) for connection, link in links if not link.leaving]
        waiting = [(since, connection, link) for since, connection, link in idle if since is not None]
        if not waiting:
            return False
        _, connection, link = min(waiting, key=lambda entry: entry[0])
        link.leaving = True
        forget_unsent(connection)
        _shut(connection)
        return True

    def _note_refusal(self) -> None:
        now = time.monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + _QUIET_SECONDS
            LOG.warning('Too many connections, one refused')


def _is_busy_with(link: _Link, exchange: Exchange) -> bool:
    return link.exchange is not None and link.exchange.rules is exchange.rules and not link.leaving


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # already closed
