"""The server's connections: one thread each, bounded in number, all closable at once."""
from __future__ import annotations

import logging
import os
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, Mapping, Optional, Tuple, Type

from .exchange import Exchange, Route

LOG = logging.getLogger('pkc.local')

HOST = '127.0.0.1'


class ConnectionServer(ThreadingHTTPServer):
    """Bounded number of threads; knows its connections so that it can close them."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name != 'nt'  # on Windows it would let another program take our port
    request_queue_size = 32

    def __init__(self, port: int, handler: Type[BaseHTTPRequestHandler], secret: str, routes: Mapping[str, Route],
                 max_connections: int) -> None:
        self.secret = secret
        self.routes = routes
        self.stopping = False
        self.hosts: Tuple[str, ...] = ()
        self._slots = threading.BoundedSemaphore(max_connections)
        self._lock = threading.Condition()
        self._open: Dict[socket.socket, Optional[Exchange]] = {}
        super().__init__((HOST, port), handler)

    def server_bind(self) -> None:
        """Bind without the look-up of our own name, which can take seconds on a box without DNS."""
        if self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, 'SO_EXCLUSIVEADDRUSE'):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = HOST, self.socket.getsockname()[1]
        self.hosts = ('%s:%d' % (HOST, self.server_port), 'localhost:%d' % self.server_port)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Refuse what is not from this machine (cannot happen while bound to loopback) or comes at the end."""
        return not self.stopping and str(client_address[0]).startswith('127.')

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand the connection to a thread; with all threads taken, close an idle connection or this one."""
        if not self._slots.acquire(blocking=False):
            self._close_idle()
            if not self._slots.acquire(timeout=1.0):
                LOG.warning('Too many connections, one refused')
                self.shutdown_request(request)
                return
        with self._lock:
            self._open[request] = None
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

    def set_exchange(self, request: Any, exchange: Optional[Exchange]) -> None:
        """Note what a connection is busy with, None when it waits for the next request."""
        with self._lock:
            if request in self._open:
                self._open[request] = exchange
        if exchange is not None and self.stopping:
            exchange.abort()

    def abort_all(self) -> None:
        """Wake all threads by closing what they wait on."""
        with self._lock:
            connections = list(self._open.items())
        for connection, exchange in connections:
            if exchange is not None:
                exchange.abort()
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

    def _close_idle(self) -> None:
        with self._lock:
            idle = [connection for connection, exchange in self._open.items() if exchange is None]
        if idle:
            _shut(idle[0])


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # already closed
