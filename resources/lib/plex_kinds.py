"""What a request to a Plex Media Server has to know of a type of items."""
from __future__ import annotations

from typing import NamedTuple, Tuple

#: Times that say that an item changed. An item without ``updatedAt`` exists, and rating does not move it.
STAMPS: Tuple[str, ...] = ('updatedAt', 'addedAt', 'lastRatedAt')
#: The same for items that are watched themselves; shows and seasons are watched only through their episodes.
WATCHED_STAMPS: Tuple[str, ...] = STAMPS + ('lastViewedAt',)
#: What a listing is compared by. Watch state must be among it, or everything would look unwatched.
LISTING_FIELDS: Tuple[str, ...] = ('ratingKey', 'type', 'updatedAt', 'addedAt', 'viewCount', 'viewOffset',
                                   'lastViewedAt', 'userRating', 'lastRatedAt', 'duration')


class PlexType(NamedTuple):
    """A type of items in a library.

    ``name`` is the ``type`` in answers, ``number`` the ``type=`` of listings. ``stamps`` are the fields with the times
    that say that an item changed, ``fields`` those that a listing is asked for.
    """

    name: str
    number: int
    stamps: Tuple[str, ...] = STAMPS
    fields: Tuple[str, ...] = LISTING_FIELDS


COLLECTION = PlexType('collection', 18)
