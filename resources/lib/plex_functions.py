"""The one client of a Plex Media Server (PMS), shared by sync, live views, playback and artwork.

Facts that shaped it (docs/plex.md tells where each comes from): a filter's last ``=`` is the separator of the
query string, so a dict key is ``updatedAt>>`` and any other spelling returns the whole library with status 200;
comparison is strict; ``includeFields`` filters only with the API version header; pages are advanced by what came
back, not by what was asked for; ids missing from a multi-id answer are gone or hidden, not an error.
"""
from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import requests

from . import plex_model
from .plex_answers import loads
from .plex_errors import PlexBadAnswer, PlexNotFound
from .plex_http import Params, PlexSession
from .plex_model import PlexItem, Section

#: From this API version on ``includeFields`` means "only these" (PMS 1.41.9); older servers ignore the header.
API_VERSION = '1.0.0'
VERSION_HEADER = {'X-Plex-Pms-Api-Version': API_VERSION}
LIBRARY = 'com.plexapp.plugins.library'
_METADATA = '/library/metadata'
_CONTINUE_WATCHING = '/hubs/continueWatching'
#: At most this many ids in one metadata request: the limit is the URL's length.
BATCH_SIZE = 100
PAGE_SIZE = 1000

_ALL_ELEMENTS = ('Media', 'Genre', 'Country', 'Guid', 'Rating', 'Collection', 'Director', 'Writer', 'Role',
                 'Producer', 'Similar', 'Image', 'UltraBlurColors', 'Location', 'Label', 'Mood', 'Style', 'Field',
                 'Extras', 'Chapter', 'Marker', 'Related', 'Review')
#: What the sweep compares. Watch state must be among it, or everything would look unwatched.
SWEEP_FILTER: Dict[str, str] = {
    'includeFields': 'ratingKey,type,updatedAt,addedAt,viewCount,viewOffset,lastViewedAt,userRating,lastRatedAt,'
                     'duration',
    'excludeElements': ','.join(_ALL_ELEMENTS),
}
MEMBER_FILTER: Dict[str, str] = {'includeFields': 'ratingKey', 'excludeElements': ','.join(_ALL_ELEMENTS)}
#: The times that say that an item changed; shows and seasons have a watch state only through their episodes.
STAMPS: Dict[str, Tuple[str, ...]] = {
    kind: ('updatedAt', 'addedAt', 'lastRatedAt') + (('lastViewedAt',) if leaf else ())
    for kind, leaf in ((plex_model.MOVIE, True), (plex_model.SHOW, False), (plex_model.SEASON, False),
                       (plex_model.EPISODE, True))}
#: What a poster with title, progress bar and info dialog needs.
WIDGET_FILTER: Dict[str, str] = {
    'includeFields': 'ratingKey,key,guid,type,title,originalTitle,titleSort,summary,tagline,year,'
                     'originallyAvailableAt,contentRating,rating,audienceRating,userRating,duration,studio,'
                     'viewCount,viewOffset,lastViewedAt,addedAt,thumb,art,index,parentIndex,parentRatingKey,'
                     'parentTitle,parentThumb,grandparentRatingKey,grandparentTitle,grandparentThumb,'
                     'grandparentArt,librarySectionID,editionTitle',
    'excludeElements': ','.join(_ALL_ELEMENTS),
}
#: Full metadata for the library. ``skipRefresh`` keeps the server from re-reading files for a mere look.
METADATA_OPTIONS: Dict[str, str] = {'includeGuids': '1', 'includeCollections': '1', 'includeExtras': '1',
                                    'skipRefresh': '1',
                                    'excludeElements': 'Similar,Producer,UltraBlurColors,Related,Review,Chapter,'
                                                       'Marker'}


class Page(NamedTuple):
    """One page of a listing. ``total`` is -1 until the server says it or the end is reached."""

    rows: List[Dict[str, Any]]
    offset: int
    total: int


class Identity(NamedTuple):
    """Answer of ``/identity``, which needs no token."""

    machine_identifier: str
    version: str


