"""What came into the libraries last, of one type or as the server mixes it."""
from __future__ import annotations

from typing import Mapping

from ...kodi.texts import lists as texts
from ...plex_functions import PMSClient
from ...plex_lists import listing_body, read_listing
from ...plex_model import EPISODE, MOVIE, SEASON, SHOW
from .description import ADDED, TYPE_NUMBER, Contents, ItemsQuestion, ListDescription, Options, is_of_known_type

_TYPES = (MOVIE, SHOW, SEASON, EPISODE)


def _ask(client: PMSClient, options: Options, fields: Mapping[str, str]) -> bytes:
    base = '/library/sections/%s' % options.section if options.section else '/library'
    if options.type in _TYPES:
        params = dict(fields, type=str(TYPE_NUMBER[options.type]), sort='addedAt:desc')
        return listing_body(client, base + '/all', params, options.start, options.limit)
    return listing_body(client, base + '/recentlyAdded', fields, options.start, options.limit)


def _read(body: bytes, options: Options) -> Contents:
    listing = read_listing(body, options.start, options.limit)
    return Contents(listing.items, listing.more)


RECENTLY_ADDED = ListDescription('recently_added', texts.RECENTLY_ADDED, ItemsQuestion(_ask, is_of_known_type), _read,
                                 _TYPES, merge=ADDED)
