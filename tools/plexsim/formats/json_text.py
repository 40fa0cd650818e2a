"""The JSON form of Plex answers."""

from __future__ import annotations

import json
from typing import Any


def dumps(value: Any) -> bytes:
    """Return compact UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
