"""Pictures without an imaging library: one colour, derived from a key."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from hashlib import md5


@lru_cache(maxsize=4096)
def png(key: str, width: int = 40, height: int = 60) -> bytes:
    """Return a small valid PNG whose colour depends on the key."""
    width, height = max(1, min(width, 2000)), max(1, min(height, 2000))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"PLTE", md5(key.encode("utf-8")).digest()[:3])
        + _chunk(b"IDAT", _pixels(width, height))
        + _chunk(b"IEND", b"")
    )


@lru_cache(maxsize=64)
def _pixels(width: int, height: int) -> bytes:
    """All pixels in the palette's only colour. Compressing them takes longer than all the rest of an answer."""
    return zlib.compress(bytes(1 + width) * height, 1)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
