"""Lists that belong to one item or person: seasons or episodes, what is similar, extras, what somebody plays in."""
from __future__ import annotations

from ...kodi.texts import lists as texts
from ...plex_functions import PMSClient
from ...plex_lists import extras_body, listing_body, of_person_body, read_listing, read_merged
from .description import Contents, ListDescription, Options


def _ask_children(client: PMSClient, options: Options) -> bytes:
    return listing_body(client, '/library/metadata/%s/children' % options.id, {}, options.start, options.limit)


def _read_children(body: bytes, options: Options) -> Contents:
    return Contents.of(read_listing(body, options.start, options.limit))


def _ask_similar(client: PMSClient, options: Options) -> bytes:
    return client.augmentation.asked(options.id, lambda: listing_body(
        client, '/library/metadata/%s/similar' % options.id, {'count': options.start + options.limit}, options.start,
        options.limit), _is_empty)


def _ask_extras(client: PMSClient, options: Options) -> bytes:
    return client.augmentation.asked(options.id, lambda: extras_body(client, options.id), _is_empty)


def _is_empty(body: bytes) -> bool:
    return not read_listing(body, 0, 1).items


def _read(body: bytes, options: Options) -> Contents:
    listing = read_listing(body, options.start, options.limit)
    return Contents(listing.items, listing.more)


def _ask_people(client: PMSClient, options: Options) -> bytes:
    return of_person_body(client, options.id, options.start, options.limit)


def _read_people(body: bytes, options: Options) -> Contents:
    merged = read_merged(body, options.start, options.limit)
    return Contents(merged.items, merged.more)


CHILDREN = ListDescription('children', texts.SEASONS_AND_EPISODES, _ask_children, _read_children, needs=('id',))
SIMILAR = ListDescription('similar', texts.SIMILAR, _ask_similar, _read, needs=('id',))
EXTRAS = ListDescription('extras', texts.EXTRAS, _ask_extras, _read, needs=('id',))
PEOPLE = ListDescription('people', texts.PEOPLE, _ask_people, _read_people, needs=('id',))
