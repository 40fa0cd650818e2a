"""Which URL Kodi's player gets for an item, and what belongs to it."""
from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Iterator, List, Tuple

from .. import plex_versions
from ..plex_media import SUBTITLE_STREAM, Media, Part
from ..plex_model import PlayableItem
from . import file_names
from .errors import FileInaccessible, FileMissing, ItemGone, NotPlayable, UnknownServer
from .pms import GetClient
from .session import PlaybackSession, SessionRegistry
from .stream_registry import PART, SUBTITLE, StreamRegistry, StreamSource

LOG = logging.getLogger('pkc.playback')

_MIMES = {
    'mkv': 'video/x-matroska', 'webm': 'video/webm', 'mp4': 'video/mp4', 'm4v': 'video/mp4', 'mov': 'video/quicktime',
    'avi': 'video/x-msvideo', 'ts': 'video/mp2t', 'm2ts': 'video/mp2t', 'mts': 'video/mp2t', 'mpg': 'video/mpeg',
    'mpeg': 'video/mpeg', 'wmv': 'video/x-ms-wmv', 'asf': 'video/x-ms-asf', 'flv': 'video/x-flv', 'ogv': 'video/ogg',
}


@dataclass(frozen=True)
class Playable:
    """What the player needs. ``url`` and ``subtitles`` are loopback URLs; durations in milliseconds.

    ``mime`` is '' when not known; set it on the list item, or Kodi asks for it with a request of its own.
    With ``versions`` (id, name) there is no ``url`` yet: the user is to choose one.
    """

    url: str
    title: str
    plex_type: str
    duration_ms: int = 0
    resume_ms: int = 0
    part_id: str = ''
    mime: str = ''
    subtitles: Tuple[str, ...] = ()
    versions: Tuple[Tuple[str, str], ...] = ()


class Resolver:
    """Chooses version and part of an item, and registers the playback and its streams. ``port`` is the loopback
    server's.
    """

    def __init__(self, get_client: GetClient, port: int, streams: StreamRegistry, sessions: SessionRegistry) -> None:
        self._get_client = get_client
        self._port = port
        self._streams = streams
        self._sessions = sessions

    def resolve(self, machine_identifier: str, rating_key: str, media_id: str = '', ask: bool = False) -> Playable:
        """How to play an item: the version ``media_id``, or the first of which Plex does not say that a file is out
        of reach. With ``ask`` and several such versions they are named instead.

        Of a version in several files only the first is played. Raises :class:`~.errors.PlaybackError` subclasses,
        and :class:`PlexError` subclasses when the server cannot be asked.
        """
        found = self._found(machine_identifier, rating_key)
        versions = playable_versions(found)
        chosen = next((one for one in versions if one.media_id == media_id), None) if media_id else None
        if chosen is None and ask and len(versions) > 1:
            names = plex_versions.labels(versions)
            return Playable('', found.item.title, found.item.plex_type, versions=tuple(
                (one.media_id, name) for one, name in zip(versions, names)))
        return self._direct_play(machine_identifier, found, chosen or versions[0])

    def _found(self, machine_identifier: str, rating_key: str) -> PlayableItem:
        try:
            client = self._get_client(machine_identifier)
        except LookupError:
            raise UnknownServer() from None
        found = client.playable(rating_key)
        if found is None:
            raise ItemGone()
        return found

    def _direct_play(self, machine_identifier: str, found: PlayableItem, media: Media) -> Playable:
        """The first file of a version, as it is."""
        item, part = found.item, _parts(media)[0]
        name = file_names.part_name(part)
        source = StreamSource(PART, machine_identifier, item.rating_key, part.part_id, name, part.key,
                              _MIMES.get(name.rsplit('.', 1)[-1], ''))
        if not part.part_id.isalnum() or not self._streams.register(source):
            raise NotPlayable('part without id or path')
        url = source.url(self._port)
        self._sessions.register(url, PlaybackSession(machine_identifier, item.rating_key, media.media_id, part.part_id,
                                                     found))
        LOG.info('Item %s plays part %s', item.rating_key, part.part_id)
        return Playable(
            url, item.title, item.plex_type, duration_ms=max(0, item.duration), resume_ms=max(0, item.view_offset),
            part_id=part.part_id, mime=source.mime,
            subtitles=tuple(self._subtitles(machine_identifier, item.rating_key, part, name)))

    def _subtitles(self, machine_identifier: str, rating_key: str, part: Part, name: str) -> Iterator[str]:
        """The URLs of subtitles in files of their own; those inside the video file have no ``key``."""
        for stream in part.streams:
            subtitle = file_names.subtitle_name(name, stream)
            if stream.kind != SUBTITLE_STREAM or not stream.key or not subtitle:
                continue
            source = StreamSource(SUBTITLE, machine_identifier, rating_key, stream.stream_id, subtitle, stream.key,
                                  'text/plain')
            if stream.stream_id.isalnum() and self._streams.register(source):
                yield source.url(self._port)


def playable_versions(found: PlayableItem) -> List[Media]:
    """The versions whose files are all within Plex's reach, in Plex's order; at least one.

    Raises :class:`NotPlayable`, :class:`FileMissing` or :class:`FileInaccessible`; the last two only when Plex says
    so of every version.
    """
    missing = unreadable = False
    versions: List[Media] = []
    for media in found.media:
        parts = _parts(media)
        if media.deleted or any(not part.exists for part in parts):
            missing = True
        elif any(not part.accessible for part in parts):
            unreadable = True
        elif parts:
            versions.append(media)
    if versions:
        return versions
    if unreadable:
        raise FileInaccessible()
    if missing:
        raise FileMissing()
    raise NotPlayable('no file')


def _parts(media: Media) -> List[Part]:
    return [part for part in media.parts if part.key]
