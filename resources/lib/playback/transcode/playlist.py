"""The playlists of a transcode (RFC 8216): which files they name, and the same playlist with names of ours."""
from __future__ import annotations

import re
from typing import Callable, List, Match, NamedTuple, Optional, Tuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from ...plex_transcode import TRANSCODER

#: A placeholder for the server's address while names are resolved.
_HOST = 'http://server'
_SAFE = re.compile(r'[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\Z')
_ATTRIBUTE = re.compile(r'\bURI="([^"]*)"')
_DURATION = re.compile(r'#EXTINF:\s*([0-9]+(?:\.[0-9]*)?)')
#: Of a file of three days in segments of one second.
_MOST_FILES = 300 * 1000
#: Of one segment; some live streams are one.
_LONGEST_S = 86400.0


class Entry(NamedTuple):
    """A file that a playlist names. ``name`` is its path below the transcoder's, ``path`` with query what the server
    is asked for. ``start_s`` is where a segment begins, -1.0 for all other files; ``length_s`` is its length. Seconds.
    """

    name: str
    path: str
    start_s: float = -1.0
    length_s: float = 0.0


def read(text: str, base: str, local: Callable[[str], str], server: str = '') -> Tuple[str, List[Entry]]:
    """A playlist whose path at the server is ``base``, with each name replaced by ``local(name)``; and its entries.

    What is not a file of the transcoder's own is left out, and with it the line. ``server`` is the address that may
    stand in absolute names. Neither the server's address nor a query (which may hold a token) remains.
    """
    lines: List[str] = []
    entries: List[Entry] = []
    at, length = 0.0, -1.0
    for line in text.splitlines():
        line = line.strip()
        if not line.startswith('#'):
            entry = _entry(line, base, server) if line else None
            if entry is None or len(entries) >= _MOST_FILES:
                continue
            entries.append(entry._replace(start_s=at, length_s=length) if length >= 0 else entry)
            at, length = at + max(0.0, length), -1.0
            line = local(entry.name)
        else:
            found = _DURATION.match(line)
            length = min(float(found.group(1)), _LONGEST_S) if found else length
            attribute = _ATTRIBUTE.search(line)
            if attribute:
                entry = _entry(attribute.group(1), base, server)
                if entry is None:
                    continue
                entries.append(entry)
                line = _ATTRIBUTE.sub(_replacing(local(entry.name)), line)
        lines.append(line)
    return '\n'.join(lines) + '\n', entries


def _replacing(url: str) -> Callable[[Match[str]], str]:
    return lambda _match: 'URI="%s"' % url


def _entry(name: str, base: str, server: str) -> Optional[Entry]:
    try:
        parts = urlsplit(urljoin(_HOST + base, name))
    except ValueError:
        return None
    origin = '%s://%s' % (parts.scheme, parts.netloc)
    if origin not in (_HOST, server) or not parts.path.startswith(TRANSCODER):
        return None
    below = parts.path[len(TRANSCODER):]
    if not _SAFE.match(below):
        return None
    query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] != 'X-Plex-Token'])
    return Entry(below, parts.path + ('?' + query if query else ''))
