"""Which URL Kodi's player gets for an item, and what belongs to it."""
from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import List, Mapping, Tuple

from .. import item_url
from ..plex_model import children, flag, integer, text
from . import file_names
from .errors import FileInaccessible, FileMissing, ItemGone, NotPlayable, UnknownServer
from .pms import GetClient
from .stream_registry import PART, SUBTITLE, StreamRegistry, StreamSource

LOG = logging.getLogger('pkc.playback')

_SUBTITLE_STREAM = 3
_MIMES = {
    'mkv': 'video/x-matroska', 'webm': 'video/webm', 'mp4': 'video/mp4', 'm4v': 'video/mp4', 'mov': 'video/quicktime',
    'avi': 'video/x-msvideo', 'ts': 'video/mp2t', 'm2ts': 'video/mp2t', 'mts': 'video/mp2t', 'mpg': 'video/mpeg',
    'mpeg': 'video/mpeg', 'wmv': 'video/x-ms-wmv', 'asf': 'video/x-ms-asf', 'flv': 'video/x-flv', 'ogv': 'video/ogg',
}
Raw = Mapping[str, object]


@dataclass(frozen=True)
class Playable:
    """What the player needs. ``url`` and ``subtitles`` are loopback URLs; durations in milliseconds.

    ``mime`` is '' when not known; set it on the list item, or Kodi asks for it with a request of its own.
    """

    url: str
    title: str
    plex_type: str
    duration_ms: int
    resume_ms: int
    part_id: str
    mime: str
    subtitles: Tuple[str, ...]


class Resolver:
    """Chooses version and part of an item and registers their streams. ``port`` is the loopback server's."""

    def __init__(self, get_client: GetClient, port: int, registry: StreamRegistry) -> None:
        self._get_client = get_client
        self._port = port
        self._registry = registry

    def resolve(self, machine_identifier: str, rating_key: str) -> Playable:
        """How to play an item: its first version of which Plex does not say that a file is out of reach.

        Of a version in several files only the first is played. Raises :class:`~.errors.PlaybackError` subclasses,
        and :class:`PlexError` subclasses when the server cannot be asked.
        """
        try:
            client = self._get_client(machine_identifier)
        except LookupError:
            raise UnknownServer() from None
        rows = client.metadata([rating_key], checkFiles=1)
        row = next((row for row in rows if text(row, 'ratingKey') == rating_key), None)
        if row is None:
            raise ItemGone()
        part = choose_part(row)
        part_id, name = text(part, 'id'), file_names.part_name(part)
        mime = _MIMES.get(name.rsplit('.', 1)[-1], '')
        source = StreamSource(PART, machine_identifier, rating_key, part_id, name, text(part, 'key'), mime)
        if not part_id.isalnum() or not self._registry.register(source):
            raise NotPlayable('part without id or path')
        LOG.info('Item %s plays part %s', rating_key, part_id)
        return Playable(
            item_url.stream_url(self._port, machine_identifier, rating_key, part_id, name), text(row, 'title'),
            text(row, 'type'), max(0, integer(row, 'duration')), max(0, integer(row, 'viewOffset')), part_id, mime,
            self._subtitles(machine_identifier, rating_key, part, name))

    def _subtitles(self, machine_identifier: str, rating_key: str, part: Raw, name: str) -> Tuple[str, ...]:
        """Subtitles in files of their own; those inside the video file have no ``key``."""
        urls: List[str] = []
        for stream in children(part, 'Stream'):
            stream_id, key = text(stream, 'id'), text(stream, 'key')
            subtitle = file_names.subtitle_name(name, stream)
            if integer(stream, 'streamType') != _SUBTITLE_STREAM or not key or not subtitle:
                continue
            source = StreamSource(SUBTITLE, machine_identifier, rating_key, stream_id, subtitle, key, 'text/plain')
            if stream_id.isalnum() and self._registry.register(source):
                urls.append(item_url.subtitle_url(self._port, machine_identifier, rating_key, stream_id, subtitle))
        return tuple(urls)


def choose_part(row: Raw) -> Raw:
    """The first part of the first version whose files are all within Plex's reach.

    Raises :class:`NotPlayable`, :class:`FileMissing` or :class:`FileInaccessible`; the last two only when Plex says
    so of every version (``exists`` and ``accessible`` come with ``checkFiles=1``).
    """
    missing = unreadable = False
    for media in children(row, 'Media'):
        parts = [part for part in children(media, 'Part') if text(part, 'key')]
        if text(media, 'deletedAt') or any(not flag(part, 'exists', True) for part in parts):
            missing = True
        elif any(not flag(part, 'accessible', True) for part in parts):
            unreadable = True
        elif parts:
            return parts[0]
    if unreadable:
        raise FileInaccessible()
    if missing:
        raise FileMissing()
    raise NotPlayable('no file')
