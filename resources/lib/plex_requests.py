"""Requests to a Plex Media Server (PMS), whose answers are one ``MediaContainer`` or pages of it.

The requests themselves are in ``plex_functions`` and ``plex_lists``; other modules never get these containers.
"""
from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Protocol, Tuple, TypeVar

from .plex_answers import loads
from .plex_body import Answer
from .plex_errors import PlexBadAnswer, PlexUnauthorized
from .plex_http import Params, PlexSession
from .plex_limits import LISTING, SMALL, Limits
from .plex_values import Raw, integer
from .redaction import hide

#: From this API version on ``includeFields`` means "only these" (PMS 1.41.9); older servers ignore the header.
API_VERSION = '1.0.0'
VERSION_HEADER = {'X-Plex-Pms-Api-Version': API_VERSION}
PAGE_SIZE = 1000
_Result = TypeVar('_Result')


class Page(NamedTuple):
    """One page of a listing. ``total`` is -1 until the server tells it or the end is reached."""

    rows: List[Raw]
    total: int


class Access:
    """An address of a server and a token for it. ``repr`` shows neither."""

    __slots__ = ('base_url', 'token')

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url.rstrip('/')
        self.token = token
        hide(token)


class Renewal(Protocol):
    """Knows a way to another token."""

    def renewed(self, refused: Access, error: PlexUnauthorized) -> Optional[Access]:
        """What to ask with instead of ``refused``; None when there is nothing better. Raises :class:`PlexError`."""


class PMSRequests:
    """Requests to one server for one user. Safe to use from several threads.

    A request that the server answers with 401 or 498 is sent once more when ``renewal`` has another token, which all
    later requests use too: a refused request was not carried out.
    """

    def __init__(self, session: PlexSession, base_url: str, token: str, renewal: Optional[Renewal] = None) -> None:
        self.session = session
        self._access = Access(base_url, token)
        self._renewal = renewal

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at the end."""
        return self._access.base_url

    @property
    def server_time(self) -> float:
        """The server's time at its last answer, in Unix seconds; 0.0 when not known."""
        return self.session.stats.server_time

    def container(self, path: str, params: Params = None, *, headers: Optional[Mapping[str, str]] = None,
                  method: str = 'GET', retries: Optional[int] = None, limits: Limits = SMALL) -> Dict[str, Any]:
        """The ``MediaContainer`` of a JSON answer. Raises :class:`PlexError` subclasses."""
        answer = self._asked(lambda access: self.session.get_json(
            access.base_url + path, method=method, token=access.token, params=params, headers=headers,
            retries=retries, limits=limits))
        return _container(answer, '%s %s' % (method, path.split('?')[0]))

    def body(self, path: str, params: Params = None, headers: Optional[Mapping[str, str]] = None, *,
             limits: Limits = SMALL, retries: Optional[int] = None) -> bytes:
        """The answer as it came, for :func:`read_container`. Raises :class:`PlexError` subclasses."""
        return self._asked(lambda access: self.session.get_body(
            access.base_url + path, token=access.token, params=params, headers=headers, limits=limits,
            retries=retries))

    def open(self, path: str, limits: Limits, *, params: Params = None, headers: Optional[Mapping[str, str]] = None,
             timeout: Optional[Tuple[float, float]] = None, retries: int = 1) -> Answer:
        """An answer with a picture or a file; the caller reads and closes it."""
        return self._asked(lambda access: self.session.request(
            'GET', access.base_url + path, token=access.token, params=params, headers=headers, accept='*/*',
            timeout=timeout, retries=retries, limits=limits))

    def act(self, path: str, params: Params, method: str = 'PUT') -> None:
        """Have the server do something. Not repeated: a lost answer does not tell whether it was done."""
        self._asked(lambda access: self.session.send(
            method, access.base_url + path, token=access.token, params=params, retries=0))

    def _asked(self, ask: Callable[[Access], _Result]) -> _Result:
        access = self._access
        try:
            return ask(access)
        except PlexUnauthorized as error:
            renewed = self._renewal.renewed(access, error) if self._renewal is not None else None
            if renewed is None:
                raise
            self._access = renewed
        return ask(renewed)

    def pages(self, path: str, params: Mapping[str, Any], *, page_size: int = PAGE_SIZE,
              versioned: bool = False) -> Iterator[Page]:
        """All pages of a listing in order. The next one begins after the rows that came.

        ``versioned``: send the API version header, without which ``includeFields`` does not filter.
        Raises :class:`PlexBadAnswer` when the server returns the same page twice.
        """
        offset, first_key = 0, None
        while True:
            query = dict(params)
            query['X-Plex-Container-Start'] = offset
            query['X-Plex-Container-Size'] = page_size
            container = self.container(path, query, headers=VERSION_HEADER if versioned else None, limits=LISTING)
            rows = rows_of(container)
            total = integer(container, 'totalSize') if container.get('totalSize') is not None else -1
            if not rows:
                yield Page([], offset if total < 0 else total)
                return
            last = len(rows) != page_size if total < 0 else offset + len(rows) >= total
            if last and total < 0:
                total = offset + len(rows)
            key = rows[0].get('playlistItemID') or rows[0].get('ratingKey')  # an item may be in a playlist twice
            if key is not None and key == first_key:
                raise PlexBadAnswer('GET %s: the server repeats a page' % path)
            first_key = key
            yield Page(rows, total)
            offset += len(rows)
            if last:
                return


def read_container(body: bytes, path: str) -> Dict[str, Any]:
    """Parse an answer of :meth:`PMSRequests.body`; returns its ``MediaContainer``. Raises :class:`PlexBadAnswer`."""
    try:
        answer = loads(body)
    except (ValueError, RecursionError) as error:
        raise PlexBadAnswer('GET %s: not JSON (%d bytes)' % (path, len(body))) from error
    return _container(answer, 'GET ' + path)


def rows_of(container: Raw) -> List[Raw]:
    """The ``Metadata`` objects of a container or hub. Raises :class:`PlexBadAnswer` when they are not a list."""
    rows = container.get('Metadata')
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise PlexBadAnswer('Metadata is not a list')
    return [row for row in rows if isinstance(row, dict)]


def _container(answer: Any, what: str) -> Dict[str, Any]:
    container = answer.get('MediaContainer') if isinstance(answer, dict) else None
    if not isinstance(container, dict):
        raise PlexBadAnswer('%s: no MediaContainer' % what)
    return container
