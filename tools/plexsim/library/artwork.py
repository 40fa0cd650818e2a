"""The URLs of pictures and theme songs."""

from __future__ import annotations

from typing import Any

from tools.plexsim.items.records import Item


def artwork(item: Item) -> dict[str, Any]:
    """Return the artwork URLs of an item; each ends with the item's own time stamp, as on a real PMS."""
    stamp = item.fields.get("updatedAt") or item.fields.get("addedAt") or 0
    base = f"/library/metadata/{item.rating_key}"
    result: dict[str, Any] = {}
    if item.type == "collection":
        return _collection_artwork(item, stamp)
    result["thumb"] = item.fields.get("thumb", f"{base}/thumb/{stamp}")
    if item.type in ("movie", "show"):
        result["art"] = item.fields.get("art", f"{base}/art/{stamp}")
    elif item.fields.get("art"):
        result["art"] = item.fields["art"]
    if item.type == "show" and item.fields.get("theme"):
        theme = item.fields["theme"]
        result["theme"] = f"{base}/theme/{stamp}" if theme is True else theme
    return result


def _collection_artwork(item: Item, stamp: Any) -> dict[str, Any]:
    """Return a collection's pictures: a composite of its members' unless a poster was chosen, art only if chosen."""
    base = f"/library/collections/{item.rating_key}"
    result = {"thumb": f"{base}/composite/{stamp}?width=400&height=600", "art": None}
    for name in ("thumb", "art"):
        chosen = item.fields.get(name)
        if chosen:
            result[name] = f"{base}/{name}/{stamp}" if chosen is True else chosen
    return result
