"""Requests to a Plex Media Server about the user's video playlists and about collections: reading and editing them.

Sources of facts are in docs/plex.md.
"""
from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from .batches import chunks
from .plex_errors import PlexBadAnswer
from .plex_fields import NO_ELEMENTS
from .plex_functions import BATCH_SIZE, LIBRARY, PMSClient
from .plex_lists import COLLECTIONS_PATH
from .plex_providers import COLLECTIONS, PLAYLISTS
from .plex_requests import rows_of
from .plex_values import Raw, flag, identifier, integer, text

#: A feature's path comes from the server; what follows it does not.
_ITEMS = '%s/%s/items'
_ITEM_FIELDS = ('ratingKey,key,type,title,year,index,parentIndex,grandparentTitle,grandparentRatingKey,duration,'
                'playlistItemID,source,sourceURI')
_COLLECTION_FIELDS = 'ratingKey,type,title,subtype,smart,childCount'


class PlaylistRow(NamedTuple):
    """A playlist in the list of playlists. ``duration`` in milliseconds; a smart one finds its items itself."""

    rating_key: str
    title: str
    smart: bool
    updated_at: int
    leaf_count: int
    duration: int


class PlaylistItem(NamedTuple):
    """One place in a playlist. ``place`` is its ``playlistItemID``, '' in smart ones; ``seconds`` its length.

    ``show_key``, ``show_title``, ``season`` and ``number`` are an episode's. ``foreign``: it is another server's.
    """

    place: str
    rating_key: str
    plex_type: str
    title: str
    year: int
    seconds: int
    show_key: str
    show_title: str
    season: int
    number: int
    foreign: bool


class PlaylistItems(NamedTuple):
    """The items in their order. ``complete``: these are all, and the list did not change while it was read."""

    items: List[PlaylistItem]
    complete: bool


class CollectionRow(NamedTuple):
    """A collection of a library; ``subtype`` is the type of its items, '' if the server does not tell."""

    rating_key: str
    title: str
    smart: bool
    subtype: str


# ---- playlists -------------------------------------------------------------------------------------------------

def playlists(client: PMSClient, most: int) -> Tuple[List[PlaylistRow], bool]:
    """The first ``most`` video playlists of the user, and whether these are all. Raises :class:`PlexError`."""
    found: Dict[str, PlaylistRow] = {}
    params = {'playlistType': 'video', 'type': 15}
    for page in client.pages(client.features.path(PLAYLISTS), params, page_size=500):
        for row in page.rows:
            one = _playlist(row)
            if one is not None:
                found.setdefault(one.rating_key, one)
        if len(found) > most:
            return list(found.values())[:most], False
    return list(found.values()), True


def playlist_items(client: PMSClient, playlist_key: str, machine_identifier: str, most: int) -> PlaylistItems:
    """The first ``most`` items of a playlist. Raises :class:`PlexError`."""
    items: List[PlaylistItem] = []
    totals = set()
    params = dict(NO_ELEMENTS, includeFields=_ITEM_FIELDS)
    for page in client.pages(_path(client, PLAYLISTS, playlist_key), params, versioned=True):
        totals.add(page.total)
        items += [one for one in (_item(row, machine_identifier) for row in page.rows) if one is not None]
        if len(items) > most:
            return PlaylistItems(items[:most], False)
    return PlaylistItems(items, len(totals) == 1 and totals == {len(items)})


def create_playlist(client: PMSClient, machine_identifier: str, title: str, rating_keys: Sequence[str]) -> str:
    """Make a playlist of one to :data:`BATCH_SIZE` items; returns its ratingKey. Raises :class:`PlexError`."""
    params = {'type': 'video', 'title': title, 'smart': 0, 'uri': _uri(machine_identifier, rating_keys)}
    made = client.container(client.features.path(PLAYLISTS), params, method='POST', retries=0)
    keys = [identifier(row, 'ratingKey') for row in rows_of(made)]
    if not keys or not keys[0]:
        raise PlexBadAnswer('POST playlists: no playlist')
    return keys[0]


