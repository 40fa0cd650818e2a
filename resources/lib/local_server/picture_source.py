"""Fetching pictures from a PMS: scaled by its photo transcoder, or as they are where that refuses."""
from __future__ import annotations

import logging
import tempfile
from contextlib import ExitStack, closing
from typing import IO, Callable, Dict, NamedTuple, Optional

from ..playback.pms import FileOpener, GetClient, ReportFailure
from ..plex_body import Answer
from ..plex_errors import (
    PlexBadAnswer,
    PlexConnectionError,
    PlexError,
    PlexHttpError,
    PlexNotFound,
    PlexRateLimited,
    PlexTooSlow,
    PlexUnauthorized,
)
from ..plex_limits import PICTURE
from .exchange import ClientGone, Exchange
from .picture_limits import Monotonic, Outages, Refusals, Turns
from .pictures import Picture, Sizes, transcoder_query
from .upstream import BrokenOff

LOG = logging.getLogger('pkc.local')

#: Content types that Kodi can show. No SVG: a browser would run its scripts.
_TYPES = frozenset(('image/jpeg', 'image/jpg', 'image/png', 'image/webp', 'image/gif', 'image/bmp', 'image/avif'))
#: Requests to the PMS at a time: it scales pictures one by one, and must have time for other requests.
_PARALLEL = 4
#: (connect, read) in seconds.
_TIMEOUT = (4.0, 15.0)
#: Bytes per read, and bytes of a picture that are kept in memory; what is longer goes to a temporary file.
_PIECE, _IN_MEMORY = 64 * 1024, 512 * 1024
#: A server that starts or is busy: it will refuse the original too.
_BUSY = 503


class Fetched(NamedTuple):
    """A whole picture, at its beginning; the receiver closes it. ``length`` is in bytes."""

    body: IO[bytes]
    length: int
    mime: str


class Unavailable(Exception):
    """No picture; ``status`` is what Kodi is answered: 404 there is none, 503 not now."""

    def __init__(self, status: int) -> None:
        super().__init__('HTTP %d' % status)
        self.status = status


class PictureSource:
    """Fetches pictures of the servers that ``get_client`` knows. Safe to use from several threads.

    ``sizes()``: how large they are wanted, None for originals. ``folder``: for temporary files.
    """

    def __init__(self, get_client: GetClient, report_failure: ReportFailure, sizes: Callable[[], Optional[Sizes]],
                 folder: Optional[str], clock: Monotonic) -> None:
        self._get_client = get_client
        self._report_failure = report_failure
        self._sizes = sizes
        self._folder = folder
        self._turns = Turns(_PARALLEL)
        self._refusals = Refusals(clock)
        self.outages = Outages(clock)

    def version(self, picture: Picture) -> str:
        """What distinguishes the picture as it is fetched now from the same one in another size."""
        sizes = self._sizes()
        return '%dx%d' % sizes.box(picture.kind) if sizes is not None else 'original'

    def fetch(self, exchange: Exchange, picture: Picture) -> Fetched:
        """The complete picture: Kodi takes half of one for a whole one. Raises :class:`Unavailable`, ClientGone."""
        machine = picture.machine_identifier
        if not self._turns.take(exchange, lambda: self.outages.is_away(machine)):
            raise Unavailable(503)
        try:
            if not self.outages.may_ask(machine):
                raise Unavailable(503)
            return self._fetch(exchange, picture)
        finally:
            self._turns.give()

    def _fetch(self, exchange: Exchange, picture: Picture) -> Fetched:
        machine = picture.machine_identifier
        try:
            fetched = self._collect(exchange, self._open(picture))
            self.outages.over(machine)
            return fetched
        except LookupError:
            raise Unavailable(503) from None
        except PlexNotFound:
            self.outages.over(machine)
            raise Unavailable(404) from None
        except (BrokenOff, OSError) as error:  # OSError: no temporary file
            LOG.info('Picture %s of item %s broke off: %s', picture.kind, picture.rating_key, error)
            raise Unavailable(503) from None
        except PlexError as error:
            LOG.info('No picture %s of item %s: %s', picture.kind, picture.rating_key, error)
            if isinstance(error, PlexConnectionError):
                self.outages.failed(machine)
            self._report_failure(machine, error)
            raise Unavailable(503) from None

    # ---- asking --------------------------------------------------------------------------------------------------

    def _open(self, picture: Picture) -> Answer:
        """An answer with a picture, not read yet. Raises :class:`PlexError`, LookupError."""
        machine = picture.machine_identifier
        client, sizes = self._get_client(machine), self._sizes()
        if sizes is None or self._refusals.refuses(machine):
            return _ask(client, picture.path, None)
        try:
            answer = _ask(client, '/photo/:/transcode', transcoder_query(picture, sizes.box(picture.kind)))
        except PlexHttpError as error:
            if isinstance(error, (PlexUnauthorized, PlexRateLimited)) or error.status == _BUSY:
                raise
            status = error.status
        else:
            self._refusals.worked(machine)
            return answer
        answer = _ask(client, picture.path, None)
        LOG.info('The server does not scale picture %s of item %s (HTTP %d)', picture.kind, picture.rating_key, status)
        self._refusals.refused(machine, status)
        return answer

    def _collect(self, exchange: Exchange, answer: Answer) -> Fetched:
        exchange.on_abort(answer.abort)
        with closing(answer), ExitStack() as unless_whole:
            body = unless_whole.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=self._folder))
            length = _copy(exchange, answer, body)
            body.seek(0)
            unless_whole.pop_all()
        return Fetched(body, length, _mime(answer))


def _ask(client: FileOpener, path: str, query: Optional[Dict[str, str]]) -> Answer:
    """Raises :class:`PlexNotFound` for what is no picture. Only a lost connection is worth a second try: the server may
    have closed one that was kept.
    """
    try:
        answer = client.open(path, PICTURE, params=query, timeout=_TIMEOUT, retries=0)
    except PlexTooSlow:
        raise
    except PlexConnectionError:
        answer = client.open(path, PICTURE, params=query, timeout=_TIMEOUT, retries=0)
    if _mime(answer) not in _TYPES:
        answer.close()
        raise PlexNotFound(404, 'no picture')
    return answer


def _copy(exchange: Exchange, answer: Answer, body: IO[bytes]) -> int:
    """Read a whole answer; returns its length. Raises :class:`BrokenOff`, :class:`PlexTooSlow`, ClientGone."""
    received, most = 0, PICTURE.wire or 0
    while True:
        try:
            piece = answer.read(_PIECE)
        except PlexTooSlow:
            raise
        except (PlexConnectionError, PlexBadAnswer) as error:
            raise BrokenOff(str(error)) from None
        if not piece:
            break
        received += len(piece)
        if max(received, answer.length or 0) > most:
            raise BrokenOff('too long')
        if exchange.client_gone():
            raise ClientGone('while fetching')
        body.write(piece)
    if not received or answer.length is not None and received != answer.length:
        raise BrokenOff('cut short')
    return received


def _mime(answer: Answer) -> str:
    return answer.headers.get('Content-Type', '').split(';')[0].strip().lower()
