"""Clients that do what no client should, over real sockets."""
from __future__ import annotations

import socket
import time
from typing import Callable, List

from resources.lib.local_server.server import LocalServer


def connect(port: int, receive_buffer: int = 0) -> socket.socket:
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(20)
    connection.connect(('127.0.0.1', port))
    return connection


def exchange(port: int, request: bytes) -> bytes:
    """All that comes back until the server closes."""
    with connect(port) as connection:
        connection.sendall(request)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    pieces: List[bytes] = []
    while True:
        try:
            piece = connection.recv(65536)
        except ConnectionResetError:
            piece = b''
        if not piece:
            return b''.join(pieces)
        pieces.append(piece)


def get(port: int, path: str, *headers: str) -> bytes:
    lines = ['GET %s HTTP/1.1' % path, 'Host: 127.0.0.1:%d' % port, *headers, '', '']
    return '\r\n'.join(lines).encode('latin-1')


def unread(server: LocalServer) -> int:
    """How many connections have an answer that their client does not read."""
    http = server._http
    assert http is not None
    now = time.monotonic()
    return sum(link.exchange is not None and link.idle_since(now) is not None for link in list(http._open.values()))


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, 'did not happen'
        time.sleep(0.01)
