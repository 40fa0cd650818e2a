"""Which URL Kodi's player gets for an item, and what belongs to it."""
from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import List, Mapping, Tuple

from .. import item_url, plex_model, plex_versions
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
    With ``versions`` (id, name) there is no ``url`` yet: the user is to choose one.
    """

    url: str
    title: str
    plex_type: str
    duration_ms: int
    resume_ms: int
    part_id: str
    mime: str
    subtitles: Tuple[str, ...]
    versions: Tuple[Tuple[str, str], ...] = ()


class Resolver:
    """Chooses version and part of an item and registers their streams. ``port`` is the loopback server's."""

    def __init__(self, get_client: GetClient, port: int, registry: StreamRegistry) -> None:
        self._get_client = get_client
        self._port = port
        self._registry = registry

    def resolve(self, machine_identifier: str, rating_key: str, media_id: str = '', ask: bool = False) -> Playable:
        """How to play an item: the version ``media_id``, or the first of which Plex does not say that a file is out
        of reach. With ``ask`` and several such versions they are named instead.

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
        versions = playable_versions(row)
        chosen = next((one for one in versions if text(one, 'id') == media_id), None) if media_id else None
        if chosen is None and ask and len(versions) > 1:
            names = plex_versions.labels([plex_model.media(one) for one in versions])
            return Playable('', text(row, 'title'), text(row, 'type'), 0, 0, '', '', (),
                            tuple((text(one, 'id'), name) for one, name in zip(versions, names)))
        part = _parts(chosen or versions[0])[0]
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


def playable_versions(row: Raw) -> List[Raw]:
    """The versions whose files are all within Plex's reach, in Plex's order; at least one.

    Raises :class:`NotPlayable`, :class:`FileMissing` or :class:`FileInaccessible`; the last two only when Plex says
    so of every version (``exists`` and ``accessible`` come with ``checkFiles=1``).
    """
    missing = unreadable = False
    found: List[Raw] = []
    for media in children(row, 'Media'):
        parts = _parts(media)
        if text(media, 'deletedAt') or any(not flag(part, 'exists', True) for part in parts):
            missing = True
        elif any(not flag(part, 'accessible', True) for part in parts):
            unreadable = True
        elif parts:
            found.append(media)
    if found:
        return found
    if unreadable:
        raise FileInaccessible()
    if missing:
        raise FileMissing()
    raise NotPlayable('no file')


def _parts(media: Raw) -> List[Raw]:
    return [part for part in children(media, 'Part') if text(part, 'key')]
