"""Limits of size and time for reading answers: one row for each purpose.

Every body, of any status, is read by :class:`~.plex_body.Answer` within one of these rows. If a server sends more, or
more slowly, the body is dropped and the connection closed.
"""
from __future__ import annotations

from typing import NamedTuple, Optional

_KIB = 1024
_MIB = 1024 * 1024


class Limits(NamedTuple):
    """The limits of one purpose. None (no limit) is only for files that Kodi plays.

    ``wire`` and ``decoded`` are bytes before and after decompression. ``seconds``: limit of all reads of a body
    together. One read may take ``pause`` seconds plus its size divided by ``slowest`` (bytes per second). ``gzip``:
    whether compression is requested; if not, a compressed body is refused.
    """

    purpose: str
    wire: Optional[int]
    decoded: Optional[int]
    seconds: Optional[float]
    pause: float = 10.0
    slowest: int = 16 * _KIB
    gzip: bool = True

    def seconds_for(self, size: int) -> float:
        """The time limit in seconds of one read of ``size`` bytes."""
        return self.pause + size / self.slowest


#: The default: identity of the server, its libraries, confirmation of an action.
SMALL = Limits('small answer', _MIB, 4 * _MIB, 30.0)
#: A page of a listing, or a hub. Servers before 1.41.9 send whole records: 1,000 of them take about 5 MiB.
LISTING = Limits('listing', 24 * _MIB, 24 * _MIB, 120.0)
#: Full metadata of up to 100 items: 1 to 5 MiB.
BATCH = Limits('item batch', 24 * _MIB, 24 * _MIB, 120.0)
#: ``/identity`` of an address at which any program may answer.
PROBE = Limits('probe', 64 * _KIB, 64 * _KIB, 5.0)
#: plex.tv: the longest is the list of servers with their addresses, about 2 KiB for each server.
PLEX_TV = Limits('plex.tv', 2 * _MIB, 8 * _MIB, 30.0)
#: The body of a status of 400 or above.
ERROR = Limits('error', 64 * _KIB, 256 * _KIB, 3.0)
#: The body of a redirect is not read.
REDIRECT = Limits('redirect', 0, 0, 0.0)
PICTURE = Limits('picture', 16 * _MIB, 16 * _MIB, 30.0, pause=5.0, gzip=False)
SUBTITLE = Limits('subtitle', 32 * _MIB, 32 * _MIB, 60.0, gzip=False)
#: Of one that nobody asked for yet.
SUBTITLE_AHEAD = Limits('subtitle ahead', _MIB, _MIB, 10.0, gzip=False)
#: The music of a show: an mp3 of half a minute has half a megabyte.
THEME = Limits('theme', 8 * _MIB, 8 * _MIB, 30.0, gzip=False)
#: Of a transcode: a line and a name for each second of a video.
PLAYLIST = Limits('playlist', 8 * _MIB, 16 * _MIB, 20.0)
#: A message of the websocket; its time counts from the first byte.
NOTIFICATION = Limits('notification', 4 * _MIB, 4 * _MIB, 30.0, gzip=False)
#: A file for Kodi's player, which reads it as it plays and may be paused for hours.
STREAM = Limits('stream', None, None, None, pause=20.0, gzip=False)

TABLE = (SMALL, LISTING, BATCH, PROBE, PLEX_TV, ERROR, REDIRECT, PICTURE, SUBTITLE, SUBTITLE_AHEAD,
         THEME, PLAYLIST, NOTIFICATION, STREAM)

#: Bytes of status line and headers of one answer.
HEADERS = 64 * _KIB
#: Seconds within which all headers must follow after the read timeout for the first byte.
HEADER_SECONDS = 5.0
#: Objects, lists and members in one JSON document, elements and attributes in one XML document. Each takes up to
#: 250 bytes of memory as JSON and 1,000 as XML. 100 items with everything have some 20,000.
MOST_VALUES = 1000 * 1000
MOST_XML_VALUES = 400 * 1000


def whole_number(given: str) -> Optional[int]:
    """The number (a length or position) in a header: at most 15 ASCII digits. None for anything else."""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 15 else None
