"""Building a library from recorded answers of a real Plex Media Server."""

from __future__ import annotations

from typing import Any, Iterable

from tools.plexsim.config import OWNER
from tools.plexsim.items.records import Item, Section, WatchState
from tools.plexsim.library.sections import Sections
from tools.plexsim.library.watch_states import WatchBook

ORDER = {
    "movie": 0,
    "show": 0,
    "artist": 0,
    "clip": 0,
    "photo": 0,
    "season": 1,
    "album": 1,
    "episode": 2,
    "track": 2,
    "collection": 3,
}
# Attributes that a PMS derives while answering; they are rendered from the simulated state instead.
DERIVED = (
    "ratingKey",
    "key",
    "type",
    "viewCount",
    "viewOffset",
    "lastViewedAt",
    "userRating",
    "lastRatedAt",
    "skipCount",
    "leafCount",
    "viewedLeafCount",
    "childCount",
    "librarySectionTitle",
    "librarySectionID",
    "librarySectionKey",
)


def load(library: Sections, watch: WatchBook, containers: Iterable[dict[str, Any]]) -> None:
    """Insert all Metadata rows; of several records of a rating key the fullest is used; missing parents are added."""
    rows: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
    for document in containers:
        container = document.get("MediaContainer", document)
        for row in container.get("Metadata", []):
            try:
                key = int(row["ratingKey"])
            except (KeyError, ValueError):
                continue
            if row.get("type") in ORDER and (key not in rows or len(str(row)) > len(str(rows[key][0]))):
                rows[key] = (row, container)
    library.reserve_keys(max(rows, default=0))
    for key, (row, container) in sorted(rows.items(), key=lambda pair: (ORDER[pair[1][0]["type"]], pair[0])):
        item = _insert(library, key, row, _section(library, row, container))
        _set_watched(watch, item, row)


def _section(library: Sections, row: dict[str, Any], container: dict[str, Any]) -> Section:
    """Return the section of a recorded row, which is added if missing."""
    kind = {
        "season": "show",
        "episode": "show",
        "clip": "movie",
        "album": "artist",
        "track": "artist",
        "collection": container.get("viewGroup", "movie"),
    }.get(row["type"], row["type"])
    number = int(row.get("librarySectionID") or container.get("librarySectionID") or 1)
    title = str(row.get("librarySectionTitle") or container.get("librarySectionTitle") or kind.title())
    for section in library.sections.values():
        if section.type == kind and section.title == title:
            return section
    return library.add_section(kind, title, number if number not in library.sections else None)


def _insert(library: Sections, key: int, row: dict[str, Any], section: Section) -> Item:
    fields = {name: value for name, value in row.items() if not name[:1].isupper() and name not in DERIVED}
    elements: dict[str, Any] = {name: value for name, value in row.items() if name[:1].isupper()}
    parent = _parent(library, row, section)
    item = library.insert(row["type"], section, fields, parent, elements, rating_key=key)
    medias: list[dict[str, Any]] = elements.get("Media", [])
    for media in medias:
        for part in media.get("Part", []):
            library.extra_parts[int(part["id"])] = item
    return item


def _set_watched(watch: WatchBook, item: Item, row: dict[str, Any]) -> None:
    """Set the owner's watch state to that of a recorded row."""
    state = WatchState(
        row.get("viewCount", 0) or 0,
        row.get("viewOffset", 0) or 0,
        row.get("lastViewedAt"),
        row.get("userRating"),
        row.get("lastRatedAt"),
        row.get("skipCount", 0) or 0,
    )
    if item.is_leaf and state != WatchState():
        watch.states.setdefault(OWNER, {})[item.guid] = state


def _parent(library: Sections, row: dict[str, Any], section: Section) -> Item | None:
    """Return the season of an episode or the show of a season; a missing one is made of the row's attributes."""
    if row["type"] not in ("season", "episode", "album", "track") or not row.get("parentRatingKey"):
        return None
    found = library.get(row["parentRatingKey"])
    if found is not None:
        return found
    grand = row.get("grandparentRatingKey")
    top = None
    if grand and row["type"] == "episode":
        top = library.get(grand) or library.insert(
            "show",
            section,
            {
                "guid": row.get("grandparentGuid", f"local://{grand}"),
                "title": row.get("grandparentTitle", ""),
                "thumb": row.get("grandparentThumb"),
                "art": row.get("grandparentArt"),
                "addedAt": row.get("addedAt"),
                "updatedAt": row.get("updatedAt"),
            },
            elements={},
            rating_key=int(grand),
        )
    kind = {"episode": "season", "season": "show", "track": "album", "album": "artist"}[row["type"]]
    return library.insert(
        kind,
        section,
        {
            "guid": row.get("parentGuid", "local://{}".format(row["parentRatingKey"])),
            "title": row.get("parentTitle", ""),
            "index": row.get("parentIndex", 1),
            "thumb": row.get("parentThumb"),
            "addedAt": row.get("addedAt"),
            "updatedAt": row.get("updatedAt"),
        },
        top,
        elements={},
        rating_key=int(row["parentRatingKey"]),
    )
