"""Lists of plex.tv's own: the user's watchlist, and what is new or popular outside of his libraries."""
from __future__ import annotations

from ...kodi.texts import lists as texts
from ...plex_list_options import checked_key
from ...plex_lists import provider_hubs_body, provider_listing_body, read_hubs, read_listing
from ...plex_model import MOVIE, SHOW
from ...plex_providers import HOME, WATCHLIST, Provider
from ...plex_requests import PMSRequests
from .description import TYPE_NUMBER, Contents, DiscoverQuestion, Folder, ListDescription, Options
from .hubs import ICONS, OTHER_ICON

_TYPES = (MOVIE, SHOW)
_NEWEST = 'watchlistedAt:desc'


def _ask_watchlist(client: PMSRequests, provider: Provider, options: Options) -> bytes:
    params = {'sort': options.sort or _NEWEST}
    if options.type in _TYPES:
        params['type'] = str(TYPE_NUMBER[options.type])
    return provider_listing_body(client, provider.features[WATCHLIST] + '/all', params, options.start, options.limit)


def _read_listing(body: bytes, options: Options) -> Contents:
    listing = read_listing(body, options.start, options.limit)
    return Contents(listing.items, listing.more)


def _ask_discover(client: PMSRequests, provider: Provider, options: Options) -> bytes:
    if options.key:
        return provider_listing_body(client, options.key, {}, options.start, options.limit)
    return provider_hubs_body(client, provider.features[HOME])


def _read_discover(body: bytes, options: Options) -> Contents:
    if options.key:
        return _read_listing(body, options)
    return Contents([Folder('discover', Options(key=checked_key(hub.key)), hub.title,
                            icon=ICONS.get(hub.plex_type, OTHER_ICON))
                     for hub in read_hubs(body) if hub.key])


WATCHLIST_LIST = ListDescription('watchlist', texts.WATCHLIST, DiscoverQuestion(_ask_watchlist), _read_listing)
DISCOVER_LIST = ListDescription('discover', texts.DISCOVER, DiscoverQuestion(_ask_discover), _read_discover)
