"""Passing a part from the PMS to Kodi's player; after a lost connection it continues at the same byte."""
from __future__ import annotations

import logging
from itertools import chain
from typing import Callable, Dict, Iterator, Optional, Tuple

from ..playback.line import LineMeter
from ..playback.pms import FileOpener, ReportFailure
from ..playback.stream_registry import StreamSource
from ..plex_errors import (
    PlexCancelled,
    PlexConnectionError,
    PlexError,
    PlexRateLimited,
    PlexServerError,
    PlexUnauthorized,
)
from ..retry import RetryPolicy
from . import ranges
from .exchange import Exchange
from .stream_ahead import StreamAhead
from .upstream import BrokenOff, Upstream, open_video

LOG = logging.getLogger('pkc.local')

#: Bytes per read: few at first, so that a film starts soon over a slow connection, then doubled up to ``CHUNK``.
FIRST_CHUNK = 16 * 1024
CHUNK = 256 * 1024
#: Seconds of all pauses between tries to reopen, less than the 20 s after which Kodi's HTTP client gives up. The first
#: try comes without a pause: after a long pause of playback a closed connection is normal.
REOPEN_SECONDS = 13.0
_REOPEN_RETRY = RetryPolicy(0.3, 6.0)
#: After this many bytes since the last reopening the number of tries is reset.
_PROGRESS = 1024 * 1024
#: Limit of bytes to read and drop when a server ignores Range.
_MAX_SKIP = 512 * 1024 * 1024
_MAY_PASS = (PlexConnectionError, PlexServerError, PlexRateLimited, PlexUnauthorized)


