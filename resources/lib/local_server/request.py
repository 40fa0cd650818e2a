"""Reading the requests of a connection, with limits for bytes, headers and time."""
from __future__ import annotations

import re
import socket
import time
from typing import Dict, List, NamedTuple, Optional

from . import rules

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")
_CONTROL = re.compile(r'[\x00-\x08\x0a-\x1f\x7f]')
_VERSION = re.compile(r'HTTP/1\.[0-9]\Z')
#: Headers that must not occur twice, since a request is accepted or refused by them.
_ONCE = frozenset(('host', 'content-length', 'transfer-encoding', 'origin', 'sec-fetch-site', 'x-pkc-proof'))


class Refused(Exception):
    """A request is refused with this status and no body."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Head(NamedTuple):
    """A request without its body. ``headers`` has lower-case names; of a repeated header the first value."""

    method: str
    target: str
    headers: Dict[str, str]
    keep_alive: bool


class RequestReader:
    """Reads one request after the other; holds no more than twice :data:`rules.MAX_HEAD` bytes."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b''
        self._end = 0.0
        self._pipelined = 0

    def head(self) -> Optional[Head]:
        """The next request; None when the client has closed. Raises :class:`Refused`, OSError if it is too slow."""
        self._pipelined = self._pipelined + 1 if self._buffer else 0
        if not self._buffer and not self._receive(rules.MAX_HEAD, rules.IDLE_SECONDS):
            return None
        self._end = time.monotonic() + rules.REQUEST_SECONDS
        end = self._buffer.find(b'\r\n\r\n')
        while end < 0:
            self._check_size(len(self._buffer))
            if not self._receive(rules.MAX_HEAD):
                return None
            end = self._buffer.find(b'\r\n\r\n')
        self._check_size(end)
        raw, self._buffer = self._buffer[:end], self._buffer[end + 4:]
        head = parse(raw)
        return head._replace(keep_alive=head.keep_alive and self._pipelined < rules.MAX_PIPELINED)

    def body(self, length: int) -> bytes:
        """The body of the request whose head was read last. Raises OSError when it is too slow or incomplete."""
        while len(self._buffer) < length:
            if not self._receive(length - len(self._buffer)):
                raise ConnectionResetError('closed within a body')
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return body

    def _check_size(self, size: int) -> None:
        line = self._buffer.find(b'\r\n')
        if line > rules.MAX_LINE or line < 0 and size > rules.MAX_LINE:
            raise Refused(414)
        if size > rules.MAX_HEAD:
            raise Refused(431)

    def _receive(self, size: int, seconds: Optional[float] = None) -> bool:
        """Receive more data; false when the client has closed. Raises :class:`socket.timeout`."""
        left = self._end - time.monotonic() if seconds is None else seconds
        self._connection.settimeout(max(left, 0.001))
        piece = self._connection.recv(min(size, 65536))
        self._buffer += piece
        return bool(piece)


def parse(raw: bytes) -> Head:
    """Parse a request line and headers, without the empty line. Raises :class:`Refused` if invalid."""
    lines = raw.decode('latin-1').split('\r\n')
    if len(lines) > rules.MAX_HEADERS + 1:
        raise Refused(431)
    words = lines[0].split(' ')
    if len(words) != 3 or not _TOKEN.match(words[0]) or _CONTROL.search(lines[0]) or '\t' in lines[0]:
        raise Refused(400)
    if not _VERSION.match(words[2]):
        raise Refused(505 if words[2].startswith('HTTP/') else 400)
    headers = _headers(lines[1:])
    keep = words[2] != 'HTTP/1.0' and 'close' not in headers.get('connection', '').lower()
    return Head(words[0], words[1], headers, keep)


def _headers(lines: List[str]) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(':')
        name = name.lower()
        if not colon or not _TOKEN.match(name) or _CONTROL.search(value):
            raise Refused(400)
        if name in found and name in _ONCE:
            raise Refused(403 if name == 'host' else 400)
        found.setdefault(name, value.strip(' \t'))
    return found


def body_length(headers: Dict[str, str], limit: int) -> int:
    """The length of a request's body in bytes. Raises :class:`Refused` above ``limit``."""
    if 'transfer-encoding' in headers:
        raise Refused(411)
    if 'expect' in headers:
        raise Refused(417)
    given = headers.get('content-length', '0')
    if not (given.isascii() and given.isdigit()) or len(given) > 12:
        raise Refused(400)
    if int(given) > limit:
        raise Refused(413)
    return int(given)
