"""Which requests the loopback server takes, and the refusal of all others.

The Host header must name our own address, so that a web page in the user's browser cannot reach the server through
a DNS name that it makes point here (DNS rebinding).
"""
from __future__ import annotations

import hmac
import logging
from http.server import BaseHTTPRequestHandler
from typing import Any, Mapping, Optional, Tuple
from urllib.parse import unquote

from .connections import ConnectionServer
from .exchange import ClientGone, Exchange, Route, header_map

LOG = logging.getLogger('pkc.local')

SECRET_HEADER = 'x-pkc-secret'
#: Longest request line in bytes: a file name of 255 bytes is at most 765 when quoted.
MAX_LINE = 4096
#: Seconds that a connection may stay open without a request.
IDLE_SECONDS = 30.0


class _Refused(Exception):
    """A request that gets nothing but a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class RequestHandler(BaseHTTPRequestHandler):
    """Reads requests off one connection, checks them, and gives them to their route."""

    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    server: ConnectionServer

    def handle_one_request(self) -> None:
        """Read one request and answer it; sets ``close_connection``."""
        self.close_connection = True
        try:
            self.raw_requestline = self.rfile.readline(MAX_LINE + 1)
            if not self.raw_requestline:
                return
            if len(self.raw_requestline) > MAX_LINE:
                self._refuse(414)
            elif self.parse_request():
                self._dispatch()
        except (OSError, ClientGone):
            self.close_connection = True

    def send_error(self, code: int, message: Optional[str] = None, explain: Optional[str] = None) -> None:
        """Called by the base class for what it cannot parse."""
        self._refuse(int(code))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the base class would write every request to stderr."""

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        exchange = Exchange(self.connection, getattr(self, 'command', None) or 'GET', (), {}, keep_alive=False)
        exchange.reply(status)

    def _dispatch(self) -> None:
        headers = header_map(list(self.headers.items()))
        try:
            route, segments, length = self._check(headers)
        except _Refused as refusal:
            self._refuse(refusal.status)
            return
        body = self.rfile.read(length) if length else b''
        if len(body) == length:
            self._run(route, Exchange(self.connection, self.command, segments, headers, body, self._keeps(headers)))

    def _check(self, headers: Mapping[str, str]) -> Tuple[Route, Tuple[str, ...], int]:
        """The route, the rest of the path and the body's length. Raises :class:`_Refused`."""
        if len(self.headers.get_all('host') or ()) != 1 or headers['host'].lower() not in self.server.hosts:
            raise _Refused(403)
        segments = split_path(self.path)
        if segments is None:
            raise _Refused(400)
        route = self.server.routes.get(segments[0])
        if route is None:
            raise _Refused(404)
        if self.command not in route.methods:
            raise _Refused(405)
        if route.needs_secret and not hmac.compare_digest(headers.get(SECRET_HEADER, '').encode(),
                                                          self.server.secret.encode()):
            raise _Refused(403)
        return route, segments[1:], body_length(headers, route.max_body)

    def _keeps(self, headers: Mapping[str, str]) -> bool:
        return self.request_version >= 'HTTP/1.1' and 'close' not in headers.get('connection', '').lower()

    def _run(self, route: Route, exchange: Exchange) -> None:
        self.server.set_exchange(self.connection, exchange)
        self.connection.settimeout(None)  # a paused player may read nothing for hours
        try:
            route.answer(exchange)
        except ClientGone:
            exchange.keep_alive = False
        except Exception:  # top of a request: the server must live on
            LOG.exception('Request below /%s failed', _name_of(self.server.routes, route))
            exchange.keep_alive = False
            if not exchange.started:
                exchange.reply(500)
        finally:
            self.server.set_exchange(self.connection, None)
        self.connection.settimeout(IDLE_SECONDS)
        self.close_connection = not exchange.keep_alive


def split_path(target: str) -> Optional[Tuple[str, ...]]:
    """The decoded parts of a request's path, None for anything but a plain absolute path."""
    path = target.split('?', 1)[0]
    if not path.startswith('/') or '#' in path:
        return None
    parts = tuple(unquote(part) for part in path[1:].split('/'))
    for part in parts:
        if part in ('', '.', '..') or '/' in part or '\\' in part or any(ord(c) < 32 or ord(c) == 127 for c in part):
            return None
    return parts


def body_length(headers: Mapping[str, str], limit: int) -> int:
    """The length of the request's body in bytes. Raises :class:`_Refused` above ``limit``."""
    if 'transfer-encoding' in headers:
        raise _Refused(411)
    given = headers.get('content-length', '0')
    if not (given.isascii() and given.isdigit()) or len(given) > 12:
        raise _Refused(400)
    if int(given) > limit:
        raise _Refused(413)
    return int(given)


def _name_of(routes: Mapping[str, Route], route: Route) -> str:
    return next((name for name, other in routes.items() if other is route), '?')
