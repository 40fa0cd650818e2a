"""The filters and sorts of a section (the Meta element of a listing with includeMeta=1)."""

from __future__ import annotations

from typing import Any

from tools.plexsim.items.records import Section
from tools.plexsim.items.types import SECTION_LEVELS, TYPE_CODES
from tools.plexsim.library.fields import TAGS, listed
from tools.plexsim.library.store import Store


def _operators(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "title": title} for key, title in pairs]


IS, IS_NOT = ("=", "is"), ("!=", "is not")
FIELD_TYPES: list[dict[str, Any]] = [
    {"type": "tag", "Operator": _operators(IS, IS_NOT)},
    {"type": "integer", "Operator": _operators(IS, IS_NOT, (">>=", "is greater than"), ("<<=", "is less than"))},
    {
        "type": "string",
        "Operator": _operators(
            ("=", "contains"),
            ("!=", "does not contain"),
            ("==", "is"),
            ("!==", "is not"),
            ("<=", "begins with"),
            (">=", "ends with"),
        ),
    },
    {"type": "boolean", "Operator": _operators(("=", "is true"), ("!=", "is false"))},
    {"type": "date", "Operator": _operators(("<<=", "is before"), (">>=", "is after"))},
    {"type": "resolution", "Operator": _operators(IS)},
]
FILTERS = (
    ("genre", "string"),
    ("year", "integer"),
    ("decade", "integer"),
    ("contentRating", "string"),
    ("collection", "string"),
    ("director", "string"),
    ("actor", "string"),
    ("writer", "string"),
    ("producer", "string"),
    ("country", "string"),
    ("studio", "string"),
    ("resolution", "string"),
    ("hdr", "boolean"),
    ("unwatched", "boolean"),
    ("inProgress", "boolean"),
    ("unmatched", "boolean"),
    ("label", "string"),
)
SHOW_FILTERS = (
    ("genre", "string"),
    ("year", "integer"),
    ("contentRating", "string"),
    ("studio", "string"),
    ("country", "string"),
    ("collection", "string"),
    ("director", "string"),
    ("actor", "string"),
    ("writer", "string"),
    ("producer", "string"),
    ("unwatchedLeaves", "boolean"),
    ("unmatched", "boolean"),
)
SORTS = (
    ("titleSort", "asc", "Title"),
    ("year", "desc", "Year"),
    ("originallyAvailableAt", "desc", "Release Date"),
    ("rating", "desc", "Critic Rating"),
    ("audienceRating", "desc", "Audience Rating"),
    ("userRating", "desc", "Rating"),
    ("duration", "desc", "Duration"),
    ("viewOffset", "desc", "Progress"),
    ("viewCount", "desc", "Plays"),
    ("addedAt", "desc", "Date Added"),
    ("lastViewedAt", "desc", "Date Viewed"),
)
FIELDS = (
    ("title", "string"),
    ("studio", "string"),
    ("userRating", "integer"),
    ("contentRating", "tag"),
    ("year", "integer"),
    ("decade", "integer"),
    ("originallyAvailableAt", "date"),
    ("addedAt", "date"),
    ("lastViewedAt", "date"),
    ("viewCount", "integer"),
    ("duration", "integer"),
    ("unwatched", "boolean"),
    ("inProgress", "boolean"),
    ("genre", "tag"),
    ("collection", "tag"),
    ("director", "tag"),
    ("writer", "tag"),
    ("actor", "tag"),
    ("country", "tag"),
    ("label", "tag"),
    ("resolution", "resolution"),
    ("trash", "boolean"),
    ("duplicate", "boolean"),
    ("unmatched", "boolean"),
)


def types(section: Section, active: str) -> list[dict[str, Any]]:
    """Return the Type elements of a section; fields of lower levels have their type as prefix, as recorded."""
    base = f"/library/sections/{section.id}/"
    result: list[dict[str, Any]] = []
    for name in SECTION_LEVELS[section.type] + ["collection"]:
        prefix = name + "." if section.type == "show" and name != "collection" else ""
        result.append(
            {
                "key": f"{base}all?type={TYPE_CODES[name]}",
                "type": name,
                "title": name.title() + "s",
                "active": name == active,
                "Filter": [
                    {"filter": key, "filterType": kind, "key": base + key, "title": key.title(), "type": "filter"}
                    for key, kind in (SHOW_FILTERS if name == "show" else FILTERS)
                ],
                "Sort": [
                    {"defaultDirection": direction, "descKey": key + ":desc", "key": key, "title": title}
                    for key, direction, title in SORTS
                ],
                "Field": [{"key": prefix + key, "title": key.title(), "type": kind} for key, kind in FIELDS],
            }
        )
    result.append({"key": base + "folder", "type": "folder", "title": "Folders", "active": False})
    return result


def choices(store: Store, section: Section, type_name: str, name: str) -> list[dict[str, Any]]:
    """Return the values that a filter field has in a section."""
    seen: set[tuple[str, str]] = set()
    for item in section.items(type_name):
        if name in TAGS:
            seen.update(
                (str(tag["id"]), str(tag["tag"]))
                for tag in listed(store.stored(item).get(TAGS[name], []))
                if "id" in tag and "tag" in tag
            )
        elif name == "collection":
            seen.update((str(entry.rating_key), entry.title) for entry in store.collections_of.get(item.rating_key, []))
        elif name == "resolution":
            seen.update((str(media.get("videoResolution")),) * 2 for media in store.stored(item).get("Media", []))
        elif name == "decade":
            if item.fields.get("year"):
                decade = item.fields["year"] // 10 * 10
                seen.add((str(decade), f"{decade}s"))
        elif item.fields.get(name) is not None:
            seen.add((str(item.fields[name]),) * 2)
    return [
        {"fastKey": f"/library/sections/{section.id}/all?{name}={key}", "key": key, "title": title}
        for key, title in sorted(seen, key=lambda row: row[1])
    ]
