"""``GET /transcode/<id>/…``: the playlists, segments and subtitle of a transcode for Kodi's player.

Only what belongs to a transcode that ``play`` has handed out is served: its first playlist, and files that its
playlists have named. The ids in the URLs are random.
"""
from __future__ import annotations

import logging

from ..playback.pms import ReportFailure
from ..playback.stream_registry import StreamSource
from ..playback.transcode.registry import Transcodes
from ..playback.transcode.stream import PLAYLIST_MIME, Transcode
from ..plex_errors import PlexConnectionError, PlexError, PlexUnauthorized
from .exchange import Exchange
from .rules import NO_WEB_PAGE, RouteRules
from .stream_proxy import StreamProxy
from .streams import status_for
from .upstream import BrokenOff, read_whole

LOG = logging.getLogger('pkc.local')

_SEGMENT_MIME, _SUBTITLE_MIME = 'video/mp2t', 'text/plain'


class TranscodeRoute:
    """Serves the transcodes in ``transcodes``."""

    # A paused player may read nothing for hours.
    rules = RouteRules(frozenset(('GET', 'HEAD')), needs_secret=False, sites=NO_WEB_PAGE, max_body=0,
                       read_seconds=None, parallel=6)

    def __init__(self, transcodes: Transcodes, report_failure: ReportFailure) -> None:
        self._transcodes = transcodes
        self._report_failure = report_failure

    def answer(self, exchange: Exchange) -> None:
        """Send the file, or a status: 404, 502 (broken answer), 503 (the server cannot be asked)."""
        transcode = self._transcodes.find(exchange.segments[0]) if exchange.segments else None
        name = '/'.join(exchange.segments[1:])
        kind = transcode.kind_of(name) if transcode is not None else ''
        if transcode is None or not kind:
            return exchange.reply(404)
        try:
            self._send(exchange, transcode, kind, name)
        except BrokenOff as error:
            self._failed(exchange, 502, str(error))
        except LookupError:
            self._failed(exchange, 503, 'unknown server')
        except PlexError as error:
            if isinstance(error, (PlexConnectionError, PlexUnauthorized)):
                self._report_failure(transcode.target.machine_identifier, error)
            self._failed(exchange, status_for(error), str(error))
        return None

    def _send(self, exchange: Exchange, transcode: Transcode, kind: str, name: str) -> None:
        if kind == 'segment':
            return self._segment(exchange, transcode, name)
        if exchange.method == 'HEAD':  # a look at the kind of a file starts nothing at the server
            mime = PLAYLIST_MIME if kind == 'playlist' else _SUBTITLE_MIME
            return exchange.reply(200, {'Content-Type': mime, 'Cache-Control': 'no-store'})
        if kind == 'subtitle':
            body, mime = read_whole(transcode.subtitle()), _SUBTITLE_MIME
        else:
            if name == self._transcodes.START:
                self._transcodes.begins(transcode)
            body, mime = transcode.playlist(name), PLAYLIST_MIME
        return exchange.reply(200, {'Content-Type': mime, 'Cache-Control': 'no-store'}, body)

    def _segment(self, exchange: Exchange, transcode: Transcode, name: str) -> None:
        opener = transcode.segment(name, exchange.pause)
        source = StreamSource('', transcode.target.machine_identifier, transcode.target.rating_key, '', '', '',
                              _SEGMENT_MIME)
        proxy = StreamProxy(exchange, source, lambda _machine: opener, self._report_failure)
        proxy.head() if exchange.method == 'HEAD' else proxy.run()

    @staticmethod
    def _failed(exchange: Exchange, status: int, reason: str) -> None:
        LOG.warning('Transcode failed: %s', reason)
        if exchange.started:
            exchange.keep_alive = False  # the body is shorter than Content-Length: closing tells the client
        else:
            exchange.reply(status, {'Cache-Control': 'no-store'})