def add_to_playlist(client: PMSClient, machine_identifier: str, playlist_key: str, rating_keys: Sequence[str]) -> None:
    """Append items to a playlist; of shows and seasons their episodes."""
    for some in chunks(rating_keys, BATCH_SIZE):
        client.act(_path(client, PLAYLISTS, playlist_key), {'uri': _uri(machine_identifier, some)})


def remove_from_playlist(client: PMSClient, playlist_key: str, place: str) -> None:
    """Take one place out of a playlist."""
    client.act('%s/%s' % (_path(client, PLAYLISTS, playlist_key), place), None, 'DELETE')


def move_in_playlist(client: PMSClient, playlist_key: str, place: str, after: str) -> None:
    """Move one place behind another one; ``after`` '' is the beginning."""
    client.act('%s/%s/move' % (_path(client, PLAYLISTS, playlist_key), place), {'after': after} if after else None)


# ---- collections -----------------------------------------------------------------------------------------------

def collections(client: PMSClient, section_key: str) -> List[CollectionRow]:
    """All collections of a library. Raises :class:`PlexError`."""
    rows: List[Raw] = []
    params = dict(NO_ELEMENTS, includeFields=_COLLECTION_FIELDS)
    for page in client.pages(COLLECTIONS_PATH % section_key, params, versioned=True):
        rows += page.rows
    return [CollectionRow(identifier(row, 'ratingKey'), text(row, 'title'), flag(row, 'smart'), text(row, 'subtype'))
            for row in rows if identifier(row, 'ratingKey')]


def create_collection(client: PMSClient, machine_identifier: str, section_key: str, title: str,
                      item: Tuple[int, str]) -> None:
    """Make a collection of one item, given as Plex's number of its type and its ratingKey."""
    number, rating_key = item
    params: Dict[str, Any] = {'type': number, 'title': title, 'smart': 0, 'sectionId': section_key,
                              'uri': _uri(machine_identifier, [rating_key])}
    client.act(client.features.path(COLLECTIONS), params, 'POST')


def add_to_collection(client: PMSClient, machine_identifier: str, collection_key: str, rating_key: str) -> None:
    """Put an item into a collection."""
    client.act(_path(client, COLLECTIONS, collection_key), {'uri': _uri(machine_identifier, [rating_key])})


def remove_from_collection(client: PMSClient, collection_key: str, rating_key: str) -> None:
    """Take an item out of a collection."""
    client.act('%s/%s' % (_path(client, COLLECTIONS, collection_key), rating_key), None, 'DELETE')


# ---- values ----------------------------------------------------------------------------------------------------

def _path(client: PMSClient, feature: str, key: str) -> str:
    return _ITEMS % (client.features.path(feature), key)


def _uri(machine_identifier: str, rating_keys: Sequence[str]) -> str:
    return 'server://%s/%s/library/metadata/%s' % (machine_identifier, LIBRARY, ','.join(rating_keys))


def _playlist(raw: Raw) -> Any:
    key = identifier(raw, 'ratingKey')
    if not key or text(raw, 'playlistType') not in ('', 'video') or text(raw, 'type') not in ('', 'playlist'):
        return None
    return PlaylistRow(key, text(raw, 'title'), flag(raw, 'smart'), integer(raw, 'updatedAt'),
                       integer(raw, 'leafCount'), integer(raw, 'duration'))


def _item(raw: Raw, machine_identifier: str) -> Any:
    key = identifier(raw, 'ratingKey')
    if not key:
        return None
    source = text(raw, 'sourceURI') or text(raw, 'source')
    return PlaylistItem(
        identifier(raw, 'playlistItemID'), key, text(raw, 'type'), text(raw, 'title'), integer(raw, 'year'),
        max(integer(raw, 'duration'), 0) // 1000, identifier(raw, 'grandparentRatingKey'),
        text(raw, 'grandparentTitle'), max(integer(raw, 'parentIndex'), 0), max(integer(raw, 'index'), 0),
        source.startswith(('server://', 'provider://')) and machine_identifier not in source)
