"""A hostile server, which answers with any bytes."""
from __future__ import annotations

import gzip
import socket
import threading
import zlib
from functools import lru_cache
from types import TracebackType
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Type

#: Makes the answer to a request, in pieces.
Script = Callable[[], Iterable[bytes]]
MIB = 1024 * 1024
#: "Endless" bodies end after this many bytes, so that a client without a limit ends too.
ENDLESS = 300 * MIB
_BLOCK = b'x' * 65536


class HostileServer:
    """Answers each path with its script and then disconnects; other paths get an empty ``MediaContainer``."""

    def __init__(self, scripts: Optional[Dict[str, Script]] = None) -> None:
        self.scripts = dict(scripts or {})
        #: Heads of all requests, and numbers of bytes sent by path.
        self.requests: List[bytes] = []
        self.sent: Dict[str, int] = {}
        self._over = threading.Event()
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.url = 'http://127.0.0.1:%d' % self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> HostileServer:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self._over.set()
        self._listener.close()

    def dripping(self, head: bytes, pause: float = 1.0) -> Script:
        """``head``, then a byte each ``pause`` seconds."""
        def script() -> Iterator[bytes]:
            yield head
            while not self._over.wait(pause):
                yield b' '
        return script

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while True:
                    head = _head(connection)
                    if not head:
                        return
                    self.requests.append(head)
                    path = head.split(b' ')[1].split(b'?')[0].decode()
                    if path not in self.scripts:
                        connection.sendall(answer(200, b'{"MediaContainer": {}}'))
                        continue
                    self.sent[path] = 0
                    for piece in self.scripts[path]():
                        connection.sendall(piece)
                        self.sent[path] += len(piece)
                    return
            except OSError:
                pass  # the client has disconnected


def head_of(status: int, *headers: str) -> bytes:
    """Status line and headers."""
    return '\r\n'.join(('HTTP/1.1 %d Because' % status, *headers, '', '')).encode('latin-1')


def answer(status: int, body: bytes, *headers: str) -> bytes:
    """A complete answer."""
    return head_of(status, 'Content-Length: %d' % len(body), *headers) + body


def endless(head: bytes) -> Script:
    """``head``, then an endless body."""
    def script() -> Iterator[bytes]:
        yield head
        for _ in range(ENDLESS // len(_BLOCK)):
            yield _BLOCK
    return script


def once(*pieces: bytes) -> Script:
    """Exactly these bytes."""
    return lambda: pieces


@lru_cache(maxsize=None)
def zeros(size: int) -> bytes:
    """``size`` zero bytes compressed with gzip, to a thousandth."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b''.join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()


def zeros_twice(size: int) -> bytes:
    """``size`` zero bytes compressed with gzip twice."""
    return gzip.compress(zeros(size), 9)


def _head(connection: socket.socket) -> bytes:
    head = b''
    while b'\r\n\r\n' not in head:
        piece = connection.recv(65536)
        if not piece:
            return b''
        head += piece
    return head
