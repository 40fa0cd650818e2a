"""The client of a Plex Media Server (PMS), used by sync, lists, playback and artwork.

Facts that it depends on (sources in docs/plex.md): a filter's last ``=`` is the separator of the query string, so the
key of a parameter is ``updatedAt>>``, and any other spelling returns the whole library with status 200; ``>>`` means
greater, not equal; ``includeFields`` filters only with the API version header; the next page begins after the rows that
came, which may be fewer than requested; ids missing from an answer to several are deleted or hidden, not an error.
"""
from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from . import plex_model, plex_preferences
from .plex_augmentation import Augmentation
from .plex_errors import PlexBadAnswer, PlexForbidden, PlexNotFound
from .plex_fields import (
    CHILDREN_FILTER,
    LEAF_FILTER,
    MEMBER_FILTER,
    METADATA_OPTIONS,
    NO_ELEMENTS,
    PLAYABLE_OPTIONS,
    SUMMARY_OPTIONS,
    WIDGET_FILTER,
)
from .plex_http import PlexSession
from .plex_kinds import COLLECTION, PlexType
from .plex_limits import BATCH, LISTING
from .plex_model import ItemSummary, PlayableItem, PlexItem, Section, SweepRow
from .plex_preferences import PlayedRule
from .plex_providers import CONTINUE_WATCHING, REMOVE_FROM_CONTINUE_WATCHING, ServerFeatures
from .plex_requests import PAGE_SIZE, VERSION_HEADER, Page, Renewal, read_container, rows_of
from .plex_transcode import SESSION_HEADER, TranscodeRequests, ended_by_server
from .plex_values import Raw, children, integer, text

LIBRARY = 'com.plexapp.plugins.library'
_METADATA = '/library/metadata'
#: Limit of ids in one metadata request, because of the URL's length.
BATCH_SIZE = 100
_CHILDREN_PAGE = 100



class SweepPage(NamedTuple):
    """A page of :meth:`PMSClient.sweep`; ``unreadable`` is the number of rows without an id, ``total`` as in Page."""

    rows: List[SweepRow]
    unreadable: int
    total: int


class Identity(NamedTuple):
    """The answer of ``/identity``, which needs no token."""

    machine_identifier: str
    version: str


