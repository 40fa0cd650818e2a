"""What a sync has to do, as the plan hands it to those who fetch and write. Plain records."""
from __future__ import annotations

from typing import Dict, NamedTuple, Optional, Tuple, Union

from ..plex_model import PlexItem, Section, SweepRow
from ..state_db import Cursor
from .kinds import Kind


class CollectionIndex(NamedTuple):
    """The collections of a library: keys by title, and for the smart ones keys and titles by their items' ratingKeys.

    Plex writes into an item only those that were put together by hand.
    """

    by_title: Dict[str, str]
    smart_keys: Dict[str, Tuple[str, ...]]
    smart_titles: Dict[str, Tuple[str, ...]]


NO_COLLECTIONS = CollectionIndex({}, {}, {})


class Fetch(NamedTuple):
    """Items whose full metadata is wanted; with ``watch_only`` nothing but their watch state is written."""

    section: Section
    kind: Kind
    rating_keys: Tuple[str, ...]
    collections: CollectionIndex = NO_COLLECTIONS
    watch_only: bool = False


class Watch(NamedTuple):
    """Items of which only watch state or rating changed."""

    section: Section
    kind: Kind
    rows: Tuple[SweepRow, ...]


class ListingSummary(NamedTuple):
    """A listing was seen to its end. ``missing`` are known items that it did not hold; ``total`` is its size.

    ``complete`` is false when the pages do not add up, and then nothing may be concluded from absence. ``cursor``
    says how far was seen, None when the next sync has to sweep again.
    """

    section: Section
    kind: Kind
    missing: Tuple[str, ...]
    known: int
    total: int
    complete: bool
    cursor: Optional[Cursor] = None


class ListingCursor(NamedTuple):
    """What changed in a listing was seen, up to ``cursor``; nothing is known of what may be missing."""

    section: Section
    kind: Kind
    cursor: Cursor


class Collections(NamedTuple):
    """The collections of a library; ``items`` is None when the server would not tell."""

    section: Section
    items: Optional[Tuple[PlexItem, ...]]


Task = Union[Fetch, Watch, ListingSummary, ListingCursor, Collections]
