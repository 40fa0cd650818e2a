"""Plex's names and numbers of item types, extra types and section types."""

from __future__ import annotations

# Numeric item types of the query parameter ``type`` (official API description, "types").
TYPE_CODES: dict[str, int] = {
    "movie": 1,
    "show": 2,
    "season": 3,
    "episode": 4,
    "trailer": 5,
    "artist": 8,
    "album": 9,
    "track": 10,
    "photo": 13,
    "photoalbum": 14,
    "playlist": 15,
    "clip": 12,
    "collection": 18,
}
TYPE_NAMES: dict[int, str] = {code: name for name, code in TYPE_CODES.items()}
# The values of ``extraType``; the names are the official "Extras Subtypes", in their order.
EXTRA_TYPES: dict[str, int] = {
    "trailer": 1,
    "deletedScene": 2,
    "interview": 3,
    "musicVideo": 4,
    "behindTheScenes": 5,
    "sceneOrSample": 6,
    "liveMusicVideo": 7,
    "lyricMusicVideo": 8,
    "concert": 9,
    "featurette": 10,
    "short": 11,
    "other": 12,
}
PERSONAL = "com.plexapp.agents.none"  # the agent of home videos
LEAF_TYPES = ("movie", "episode", "track", "clip", "photo")
SECTION_LEVELS: dict[str, list[str]] = {
    "movie": ["movie"],
    "show": ["show", "season", "episode"],
    "artist": ["artist", "album", "track"],
    "photo": ["photo"],
}
