"""The target of attacks on the loopback server: the real server with its routes, and a minimal PMS."""
from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, Iterator, List, Mapping

from resources.lib.local_server.api import ApiRoute
from resources.lib.local_server.art import ArtRoute
from resources.lib.local_server.endpoint import Endpoint
from resources.lib.local_server.pictures import Picture
from resources.lib.local_server.server import LocalServer
from resources.lib.local_server.service_file import ServiceFile
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity

MACHINE = 'f' * 40
#: ratingKeys of the known items, and the stamp of all their pictures.
KNOWN, STAMP = frozenset(('7', '8')), '1700000000'
PICTURE_BYTES = 2_000_000
#: Tries of a picture, and seconds between two.
_TRIES, _AGAIN = 5, 0.1
PICTURE = '/art/%s/7/thumb/%s' % (MACHINE, STAMP)


class _Pictures(BaseHTTPRequestHandler):
    """A PMS that answers every request with one large picture."""

    protocol_version = 'HTTP/1.1'
    body = os.urandom(PICTURE_BYTES)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header('Content-Type', 'image/jpeg')
        self.send_header('Content-Length', str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Target:
    """The running server. ``profile`` holds its ``service.json``."""

    def __init__(self, profile: str, pms_port: int) -> None:
        session = PlexSession(ClientIdentity('attack', '4.0.0'))
        client = PMSClient(session, 'http://127.0.0.1:%d' % pms_port, 'token')
        self.profile = profile
        self.calls: List[Mapping[str, object]] = []
        self.server = LocalServer(0, {
            'api': ApiRoute({'status': self._status}, lambda error: type(error).__name__),
            'art': ArtRoute(lambda machine: client, _is_known, lambda machine, error: None),
        }, ServiceFile(profile, lambda secret: None))
        self.server.start()

    def _status(self, arguments: Dict[str, Any]) -> Dict[str, Any]:
        self.calls.append(arguments)
        return {'state': 'signed_in'}

    @property
    def port(self) -> int:
        """The server's port."""
        return self.server.port

    @property
    def endpoint(self) -> Endpoint:
        """The content of ``service.json``."""
        found = self.server.endpoint
        if found is None:
            raise RuntimeError('the port is not ours')
        return found

    def connections(self) -> int:
        """The number of open ones."""
        http = self.server._http
        return len(http._open) if http is not None else 0

    def unread(self) -> int:
        """The number of connections whose client does not read its answer."""
        http, now = self.server._http, time.monotonic()
        links = list(http._open.values()) if http is not None else []
        return sum(link.exchange is not None and link.idle_since(now) is not None for link in links)

    def request(self, path: str, *headers: str, method: str = 'GET') -> bytes:
        """A request as bytes."""
        lines = ['%s %s HTTP/1.1' % (method, path), 'Host: 127.0.0.1:%d' % self.port, *headers, '', '']
        return '\r\n'.join(lines).encode('latin-1')

    def connect(self, receive_buffer: int = 0) -> socket.socket:
        """An open connection."""
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(10)
        connection.connect(('127.0.0.1', self.port))
        return connection

    def status(self, request: bytes) -> int:
        """The status of the answer to a request, 0 for none; the body is read to its end."""
        with self.connect() as connection:
            try:
                connection.sendall(request)
                found = connection.recv(65536)
                while connection.recv(262144):
                    pass
            except OSError:
                return 0
        return int(found.split(b' ', 2)[1]) if found.startswith(b'HTTP/') else 0


def _is_known(picture: Picture) -> bool:
    return picture[0] == MACHINE and picture[1] in KNOWN and picture[3] == STAMP


@contextmanager
def running() -> Iterator[Target]:
    """A target that runs within a ``with`` block."""
    pms = ThreadingHTTPServer(('127.0.0.1', 0), _Pictures)
    pms.daemon_threads = True
    threading.Thread(target=pms.serve_forever, args=(0.02,), daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        target = Target(profile, pms.server_port)
        try:
            yield target
        finally:
            target.server.stop()
            pms.shutdown()
            pms.server_close()


class Watch:
    """Measures legitimate requests and this process's memory during an attack."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._before = _resident()
        self._peak = self._before
        self._over = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def figures(self, call: Callable[[], object], rounds: int = 20) -> Dict[str, object]:
        """Request pictures and call ``call``, ``rounds`` times; returns the number of answers and the slowest in ms.

        A picture that is refused because the server has too much to do is asked for again, as by a skin.
        """
        served, slowest = 0, 0.0
        for number in range(rounds):
            started = time.monotonic()
            if number % 2:
                served += self._picture() == 200
            else:
                served += call() is not None
            slowest = max(slowest, time.monotonic() - started)
        self._over.set()
        return {'legitimate': rounds, 'served': served, 'slowest_ms': round(slowest * 1000),
                'memory_mb': round((self._peak - self._before) / 1e6, 1)}

    def _picture(self) -> int:
        """The status of the last try."""
        status = 0
        for _ in range(_TRIES):
            status = self._target.status(self._target.request(PICTURE, 'Connection: close'))
            if status != 503:
                break
            time.sleep(_AGAIN)
        return status

    def _look(self) -> None:
        while not self._over.wait(0.01):
            self._peak = max(self._peak, _resident())


def _resident() -> int:
    """This process's resident memory in bytes; 0 where the system does not tell."""
    try:
        with open('/proc/self/statm', encoding='ascii') as stream:
            return int(stream.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    except OSError:
        return 0