class PMSClient:
    """Requests to one server with one token. Safe to use from several threads."""

    def __init__(self, session: PlexSession, base_url: str, token: str) -> None:
        self.session = session
        self.base_url = base_url.rstrip('/')
        self._token = token

    # ---- plumbing ----------------------------------------------------------------------------------------------

    def container(self, path: str, params: Params = None, *, headers: Optional[Mapping[str, str]] = None,
                  method: str = 'GET', retries: Optional[int] = None) -> Dict[str, Any]:
        """The ``MediaContainer`` of a JSON answer. Raises :class:`PlexError` subclasses."""
        answer = self.session.get_json(self.base_url + path, method=method, token=self._token, params=params,
                                       headers=headers, retries=retries)
        return _container(answer, '%s %s' % (method, path.split('?')[0]))

    def open(self, path: str, method: str = 'GET', params: Params = None,
             headers: Optional[Mapping[str, str]] = None, timeout: Optional[Tuple[float, float]] = None,
             retries: int = 1) -> requests.Response:
        """A streaming answer for pictures and files; the caller closes it."""
        return self.session.request(method, self.base_url + path, token=self._token, params=params,
                                    headers=headers, stream=True, accept='*/*', timeout=timeout,
                                    retries=retries)

    def pages(self, path: str, params: Mapping[str, Any], *, page_size: int = PAGE_SIZE, start: int = 0,
              versioned: bool = False) -> Iterator[Page]:
        """All pages of a listing in order, advancing by what came back, never asking twice for nothing.

        ``versioned`` sends the API version header, without which ``includeFields`` means something else.
        Raises :class:`PlexBadAnswer` when the server returns the same page again and again.
        """
        offset, first_key = start, None
        while True:
            query = dict(params)
            query['X-Plex-Container-Start'] = offset
            query['X-Plex-Container-Size'] = page_size
            container = self.container(path, query, headers=VERSION_HEADER if versioned else None)
            rows = _rows(container)
            total = container.get('totalSize')
            known_total = plex_model.integer(container, 'totalSize') if total is not None else -1
            if not rows:
                yield Page([], offset, known_total if total is not None else offset)
                return
            last = len(rows) != page_size if known_total < 0 else offset + len(rows) >= known_total
            if last and known_total < 0:
                known_total = offset + len(rows)
            key = rows[0].get('ratingKey')
            if key is not None and key == first_key:
                raise PlexBadAnswer('GET %s: the server repeats a page' % path)
            first_key = key
            yield Page(rows, offset, known_total)
            offset += len(rows)
            if last:
                return

    # ---- library -----------------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        """Who the server is."""
        raw = self.container('/identity')
        return Identity(plex_model.text(raw, 'machineIdentifier'), plex_model.text(raw, 'version'))

    def sections(self) -> List[Section]:
        """All libraries that this user may see (``GET /library/sections``)."""
        container = self.container('/library/sections')
        found = (plex_model.section(raw) for raw in plex_model.children(container, 'Directory'))
        return [section for section in found if section]

    def sweep(self, section_key: str, plex_type: str, page_size: int = PAGE_SIZE) -> Iterator[Page]:
        """Slim pages of all items of one type in a library, in the order of their ids.

        Rows hold what :func:`plex_model.sweep_row` reads. Ids only grow, so sorting by id keeps offsets
        meaningful while items are added during the sweep.
        """
        params = dict(SWEEP_FILTER, type=plex_model.TYPE_NUMBER[plex_type], sort='id')
        return self.pages('/library/sections/%s/all' % section_key, params, page_size=page_size, versioned=True)

    def changed(self, section_key: str, plex_type: str, since: int, page_size: int = PAGE_SIZE) -> Iterator[Page]:
        """Slim pages as of :meth:`sweep` of the items that carry a time after ``since`` (Unix seconds of the server).

        Items without ``updatedAt`` exist, and watching or rating does not move it; so any of the times counts. Which
        times an item of this type has is told by :data:`STAMPS`. A server that does not know such a filter returns
        the whole library or nothing: the caller has to look at what came back.
        """
        conditions = '&or=1&'.join('%s%%3E%%3E=%d' % (field, since) for field in STAMPS[plex_type])
        path = '/library/sections/%s/all?push=1&%s&pop=1' % (section_key, conditions)
        params = dict(SWEEP_FILTER, type=plex_model.TYPE_NUMBER[plex_type], sort='id')
        return self.pages(path, params, page_size=page_size, versioned=True)

    def count(self, section_key: str, plex_type: str, **filters: Any) -> int:
        """How many items of one type a library holds, or those that pass ``filters`` (``unwatched=0``); -1 when the
        server does not tell.
        """
        params = dict(filters, type=plex_model.TYPE_NUMBER[plex_type])
        params.update({'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': 0})
        container = self.container('/library/sections/%s/all' % section_key, params)
        return plex_model.integer(container, 'totalSize') if container.get('totalSize') is not None else -1

    def started_count(self, section_key: str, plex_type: str) -> int:
        """How many items of one type have a resume point; see :meth:`count`."""
        return self.count(section_key, plex_type, **{'viewOffset>>': 0})

    def members(self, collection_key: str) -> List[str]:
        """The ratingKeys of a collection's items, those of a smart one included."""
        keys: List[str] = []
        for page in self.pages('/library/collections/%s/items' % collection_key, MEMBER_FILTER, versioned=True):
            keys.extend(filter(None, (plex_model.rating_key(row) for row in page.rows)))
        return keys

    def collections(self, section_key: str) -> List[PlexItem]:
        """The collections of a library with title, summary and art."""
        raws: List[Dict[str, Any]] = []
        for page in self.pages('/library/sections/%s/all' % section_key,
                               {'type': plex_model.TYPE_NUMBER[plex_model.COLLECTION], 'includeCollections': 1}):
            raws.extend(page.rows)
        return plex_model.items(raws)[0]

    def metadata(self, rating_keys: Sequence[str], **options: Any) -> List[Dict[str, Any]]:
        """Raw ``Metadata`` of up to :data:`BATCH_SIZE` items; ids that do not exist (any more) are missing.

        ``options`` are added to :data:`METADATA_OPTIONS`.
        """
        params = dict(METADATA_OPTIONS, **options)
        try:
            return _rows(self.container('%s/%s' % (_METADATA, ','.join(rating_keys)), params))
        except PlexNotFound:
            return []

    def items(self, rating_keys: Sequence[str]) -> Tuple[List[PlexItem], int]:
        """Full records of up to :data:`BATCH_SIZE` items, and how many could not be read."""
        return plex_model.items(self.metadata(rating_keys))

    def items_body(self, rating_keys: Sequence[str]) -> bytes:
        """The answer to the question of :meth:`items`, for :func:`read_items`; b'' when there is none of them."""
        try:
            return self.session.get_body('%s%s/%s' % (self.base_url, _METADATA, ','.join(rating_keys)),
                                         token=self._token, params=METADATA_OPTIONS)
        except PlexNotFound:
            return b''

    def continue_watching(self, count: int) -> List[PlexItem]:
        """The Continue Watching hub in Plex's order, with the fields of :data:`WIDGET_FILTER`.

        The endpoint knows no filter by type and no paging but ``count``.
        """
        return read_hub(self.continue_watching_body(count))

    def continue_watching_body(self, count: int) -> bytes:
        """The answer to the question of :meth:`continue_watching`, for :func:`read_hub`."""
        return self.session.get_body(self.base_url + _CONTINUE_WATCHING, token=self._token,
                                     params=dict(WIDGET_FILTER, count=count), headers=VERSION_HEADER)

    # ---- the user's actions ------------------------------------------------------------------------------------

    def timeline(self, rating_key: str, state: str, time_ms: int, duration_ms: int, session_id: str,
                 **extra: Any) -> Dict[str, Any]:
        """Report playback (``/:/timeline``). ``state``: playing, paused, buffering or stopped; times in ms.

        Returns the container, {} when the server answers with something else (older ones send nothing).
        """
        params = dict(extra, ratingKey=rating_key, key='/library/metadata/%s' % rating_key, state=state,
                      time=max(0, int(time_ms)), duration=max(0, int(duration_ms)), identifier=LIBRARY, hasMDE=1)
        try:
            return self.container('/:/timeline', params, headers={'X-Plex-Session-Identifier': session_id},
                                  retries=0)
        except PlexBadAnswer:
            return {}

    def scrobble(self, rating_key: str) -> None:
        """Mark as watched; works on shows and seasons too."""
        self._action('/:/scrobble', {'key': rating_key, 'identifier': LIBRARY})

    def unscrobble(self, rating_key: str) -> None:
        """Mark as unwatched."""
        self._action('/:/unscrobble', {'key': rating_key, 'identifier': LIBRARY})

    def rate(self, rating_key: str, rating: float) -> None:
        """Set the user's rating, 0 to 10; -1 clears it."""
        self._action('/:/rate', {'key': rating_key, 'identifier': LIBRARY, 'rating': rating})

    def _action(self, path: str, params: Params) -> None:
        # Not repeated: a lost answer does not tell whether a scrobble was counted.
        self.session.request('PUT', self.base_url + path, token=self._token, params=params, retries=0)


