"""Gzip with a cache: rows that were sent before need not be compressed again."""

from __future__ import annotations

import struct
import zlib

PIECE = 600  # bytes; rows of this size are compressed once and joined, smaller ones together


class Compressor:
    """Gzip of joined pieces. Large pieces are deflated separately, each up to a byte boundary, and cached; the joined
    stream is one valid gzip member. So a page of cached items takes only a join and a checksum.
    """

    def __init__(self, limit: int = 40_000) -> None:
        self._known: dict[bytes, bytes] = {}
        self._limit = limit

    def gzip(self, pieces: list[bytes]) -> bytes:
        """Return the gzip form of the joined pieces (level 1)."""
        result = [b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"]
        checksum, size = 0, 0
        small: list[bytes] = []
        for piece in pieces:
            checksum = zlib.crc32(piece, checksum)
            size += len(piece)
            if len(piece) < PIECE:
                small.append(piece)
                continue
            if small:
                between = b"".join(small)
                result.append(self._remembered(between) if len(between) < 16 else _deflate(between))
                small = []
            result.append(self._remembered(piece))
        if small:
            result.append(_deflate(b"".join(small)))
        result.append(b"\x03\x00" + struct.pack("<II", checksum, size & 0xFFFFFFFF))
        return b"".join(result)

    def _remembered(self, piece: bytes) -> bytes:
        """Return the deflated form of a piece, from the cache if possible."""
        known = self._known.get(piece)
        if known is None:
            if len(self._known) >= self._limit:
                self._known.clear()
            known = self._known[piece] = _deflate(piece)
        return known


def _deflate(data: bytes) -> bytes:
    """Return a raw deflate fragment without final block, padded to a byte boundary."""
    engine = zlib.compressobj(1, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush(zlib.Z_FULL_FLUSH)
