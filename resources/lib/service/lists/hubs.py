"""The server's hubs: rows of suggestions, each of them a folder, and what one of them holds."""
from __future__ import annotations

from ...item_url import icon
from ...kodi.texts import lists as texts
from ...plex_functions import PMSClient
from ...plex_lists import Hub, hubs_body, listing_body, read_hubs, read_listing, related_body
from .description import IN_TURN, Contents, Folder, ListDescription, Options

ICONS = {'movie': icon('movies'), 'show': icon('shows'), 'season': icon('shows'), 'episode': icon('shows'),
         'clip': icon('movies'), 'collection': icon('collections'), 'playlist': icon('playlists')}
OTHER_ICON = icon('recommended')


def _ask_hubs(client: PMSClient, options: Options) -> bytes:
    return hubs_body(client, options.section)


def _read_hubs(body: bytes, _options: Options) -> Contents:
    return Contents([folder_of(hub) for hub in read_hubs(body) if hub.key and hub.items])


def folder_of(hub: Hub) -> Folder:
    """The entry of a hub."""
    return Folder('hub', Options(key=hub.key), hub.title, icon=ICONS.get(hub.plex_type, OTHER_ICON))


def _ask_hub(client: PMSClient, options: Options) -> bytes:
    return listing_body(client, options.key, {}, options.start, options.limit)


def _read_hub(body: bytes, options: Options) -> Contents:
    listing = read_listing(body, options.start, options.limit)
    return Contents(listing.items, listing.more)


def _ask_related(client: PMSClient, options: Options) -> bytes:
    return related_body(client, options.id)


HUBS = ListDescription('hubs', texts.HUBS, _ask_hubs, _read_hubs, merge=IN_TURN)
HUB = ListDescription('hub', texts.HUBS, _ask_hub, _read_hub, needs=('key',))
RELATED = ListDescription('related', texts.RELATED, _ask_related, _read_hubs, needs=('id',))
