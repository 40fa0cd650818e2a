"""An answer of the PMS with a file: the position of its body in the file, and one error for every interruption."""
from __future__ import annotations

import re
from typing import Dict, Mapping, NamedTuple, Optional

from ..playback.pms import FileOpener
from ..plex_body import Answer
from ..plex_errors import PlexBadAnswer, PlexConnectionError, PlexTooSlow
from ..plex_limits import STREAM

#: Seconds to wait for a connection, and for the first byte of a video.
_TIMEOUT = (5.0, 20.0)
#: The longest that :func:`open_video` takes, without tries.
LONGEST_OPENING = sum(_TIMEOUT)
_CONTENT_RANGE = re.compile(r'bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})\Z')


class BrokenOff(Exception):
    """The connection to the PMS was lost within a body, or the PMS stopped sending."""


class Span(NamedTuple):
    """A Content-Range: first and last byte, and the size of the file in bytes."""

    first: int
    last: int
    total: int


class Upstream:
    """An answer with a file, which is read in pieces."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.status = answer.status_code
        self.headers = answer.headers
        #: Bytes in this body; None when the server does not tell.
        self.length = answer.length

    @property
    def span(self) -> Optional[Span]:
        """The range that a 206 holds; None for any other status or without a valid Content-Range."""
        match = _CONTENT_RANGE.match(self.headers.get('Content-Range', ''))
        if match is None or self.status != 206:
            return None
        span = Span(*map(int, match.groups()))
        return span if span.first <= span.last < span.total else None

    def validator(self) -> Dict[str, str]:
        """The If-Range header by which only the same version of the file is continued; {} if there is none."""
        tag = self.headers.get('ETag', '')
        value = tag if tag.startswith('"') else self.headers.get('Last-Modified', '')
        return {'If-Range': value} if value else {}

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes; fewer at the end, then b''. Raises :class:`BrokenOff`."""
        try:
            return self._answer.read(size)
        except PlexConnectionError as error:
            raise BrokenOff(str(error)) from None

    def abort(self) -> None:
        """End a :meth:`read` of another thread. (``close`` would wait for it.)"""
        self._answer.abort()

    def close(self) -> None:
        """Release the connection: it is reused if the body was read to its end, else closed."""
        self._answer.close()


def open_video(client: FileOpener, key: str, headers: Mapping[str, str], retries: int) -> Upstream:
    """Ask for a video, or for a range of it; how fast it is read is the player's affair. Raises :class:`PlexError`."""
    return Upstream(client.open(key, STREAM, headers=headers, timeout=_TIMEOUT, retries=retries))


def read_whole(answer: Answer) -> bytes:
    """A complete small body. Raises :class:`BrokenOff` if it is cut short or too long, :class:`PlexTooSlow`."""
    try:
        return answer.whole()
    except PlexTooSlow:
        raise
    except (PlexConnectionError, PlexBadAnswer) as error:
        raise BrokenOff(str(error)) from None
