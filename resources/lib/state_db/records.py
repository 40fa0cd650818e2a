"""The records of the state database."""
from __future__ import annotations

from typing import NamedTuple

#: A stamp that no item of a server has: the next sync writes the item again.
EXPIRED = -1


class Known(NamedTuple):
    """An item's state when it was last written. With :data:`EXPIRED` as ``stamp`` it is written again."""

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
    """A row of ``collection``; ``item_count`` is Plex's number of its items."""

    rating_key: str
    section_key: str
    title: str
    stamp: int
    item_count: int
    smart: bool


class Cursor(NamedTuple):
    """Where the next delta of one type in a library starts.

    ``stamp`` is the newest stamp of all its items, in Unix seconds of the server's clock. ``total``, ``watched`` and
    ``started`` are the server's counts (all, watched, in progress) minus ours at that moment; usually 0.
    """

    stamp: int
    total: int
    watched: int
    started: int


class Counts(NamedTuple):
    """Numbers of items of one type in a library: all, watched, with a resume point."""

    total: int
    watched: int
    started: int


class SectionState(NamedTuple):
    """A row of ``section``; ``missing`` is the number of the server's complete answers without it in a row."""

    section_key: str
    uuid: str
    plex_type: str
    title: str
    missing: int
