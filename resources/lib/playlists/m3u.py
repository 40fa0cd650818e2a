"""The playlist files: M3U as Kodi reads it, in UTF-8, with a line of ours that Kodi reads over.

That line names the playlist and has a digest of what follows it, so a file tells by itself that we wrote it and nobody
changed it since. Kodi does not write the line when it saves a playlist.
"""
from __future__ import annotations

import hashlib
from typing import List, NamedTuple, Optional, Sequence

_START, _MARKER, _INFO = '#EXTM3U', '#PLEXKODICONNECT:', '#EXTINF:'
#: Kodi reads lines of 4095 bytes.
_LONGEST_LABEL = 500


class Entry(NamedTuple):
    """A video of a playlist: its URL, how it is named and its length in seconds."""

    url: str
    label: str
    seconds: int


class Marker(NamedTuple):
    """Whose file it is: a playlist of a server."""

    machine_identifier: str
    playlist_key: str


class PlaylistFile(NamedTuple):
    """What a file holds. ``marker`` is None for one that was not written by us, or was changed since.

    ``whole``: its last line has an end. Whoever was interrupted while writing leaves half a line.
    """

    urls: List[str]
    marker: Optional[Marker]
    whole: bool


def render(entries: Sequence[Entry], marker: Marker) -> bytes:
    """The content of the file."""
    lines = []
    for entry in entries:
        lines.append('%s%d,%s' % (_INFO, max(entry.seconds, 0), ' '.join(entry.label.split())[:_LONGEST_LABEL]))
        lines.append(entry.url)
    body = ''.join(line + '\n' for line in lines).encode('utf-8', 'replace')
    head = '%s\n%s%s/%s/%s\n' % (_START, _MARKER, marker.machine_identifier, marker.playlist_key, _digest(body))
    return head.encode('utf-8') + body


def read(content: bytes) -> PlaylistFile:
    """What is in a file, whoever wrote it."""
    lines = content.decode('utf-8-sig', 'replace').replace('\r\n', '\n').split('\n')
    urls = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith('#')]
    return PlaylistFile(urls, _marker(content), content.endswith((b'\n', b'\r')))


def _marker(content: bytes) -> Optional[Marker]:
    start, _, rest = content.partition(b'\n')
    line, _, body = rest.partition(b'\n')
    if start != _START.encode() or not line.startswith(_MARKER.encode()):
        return None
    words = line[len(_MARKER):].decode('utf-8', 'replace').split('/')
    return Marker(words[0], words[1]) if len(words) == 3 and words[2] == _digest(body) else None


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
