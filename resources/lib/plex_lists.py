"""Requests to a Plex Media Server (PMS) for the plugin's lists, and parsing the answers.

The ``…_body`` functions return the answer as bytes, so that an unchanged one need not be parsed again; the ``read_…``
functions make records of it and raise :class:`~.plex_errors.PlexBadAnswer`. Sources of facts are in docs/plex.md.
"""
from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from . import plex_model
from .plex_errors import PlexNotFound
from .plex_fields import MEMBER_FILTER, WIDGET_FILTER
from .plex_functions import BATCH_SIZE, PMSClient
from .plex_limits import LISTING
from .plex_list_options import checked_key, checked_order
from .plex_model import PlexItem, Section
from .plex_providers import PROMOTED, SEARCH
from .plex_requests import VERSION_HEADER, PMSRequests, read_container, rows_of
from .plex_values import Raw, children, integer, text

#: The fields for an entry of a list: those of :data:`WIDGET_FILTER`, and the numbers of children and watched ones.
LIST_FILTER: Dict[str, str] = dict(
    WIDGET_FILTER,
    includeFields=WIDGET_FILTER['includeFields'] + ',leafCount,viewedLeafCount,childCount,smart,subtype,composite')
#: One item of each hub, which shows that it is not empty.
_HUBS_FILTER: Dict[str, Any] = dict(MEMBER_FILTER, count=1)
_WHAT = 'a list'
#: The path of a library's collections.
COLLECTIONS_PATH = '/library/sections/%s/collections'
#: Types of hubs with items that Kodi's video windows can show.
_HUB_TYPES = frozenset(('movie', 'show', 'season', 'episode', 'clip', 'mixed', 'collection', 'playlist'))
_FOLDER = re.compile(r'/folder\?parent=(\w+)\Z')
#: Separates the answers that make one page together; neither JSON nor XML can contain this byte.
_BETWEEN = b'\0'
#: Limit of answers for one page.
_MOST_PIECES = 20


class Listing(NamedTuple):
    """A page of items. ``more``: there are items after it; ``title`` is that of the page, '' for none."""

    items: List[PlexItem]
    more: bool
    title: str


class Hub(NamedTuple):
    """A hub. ``key`` is the path of its complete list (:func:`checked_key`); ``items`` are the first ones."""

    title: str
    plex_type: str
    key: str
    items: List[PlexItem]


class Choice(NamedTuple):
    """A value of a filter, or a sort order: what is sent to the server, and its title."""

    key: str
    title: str


class SectionViews(NamedTuple):
    """The filters (the server's names) and sort orders of a library."""

    title: str
    plex_type: str
    filters: Tuple[str, ...]
    orders: Tuple[Choice, ...]


# ---- requests --------------------------------------------------------------------------------------------------

def listing_body(client: PMSRequests, path: str, params: Mapping[str, Any], start: int, size: int) -> bytes:
    """One page of a listing with the fields of :data:`LIST_FILTER`, for :func:`read_listing`.

    If the server sends fewer items than requested, the rest is requested until the page is full. The key of a filter
    in ``params`` is the name of a field with the comparison (``updatedAt>>``), without the last ``=``, which is the
    separator of the query string.
    """
    query = {name: value for name, value in dict(LIST_FILTER, **params).items() if value is not None}
    pieces: List[bytes] = []
    position = start
    while len(pieces) < _MOST_PIECES:
        query.update({'X-Plex-Container-Start': position, 'X-Plex-Container-Size': start + size - position})
        pieces.append(client.body(path, query, VERSION_HEADER, limits=LISTING))
        container = read_container(pieces[-1], _WHAT)
        rows = len(_rows(container)) + len(children(container, 'Directory'))
        position += rows
        end = integer(container, 'totalSize') if container.get('totalSize') is not None else start + size
        if not rows or not _is_paged(container) or position >= min(end, start + size):
            break
    return _BETWEEN.join(pieces)


def provider_listing_body(client: PMSRequests, path: str, params: Mapping[str, Any], start: int, size: int) -> bytes:
    """As :func:`listing_body`, from one of plex.tv's own providers and with all fields."""
    return listing_body(client, path, dict(params, includeGuids=1, includeFields=None, excludeElements=None), start,
                        size)


def provider_hubs_body(client: PMSRequests, path: str) -> bytes:
    """The hubs of one of plex.tv's own providers, for :func:`read_hubs`."""
    return client.body(path, {'count': 1}, VERSION_HEADER, limits=LISTING)


