"""``GET /theme/…``: the music of a show for Kodi's player."""
from __future__ import annotations

import logging
import threading
from typing import Callable, Optional, Tuple

from ..playback.pms import GetClient, ReportFailure
from ..playback.stream_registry import THEME, StreamRegistry, StreamSource
from ..plex_errors import PlexConnectionError, PlexError, PlexUnauthorized
from ..plex_limits import THEME as THEME_LIMITS
from . import ranges
from .exchange import Exchange
from .loudness import with_gain
from .rules import NO_WEB_PAGE, RouteRules
from .streams import status_for
from .upstream import BrokenOff, read_whole

LOG = logging.getLogger('pkc.local')

_TIMEOUT = (5.0, 10.0)
_NOT_KEPT = {'Cache-Control': 'no-store'}


class ThemeRoute:
    """Answers with what is registered in ``registry``, read as a whole and kept while it is the last one: Kodi asks for
    its end too, and for all of it when it is played again. ``gain()``: by how many decibels it is louder than it is.
    """

    rules = RouteRules(frozenset(('GET', 'HEAD')), needs_secret=False, sites=NO_WEB_PAGE, max_body=0,
                       read_seconds=60.0, parallel=2)

    def __init__(self, registry: StreamRegistry, get_client: GetClient, report_failure: ReportFailure,
                 gain: Callable[[], float]) -> None:
        self._gain = gain
        self._registry = registry
        self._get_client = get_client
        self._report_failure = report_failure
        self._lock = threading.Lock()
        self._last: Optional[Tuple[StreamSource, bytes]] = None

    def load(self, source: StreamSource) -> bool:
        """Read it now, so that Kodi need not wait for the server; false when that fails."""
        try:
            self._body(source)
        except (BrokenOff, LookupError, PlexError) as error:
            LOG.info('No theme: %s', error)
            return False
        return True

    def answer(self, exchange: Exchange) -> None:
        """Send the file or a range of it, or a status: 404, 416, 502 (broken answer), 503 (the server is away)."""
        source = self._registry.find(THEME, *exchange.segments) if len(exchange.segments) == 4 else None
        if source is None:
            return exchange.reply(404)
        try:
            body, gain = self._body(source), self._gain()
        except BrokenOff:
            return exchange.reply(502, _NOT_KEPT)
        except LookupError:
            return exchange.reply(503, _NOT_KEPT)
        except PlexError as error:
            if isinstance(error, (PlexConnectionError, PlexUnauthorized)):
                self._report_failure(source.machine_identifier, error)
            return exchange.reply(status_for(error), _NOT_KEPT)
        return _send(exchange, source, with_gain(body, gain) if gain else body)

    def _body(self, source: StreamSource) -> bytes:
        """Another request waits, and finds it then."""
        with self._lock:
            if self._last is None or self._last[0] != source:
                client = self._get_client(source.machine_identifier)
                self._last = source, read_whole(client.open(source.key, THEME_LIMITS, timeout=_TIMEOUT))
            return self._last[1]


def _send(exchange: Exchange, source: StreamSource, body: bytes) -> None:
    headers = {'Content-Type': source.mime, 'Accept-Ranges': 'bytes', **_NOT_KEPT}
    wanted = ranges.parse(exchange.headers.get('range', ''))
    if wanted is None:
        return exchange.reply(200, headers, body)
    found = wanted.resolve(len(body))
    if found is None:
        return exchange.reply(416, {'Content-Range': 'bytes */%d' % len(body)})
    headers['Content-Range'] = 'bytes %d-%d/%d' % (found.start, found.stop - 1, len(body))
    return exchange.reply(206, headers, body[found.start:found.stop])
