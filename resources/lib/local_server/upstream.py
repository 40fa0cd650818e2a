"""An answer of the PMS as the routes need it: where its body lies in the file, and one error for all that breaks it."""
from __future__ import annotations

import re
from typing import Dict, NamedTuple, Optional

from ..plex_body import Answer
from ..plex_errors import PlexBadAnswer, PlexConnectionError, PlexTooSlow

_CONTENT_RANGE = re.compile(r'bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})\Z')


class BrokenOff(Exception):
    """The connection to the PMS was lost in the middle of a body, or the PMS is silent."""


class Span(NamedTuple):
    """A Content-Range: first and last byte, and the length of the whole file."""

    first: int
    last: int
    total: int


class Upstream:
    """An answer with a file that is read in pieces."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.status = answer.status_code
        self.headers = answer.headers
        #: Bytes in this body, None when the server does not say.
        self.length = answer.length

    @property
    def span(self) -> Optional[Span]:
        """Which part of the file a 206 holds."""
        found = _CONTENT_RANGE.match(self.headers.get('Content-Range', ''))
        if found is None or self.status != 206:
            return None
        span = Span(*map(int, found.groups()))
        return span if span.first <= span.last < span.total else None

    def validator(self) -> Dict[str, str]:
        """An If-Range header under which the same file, and no other, can be continued; {} if there is none."""
        tag = self.headers.get('ETag', '')
        value = tag if tag.startswith('"') else self.headers.get('Last-Modified', '')
        return {'If-Range': value} if value else {}

    def read(self, size: int) -> bytes:
        """``size`` bytes, fewer at the end, b'' after it. Raises :class:`BrokenOff`."""
        try:
            return self._answer.read(size)
        except PlexConnectionError as error:
            raise BrokenOff(str(error)) from None

    def abort(self) -> None:
        """End a read that another thread waits in. ``close`` would wait for that read instead."""
        self._answer.abort()

    def close(self) -> None:
        """Let go of the connection: it can be used again when the body was read to its end, else it is closed."""
        self._answer.close()


def read_whole(answer: Answer) -> bytes:
    """A small body at once. Raises :class:`BrokenOff` when it is cut short or too long, :class:`PlexTooSlow`."""
    try:
        return answer.whole()
    except PlexTooSlow:
        raise
    except (PlexConnectionError, PlexBadAnswer) as error:
        raise BrokenOff(str(error)) from None
