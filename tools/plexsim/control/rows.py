"""Items and sections in the short form of the control API."""

from __future__ import annotations

from typing import Any

from tools.plexsim.items.records import Item, Playlist, Section


def item_row(item: Item) -> dict[str, Any]:
    """Return an item in short."""
    return {
        "ratingKey": str(item.rating_key),
        "type": item.type,
        "title": item.title,
        "guid": item.guid,
        "section": item.section.id,
        "addedAt": item.added_at,
        "updatedAt": item.updated_at,
        "parentRatingKey": str(item.parent.rating_key) if item.parent else None,
        "smart": item.smart,
        "members": item.members,
    }


def playlist_row(playlist: Playlist) -> dict[str, Any]:
    """Return a playlist in short."""
    return {
        "ratingKey": str(playlist.rating_key),
        "title": playlist.title,
        "user": playlist.user,
        "smart": playlist.smart,
        "updatedAt": playlist.stamp,
        "members": playlist.members,
    }


def section_row(section: Section) -> dict[str, Any]:
    """Return a section in short."""
    return {
        "id": section.id,
        "type": section.type,
        "title": section.title,
        "uuid": section.uuid,
        "counts": {name: len(rows) for name, rows in section.by_type.items()},
    }
