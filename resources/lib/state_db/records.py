"""What the state database holds, as plain records."""
from __future__ import annotations

from typing import NamedTuple

#: A stamp that no item of the server has.
EXPIRED = -1


class Known(NamedTuple):
    """What we last knew of an item. With :data:`EXPIRED` as ``stamp`` it is written anew."""

    stamp: int
    view_count: int
    view_offset: int
    last_viewed_at: int
    user_rating: float
    kodi_id: int
    file_id: int


class ItemState(NamedTuple):
    """A row of ``item``. ``parent_key`` is the show's ratingKey for seasons and episodes."""

    server_id: int
    rating_key: str
    plex_type: str
    section_key: str
    parent_key: str
    guid: str
    kodi_id: int
    file_id: int
    stamp: int
    view_count: int
    view_offset: int
    last_viewed_at: int
    user_rating: float


class CollectionState(NamedTuple):
    """A row of ``collection``; ``item_count`` is the number of its items as Plex says it."""

    rating_key: str
    section_key: str
    title: str
    stamp: int
    item_count: int
    smart: bool


class Cursor(NamedTuple):
    """How far a listing of one type in a library was seen.

    ``stamp`` is the newest time that any of its items carried, by the server's clock. ``total``, ``watched`` and
    ``started`` are the server's counts (all, watched, in progress) minus ours at that moment: 0 but for oddities.
    """

    stamp: int
    total: int
    watched: int
    started: int


class Counts(NamedTuple):
    """Items of one type in a library: all, watched, and those with a resume point."""

    total: int
    watched: int
    started: int


class SectionState(NamedTuple):
    """A row of ``section``; ``missing`` counts complete answers of the server without it."""

    section_key: str
    uuid: str
    plex_type: str
    title: str
    missing: int
