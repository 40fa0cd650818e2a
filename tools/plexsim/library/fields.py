"""The values of items for filters, sorts and lists of choices."""

from __future__ import annotations

from typing import Any

from tools.plexsim.formats.times import date_seconds
from tools.plexsim.items.records import Item
from tools.plexsim.library.store import Store
from tools.plexsim.library.watch_states import WatchBook

NUMBERS = {
    "id",
    "year",
    "decade",
    "updatedAt",
    "addedAt",
    "lastViewedAt",
    "lastRatedAt",
    "originallyAvailableAt",
    "viewCount",
    "viewOffset",
    "userRating",
    "rating",
    "audienceRating",
    "duration",
    "index",
}
STRINGS = {"title", "titleSort", "studio", "editionTitle", "originalTitle"}
TAGS = {
    "genre": "Genre",
    "country": "Country",
    "director": "Director",
    "writer": "Writer",
    "actor": "Role",
    "producer": "Producer",
    "label": "Label",
}
EXACT = {"contentRating", "guid", "resolution", "collection"}
BOOLEANS = {"unwatched", "unwatchedLeaves", "inProgress", "trash", "duplicate", "unmatched", "hdr"}
STATE_FIELDS = {
    "viewCount": "view_count",
    "viewOffset": "view_offset",
    "lastViewedAt": "last_viewed_at",
    "userRating": "user_rating",
    "lastRatedAt": "last_rated_at",
}


class Fields:
    """The values of the items in a store for one user."""

    def __init__(self, store: Store, watch: WatchBook, user: int) -> None:
        self.store = store
        self.watch = watch
        self.user = user

    def value(self, item: Item, field: str) -> Any:
        """Return an item's value of a numeric or sort field, None without one."""
        if field in STATE_FIELDS:
            if item.is_leaf:
                state = self.watch.get(self.user, item)
                found = getattr(state, STATE_FIELDS[field]) if state else None
            else:
                found = self.watch.attributes(self.user, item).get(field)
            return (found or 0) if field in ("viewCount", "viewOffset") else found
        if field == "id":
            return item.rating_key
        if field == "decade":
            year = item.fields.get("year")
            return int(year) // 10 * 10 if year else None
        if field == "originallyAvailableAt":
            return date_seconds(str(item.fields.get(field, "")))
        if field in ("titleSort", "title"):
            return str(item.fields.get("titleSort") or item.title).lower()
        return _numeric(item.fields.get(field)) if field in NUMBERS else item.fields.get(field)

    def tags(self, item: Item, element: str) -> list[str]:
        """Return names and ids of an item's tags, lower case, for comparison."""
        cached = item.cache.get("tags")
        if cached is None:
            cached = {
                name: [str(text).lower() for tag in listed(value) for text in (tag.get("tag"), tag.get("id"))]
                for name, value in self.store.stored(item).items()
                if name in TAGS.values()
            }
            item.cache["tags"] = cached
        found: list[str] = cached.get(element, [])
        return found

    def exact(self, item: Item, field: str) -> list[str]:
        """Return the values of a field that is compared as a whole."""
        if field == "collection":
            own = self.store.collections_of.get(item.rating_key, [])
            return [text.lower() for entry in own for text in (entry.title, str(entry.rating_key))]
        if field == "resolution":
            return [str(media.get("videoResolution")) for media in self.store.stored(item).get("Media", [])]
        found = item.guid if field == "guid" else item.fields.get(field)
        return [str(found).lower()] if found is not None else []

    def flag(self, item: Item, field: str) -> bool:
        """Return the value of a boolean filter field."""
        if field == "unwatched":  # of films and episodes; a show has unwatchedLeaves
            return not self.watch.is_watched(self.user, item)
        if field == "unwatchedLeaves":
            return not item.is_leaf and not self.watch.is_watched(self.user, item)
        if field == "inProgress":
            return self.watch.in_progress(self.user, item)
        if field == "trash":
            return bool(item.fields.get("deletedAt"))
        if field == "unmatched":
            return item.guid.startswith("local://")
        if field == "hdr":
            medias = self.store.stored(item).get("Media", [])
            return any("10" in str(media.get("videoProfile")) for media in medias)
        return len(self.store.stored(item).get("Media", [])) > 1


def _numeric(value: Any) -> Any:
    """Return a number that may be stored as text as a number; any other text becomes None."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return None


def listed(value: Any) -> list[dict[str, Any]]:
    """Return child elements as a list, also a single one that is not in a list."""
    return [value] if isinstance(value, dict) else value
