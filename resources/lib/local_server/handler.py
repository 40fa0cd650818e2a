"""Checking requests to the loopback server, and refusing those that it does not accept.

The Host header must name our own address: else a web page in the user's browser could reach the server through a DNS
name that resolves to 127.0.0.1 (DNS rebinding). Requests that a browser sends for another site's page are refused too.
"""
from __future__ import annotations

import logging
import socket
import time
from typing import Mapping, Optional, Tuple
from urllib.parse import unquote

from .connection_handler import ConnectionHandler
from .connections import ConnectionServer
from .exchange import ClientGone, Exchange, Route, forget_unsent, head_of_answer
from .request import Head, Refused, RequestReader, body_length

LOG = logging.getLogger('pkc.local')

#: Seconds for sending a refusal, and for reading what the client still sends before the connection is closed.
_REFUSAL_SECONDS = 1.0
_DRAIN_SECONDS = 0.3
_DRAIN_BYTES = 1024 * 1024


class RequestHandler(ConnectionHandler):
    """Reads the requests of one connection, checks them, and passes them to their routes."""

    server: ConnectionServer

    def serve(self, reader: RequestReader) -> bool:
        """Read and answer one request. True if another may follow on the connection."""
        head: Optional[Head] = None
        try:
            head = reader.head()
            if head is None:
                return False
            route, segments = self._check(head)
            body = reader.body(body_length(head.headers, route.rules.max_body))
            caller = self.server.callers.recognise(head, body) if route.rules.needs_secret else None
            if route.rules.needs_secret and caller is None:
                raise Refused(403)
            exchange = Exchange(self.request, head, segments, body, route.rules, caller)
            if not self.server.admit(self.request, exchange):
                raise Refused(503)
        except Refused as refusal:
            self._refuse(refusal.status)
            return False
        return self._run(route, exchange)

    def _check(self, head: Head) -> Tuple[Route, Tuple[str, ...]]:
        """The route and the rest of the path. Raises :class:`Refused`."""
        if head.headers.get('host', '').lower() not in self.server.hosts:
            raise Refused(403)
        segments = split_path(head.target)
        if segments is None:
            raise Refused(400)
        route = self.server.routes.get(segments[0])
        if 'origin' in head.headers or head.headers.get('sec-fetch-site', 'none') not in _sites(route):
            raise Refused(403)
        if route is None:
            raise Refused(404)
        if head.method not in route.rules.methods:
            raise Refused(405)
        return route, segments[1:]

    def _refuse(self, status: int) -> None:
        """Send a status without body and close. First reads what the client still sends: it might miss the answer."""
        self.request.settimeout(_REFUSAL_SECONDS)
        self.request.sendall(head_of_answer(status, {'Content-Length': '0'}, keep_alive=False))
        self.request.shutdown(socket.SHUT_WR)
        end, left = time.monotonic() + _DRAIN_SECONDS, _DRAIN_BYTES
        while left > 0:
            self.request.settimeout(max(end - time.monotonic(), 0.001))
            piece = self.request.recv(65536)
            if not piece:
                break
            left -= len(piece)

    def _run(self, route: Route, exchange: Exchange) -> bool:
        try:
            route.answer(exchange)
        except ClientGone:
            exchange.keep_alive = False
            forget_unsent(self.request)
        except Exception:  # top of a request: the server must live on
            LOG.exception('Request below /%s failed', _name_of(self.server.routes, route))
            exchange.keep_alive = False
            if not exchange.started:
                self._reply_failure(exchange)
        finally:
            self.server.release(self.request)
        return exchange.keep_alive

    @staticmethod
    def _reply_failure(exchange: Exchange) -> None:
        try:
            exchange.reply(500)
        except ClientGone:
            pass


def _sites(route: Optional[Route]) -> Tuple[str, ...]:
    return tuple(route.rules.sites) if route is not None else ('none',)


def split_path(target: str) -> Optional[Tuple[str, ...]]:
    """The decoded segments of a request's path; None for anything but a plain absolute path."""
    path = target.split('?', 1)[0]
    if not path.startswith('/') or '#' in path:
        return None
    parts = tuple(unquote(part) for part in path[1:].split('/'))
    for part in parts:
        if part in ('', '.', '..') or '/' in part or '\\' in part or any(ord(c) < 32 or ord(c) == 127 for c in part):
            return None
    return parts


def _name_of(routes: Mapping[str, Route], route: Route) -> str:
    return next((name for name, other in routes.items() if other is route), '?')