class StreamProxy:
    """Answers one GET or HEAD request for a registered part.

    Raises :class:`PlexError`, LookupError (no such server) or :class:`BrokenOff`.
    """

    def __init__(self, exchange: Exchange, source: StreamSource, get_client: Callable[[str], FileOpener],
                 report_failure: ReportFailure, meter: Optional[LineMeter] = None,
                 ahead: Optional[StreamAhead] = None) -> None:
        self._meter = meter
        self._ahead = ahead
        self._exchange = exchange
        self._source = source
        self._get_client = get_client
        self._report_failure = report_failure
        self._upstream: Optional[Upstream] = None
        self._total: Optional[int] = None
        self._validator: Dict[str, str] = {}
        self._pauses = _reopen_pauses()

    def head(self) -> None:
        """Answer HEAD with the length of the file, found by requesting one byte, which works with each PMS."""
        upstream = self._open({'Range': 'bytes=0-0'})
        try:
            span = upstream.span
            if span is None and upstream.status == 206:
                raise BrokenOff('a range of unknown place')
            total = span.total if span else upstream.length
        finally:
            upstream.close()
        headers = self._headers(upstream)
        if total is not None:
            headers['Content-Length'] = str(total)
        self._exchange.begin(200, headers)

    def run(self) -> None:
        """Answer GET."""
        asked = {name: self._exchange.headers[name.lower()] for name in ('Range', 'If-Range')
                 if name.lower() in self._exchange.headers}
        wanted = ranges.parse(asked.get('Range', ''))
        if wanted is None:
            asked = {}
        self._exchange.on_abort(self._abort)
        try:
            upstream = self._taken(asked) or self._open(asked)
            self._validator = upstream.validator()
            extent = self._begin(upstream, wanted, 'If-Range' in asked)
            if extent is not None:
                self._copy(upstream, *extent)
        finally:
            if self._upstream is not None:
                self._upstream.close()

    def _begin(self, upstream: Upstream, wanted: Optional[ranges.WantedRange],
               conditional: bool) -> Optional[Tuple[int, Optional[int]]]:
        """Send the head of the answer. Returns (start, end or None if unknown) of the body; None without a body."""
        headers = self._headers(upstream)
        span = upstream.span
        if span is not None and wanted is not None:
            if wanted.first not in (None, span.first):
                raise BrokenOff('another range than asked for')
            extent = range(span.first, span.last + 1)
            self._total = span.total
        elif upstream.status == 206:
            raise BrokenOff('a range of unknown place')
        elif upstream.length is None:
            self._exchange.keep_alive = False
            self._exchange.begin(200, headers)
            return 0, None
        else:
            self._total = upstream.length
            found = wanted.resolve(self._total) if wanted and not conditional else range(self._total)
            if found is None and self._total:
                self._exchange.reply(416, {'Content-Range': 'bytes */%d' % self._total})
                return None
            extent = found or range(0)
            self._skip(upstream, extent.start)
        headers['Content-Length'] = str(len(extent))
        whole = wanted is None or (span is None and conditional)
        if not whole:
            headers['Content-Range'] = 'bytes %d-%d/%d' % (extent.start, extent.stop - 1, self._total)
        self._exchange.begin(200 if whole else 206, headers)
        return extent.start, extent.stop

    def _copy(self, upstream: Upstream, offset: int, end: Optional[int]) -> None:
        send, reopened_at, size = self._exchange.send, offset, FIRST_CHUNK
        while end is None or offset < end:
            try:
                piece = self._read(upstream, size if end is None else min(size, end - offset))
                size = min(CHUNK, 2 * size)
                if not piece:
                    if end is None:
                        return
                    raise BrokenOff('cut short')
            except BrokenOff as error:
                if end is None:
                    raise
                if offset - reopened_at >= _PROGRESS:
                    self._pauses = _reopen_pauses()
                LOG.info('Stream of item %s broke at byte %d (%s)', self._source.rating_key, offset, error)
                upstream = self._reopen(offset, end)
                reopened_at = offset
                continue
            send(piece)
            offset += len(piece)

    def _read(self, upstream: Upstream, size: int) -> bytes:
        return upstream.read(size) if self._meter is None else self._meter.read(upstream.read, size)

    def _reopen(self, offset: int, end: int) -> Upstream:
        """Continue at ``offset``. Raises :class:`BrokenOff` when all tries failed or the file has changed."""
        if self._upstream is not None:
            self._upstream.close()
            self._upstream = None
        headers = dict(self._validator, Range='bytes=%d-%d' % (offset, end - 1))
        for pause in self._pauses:
            self._exchange.pause(pause)
            try:
                upstream = self._open(headers, retries=0)
                self._check_continues(upstream, offset)
                return upstream
            except (_Unsteady, *_MAY_PASS) as error:
                if isinstance(error, PlexError):
                    self._report_failure(self._source.machine_identifier, error)
        raise BrokenOff('could not be continued')

    def _check_continues(self, upstream: Upstream, offset: int) -> None:
        span = upstream.span
        if span is not None and (span.first, span.total) == (offset, self._total):
            return
        if span is None and upstream.length == self._total and upstream.validator() == self._validator:
            try:
                self._skip(upstream, offset)
            except BrokenOff as error:
                raise _Unsteady(str(error)) from None
            return
        raise BrokenOff('the file has changed')

    def _taken(self, asked: Dict[str, str]) -> Optional[Upstream]:
        """The answer to what was asked of the server already."""
        self._upstream = upstream = self._ahead.take(self._source, asked) if self._ahead is not None else None
        if upstream is not None and self._exchange.client_gone():
            raise PlexCancelled('stream: no reader')
        return upstream

    def _open(self, headers: Dict[str, str], retries: int = 1) -> Upstream:
        """Request the part from the PMS, each time through ``get_client``, which knows the present address and token.

        By default there is one more try, since the PMS may just be closing the kept-alive connection.
        """
        client = self._get_client(self._source.machine_identifier)
        self._upstream = upstream = open_video(client, self._source.key, headers, retries)
        if self._exchange.client_gone():
            raise PlexCancelled('stream: no reader')
        return upstream

    def _abort(self) -> None:
        upstream = self._upstream
        if upstream is not None:
            upstream.abort()

    def _skip(self, upstream: Upstream, count: int) -> None:
        """Read and drop the first ``count`` bytes of an answer that ignored Range."""
        if count > _MAX_SKIP:
            raise BrokenOff('the server cannot seek')
        while count > 0:
            piece = upstream.read(min(CHUNK, count))
            if not piece:
                raise BrokenOff('cut short')
            count -= len(piece)

    def _headers(self, upstream: Upstream) -> Dict[str, str]:
        headers = {'Content-Type': self._source.mime or 'application/octet-stream', 'Accept-Ranges': 'bytes',
                   'Cache-Control': 'no-store'}
        for name in ('ETag', 'Last-Modified'):
            value = upstream.headers.get(name, '')
            if value and value.isprintable():
                headers[name] = value
        return headers


def _reopen_pauses() -> Iterator[float]:
    return chain((0.0,), _REOPEN_RETRY.pauses(REOPEN_SECONDS))


class _Unsteady(Exception):
    """The reopened connection broke at once; it is tried again."""
