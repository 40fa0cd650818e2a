"""What the stream route may serve: only what ``play`` has handed out since the service started; and its URLs.

Without it any program on this machine could walk through the user's library by counting up ids. The URLs hold neither
a token nor the server's address.
"""
from __future__ import annotations

import re
import threading
from collections import OrderedDict
from typing import NamedTuple, Optional, Tuple
from urllib.parse import quote, unquote

from ..item_url import local_base

PART, SUBTITLE, THEME = 'stream', 'subtitle', 'theme'
#: Enough for every item of a long evening; the oldest are forgotten.
_MAX_ENTRIES = 2000
_KEYS = {
    # A file of the library, or a trailer from the net that the server passes on.
    PART: re.compile(r'/library/parts/[^?#\\\x00-\x20]+\Z'
                     r'|/services/iva/assets/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+(\?[A-Za-z0-9=&._-]+)?\Z'),
    SUBTITLE: re.compile(r'/library/streams/[A-Za-z0-9._-]+\Z'),
    THEME: re.compile(r'/library/metadata/[A-Za-z0-9._-]+/theme/[0-9]+\Z'),
}
_URL = re.compile(r'http://127\.0\.0\.1:\d+/(%s|%s)/([A-Za-z0-9._-]+)/([A-Za-z0-9._-]+)/([A-Za-z0-9._-]+)/([^/]+)\Z'
                  % (PART, SUBTITLE))


class StreamId(NamedTuple):
    """What the URL of a part names."""

    machine_identifier: str
    rating_key: str
    stream_id: str


class StreamSource(NamedTuple):
    """A file on a Plex server. ``key`` is its path there, ``name`` the last word of our URL, decoded."""

    kind: str
    machine_identifier: str
    rating_key: str
    stream_id: str
    name: str
    key: str
    mime: str

    def url(self, port: int) -> str:
        """Where Kodi's player fetches it from the loopback server on ``port``; the name tells it the format."""
        return '%s/%s/%s/%s/%s/%s' % (local_base(port), self.kind, self.machine_identifier, self.rating_key,
                                      self.stream_id, quote(self.name, safe=''))


def parse(url: str) -> Optional[StreamId]:
    """What the URL of a part names (:meth:`StreamSource.url`), else None."""
    found = _URL.match(url)
    return StreamId(*found.groups()[1:4]) if found and found.group(1) == PART else None


def may_be_served(source: StreamSource) -> bool:
    """Whether its key is the path of what it says that it is, and nothing else of the server's."""
    pattern = _KEYS.get(source.kind)
    return bool(pattern and pattern.match(source.key)) and '/..' not in source.key and '//' not in source.key


class StreamRegistry:
    """Thread-safe memory of handed-out parts and subtitles."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[Tuple[str, ...], StreamSource] = OrderedDict()

    def register(self, source: StreamSource) -> bool:
        """Allow ``source`` to be served. False when it must not be (:func:`may_be_served`)."""
        if not may_be_served(source):
            return False
        with self._lock:
            self._entries[source[:5]] = source
            self._entries.move_to_end(source[:5])
            while len(self._entries) > _MAX_ENTRIES:
                self._entries.popitem(last=False)
        return True

    def find(self, kind: str, machine_identifier: str, rating_key: str, stream_id: str,
             name: str) -> Optional[StreamSource]:
        """The source of a URL, None when it was not handed out.

        The name must match too: what was handed out is a file, no folder in which other names could be asked for.
        """
        with self._lock:
            return self._entries.get((kind, machine_identifier, rating_key, stream_id, name))

    def at(self, url: str) -> Optional[StreamSource]:
        """The source whose :meth:`StreamSource.url` it is, None when it was not handed out."""
        found = _URL.match(url)
        if found is None:
            return None
        kind, machine_identifier, rating_key, stream_id, name = found.groups()
        return self.find(kind, machine_identifier, rating_key, stream_id, unquote(name))
