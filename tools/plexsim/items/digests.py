"""Reproducible ids."""

from __future__ import annotations

import hashlib


def hexdigest(*parts: object) -> str:
    """Return 32 hexadecimal digits that depend on the parts only."""
    return hashlib.md5("/".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()
