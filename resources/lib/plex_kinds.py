"""Types of items in requests to a Plex Media Server."""
from __future__ import annotations

from typing import NamedTuple, Tuple

#: Fields with the times of an item's changes. Some items have no ``updatedAt``, and rating does not change it.
STAMPS: Tuple[str, ...] = ('updatedAt', 'addedAt', 'lastRatedAt')
#: The same for items that are watched themselves, unlike shows and seasons.
WATCHED_STAMPS: Tuple[str, ...] = STAMPS + ('lastViewedAt',)
#: The fields of a listing that are compared. The watch state must be among them, or all items would seem unwatched.
LISTING_FIELDS: Tuple[str, ...] = ('ratingKey', 'type', 'updatedAt', 'addedAt', 'viewCount', 'viewOffset',
                                   'lastViewedAt', 'userRating', 'lastRatedAt', 'duration')


class PlexType(NamedTuple):
    """A type of items in a library.

    ``name`` is the ``type`` in answers, ``number`` the ``type=`` of listings. ``stamps`` are the fields with the times
    of an item's changes, ``fields`` those that listings request.
    """

    name: str
    number: int
    stamps: Tuple[str, ...] = STAMPS
    fields: Tuple[str, ...] = LISTING_FIELDS


COLLECTION = PlexType('collection', 18)
