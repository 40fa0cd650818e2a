"""From a playlist's item to the line in a file, and back."""
from __future__ import annotations

import hashlib
import re
from typing import List, Optional, Sequence

from .. import item_url
from ..plex_model import CLIP, EPISODE, MOVIE
from ..plex_playlists import PlaylistItem
from .m3u import Entry

#: What Kodi saves of a video that has been played from its queue: where the loopback server has the file.
_STREAM = re.compile(r'http://127\.0\.0\.1:\d+/stream/([A-Za-z0-9._-]+)/([A-Za-z0-9._-]+)/')


def entry(item: PlaylistItem, machine_identifier: str) -> Optional[Entry]:
    """The line of an item, with the URL of its row in Kodi's library; None for one that we cannot have Kodi play."""
    url = _url(item, machine_identifier)
    return Entry(url, _label(item), item.seconds) if url else None


def rating_key(url: str, machine_identifier: str) -> str:
    """The item of a line; '' for one that is not this server's."""
    ref = item_url.parse(url)
    if ref is not None:
        return ref.rating_key if ref.machine_identifier == machine_identifier else ''
    stream = _STREAM.match(url)
    return stream.group(2) if stream and stream.group(1) == machine_identifier else ''


def rating_keys(urls: Sequence[str], machine_identifier: str) -> Optional[List[str]]:
    """The items of a file; None when there is none, or not all lines are this server's."""
    found = [rating_key(url, machine_identifier) for url in urls]
    return found if found and all(found) else None


def digest(rating_keys_: Sequence[str]) -> str:
    """What tells whether two playlists have the same items in the same order."""
    return hashlib.sha256(','.join(rating_keys_).encode('utf-8')).hexdigest()[:32]


def _url(item: PlaylistItem, machine_identifier: str) -> str:
    if item.foreign:
        return ''
    if item.plex_type == MOVIE:
        return item_url.movie_url(machine_identifier, item.rating_key)
    if item.plex_type == EPISODE and item.show_key:
        return item_url.episode_url(machine_identifier, item.show_key, item.rating_key)
    return item_url.trailer_url(machine_identifier, item.rating_key) if item.plex_type == CLIP else ''


def _label(item: PlaylistItem) -> str:
    if item.plex_type == EPISODE and item.show_title:
        return '%s %dx%02d · %s' % (item.show_title, item.season, item.number, item.title)
    return '%s (%d)' % (item.title, item.year) if item.year > 0 else item.title
