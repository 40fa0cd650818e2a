"""The server's connections: one thread each, bounded in number, all closable at once.

Where there is no room for a new one, whoever has done nothing for longest has to go: a connection that waits for its
next request, or one whose client does not read its answer.
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
#: Seconds in which a client that reads at all has taken a piece of its answer.
_STALLED = 0.25
#: Seconds that a new connection waits for room, and between two looks for somebody who can go.
_ROOM_SECONDS, _LOOK_SECONDS = 1.0, 0.05
#: Seconds between two lines in the log about refused connections.
_QUIET_SECONDS = 60.0


class _Link:
    """One connection, what it is busy with (None: it waits for a request), and since when it waits."""

    __slots__ = ('exchange', 'leaving', 'since')

    def __init__(self) -> None:
        self.exchange: Optional[Exchange] = None
        self.since = time.monotonic()
        self.leaving = False

    def idle_since(self, now: float) -> Optional[float]:
        """Since when nothing happens on it, None when something does."""
        if self.exchange is None:
            return self.since
        since = self.exchange.sending_since
        return since if since is not None and now - since > _STALLED else None


class ConnectionServer(ThreadingTCPServer):
    """Bounded number of threads; knows its connections so that it can close them."""

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
        """Bind to loopback, on Windows so that no other program can bind to it as well."""
        if self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, 'SO_EXCLUSIVEADDRUSE'):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        self.socket.bind((HOST, self.server_port))
        self.server_port = self.socket.getsockname()[1]
        self.hosts = ('%s:%d' % (HOST, self.server_port), 'localhost:%d' % self.server_port)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Refuse what is not from this machine (cannot happen while bound to loopback) or comes at the end."""
        return not self.stopping and str(client_address[0]).startswith('127.')

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand the connection to a thread, once there is room for it."""
        if not self._find_room():
            self._note_refusal()
            self.shutdown_request(request)
            return
        with self._lock:
            self._open[request] = _Link()
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no more threads to be had
            self._forget(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Top of a connection's thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._forget(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A thread's last resort; a lost connection is no error."""
        LOG.debug('Connection ended by an error', exc_info=True)

    def admit(self, request: Any, exchange: Exchange) -> bool:
        """Note what a connection is busy with. False when its route has enough to do already, and nobody can go."""
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
        """The connection waits for its next request."""
        with self._lock:
            link = self._open.get(request)
            if link is not None:
                link.exchange, link.since = None, time.monotonic()

    def abort_all(self) -> None:
        """Wake all threads by closing what they wait on."""
        with self._lock:
            links = list(self._open.items())
        for connection, link in links:
            if link.exchange is not None:
                link.exchange.abort()
            _shut(connection)

    def wait_idle(self, deadline: float) -> None:
        """Wait for the threads' end until ``deadline`` (monotonic seconds)."""
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
        """Close the one of these connections on which nothing has happened for longest, if there is one."""
        now = time.monotonic()
        idle = [(link.idle_since(now), connection, link) for connection, link in links if not link.leaving]
        waiting = [(since, connection, link) for since, connection, link in idle if since is not None]
        if not waiting:
            return False
        _, connection, link = min(waiting, key=lambda found: found[0])
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