def with_guids_body(client: PMSRequests, type_number: int, guids: Sequence[str]) -> bytes:
    """Items of all libraries with these guids, for :func:`read_listing`."""
    return listing_body(client, '/library/all', {'type': type_number, 'guid': ','.join(guids)}, 0, 2 * len(guids))


def items_body(client: PMSRequests, rating_keys: Sequence[str]) -> bytes:
    """Short records of at most a page of items, for :func:`read_listing`; b'' when none of them exists."""
    pieces = []
    for start in range(0, len(rating_keys), BATCH_SIZE):
        try:
            pieces.append(client.body('/library/metadata/' + ','.join(rating_keys[start:start + BATCH_SIZE]),
                                      dict(LIST_FILTER, skipRefresh=1), VERSION_HEADER, limits=LISTING))
        except PlexNotFound:
            pass  # none of them exists any more
    return _BETWEEN.join(pieces)


def of_person_body(client: PMSRequests, person: str, start: int, size: int) -> bytes:
    """A person's films and shows, for :func:`read_merged`. ``person`` is the server's id of the person, or Plex's."""
    try:
        return listing_body(client, '/library/people/%s/media' % person, {}, 0, start + size + 1)
    except PlexNotFound:  # an older server, or an unknown person
        sections = read_sections(sections_body(client))
        return _BETWEEN.join(listing_body(client, '/library/sections/%s/all' % section.key, {'actor': person}, 0,
                                          start + size + 1) for section in sections)


def folder_body(client: PMSRequests, section_key: str, folder: str, start: int, size: int) -> bytes:
    """The content of a folder of a library (its number, '' for the topmost), for :func:`read_folder`."""
    return listing_body(client, '/library/sections/%s/folder' % section_key, {'parent': folder} if folder else {},
                        start, size)


def all_collections_body(client: PMSRequests, most: int) -> bytes:
    """The first collections of each library with films or shows, for :func:`read_merged`."""
    keys = [section.key for section in read_sections(sections_body(client))]
    return _BETWEEN.join(listing_body(client, COLLECTIONS_PATH % key, {}, 0, most) for key in keys)


def playlist(client: PMSRequests, rating_key: str) -> List[PlexItem]:
    """The record of a playlist of the asking user's; none when there is no such playlist."""
    try:
        return plex_model.items(rows_of(client.container('/playlists/%s' % rating_key)))[0]
    except PlexNotFound:
        return []


def extras_body(client: PMSRequests, rating_key: str) -> bytes:
    """The trailers and other extras of an item, for :func:`read_listing`."""
    return client.body('/library/metadata/%s/extras' % rating_key, LIST_FILTER, VERSION_HEADER, limits=LISTING)


def hubs_body(client: PMSClient, section_key: str = '') -> bytes:
    """The hubs of a library, or those of the user's home screen in Plex, for :func:`read_hubs`."""
    if section_key:
        return client.body('/hubs/sections/%s' % section_key, _HUBS_FILTER, VERSION_HEADER, limits=LISTING)
    try:
        return client.body(client.features.path(PROMOTED), _HUBS_FILTER, VERSION_HEADER, limits=LISTING)
    except PlexNotFound:  # an older server
        return client.body('/hubs', _HUBS_FILTER, VERSION_HEADER, limits=LISTING)


def related_body(client: PMSRequests, rating_key: str) -> bytes:
    """The hubs related to an item, for :func:`read_hubs`."""
    return client.body('/library/metadata/%s/related' % rating_key, _HUBS_FILTER, VERSION_HEADER, limits=LISTING)


def search_body(client: PMSClient, query: str, most: int) -> bytes:
    """The search results in all libraries, at most ``most`` of each type, for :func:`read_hubs`."""
    return client.body(client.features.path(SEARCH), dict(LIST_FILTER, query=query, limit=most, includeCollections=1),
                       VERSION_HEADER, limits=LISTING)


def sections_body(client: PMSRequests) -> bytes:
    """All libraries, for :func:`read_sections`."""
    return client.body('/library/sections', limits=LISTING)


def section_views_body(client: PMSRequests, section_key: str) -> bytes:
    """The filters and sort orders of a library, for :func:`read_section_views`."""
    return client.body('/library/sections/%s/all' % section_key, {
        'includeMeta': 1, 'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': 0}, limits=LISTING)


def choices_body(client: PMSRequests, section_key: str, name: str) -> bytes:
    """The values of a filter in a library, for :func:`read_choices`."""
    return client.body('/library/sections/%s/%s' % (section_key, name), limits=LISTING)