class PMSClient(TranscodeRequests):
    """Requests to one server with one token. Safe to use from several threads.

    ``features`` has the paths of the server's features; ``augmentation`` completes items from Plex's cloud.
    """

    def __init__(self, session: PlexSession, base_url: str, token: str, renewal: Optional[Renewal] = None) -> None:
        super().__init__(session, base_url, token, renewal)
        self.features = ServerFeatures(self)
        self.augmentation = Augmentation(self, self.features.may_manage)

    # ---- library -----------------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        """The server's machineIdentifier and version."""
        raw = self.container('/identity')
        return Identity(text(raw, 'machineIdentifier'), text(raw, 'version'))

    def sections(self) -> List[Section]:
        """All libraries that this user may see (``GET /library/sections``)."""
        container = self.container('/library/sections')
        sections = (plex_model.section(raw) for raw in children(container, 'Directory'))
        return [section for section in sections if section]

    def sweep(self, section_key: str, plex_type: PlexType, page_size: int = PAGE_SIZE) -> Iterator[SweepPage]:
        """Pages of all items of one type in a library with the few fields of a :class:`SweepRow`, ordered by id.

        New items get higher ids, so the order by id keeps offsets valid when items are added meanwhile.
        """
        for page in self.pages('/library/sections/%s/all' % section_key, _listing(plex_type), page_size=page_size,
                               versioned=True):
            yield _sweep_page(page)

    def changed(self, section_key: str, plex_type: PlexType, since: int,
                page_size: int = PAGE_SIZE) -> Iterator[SweepPage]:
        """Pages as of :meth:`sweep`, of items with a stamp after ``since`` (Unix seconds of the server).

        Any of the type's stamps counts, since some items have no ``updatedAt``, and watching or rating does not change
        it. A server that does not know such a filter returns the whole library or nothing: the caller must check.
        """
        conditions = '&or=1&'.join('%s%%3E%%3E=%d' % (field, since) for field in plex_type.stamps)
        path = '/library/sections/%s/all?push=1&%s&pop=1' % (section_key, conditions)
        for page in self.pages(path, _listing(plex_type), page_size=page_size, versioned=True):
            yield _sweep_page(page)

    def count(self, section_key: str, plex_type: PlexType, **filters: Any) -> int:
        """The number of items of one type in a library that pass ``filters`` (such as ``unwatched=0``); -1 when the
        server does not tell.
        """
        params = dict(filters, type=plex_type.number)
        params.update({'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': 0})
        container = self.container('/library/sections/%s/all' % section_key, params, limits=LISTING)
        return integer(container, 'totalSize') if container.get('totalSize') is not None else -1

    def started_count(self, section_key: str, plex_type: PlexType) -> int:
        """The number of items of one type with a resume point; see :meth:`count`."""
        return self.count(section_key, plex_type, **{'viewOffset>>': 0})

    def members(self, collection_key: str) -> List[str]:
        """The ratingKeys of the items of a collection, smart or not."""
        keys: List[str] = []
        for page in self.pages('/library/collections/%s/items' % collection_key, MEMBER_FILTER, versioned=True):
            keys.extend(filter(None, (plex_model.rating_key(row) for row in page.rows)))
        return keys

    def collections(self, section_key: str) -> List[PlexItem]:
        """The collections of a library with title, summary and art."""
        return self._collections('/library/sections/%s/all' % section_key)

    def all_collections(self) -> List[PlexItem]:
        """The collections of all libraries that this user may see, each with the key of its library."""
        return self._collections('/library/all')

    def _collections(self, path: str) -> List[PlexItem]:
        raws: List[Raw] = []
        for page in self.pages(path, {'type': COLLECTION.number, 'includeCollections': 1}):
            raws.extend(page.rows)
        return plex_model.items(raws)[0]

    def items(self, rating_keys: Sequence[str]) -> Tuple[List[PlexItem], int]:
        """Full records of at most :data:`BATCH_SIZE` items, and the number of unreadable ones.

        Items that do not exist, or that this user may not see, are left out.
        """
        return plex_model.items(self._metadata(rating_keys, METADATA_OPTIONS))

    def items_body(self, rating_keys: Sequence[str], retries: Optional[int] = None) -> bytes:
        """The unparsed answer of :meth:`items`, for :func:`read_items`; b'' when none of them exists.

        ``retries`` overrides the session's.
        """
        try:
            return self.body('%s/%s' % (_METADATA, ','.join(rating_keys)), METADATA_OPTIONS, limits=BATCH,
                             retries=retries)
        except PlexNotFound:
            return b''

    def summaries(self, rating_keys: Sequence[str]) -> List[ItemSummary]:
        """Short records of those of at most :data:`BATCH_SIZE` items that exist."""
        summaries = (plex_model.summary(raw) for raw in self._metadata(rating_keys, SUMMARY_OPTIONS))
        return [summary for summary in summaries if summary]

    def leaves(self, rating_key: str) -> List[ItemSummary]:
        """The episodes of a show or season, with their watch state. Raises :class:`PlexNotFound`."""
        found: List[ItemSummary] = []
        for page in self.pages('%s/%s/allLeaves' % (_METADATA, rating_key), LEAF_FILTER, versioned=True):
            found.extend(filter(None, map(plex_model.summary, page.rows)))
        return found

    def played_rule(self) -> PlayedRule:
        """The rule by which this server counts a video as watched; the default one if it does not tell."""
        try:
            return plex_preferences.played_rule(self.container('/:/prefs'))
        except (PlexForbidden, PlexNotFound, PlexBadAnswer):
            return PlayedRule()

    def playable(self, rating_key: str) -> Optional[PlayableItem]:
        """An item with its files, whose existence the server checks now, its markers and its chapters.

        None when there is no such item, or the answer is unreadable.
        """
        for raw in self._metadata([rating_key], PLAYABLE_OPTIONS):
            if plex_model.rating_key(raw) == rating_key:
                try:
                    return plex_model.playable_item(raw)
                except plex_model.BadItem:
                    return None
        return None

    def children(self, rating_key: str) -> Iterator[PlayableItem]:
        """The seasons of a show, or the episodes of a season with their files, in the server's order.

        Requested page by page, as far as the iterator is read.
        """
        for page in self.pages('%s/%s/children' % (_METADATA, rating_key), CHILDREN_FILTER, page_size=_CHILDREN_PAGE,
                               versioned=True):
            for raw in page.rows:
                try:
                    yield plex_model.playable_item(raw)
                except plex_model.BadItem:
                    continue

    def _metadata(self, rating_keys: Sequence[str], options: Mapping[str, str]) -> List[Raw]:
        try:
            return rows_of(self.container('%s/%s' % (_METADATA, ','.join(rating_keys)), options, limits=BATCH))
        except PlexNotFound:
            return []

    def continue_watching_body(self, count: int, section_key: str = '',
                               fields: Mapping[str, str] = WIDGET_FILTER) -> bytes:
        """The Continue Watching hub in Plex's order with these fields (of ``plex_fields``), for :func:`read_hub`.

        The endpoint has no filter by type, and no paging but ``count``. ``section_key``: only items of this library.
        """
        params: Dict[str, Any] = dict(fields, count=count)
        if section_key:
            params['contentDirectoryID'] = section_key
        return self.features.asked(CONTINUE_WATCHING, lambda path: self.body(path, params, VERSION_HEADER,
                                                                             limits=LISTING))

    # ---- the user's actions ------------------------------------------------------------------------------------

    def timeline(self, rating_key: str, state: str, time_ms: int, duration_ms: int, session_id: str,
                 **extra: Any) -> str:
        """Report playback (``/:/timeline``). ``state``: playing, paused, buffering or stopped; times in ms.

        Returns the server's words if it has ended this playback, else ''.
        """
        params = dict(extra, ratingKey=rating_key, key='/library/metadata/%s' % rating_key, state=state,
                      time=max(0, int(time_ms)), duration=max(0, int(duration_ms)), identifier=LIBRARY, hasMDE=1)
        try:
            return ended_by_server(self.container('/:/timeline', params, headers={SESSION_HEADER: session_id},
                                                  retries=0))
        except PlexBadAnswer:
            return ''  # older servers send nothing

    def select_streams(self, part_id: str, audio_id: str = '', subtitle_id: str = '') -> None:
        """Choose the streams of an item's file for this user, by their ids; '' leaves a kind as it is, '0' is no
        subtitle. Raises :class:`PlexRejected` for a stream that is not in the part.
        """
        params: Dict[str, Any] = {'allParts': 1}
        if audio_id:
            params['audioStreamID'] = audio_id
        if subtitle_id:
            params['subtitleStreamID'] = subtitle_id
        self.act('/library/parts/%s' % part_id, params)

    def scrobble(self, rating_key: str) -> None:
        """Mark as watched; works on shows and seasons too."""
        self.act('/:/scrobble', {'key': rating_key, 'identifier': LIBRARY})

    def unscrobble(self, rating_key: str) -> None:
        """Mark as unwatched."""
        self.act('/:/unscrobble', {'key': rating_key, 'identifier': LIBRARY})

    def remove_from_continue_watching(self, rating_key: str) -> None:
        """Remove an item from Continue Watching; its resume point is kept."""
        self.act(self.features.path(REMOVE_FROM_CONTINUE_WATCHING), {'ratingKey': rating_key})

    def delete(self, rating_key: str) -> None:
        """Remove an item and its files from the server."""
        self.act('%s/%s' % (_METADATA, rating_key), None, 'DELETE')

    def rate(self, rating_key: str, rating: float) -> None:
        """Set the user's rating, 0 to 10; -1 clears it."""
        self.act('/:/rate', {'key': rating_key, 'identifier': LIBRARY, 'rating': '%g' % rating})

    def progress(self, rating_key: str, time_ms: int) -> None:
        """Set the resume point in milliseconds; 0 has no effect."""
        self.act('/:/progress', {'key': rating_key, 'identifier': LIBRARY, 'time': time_ms, 'state': 'stopped'})


def read_items(body: bytes) -> Tuple[List[PlexItem], int]:
    """Parse :meth:`PMSClient.items_body`; returns as :meth:`PMSClient.items`. Raises :class:`PlexBadAnswer`."""
    return plex_model.items(rows_of(read_container(body, _METADATA))) if body else ([], 0)


def read_hub(body: bytes) -> List[PlexItem]:
    """Parse :meth:`PMSClient.continue_watching_body`. Raises :class:`PlexBadAnswer`."""
    raws: List[Raw] = []
    for hub in children(read_container(body, 'the hub'), 'Hub'):
        raws.extend(rows_of(hub))
    return plex_model.items(raws)[0]


def _listing(plex_type: PlexType) -> Dict[str, Any]:
    """The parameters of a listing of one type with few fields."""
    return dict(NO_ELEMENTS, includeFields=','.join(plex_type.fields), type=plex_type.number, sort='id')


def _sweep_page(page: Page) -> SweepPage:
    rows = [row for row in map(plex_model.sweep_row, page.rows) if row is not None]
    return SweepPage(rows, len(page.rows) - len(rows), page.total)
