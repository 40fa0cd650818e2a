"""The XML form of Plex answers: scalars become attributes, lists and dictionaries become child elements."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import quoteattr

TAGS = {
    "movie": "Video",
    "episode": "Video",
    "clip": "Video",
    "show": "Directory",
    "season": "Directory",
    "artist": "Directory",
    "album": "Directory",
    "collection": "Directory",
    "track": "Track",
    "photo": "Photo",
    "playlist": "Playlist",
}
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def text(value: Any) -> str:
    """Return an attribute value; booleans are 1 and 0."""
    if value is True or value is False:
        return "1" if value else "0"
    return FORBIDDEN.sub("", str(value))


def render(name: str, value: dict[str, Any], out: list[str]) -> None:
    """Append an element with its children to ``out``."""
    out.append("<" + name)
    children = []
    for key, item in value.items():
        if isinstance(item, (list, dict)):
            children.append((key, item))
        elif item is not None:
            out.append(f" {key}={quoteattr(text(item))}")
    if not children:
        out.append("/>")
        return
    out.append(">")
    for key, item in children:
        for child in item if isinstance(item, list) else [item]:
            if isinstance(child, dict):
                render(TAGS.get(child.get("type", ""), key) if key == "Metadata" else key, child, out)
            else:
                out.append(f"<{key}>{quoteattr(text(child))[1:-1]}</{key}>")
    out.append(f"</{name}>")


def document(name: str, value: dict[str, Any]) -> bytes:
    """Return a whole XML document."""
    out: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    render(name, value, out)
    return "".join(out).encode("utf-8")
