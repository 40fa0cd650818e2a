"""The tasks of a sync, made by :mod:`.plan` for the modules that fetch and write."""
from __future__ import annotations

from typing import Callable, Dict, NamedTuple, Optional, Tuple, Union

from ..plex_model import PlexItem, Section, SweepRow
from ..state_db import Cursor
from .kinds import Kind


class CollectionIndex(NamedTuple):
    """The collections of a library: keys by title, and those of smart ones, with titles, by the items' ratingKeys.

    Plex's items do not name the smart ones.
    """

    by_title: Dict[str, str]
    smart_keys: Dict[str, Tuple[str, ...]]
    smart_titles: Dict[str, Tuple[str, ...]]


NO_COLLECTIONS = CollectionIndex({}, {}, {})


class Fetch(NamedTuple):
    """Items to fetch in full; with ``watch_only`` only their watch state is written."""

    section: Section
    kind: Kind
    rating_keys: Tuple[str, ...]
    collections: CollectionIndex = NO_COLLECTIONS
    watch_only: bool = False


class Watch(NamedTuple):
    """Items whose watch state or rating changed, and nothing else."""

    section: Section
    kind: Kind
    rows: Tuple[SweepRow, ...]


class ListingSummary(NamedTuple):
    """The end of a listing. ``missing`` are known items that it lacks; ``total`` is its size.

    ``complete`` is false when the pages do not add up; then no missing item may be deleted. The next delta can start
    from ``cursor``; None when the next sync must sweep again. ``cursor_later`` waits for the cursor where the server is
    still being asked.
    """

    section: Section
    kind: Kind
    missing: Tuple[str, ...]
    known: int
    total: int
    complete: bool
    cursor: Optional[Cursor] = None
    cursor_later: Optional[Callable[[], Optional[Cursor]]] = None


class ListingCursor(NamedTuple):
    """The end of a delta: the next one can start from ``cursor``. It does not tell which items are missing."""

    section: Section
    kind: Kind
    cursor: Cursor


class Collections(NamedTuple):
    """The collections of a library; ``items`` is None when they could not be listed completely."""

    section: Section
    items: Optional[Tuple[PlexItem, ...]]


class HomeReady(NamedTuple):
    """All before it is what home screens show first; the rest of the libraries follows."""


Task = Union[Fetch, Watch, ListingSummary, ListingCursor, Collections, HomeReady]
