"""The player's TCP port: a limited number of connections from our own network, a thread for each."""
from __future__ import annotations

import logging
import os
import socket
import threading
from collections import Counter
from socketserver import ThreadingTCPServer
from typing import Any, Optional, Set

from . import limits
from .companion import Companion
from .handler import RequestHandler

LOG = logging.getLogger('pkc.remote')

_LOOK_SECONDS = 0.1
_STOP_SECONDS = 1.0


class Listener(ThreadingTCPServer):
    """Listens from :meth:`open` to :meth:`close`; can be opened once. ``host`` is an address of this machine."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name != 'nt'  # on Windows it would let another program take our port
    request_queue_size = 16

    def __init__(self, companion: Companion, host: str = '0.0.0.0', port: int = limits.PORT) -> None:
        """Binds the port, or any free one where it is taken. Raises OSError."""
        self.companion = companion
        self._lock = threading.Lock()
        self._open: Set[socket.socket] = set()
        self._addresses: Counter[str] = Counter()
        self._thread: Optional[threading.Thread] = None
        try:
            super().__init__((host, port), RequestHandler)
        except OSError:
            LOG.info('port %d is taken, another one is used', port)
            super().__init__((host, 0), RequestHandler)

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self.server_address[1])

    def open(self) -> None:
        """Accept connections in a thread of its own."""
        self._thread = threading.Thread(target=self.serve_forever, args=(_LOOK_SECONDS,), name='pkc-remote-http',
                                        daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the port and all connections."""
        if self._thread is not None:
            self.shutdown()
            self._thread.join(_STOP_SECONDS)
        self.server_close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            _shut(connection)

    def server_bind(self) -> None:
        """On Windows no other program may bind the port too."""
        if hasattr(socket, 'SO_EXCLUSIVEADDRUSE'):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        super().server_bind()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Accept a connection from our network while there is room for it."""
        address = str(client_address[0])
        if not limits.in_our_network(address):
            return False
        with self._lock:
            if len(self._open) >= limits.MAX_CONNECTIONS or self._addresses[address] >= limits.MAX_OF_ONE_ADDRESS:
                return False
            self._open.add(request)
            self._addresses[address] += 1
        return True

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection; the main function of its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._forget(request, str(client_address[0]))

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start the thread of a connection."""
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread could be started
            self._forget(request, str(client_address[0]))
            raise

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Most are lost connections."""
        LOG.debug('connection ended by an error', exc_info=True)

    def _forget(self, request: socket.socket, address: str) -> None:
        with self._lock:
            if request in self._open:
                self._open.discard(request)
                self._addresses[address] -= 1
                self._addresses += Counter()  # drops zeros


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # already closed
