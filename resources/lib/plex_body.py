"""Reading the body of a Plex host's answer, in pieces or as a whole, within the limits of its purpose."""
from __future__ import annotations

import http.client
import threading
import time
import zlib
from typing import Any, List, Optional

import requests
from urllib3.exceptions import HTTPError

from .plex_errors import PlexBadAnswer, PlexConnectionError, PlexTooSlow
from .plex_limits import Limits, whole_number
from .plex_watchdog import Watchdog, duplicate, shut

#: ValueError and AttributeError mean that another thread closed the connection.
_READ_ERRORS = (HTTPError, OSError, http.client.HTTPException, ValueError, AttributeError)
#: Bytes per read: few at first, so that a slow body is noticed early; many if the body so far took less than
#: ``_QUICK`` seconds, since each read makes all threads compete for Python's lock.
_FIRST_PIECE = 64 * 1024
_LARGE_PIECE = 1024 * 1024
_QUICK = 1.0
#: The argument by which zlib accepts a gzip header only.
_GZIP = 16 + zlib.MAX_WBITS
_WITHOUT_BODY = (204, 304)


class Answer:
    """An answer whose body has not been read. Read it by :meth:`whole` or :meth:`read`, then close it.

    ``length``: bytes of the body before decompression, None when the server does not tell. ``what`` names the request
    in errors. Of the methods, only :meth:`abort` may be called from another thread.
    """

    def __init__(self, response: requests.Response, limits: Limits, watchdog: Watchdog, what: str) -> None:
        """Raises :class:`PlexBadAnswer`, and closes the answer, if its headers announce a body that is not allowed."""
        self.status_code: int = response.status_code
        self.headers = response.headers
        self.length: Optional[int] = None
        self._response = response
        self._raw: Any = response.raw
        self._limits = limits
        self._watchdog = watchdog
        self._what = what
        self._received = 0
        self._spent = 0.0
        self._lock = threading.Lock()
        try:
            self._gzipped = self._is_gzipped()
            self.length = self._announced_length()
            self._socket = duplicate(self._raw)
        except PlexBadAnswer:
            response.close()
            raise
        except OSError as error:
            response.close()
            raise PlexConnectionError('%s: no handle for the socket (errno %s)' % (what, error.errno)) from None

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes without decompression; fewer at the end, then b''.

        Raises :class:`PlexConnectionError` if the connection is lost or the server stops sending, :class:`PlexTooSlow`.
        """
        seconds = self._limits.seconds_for(size)
        if self._limits.seconds is not None:
            seconds = max(0.0, min(seconds, self._limits.seconds - self._spent))
        began = time.monotonic()
        watch = self._watchdog.begin(self._socket, seconds)
        try:
            piece: bytes = self._raw.read(size, decode_content=False) or b''
        except _READ_ERRORS as error:
            if not watch.expired:
                raise PlexConnectionError('%s: answer broke off (%s)' % (self._what, type(error).__name__)) from None
        finally:
            self._watchdog.end(watch)
            self._spent += time.monotonic() - began
        if watch.expired:
            raise PlexTooSlow('%s: the %s came too slowly' % (self._what, self._limits.purpose))
        self._received += len(piece)
        if not piece or self._received == self.length:
            self._close_handle()
        return piece

    def whole(self) -> bytes:
        """The whole body, decompressed; closes the answer.

        Raises as :meth:`read`, and :class:`PlexBadAnswer` for a body that is too long or contradicts its headers.
        """
        try:
            return self._whole()
        finally:
            self.close()

    def drain(self) -> None:
        """Read and drop the body, so that the connection can be reused. Never raises."""
        try:
            self.whole()
        except (PlexConnectionError, PlexBadAnswer):
            pass  # then the connection is closed

    def abort(self) -> None:
        """End a :meth:`read` of another thread. (``close`` would wait for it.)"""
        with self._lock:
            if self._socket is not None:
                shut(self._socket)

    def close(self) -> None:
        """Release the connection: it is reused if the body was read to its end, else closed."""
        self._close_handle()
        self._response.close()

    def _whole(self) -> bytes:
        if self.length is not None and self._limits.wire is not None and self.length > self._limits.wire:
            raise self._too_long()
        gunzip = _Gunzip(self._limits.decoded or 0) if self._gzipped else None
        pieces: List[bytes] = []
        while not self._received or self._received != self.length:
            piece = self.read(_LARGE_PIECE if self._received and self._spent < _QUICK else _FIRST_PIECE)
            if not piece:
                break
            if self._limits.wire is not None and self._received > self._limits.wire:
                raise self._too_long()
            try:
                pieces.append(gunzip.decode(piece) if gunzip else piece)
            except ValueError as error:
                raise PlexBadAnswer('%s: the %s is %s' % (self._what, self._limits.purpose, error)) from None
        missing = (self.length or 0) - self._received  # urllib3 1.x does not notice
        if missing > 0 or (gunzip and self._received and not gunzip.complete):
            raise PlexConnectionError('%s: answer broke off, %s' % (
                self._what, '%d bytes are missing' % missing if missing > 0 else 'its gzip has no end'))
        return b''.join(pieces)

    def _close_handle(self) -> None:
        """Close our handle of the socket: after the last byte another request may use the connection."""
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def _too_long(self) -> PlexBadAnswer:
        return PlexBadAnswer('%s: the %s is too long' % (self._what, self._limits.purpose))

    def _is_gzipped(self) -> bool:
        encoding = self.headers.get('Content-Encoding', '').strip().lower()
        if encoding in ('', 'identity'):
            return False
        if encoding != 'gzip' or not self._limits.gzip:
            raise PlexBadAnswer('%s: encoded in a way that was not asked for' % self._what)
        return True

    def _announced_length(self) -> Optional[int]:
        if self.status_code in _WITHOUT_BODY:
            return 0
        given = self.headers.get('Content-Length')
        if given is None or 'chunked' in self.headers.get('Transfer-Encoding', '').lower():
            return None
        length = whole_number(given.strip())
        if length is None:
            raise PlexBadAnswer('%s: its Content-Length is no number' % self._what)
        return length


class _Gunzip:
    """Decompresses one gzip member of at most ``most`` decompressed bytes."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._inflater = zlib.decompressobj(_GZIP)

    @property
    def complete(self) -> bool:
        """Whether the end of the member was reached."""
        return self._inflater.eof

    def decode(self, piece: bytes) -> bytes:
        """The decompressed next piece. Raises :class:`ValueError` with the reason."""
        try:
            decoded = self._inflater.decompress(piece, self._left + 1)
        except zlib.error:
            raise ValueError('not gzip') from None
        self._left -= len(decoded)
        if self._left < 0:
            raise ValueError('too long')
        if self._inflater.unused_data:
            raise ValueError('more than one gzip member')
        return decoded
