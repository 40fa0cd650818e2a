"""``GET /art/<machineIdentifier>/<ratingKey>/<kind>/<stamp>``: artwork of known items, scaled by the PMS.

The stamp changes with the picture, so an answer may be cached for ever, and HEAD, by which Kodi's texture cache asks
for type and date of a picture before it fetches it, is answered without asking the PMS. While a server is away both are
answered with 503 at once: Kodi stores nothing then and asks again later. A placeholder it would store as the picture.
"""
from __future__ import annotations

import time
from email.utils import formatdate, parsedate_to_datetime
from typing import Callable, Dict, Mapping, Optional

from ..playback.pms import GetClient, ReportFailure
from .exchange import Exchange
from .picture_limits import Monotonic
from .picture_source import Fetched, PictureSource, Unavailable
from .pictures import KINDS, Picture, Sizes
from .rules import NO_WEB_PAGE, RouteRules

#: Bytes per write.
_PIECE = 64 * 1024
#: The latest Last-Modified date that is sent: the year 2100.
_MAX_TIME = 4102444800


class ArtRoute:
    """Answers with pictures of the server in the URL. ``is_known(picture)``: whether one of our items has it.

    ``sizes()``: how large they are wanted, None for originals. ``folder``: for temporary files; None: the system's.
    """

    rules = RouteRules(frozenset(('GET', 'HEAD')), needs_secret=False, sites=NO_WEB_PAGE, max_body=0,
                       read_seconds=20.0, parallel=16)

    def __init__(self, get_client: GetClient, is_known: Callable[[Picture], bool], report_failure: ReportFailure,
                 clock: Monotonic = time.monotonic, sizes: Callable[[], Optional[Sizes]] = Sizes,
                 folder: Optional[str] = None) -> None:
        #: Pictures that were fetched and sent so far; not exact when several are sent at the same time.
        self.sent = 0
        self._is_known = is_known
        self._source = PictureSource(get_client, report_failure, sizes, folder, clock)

    def is_away(self, machine_identifier: str) -> bool:
        """Whether the server is not asked for pictures at the moment, since it cannot be reached."""
        return self._source.outages.is_away(machine_identifier)

    def ask_again(self, machine_identifier: str) -> None:
        """The server can be reached again."""
        self._source.outages.over(machine_identifier)

    def answer(self, exchange: Exchange) -> None:
        """Answer 200, 304, 404 when there is no such picture, or 503 when the server cannot be asked."""
        if len(exchange.segments) != 4:
            return exchange.reply(404)
        picture = Picture(*exchange.segments)
        if not (picture.valid and self._is_known(picture)):
            return exchange.reply(404)
        headers = self._headers(picture)
        if _is_unchanged(exchange.headers, headers['ETag'], int(picture.stamp)):
            return exchange.reply(304, headers)
        try:
            if exchange.method != 'HEAD':
                fetched = self._source.fetch(exchange, picture)
                self.sent += 1
                return _send(exchange, headers, fetched)
            if self.is_away(picture.machine_identifier):
                raise Unavailable(503)
        except Unavailable as error:
            return exchange.reply(error.status, {'Cache-Control': 'no-store'})
        headers['Content-Type'] = 'image/png' if KINDS[picture.kind].format == 'png' else 'image/jpeg'
        return exchange.begin(200, headers)

    def _headers(self, picture: Picture) -> Dict[str, str]:
        return {'Cache-Control': 'private, max-age=31536000, immutable',
                'ETag': '"%s-%s-%s-%s"' % (*picture[1:], self._source.version(picture)),
                'Last-Modified': formatdate(min(int(picture.stamp), _MAX_TIME), usegmt=True)}


def _send(exchange: Exchange, headers: Mapping[str, str], picture: Fetched) -> None:
    with picture.body as body:
        exchange.begin(200, dict(headers, **{'Content-Type': picture.mime, 'Content-Length': str(picture.length)}))
        while True:
            piece = body.read(_PIECE)
            if not piece:
                return
            exchange.send(piece)


def _is_unchanged(asked: Mapping[str, str], tag: str, stamp: int) -> bool:
    """Whether the client has this picture (RFC 9110 §13.1): If-Modified-Since counts only without If-None-Match."""
    tags = asked.get('if-none-match')
    if tags is not None:
        return any(one.strip() in ('*', tag, 'W/' + tag) for one in tags.split(','))
    try:
        return min(stamp, _MAX_TIME) <= parsedate_to_datetime(asked.get('if-modified-since', '')).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return False