def read_items(body: bytes) -> Tuple[List[PlexItem], int]:
    """What :meth:`PMSClient.items` returns, out of :meth:`PMSClient.items_body`. Raises :class:`PlexBadAnswer`."""
    return plex_model.items(_rows(_read(body, _METADATA))) if body else ([], 0)


def read_hub(body: bytes) -> List[PlexItem]:
    """The items of :meth:`PMSClient.continue_watching_body`. Raises :class:`PlexBadAnswer`."""
    raws: List[Dict[str, Any]] = []
    for hub in plex_model.children(_read(body, _CONTINUE_WATCHING), 'Hub'):
        raws.extend(_rows(hub))
    return plex_model.items(raws)[0]


def _read(body: bytes, path: str) -> Dict[str, Any]:
    try:
        answer = loads(body)
    except (ValueError, RecursionError) as error:
        raise PlexBadAnswer('GET %s: not JSON (%d bytes)' % (path, len(body))) from error
    return _container(answer, 'GET ' + path)


def _container(answer: Any, what: str) -> Dict[str, Any]:
    container = answer.get('MediaContainer') if isinstance(answer, dict) else None
    if not isinstance(container, dict):
        raise PlexBadAnswer('%s: no MediaContainer' % what)
    return container


def _rows(container: Mapping[str, Any]) -> List[Dict[str, Any]]:
    rows = container.get('Metadata')
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise PlexBadAnswer('Metadata is not a list')
    return [row for row in rows if isinstance(row, dict)]
