"""Part of a file, or of the made up bytes that stand for every file which does not exist."""

from __future__ import annotations

import contextlib
import os
import zlib
from typing import Iterator, NamedTuple

CHUNK = 1 << 16  # bytes


class FileRange(NamedTuple):
    """``length`` bytes from ``start`` on of the file at ``path``; without a path they are made up."""

    path: str | None
    start: int
    length: int

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes in pieces, fewer when the file is shorter."""
        start, left = self.start, self.length
        with contextlib.ExitStack() as stack:
            handle = stack.enter_context(open(self.path, "rb")) if self.path else None
            if handle:
                handle.seek(start, os.SEEK_SET)
            while left > 0:
                count = min(CHUNK, left)
                data = handle.read(count) if handle else made_up_bytes(start, count)
                if not data:
                    return
                yield data
                start += len(data)
                left -= len(data)


def made_up_bytes(start: int, count: int) -> bytes:
    """Return bytes that depend on their position only, so that ranges can be compared."""
    first, last = start // 256, (start + count) // 256 + 1
    data = b"".join(zlib.crc32(b"%d" % block).to_bytes(4, "big") * 64 for block in range(first, last))
    return data[start - first * 256 : start - first * 256 + count]
