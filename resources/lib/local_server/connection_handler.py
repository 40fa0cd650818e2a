"""The handler of one connection, for every HTTP server of ours: requests one after the other, until it ends."""
from __future__ import annotations

import socket
from socketserver import BaseRequestHandler

from .request import RequestReader


class ConnectionHandler(BaseRequestHandler):
    """A subclass reads, checks and answers one request in :meth:`serve`."""

    request: socket.socket

    def handle(self) -> None:
        """Answer requests until the connection ends."""
        try:
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
            reader = RequestReader(self.request)
            while self.serve(reader):
                pass
        except OSError:
            pass  # the client is gone, or too slow

    def serve(self, reader: RequestReader) -> bool:
        """Read and answer one request. True if another may follow on the connection. Raises OSError."""
        raise NotImplementedError
