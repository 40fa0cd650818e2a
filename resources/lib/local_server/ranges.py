"""The Range header of a request (RFC 9110 §14) with a single range of bytes, which is all that players send."""
from __future__ import annotations

import re
from typing import NamedTuple, Optional

_RANGE = re.compile(r'bytes=(\d*)-(\d*)\Z')


class WantedRange(NamedTuple):
    """First and last byte. ``first=None``: the last ``last`` bytes; ``last=None``: up to the end."""

    first: Optional[int]
    last: Optional[int]

    def header(self) -> str:
        """The value of the Range header."""
        return 'bytes=%s-%s' % tuple('' if end is None else end for end in self)

    def resolve(self, total: int) -> Optional[range]:
        """The offsets in a file of ``total`` bytes; None when the range is outside of it."""
        if self.first is None:
            first, end = max(0, total - (self.last or 0)), total
        else:
            first, end = self.first, total if self.last is None else min(self.last + 1, total)
        return range(first, end) if first < end else None


def parse(header: str) -> Optional[WantedRange]:
    """The range; None without one, and for several or invalid ranges, which a server may ignore."""
    match = _RANGE.match(header.replace(' ', ''))
    if not match or len(header) > 60:
        return None
    first, last = (int(end) if end else None for end in match.groups())
    if first is None and last is None or first is not None and last is not None and last < first:
        return None
    return WantedRange(first, last)
