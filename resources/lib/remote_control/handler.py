"""Requests to the player over HTTP/1.1: reading, checking and answering them.

Refused before anything else: a ``Host`` that is not the address and port of this very connection (a name that a web
page made to point here), and whatever a browser sends for a page (``Origin``, ``Sec-Fetch-Site``). The controller's
identifier must be a header, which no page can set without asking first.
"""
from __future__ import annotations

import logging
import socket
from typing import Any, Dict, Protocol, Tuple
from urllib.parse import parse_qsl

from ..local_server.connection_handler import ConnectionHandler
from ..local_server.exchange import head_of_answer
from ..local_server.handler import split_path
from ..local_server.request import Head, Refused, RequestReader, body_length
from . import limits
from .companion import Companion, Question, Reply, plain
from .controllers import Controller

LOG = logging.getLogger('pkc.remote')

_METHODS = frozenset(('GET', 'POST'))
_XML = 'text/xml;charset=utf-8'


class Listening(Protocol):
    """What a handler needs of its server."""

    companion: Companion


class RequestHandler(ConnectionHandler):
    """Serves one connection."""

    server: Any

    def serve(self, reader: RequestReader) -> bool:
        """Read and answer one request. True if another may follow on the connection."""
        listening: Listening = self.server
        keep_alive = False
        try:
            head = reader.head()
            if head is None:
                return False
            question = self._checked(head)
            reader.body(body_length(head.headers, limits.MAX_BODY))
            reply = listening.companion.answer(question)
            keep_alive = head.keep_alive
        except Refused as refusal:
            reply = plain(refusal.status)
        except OSError:
            raise
        except Exception:  # top of a request: the server must live on
            LOG.exception('a request failed')
            reply = plain(500)
        self._send(reply, listening.companion.identity.headers(), keep_alive)
        return keep_alive

    def _checked(self, head: Head) -> Question:
        """Raises :class:`Refused`."""
        headers = head.headers
        if headers.get('host', '') not in self._own_names():
            raise Refused(403)
        if 'origin' in headers or headers.get('sec-fetch-site', 'none') != 'none':
            raise Refused(403)
        if head.method not in _METHODS:
            raise Refused(405)
        path = split_path(head.target)
        if path is None:
            raise Refused(400)
        parameters = _parameters(head.target.partition('?')[2])
        return Question(path, parameters,
                        Controller(headers.get('x-plex-client-identifier', ''), str(self.client_address[0])),
                        _either(headers, parameters, 'X-Plex-Target-Client-Identifier'),
                        _either(headers, parameters, 'X-Plex-Token'))

    def _own_names(self) -> Tuple[str, ...]:
        address, port = self.request.getsockname()[:2]
        return ('%s:%d' % (address, port),)

    def _send(self, reply: Reply, headers: Dict[str, str], keep_alive: bool) -> None:
        head = head_of_answer(reply.status, dict(headers, **{
            'Content-Type': _XML, 'Content-Length': str(len(reply.body))}), keep_alive)
        self.request.settimeout(limits.ANSWER_SECONDS)
        self.request.sendall(head + reply.body)
        if not keep_alive:
            self.request.shutdown(socket.SHUT_WR)


def _parameters(query: str) -> Dict[str, str]:
    """The first value of each parameter. Raises :class:`Refused` for too many or too long ones."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=limits.MAX_PARAMETERS, errors='strict')
    except (ValueError, UnicodeError):
        raise Refused(400) from None
    found: Dict[str, str] = {}
    for name, value in pairs:
        if len(value) > limits.MAX_VALUE:
            raise Refused(400)
        found.setdefault(name, value)
    return found


def _either(headers: Dict[str, str], parameters: Dict[str, str], name: str) -> str:
    """Plex allows all of its headers as parameters too."""
    return headers.get(name.lower(), '') or parameters.get(name, '')
