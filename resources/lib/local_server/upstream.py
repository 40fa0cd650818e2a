"""The body of a streaming answer of the PMS, read with few copies and stoppable from another thread."""
from __future__ import annotations

import http.client
import re
import socket
from typing import Any, Callable, Dict, NamedTuple, Optional

from ..playback.pms import Response

_CONTENT_RANGE = re.compile(r'bytes (\d+)-(\d+)/(\d+)\Z')
#: The errors of requests are OSErrors; ValueError and AttributeError mean closed by another thread.
_READ_ERRORS = (OSError, http.client.HTTPException, ValueError, AttributeError)


class BrokenOff(Exception):
    """The connection to the PMS was lost in the middle of a body, or the PMS is silent."""


class Span(NamedTuple):
    """A Content-Range: first and last byte, and the length of the whole file."""

    first: int
    last: int
    total: int


class Upstream:
    """An answer that was asked for with ``stream=True`` and ``Accept-Encoding: identity``."""

    def __init__(self, response: Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = response.headers
        self._read = self._reader()

    @property
    def length(self) -> Optional[int]:
        """Bytes in this body, None when the server does not say or compressed it nevertheless."""
        given = self.headers.get('Content-Length', '')
        if self.headers.get('Content-Encoding', 'identity') != 'identity' or not given.isdigit():
            return None
        return int(given)

    @property
    def span(self) -> Optional[Span]:
        """Which part of the file a 206 holds."""
        found = _CONTENT_RANGE.match(self.headers.get('Content-Range', ''))
        return Span(*map(int, found.groups())) if found and self.status == 206 else None

    def validator(self) -> Dict[str, str]:
        """An If-Range header under which the same file, and no other, can be continued; {} if there is none."""
        tag = self.headers.get('ETag', '')
        value = tag if tag.startswith('"') else self.headers.get('Last-Modified', '')
        return {'If-Range': value} if value else {}

    def read(self, size: int) -> bytes:
        """``size`` bytes, fewer at the end, b'' after it. Raises :class:`BrokenOff`."""
        try:
            return self._read(size)
        except _READ_ERRORS as error:
            raise BrokenOff(type(error).__name__) from None

    def abort(self) -> None:
        """End a read that another thread waits in. ``close`` would wait for that read instead."""
        raw: Any = self._response.raw
        sock = getattr(getattr(raw, 'connection', None), 'sock', None)
        if sock is None:  # urllib3 lets go of the connection when the answer is the last one on it
            sock = getattr(getattr(getattr(getattr(raw, '_fp', None), 'fp', None), 'raw', None), '_sock', None)
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # already closed

    def close(self) -> None:
        """Let go of the connection: it can be used again when the body was read to its end, else it is closed."""
        plain = self._plain()
        if plain is not None and plain.length == 0:
            try:
                plain.read()  # tells http.client that the answer is over
                self._response.raw.release_conn()
            except _READ_ERRORS:
                pass  # then it cannot be used again, and is closed below
        self._response.close()

    def _plain(self) -> Optional[http.client.HTTPResponse]:
        plain = getattr(self._response.raw, '_fp', None)
        if isinstance(plain, http.client.HTTPResponse) and not plain.chunked and self.length is not None:
            return plain
        return None

    def _reader(self) -> Callable[[int], bytes]:
        """How to read: straight from ``http.client`` where nothing must be decoded; urllib3 copies once more.

        Not ``read1``: over TLS it returns one record of 16 KiB at a time, which costs three times the processor.
        """
        plain = self._plain()
        if plain is not None:
            return plain.read
        pieces = self._response.iter_content(65536)
        return lambda size: next(pieces, b'')


def read_whole(response: Response, limit: int) -> bytes:
    """A small body at once. Raises :class:`BrokenOff` when it is cut short or longer than ``limit`` bytes."""
    upstream = Upstream(response)
    pieces, size = [], 0
    try:
        while True:
            piece = upstream.read(65536)
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise BrokenOff('too long')
    finally:
        upstream.close()
    if upstream.length is not None and size != upstream.length:
        raise BrokenOff('cut short')
    return b''.join(pieces)
