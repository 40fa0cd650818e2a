"""Collections and playlists, the smart ones too, and what they hold."""
from __future__ import annotations

from ...kodi.texts import lists as texts
from ...plex_functions import PMSClient
from ...plex_lists import COLLECTIONS_PATH, all_collections_body, listing_body, read_listing, read_merged
from ...plex_providers import COLLECTIONS, PLAYLISTS
from .description import ALIKE, Contents, ListDescription, Options


def _ask_collections(client: PMSClient, options: Options) -> bytes:
    if not options.section:
        return all_collections_body(client, options.start + options.limit + 1)
    return listing_body(client, COLLECTIONS_PATH % options.section, {}, options.start, options.limit)


def _read_collections(body: bytes, options: Options) -> Contents:
    if not options.section:
        merged = read_merged(body, options.start, options.limit)
        return Contents(merged.items, merged.more)
    return _read(body, options)


def _ask_collection(client: PMSClient, options: Options) -> bytes:
    return _ask_items(client, COLLECTIONS, options)


def _ask_playlists(client: PMSClient, options: Options) -> bytes:
    return listing_body(client, client.features.path(PLAYLISTS), {'playlistType': 'video', 'type': 15}, options.start,
                        options.limit)


def _ask_playlist(client: PMSClient, options: Options) -> bytes:
    return _ask_items(client, PLAYLISTS, options)


def _ask_items(client: PMSClient, feature: str, options: Options) -> bytes:
    return listing_body(client, '%s/%s/items' % (client.features.path(feature), options.id), {}, options.start,
                        options.limit)


def _read(body: bytes, options: Options) -> Contents:
    listing = read_listing(body, options.start, options.limit)
    return Contents(listing.items, listing.more)


ALL_COLLECTIONS = ListDescription('collections', texts.COLLECTIONS, _ask_collections, _read_collections, merge=ALIKE)
COLLECTION = ListDescription('collection', texts.COLLECTIONS, _ask_collection, _read, needs=('id',))
MY_PLAYLISTS = ListDescription('playlists', texts.PLAYLISTS, _ask_playlists, _read, merge=ALIKE)
PLAYLIST = ListDescription('playlist', texts.PLAYLISTS, _ask_playlist, _read, needs=('id',))
