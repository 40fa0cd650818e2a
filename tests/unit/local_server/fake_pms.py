"""A PMS over a real socket with the odd manners that the stream and art routes must survive."""
from __future__ import annotations

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, Optional, Set, Tuple
from urllib.parse import parse_qs, urlsplit

from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from tests.support.waiting import NoWaiting
from tools.ports import free_port

TOKEN = 'the-token-of-the-server'


class FakePMS:
    """Serves ``files``; the switches say how badly."""

    def __init__(self) -> None:
        self.files: Dict[str, bytes] = {}
        self.mime = 'video/x-matroska'
        self.etag = '"one"'
        self.breaks: List[int] = []  # one number per answer: bytes of the body before the connection is cut
        self.ignore_range = False
        self.no_length = False
        self.status = 0
        self.refused: Dict[str, int] = {}  # statuses by path
        self.delay = 0.0
        self.held: Optional[threading.Event] = None  # answers wait until it is set
        self.pause = 0.0  # seconds between two pieces of a body
        self.seen: List[Tuple[str, str, Dict[str, str], Dict[str, List[str]]]] = []
        self.sent = 0
        self.sending: Set[int] = set()  # the threads that send a body
        self._http = ThreadingHTTPServer(('127.0.0.1', free_port()), type('Handler', (_Handler,), {'pms': self}))
        self._http.daemon_threads = True
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        self.session = PlexSession(ClientIdentity('me', '4.0.0'), timeout=(20.0, 30.0), cancellation=NoWaiting())
        self.client = PMSClient(self.session, 'http://127.0.0.1:%d' % self._http.server_port, TOKEN)

    def get_client(self, machine_identifier: str) -> PMSClient:
        if machine_identifier != 'mid':
            raise LookupError(machine_identifier)
        return self.client

    def ranges(self) -> List[str]:
        return [headers.get('Range', '') for _, _, headers, _ in self.seen]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self.session._session.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    pms: FakePMS

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        pms, parts = self.pms, urlsplit(self.path)
        pms.seen.append((self.command, parts.path, dict(self.headers.items()), parse_qs(parts.query)))
        time.sleep(pms.delay)
        if pms.held is not None:
            pms.held.wait(60)
        body = pms.files.get(parts.path)
        refused = pms.refused.get(parts.path, pms.status)
        if refused or body is None or self.headers.get('X-Plex-Token') != TOKEN:
            status = refused or (404 if body is None else 401)
            self.send_response(status)
            self.send_header('Content-Length', '0')
            self.end_headers()
            return
        first, last, status = 0, len(body) - 1, 200
        wanted = self.headers.get('Range', '')
        fresh = self.headers.get('If-Range', pms.etag) == pms.etag
        if wanted and not pms.ignore_range and fresh:
            start, _, end = wanted[len('bytes='):].partition('-')
            first = int(start) if start else len(body) - int(end)
            last = min(int(end), last) if start and end else last
            status = 206
            if first > last:
                self.send_response(416)
                self.send_header('Content-Length', '0')
                self.end_headers()
                return
        self.send_response(status)
        self.send_header('Content-Type', pms.mime)
        if pms.etag:
            self.send_header('ETag', pms.etag)
        if pms.no_length:
            self.send_header('Connection', 'close')
            self.close_connection = True
        else:
            self.send_header('Content-Length', str(last - first + 1))
        if status == 206:
            self.send_header('Content-Range', 'bytes %d-%d/%d' % (first, last, len(body)))
        self.end_headers()
        self._send(memoryview(body)[first:last + 1])

    def _send(self, body: memoryview) -> None:
        limit = self.pms.breaks.pop(0) if self.pms.breaks else len(body)
        self.pms.sending.add(threading.get_ident())
        try:
            for at in range(0, min(limit, len(body)), 65536):
                piece = body[at:min(at + 65536, limit)]
                self.connection.sendall(piece)
                self.pms.sent += len(piece)
                time.sleep(self.pms.pause)
        except OSError:
            self.close_connection = True
            return
        finally:
            self.pms.sending.discard(threading.get_ident())
        if limit < len(body):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
