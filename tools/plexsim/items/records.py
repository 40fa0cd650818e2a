"""Records of the simulated library: sections, items, playlists, watch states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator

from tools.plexsim.items.types import LEAF_TYPES


@dataclass
class WatchState:
    """One user's state of one guid; a PMS stores it by account and guid, not with the item."""

    view_count: int = 0
    view_offset: int = 0
    last_viewed_at: int | None = None
    user_rating: float | None = None
    last_rated_at: int | None = None
    skip_count: int = 0


@dataclass
class Section:
    """A library section as listed by /library/sections.

    ``path`` is its folder in the server's file system, where the files of generated items lie; ``more_paths`` are
    further folders.
    """

    id: int
    type: str
    title: str
    uuid: str
    agent: str
    scanner: str
    path: str
    language: str = "en-US"
    created_at: int = 1_560_000_000
    updated_at: int = 1_560_000_000
    scanned_at: int = 1_560_000_000
    content_changed_at: int = 1
    hidden: int = 0
    refreshing: bool = False
    more_paths: list[str] = field(default_factory=list)
    by_type: dict[str, dict[int, Item]] = field(default_factory=dict)

    def items(self, type_name: str) -> list[Item]:
        """Return the items of one type in the order of their rating keys."""
        rows = self.by_type.get(type_name, {})
        return [rows[key] for key in sorted(rows)]


class Item:
    """A movie, show, season, episode, collection or clip.

    ``fields`` holds the attributes that a PMS stores, by Plex's names; what a PMS derives
    (keys, parents' titles, counts, artwork URLs, watch state) is added when the item is rendered.
    ``elements`` holds child elements, or None while they are derived from the item's seed.
    ``cache`` holds rendered rows and is emptied on every change. ``owner`` is the item that an extra belongs to.
    """

    __slots__ = (
        "rating_key",
        "type",
        "section",
        "parent",
        "children",
        "fields",
        "elements",
        "seed",
        "cache",
        "members",
        "smart",
        "owner",
    )

    def __init__(
        self,
        rating_key: int,
        type_name: str,
        section: Section,
        fields: dict[str, Any],
        parent: Item | None = None,
    ) -> None:
        self.rating_key = rating_key
        self.type = type_name
        self.section = section
        self.parent = parent
        self.children: list[Item] = []
        self.fields = fields
        self.elements: dict[str, Any] | None = None
        self.seed = 0
        self.cache: dict[Any, Any] = {}
        self.members: list[int] = []
        self.smart: str | None = None
        self.owner: Item | None = None

    def __repr__(self) -> str:
        return "<Item %d %s %r>" % (self.rating_key, self.type, self.title)

    @property
    def title(self) -> str:
        """The item's title, empty when it has none."""
        return str(self.fields.get("title") or "")

    @property
    def guid(self) -> str:
        """The guid, which is the same for all copies of a work."""
        return str(self.fields.get("guid", f"local://{self.rating_key}"))

    @property
    def updated_at(self) -> int | None:
        """Time of the last metadata change, None for the items that real servers keep without one."""
        return whole(self.fields.get("updatedAt"))

    @property
    def added_at(self) -> int | None:
        """The time at which the item was added; may be after ``updated_at``."""
        return whole(self.fields.get("addedAt"))

    @property
    def duration(self) -> int:
        """Running time in milliseconds, 0 when unknown."""
        return int(self.fields.get("duration", 0) or 0)

    @property
    def is_leaf(self) -> bool:
        """Whether the item can be played itself."""
        return self.type in LEAF_TYPES

    def root(self) -> Item:
        """Return the topmost ancestor, the item itself when it has none."""
        item = self
        while item.parent is not None:
            item = item.parent
        return item

    def leaves(self) -> Iterator[Item]:
        """Yield the playable items below (or the item itself)."""
        if self.is_leaf:
            yield self
        for child in self.children:
            yield from child.leaves()

    def relatives(self, type_name: str) -> list[Item]:
        """Return the item itself or its ancestor when that is of a type, else all descendants of the type."""
        current: Item | None = self
        while current is not None:
            if current.type == type_name:
                return [current]
            current = current.parent
        found: list[Item] = []
        stack = list(self.children)
        while stack:
            child = stack.pop()
            if child.type == type_name:
                found.append(child)
            stack.extend(child.children)
        return found

    def drop_cache(self, family: bool = False) -> None:
        """Forget rendered rows of this item, its ancestors and its owner, with ``family`` of everything below too."""
        item: Item | None = self
        while item is not None:
            item.cache.clear()
            item = item.parent if item.parent is not None else item.owner
        if family:
            stack = list(self.children)
            while stack:
                child = stack.pop()
                child.cache.clear()
                stack.extend(child.children)


@dataclass
class PlaylistEntry:
    """One place in a plain playlist: ``id`` is the playlistItemID, which an item has once for each place."""

    id: int
    rating_key: int


@dataclass
class Playlist:
    """A playlist of one user. ``smart`` is a filter query in the section ``section_id``, None for a plain one.

    ``stamp`` is the time of the last change, ``added`` that of its making.
    """

    rating_key: int
    title: str
    user: int
    stamp: int
    kind: str = "video"
    entries: list[PlaylistEntry] = field(default_factory=list)
    smart: str | None = None
    section_id: int = 0
    summary: str = ""
    added: int = field(init=False)

    def __post_init__(self) -> None:
        self.added = self.stamp

    @property
    def members(self) -> list[int]:
        """The rating keys of the items of a plain playlist in their order."""
        return [entry.rating_key for entry in self.entries]


def whole(value: Any) -> int | None:
    """Return a time stamp that may be stored as a text as a number; None if it is none."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
