"""``GET /stream/…`` and ``/subtitle/…``: files of the PMS for Kodi's player.

Kodi logs and stores the URL that it plays. A loopback URL holds neither token nor server address, and stays valid when
these change during playback.
"""
from __future__ import annotations

import logging
from typing import Optional

from ..playback.line import LineMeter
from ..playback.pms import GetClient, ReportFailure
from ..playback.stream_registry import PART, SUBTITLE, StreamRegistry, StreamSource
from ..plex_errors import PlexConnectionError, PlexError, PlexHttpError, PlexNotFound, PlexUnauthorized
from ..plex_limits import SUBTITLE as SUBTITLE_LIMITS
from .exchange import Exchange
from .rules import NO_WEB_PAGE, RouteRules
from .stream_ahead import ReadAhead
from .stream_proxy import StreamProxy
from .upstream import BrokenOff, read_whole

__all__ = ['PART', 'SUBTITLE', 'StreamRegistry', 'StreamRoute']

LOG = logging.getLogger('pkc.local')

_TIMEOUT = (5.0, 20.0)
_RULES = {
    # A paused player may read nothing for hours.
    PART: RouteRules(frozenset(('GET', 'HEAD')), needs_secret=False, sites=NO_WEB_PAGE, max_body=0, read_seconds=None,
                     parallel=12),
    SUBTITLE: RouteRules(frozenset(('GET', 'HEAD')), needs_secret=False, sites=NO_WEB_PAGE, max_body=0,
                         read_seconds=30.0, parallel=4),
}


class StreamRoute:
    """Answers with the registered files of one ``kind`` (``stream`` or ``subtitle``); ``meter`` measures the line,
    ``ahead`` has what the server was asked for already.
    """

    def __init__(self, kind: str, registry: StreamRegistry, get_client: GetClient, report_failure: ReportFailure,
                 meter: Optional[LineMeter] = None, ahead: Optional[ReadAhead] = None) -> None:
        self._meter = meter
        self._ahead = ahead
        self._kind = kind
        self.rules = _RULES[kind]
        self._registry = registry
        self._get_client = get_client
        self._report_failure = report_failure

    def answer(self, exchange: Exchange) -> None:
        """Send the file, or a status: 404, 416, 502 (broken answer), 503 (the server cannot be asked)."""
        source = self._source(exchange)
        if source is None:
            return exchange.reply(404)
        try:
            if self._kind == SUBTITLE:
                self._subtitle(exchange, source)
            else:
                proxy = StreamProxy(exchange, source, self._get_client, self._report_failure, self._meter,
                                    self._ahead.stream if self._ahead else None)
                proxy.head() if exchange.method == 'HEAD' else proxy.run()
        except BrokenOff as error:
            self._failed(exchange, 502, str(error))
        except LookupError:
            self._failed(exchange, 503, 'unknown server')
        except PlexError as error:
            if isinstance(error, (PlexConnectionError, PlexUnauthorized)):
                self._report_failure(source.machine_identifier, error)
            self._failed(exchange, status_for(error), str(error))
        return None

    def _source(self, exchange: Exchange) -> Optional[StreamSource]:
        if len(exchange.segments) != 4:
            return None
        return self._registry.find(self._kind, *exchange.segments)

    def _subtitle(self, exchange: Exchange, source: StreamSource) -> None:
        """Send a subtitle, after reading it completely: the PMS may convert it, so its length is unknown before."""
        body = self._ahead.subtitles.body(source) if self._ahead else None
        if body is None:
            client = self._get_client(source.machine_identifier)
            body = read_whole(client.open(source.key, SUBTITLE_LIMITS, timeout=_TIMEOUT))
        exchange.reply(200, {'Content-Type': source.mime, 'Cache-Control': 'no-store'}, body)

    @staticmethod
    def _failed(exchange: Exchange, status: int, reason: str) -> None:
        LOG.warning('Stream failed: %s', reason)
        if exchange.started:
            exchange.keep_alive = False  # the body is shorter than Content-Length: closing tells the client
        else:
            exchange.reply(status, {'Cache-Control': 'no-store'})


def status_for(error: PlexError) -> int:
    """The status for Kodi: 404 and 416 as they are, 503 for all other errors."""
    if isinstance(error, PlexNotFound):
        return 404
    return 416 if isinstance(error, PlexHttpError) and error.status == 416 else 503