# ---- answers ---------------------------------------------------------------------------------------------------

def read_listing(body: bytes, start: int, size: int) -> Listing:
    """The page from ``start`` on, even if the server sent all items at once."""
    containers = [read_container(piece, _WHAT) for piece in body.split(_BETWEEN)]
    container = containers[0]
    rows = [row for piece in containers for row in _rows(piece)]
    if not _is_paged(container):
        more, rows = len(rows) > start + size, rows[start:start + size]
    elif container.get('totalSize') is None:
        more = len(rows) >= size
    else:
        more = bool(rows) and start + len(rows) < integer(container, 'totalSize')
    title = text(container, 'title2' if text(container, 'viewGroup') in ('season', 'episode') else 'title1')
    return Listing(plex_model.items(rows)[0], more, title)


def read_folder(body: bytes, start: int, size: int) -> Tuple[List[Choice], Listing]:
    """The folders and the items of a page. The key of a folder is its number."""
    pieces = [read_container(piece, _WHAT) for piece in body.split(_BETWEEN)]
    rows = [row for one in pieces for row in children(one, 'Directory') + children(one, 'Metadata')
            if not row.get('ratingKey')]
    found = [Choice(match.group(1), text(row, 'title')) for row in rows
             for match in [_FOLDER.search(text(row, 'key'))] if match]
    listing = read_listing(body, start, size)
    return (found if _is_paged(pieces[0]) or start == 0 else []), listing


def read_merged(body: bytes, start: int, size: int) -> Listing:
    """The page from ``start`` on of several listings, merged by title."""
    rows = [row for piece in body.split(_BETWEEN) if piece for row in rows_of(read_container(piece, _WHAT))]
    found = sorted({item.rating_key: item for item in plex_model.items(rows)[0]}.values(),
                   key=lambda item: (item.title_sort or item.title).casefold())
    return Listing(found[start:start + size], len(found) > start + size, '')


def read_hubs(body: bytes) -> List[Hub]:
    """The hubs that Kodi's video windows can show, in the server's order."""
    hubs: List[Hub] = []
    for raw in children(read_container(body, _WHAT), 'Hub'):
        items = plex_model.items(rows_of(raw))[0]
        kind = text(raw, 'type')
        if kind in _HUB_TYPES and (items or integer(raw, 'size')):
            key = checked_key(text(raw, 'key')) or checked_key(text(raw, 'hubKey'))
            hubs.append(Hub(text(raw, 'title'), kind, key, items))
    return hubs


def read_sections(body: bytes) -> List[Section]:
    """The libraries with movies or shows, in the server's order."""
    sections = (plex_model.section(raw) for raw in children(read_container(body, _WHAT), 'Directory'))
    return [section for section in sections if section and section.plex_type in (plex_model.MOVIE, plex_model.SHOW)]


def read_section_views(body: bytes) -> SectionViews:
    """The filters and sort orders of the top type of a library (its movies, its shows)."""
    container = read_container(body, _WHAT)
    meta = container.get('Meta')
    types = [raw for raw in children(meta if isinstance(meta, dict) else {}, 'Type')
             if text(raw, 'type') in (plex_model.MOVIE, plex_model.SHOW)]
    top: Raw = types[0] if types else {}
    orders = tuple(Choice(_direction(raw), text(raw, 'title')) for raw in children(top, 'Sort')
                   if checked_order(_direction(raw)))
    return SectionViews(text(container, 'title1'), text(top, 'type'),
                        tuple(text(raw, 'filter') for raw in children(top, 'Filter')), orders)


def read_choices(body: bytes) -> List[Choice]:
    """The values of a filter in the server's order."""
    rows = (Choice(text(raw, 'key').rsplit('/', 1)[-1], text(raw, 'title'))
            for raw in children(read_container(body, _WHAT), 'Directory'))
    return [choice for choice in rows if choice.key and choice.title]


def _rows(container: Raw) -> List[Raw]:
    """The items of a container and of its hubs."""
    return rows_of(container) + [row for hub in children(container, 'Hub') for row in rows_of(hub)]


def _is_paged(container: Raw) -> bool:
    """Whether the answer is a page of a longer listing."""
    return container.get('totalSize') is not None or container.get('offset') is not None


def _direction(raw: Raw) -> str:
    """The sort order in its default direction."""
    return (text(raw, 'descKey') if text(raw, 'defaultDirection') == 'desc' else '') or text(raw, 'key')
