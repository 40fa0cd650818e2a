"""``GET /art/<machineIdentifier>/<ratingKey>/<kind>/<stamp>``: artwork of known items, scaled by the PMS.

The stamp changes with the picture, so an answer may be cached for ever, and HEAD, by which Kodi's texture cache sees
whether a picture changed, is answered without asking the PMS.
"""
from __future__ import annotations

import logging
import re
import threading
import time
from email.utils import formatdate
from typing import Callable, Dict, Mapping, NamedTuple, Tuple

from ..playback.pms import GetClient, ReportFailure
from ..plex_errors import PlexConnectionError, PlexError, PlexNotFound
from ..plex_limits import PICTURE
from .exchange import ClientGone, Exchange
from .rules import NO_WEB_PAGE, RouteRules
from .upstream import BrokenOff, read_whole

LOG = logging.getLogger('pkc.local')

#: Kind of picture: width, height, further parameters of ``/photo/:/transcode``.
_POSTER = (1000, 1500, {})  # type: Tuple[int, int, Dict[str, str]]
_FANART = (1920, 1080, {})  # type: Tuple[int, int, Dict[str, str]]
KINDS: Mapping[str, Tuple[int, int, Dict[str, str]]] = {
    'thumb': _POSTER, 'poster': _POSTER, 'composite': _POSTER, 'art': _FANART, 'background': _FANART,
    'banner': (1920, 360, {}), 'squareArt': (1000, 1000, {}), 'backgroundSquare': (1000, 1000, {}),
    'playlist': (1000, 1000, {}),  # the composite of a playlist's items
    'clearLogo': (1000, 400, {'format': 'png'}), 'clearArt': (1000, 562, {'format': 'png'}),
}
#: Paths of composite pictures.
_PATHS = {'composite': '/library/collections/{0}/composite/{2}', 'playlist': '/playlists/{0}/composite/{2}'}
_ID = re.compile(r'[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}\Z')
_STAMP = re.compile(r'[0-9]{1,20}\Z')
#: Content types that Kodi can show. No SVG: a browser would run its scripts.
_TYPES = frozenset(('image/jpeg', 'image/jpg', 'image/png', 'image/webp', 'image/gif', 'image/bmp', 'image/avif'))
#: Requests to the PMS at a time: it scales pictures one by one, and must have time for other requests.
_PARALLEL = 4
#: Seconds for which an unreachable server is not asked again; else a page of posters would take minutes to fail.
_QUIET_SECONDS = 5.0
_TIMEOUT = (4.0, 20.0)
#: The latest Last-Modified date that is sent: the year 2100.
_MAX_TIME = 4102444800


class Picture(NamedTuple):
    """The picture that a URL names. ``kind`` and ``stamp`` are as in Plex's own URL of it."""

    machine_identifier: str
    rating_key: str
    kind: str
    stamp: str


class ArtRoute:
    """Answers with pictures of the server in the URL. ``is_known(picture)``: whether one of our items has it."""

    rules = RouteRules(frozenset(('GET', 'HEAD')), needs_secret=False, sites=NO_WEB_PAGE, max_body=0,
                       read_seconds=20.0, parallel=16)

    def __init__(self, get_client: GetClient, is_known: Callable[[Picture], bool], report_failure: ReportFailure,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._get_client = get_client
        self._is_known = is_known
        self._report_failure = report_failure
        self._clock = clock
        self._quiet_until: Dict[str, float] = {}
        self._slots = threading.BoundedSemaphore(_PARALLEL)

    def answer(self, exchange: Exchange) -> None:
        """Answer 200, 304, 404 when there is no such picture, or 503 when the server cannot be asked."""
        if len(exchange.segments) != 4:
            return exchange.reply(404)
        picture = Picture(*exchange.segments)
        if not (_is_valid(picture) and self._is_known(picture)):
            return exchange.reply(404)
        kind, stamp = picture.kind, picture.stamp
        tag = '"%s-%s-%s"' % picture[1:]
        headers = {'Cache-Control': 'private, max-age=31536000, immutable', 'ETag': tag,
                   'Last-Modified': formatdate(min(int(stamp), _MAX_TIME), usegmt=True)}
        if tag in exchange.headers.get('if-none-match', ''):
            return exchange.reply(304, headers)
        if exchange.method == 'HEAD':
            headers['Content-Type'] = 'image/png' if 'format' in KINDS[kind][2] else 'image/jpeg'
            return exchange.begin(200, headers)
        status, mime, body = self._fetch(exchange, picture)
        if status == 200:
            return exchange.reply(200, dict(headers, **{'Content-Type': mime}), body)
        return exchange.reply(status, {'Cache-Control': 'no-store'})

    def _fetch(self, exchange: Exchange, picture: Picture) -> Tuple[int, str, bytes]:
        """Status, content type and body. The picture is fetched completely first: Kodi must never get half of one."""
        machine_identifier, rating_key, kind, _stamp = picture
        with self._slots:
            if exchange.client_gone():
                raise ClientGone('while waiting')
            if self._clock() < self._quiet_until.get(machine_identifier, 0.0):
                return 503, '', b''
            try:
                return self._ask(machine_identifier, _params(picture))
            except LookupError:
                return 503, '', b''
            except PlexNotFound:
                return 404, '', b''
            except BrokenOff as error:
                LOG.debug('Picture %s of item %s broke off: %s', kind, rating_key, error)
                return 503, '', b''
            except PlexError as error:
                LOG.info('No picture %s of item %s: %s', kind, rating_key, error)
                if isinstance(error, PlexConnectionError):
                    self._quiet_until[machine_identifier] = self._clock() + _QUIET_SECONDS
                self._report_failure(machine_identifier, error)
                return 503, '', b''

    def _ask(self, machine_identifier: str, params: Dict[str, str]) -> Tuple[int, str, bytes]:
        client = self._get_client(machine_identifier)
        response = client.open('/photo/:/transcode', PICTURE, params=params, timeout=_TIMEOUT)
        mime = response.headers.get('Content-Type', '').split(';')[0].strip().lower()
        if mime not in _TYPES:
            response.close()
            return 404, '', b''
        return 200, mime, read_whole(response)


def _is_valid(picture: Picture) -> bool:
    return bool(_ID.match(picture.machine_identifier) and _ID.match(picture.rating_key) and picture.kind in KINDS
                and _STAMP.match(picture.stamp))


def _params(picture: Picture) -> Dict[str, str]:
    """The query for the PMS. ``minSize``: at least this large in both directions, so that skins can crop it."""
    _machine_identifier, rating_key, kind, stamp = picture
    width, height, further = KINDS[kind]
    path = _PATHS.get(kind, '/library/metadata/{0}/{1}/{2}').format(rating_key, kind, stamp)
    return dict(further, url=path, width=str(width), height=str(height), minSize='1', upscale='0')
