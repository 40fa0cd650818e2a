"""How much of an answer is read, how long and how slowly: one row for each purpose.

Every body is read by :class:`~.plex_body.Answer` within one of these rows, whatever its status. A server that sends
more, or more slowly, gets no further: what it sent is dropped and the connection is closed.
"""
from __future__ import annotations

from typing import NamedTuple, Optional

_KIB = 1024
_MIB = 1024 * 1024


class Limits(NamedTuple):
    """What one purpose allows. Only a file that Kodi plays may have any length and last for any time (None).

    ``wire`` and ``decoded`` are bytes before and after gzip. ``seconds`` is the time in which the whole body must be
    there, not counting what we do between two reads. A single read may take ``pause`` seconds, and so many more as its
    size takes at ``slowest`` bytes a second. ``gzip``: whether compression is asked for; else it is refused.
    """

    purpose: str
    wire: Optional[int]
    decoded: Optional[int]
    seconds: Optional[float]
    pause: float = 10.0
    slowest: int = 16 * _KIB
    gzip: bool = True

    def seconds_for(self, size: int) -> float:
        """The longest that one read of ``size`` bytes may take."""
        return self.pause + size / self.slowest


#: What is asked for without naming a purpose: who the server is, its libraries, the confirmation of an action.
SMALL = Limits('small answer', _MIB, 4 * _MIB, 30.0)
#: A page of a listing, or a hub. Servers before 1.41.9 send whole records: 1,000 of them take about 5 MiB.
LISTING = Limits('listing', 24 * _MIB, 24 * _MIB, 120.0)
#: Full metadata of up to 100 items: 1 to 5 MiB.
BATCH = Limits('item batch', 24 * _MIB, 24 * _MIB, 120.0)
#: ``/identity`` of an address that may be anybody's.
PROBE = Limits('probe', 64 * _KIB, 64 * _KIB, 5.0)
#: plex.tv: the longest is the list of servers with their addresses, about 2 KiB for each server.
PLEX_TV = Limits('plex.tv', 2 * _MIB, 8 * _MIB, 30.0)
#: What stands under a status of 400 and above.
ERROR = Limits('error', 64 * _KIB, 256 * _KIB, 3.0)
#: What stands under a redirect is not read.
REDIRECT = Limits('redirect', 0, 0, 0.0)
PICTURE = Limits('picture', 16 * _MIB, 16 * _MIB, 30.0, pause=5.0, gzip=False)
SUBTITLE = Limits('subtitle', 32 * _MIB, 32 * _MIB, 60.0, gzip=False)
#: A message that the server pushes; counted from its first byte.
NOTIFICATION = Limits('notification', 4 * _MIB, 4 * _MIB, 30.0, gzip=False)
#: A file for Kodi's player, which reads it as it plays and may be paused for hours.
STREAM = Limits('stream', None, None, None, pause=20.0, gzip=False)

TABLE = (SMALL, LISTING, BATCH, PROBE, PLEX_TV, ERROR, REDIRECT, PICTURE, SUBTITLE, NOTIFICATION, STREAM)

#: Bytes of status line and headers of one answer.
HEADERS = 64 * _KIB
#: Seconds that headers may go on coming after the time in which the first of them must be there.
HEADER_SECONDS = 5.0
#: Objects, lists and members in one JSON document, elements and attributes in one XML document. Each takes up to
#: 250 bytes of memory as JSON and 1,000 as XML. 100 items with everything have some 20,000.
MOST_VALUES = 1000 * 1000
MOST_XML_VALUES = 400 * 1000


def whole_number(given: str) -> Optional[int]:
    """A length or a position in a header: up to 15 ASCII digits. None for anything else."""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 15 else None
