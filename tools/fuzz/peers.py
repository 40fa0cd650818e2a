"""A server and a client that send any bytes."""
from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Optional, Type


class RawServer:
    """Answers every request with the bytes in ``answer``, and closes the connection."""

    def __init__(self) -> None:
        self.answer = b''
        self._listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self._serve(connection)
                except OSError:
                    pass  # the client has disconnected

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        asked = b''
        while b'\r\n\r\n' not in asked:
            piece = connection.recv(65536)
            if not piece:
                return
            asked += piece
        connection.sendall(self.answer)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


def exchange(port: int, sent: bytes, seconds: float = 5.0) -> bytes:
    """Send bytes to a server, shut down the sending side, and read until it closes.

    Raises :class:`TimeoutError` when it neither answers nor closes.
    """
    got = b''
    with socket.create_connection(('127.0.0.1', port), seconds) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while True:
                piece = connection.recv(65536)
                if not piece:
                    return got
                got += piece
        except socket.timeout:
            raise TimeoutError('neither an answer nor an end within %d s' % seconds) from None
        except OSError:
            return got  # it has stopped reading, which is allowed
