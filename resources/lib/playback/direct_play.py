"""Kodi plays a file as it is, which the loopback server passes on from the Plex Media Server."""
from __future__ import annotations

from typing import Iterator, Optional

from ..plex_media import SUBTITLE_STREAM, Media, Part
from ..plex_model import PlayableItem
from . import file_names, stacks
from .errors import NotPlayable
from .methods import Offer, PlayRequest, playable_parts
from .session import DIRECT_PLAY
from .stream_registry import PART, SUBTITLE, StreamRegistry, StreamSource, may_be_served

_MIMES = {
    'mkv': 'video/x-matroska', 'webm': 'video/webm', 'mp4': 'video/mp4', 'm4v': 'video/mp4', 'mov': 'video/quicktime',
    'avi': 'video/x-msvideo', 'ts': 'video/mp2t', 'm2ts': 'video/mp2t', 'mts': 'video/mp2t', 'mpg': 'video/mpeg',
    'mpeg': 'video/mpeg', 'wmv': 'video/x-ms-wmv', 'asf': 'video/x-ms-asf', 'flv': 'video/x-flv', 'ogv': 'video/ogg',
}


class DirectPlay:
    """The way that suits every item. A version in several files is a stack, of which the player is given the subtitles
    in files of their own with each file.

    ``port`` is the loopback server's, which serves what is in ``streams``.
    """

    name = DIRECT_PLAY

    def __init__(self, port: int, streams: StreamRegistry) -> None:
        self._port = port
        self._streams = streams

    def offer(self, request: PlayRequest, found: PlayableItem, media: Media) -> Offer:
        """The files of a version. Raises :class:`NotPlayable` when the server does not name them properly."""
        machine, rating_key, parts = request.machine_identifier, found.item.rating_key, playable_parts(media)
        sources = [self._registered(machine, rating_key, part) for part in parts]
        urls = [source.url(self._port) for source in sources]
        if len(parts) > 1:
            beside = tuple((part.part_id, tuple(self.subtitles(machine, rating_key, part))) for part in parts)
            return Offer(stacks.join(urls), parts[0], files=tuple(zip(urls, parts)), beside=beside)
        return Offer(urls[0], parts[0], sources[0].mime, tuple(self.subtitles(machine, rating_key, parts[0])))

    def source_of(self, request: PlayRequest, media: Media) -> Optional[StreamSource]:
        """The file of a version, as :meth:`offer` would have it served; None for one in several files, or in none."""
        parts = playable_parts(media)
        found = _source(request.machine_identifier, request.rating_key, parts[0]) if len(parts) == 1 else None
        return found if found is not None and may_be_served(found) else None

    def _registered(self, machine_identifier: str, rating_key: str, part: Part) -> StreamSource:
        source = _source(machine_identifier, rating_key, part)
        if not part.part_id.isalnum() or not self._streams.register(source):
            raise NotPlayable('part without id or path')
        return source

    def subtitles(self, machine_identifier: str, rating_key: str, part: Part) -> Iterator[str]:
        """The URLs of subtitles in files of their own; those inside the video file have no ``key``."""
        name = file_names.part_name(part)
        for stream in part.streams:
            subtitle = file_names.subtitle_name(name, stream)
            if stream.kind != SUBTITLE_STREAM or not stream.key or not subtitle:
                continue
            source = StreamSource(SUBTITLE, machine_identifier, rating_key, stream.stream_id, subtitle, stream.key,
                                  'text/plain')
            if stream.stream_id.isalnum() and self._streams.register(source):
                yield source.url(self._port)


def _source(machine_identifier: str, rating_key: str, part: Part) -> StreamSource:
    name = file_names.part_name(part)
    return StreamSource(PART, machine_identifier, rating_key, part.part_id, name, part.key,
                        _MIMES.get(name.rsplit('.', 1)[-1], ''))
