"""The server converts an item for Kodi's player: because the user wants it, or because the original does not play."""
from __future__ import annotations

import logging
from typing import Callable, Iterable, List, NamedTuple, Optional

from ...plex_errors import PlexForbidden, PlexNotFound, PlexRejected
from ...plex_media import SUBTITLE_STREAM, Media, Part
from ...plex_model import PlayableItem
from ...plex_transcode import Decision
from .. import file_names
from ..errors import TranscodeRefused
from ..methods import Offer, PlayRequest, playable_parts
from ..pms import GetClient
from ..session import TRANSCODE
from . import needs
from .needs import PICTURES, Box
from .quality import ORIGINAL, Quality
from .registry import Transcodes
from .stream import PLAYLIST_MIME, Transcode
from .target import ALL_PARTS, BESIDE, BURNED, NO_SUBTITLES, Target

LOG = logging.getLogger('pkc.playback')

#: URLs of the subtitles of a part that are files of their own: machineIdentifier, ratingKey, part.
Subtitles = Callable[[str, str, Part], Iterable[str]]


class Terms(NamedTuple):
    """What goes for a server now: what the box plays, the limit of the line to it, and whether it is far away."""

    box: Box = Box()
    limit: Quality = ORIGINAL
    remote: bool = False


class TranscodeMethod:
    """The way that is taken where it is asked for by name, or where ``terms(machineIdentifier)`` call for it.

    ``port`` is the loopback server's, which serves what is in ``transcodes``.
    """

    name = TRANSCODE

    def __init__(self, port: int, transcodes: Transcodes, get_client: GetClient, terms: Callable[[str], Terms],
                 subtitles: Subtitles) -> None:
        self._port = port
        self._transcodes = transcodes
        self._get_client = get_client
        self._terms = terms
        self._subtitles = subtitles

    def offer(self, request: PlayRequest, found: PlayableItem, media: Media) -> Optional[Offer]:
        """None when the original plays, and when the server refuses what only we wanted.

        Raises :class:`TranscodeRefused` when it refuses what the user wanted, :class:`PlexError` subclasses.
        """
        if request.original:
            return None
        terms = self._terms(request.machine_identifier)
        wanted = request.method == self.name
        why = 'the wish of the user' if wanted else needs.reason(media, terms.box, terms.limit)
        if not why:
            return None
        transcode = Transcode(self._target(request, found, media, terms), self._get_client)
        decision = _decided(transcode)
        LOG.info('Item %s has to be converted: %s; the server says %d (%s)', found.item.rating_key, why,
                 decision.code, decision.text)
        if not decision.possible:
            if wanted:
                raise TranscodeRefused(decision.text)
            return None
        self._transcodes.add(transcode)
        return self._offer(transcode, found, playable_parts(media)[0])

    def _target(self, request: PlayRequest, found: PlayableItem, media: Media, terms: Terms) -> Target:
        parts = playable_parts(media)
        subtitle = needs.stream_of(parts[0], SUBTITLE_STREAM)
        subtitles = NO_SUBTITLES
        if needs.burns(subtitle, terms.box):
            subtitles = BURNED
        elif subtitle is not None and not subtitle.key and subtitle.codec.lower() not in PICTURES:
            subtitles = BESIDE
        quality = request.quality if request.quality != ORIGINAL else terms.limit
        return Target(
            request.machine_identifier, found.item.rating_key, found.media.index(media),
            media.parts.index(parts[0]) if len(parts) == 1 else ALL_PARTS, quality, terms.box, terms.remote, subtitles)

    def _offer(self, transcode: Transcode, found: PlayableItem, part: Part) -> Offer:
        target = transcode.target
        subtitles: List[str] = []
        if target.subtitles != BURNED:
            subtitles += self._subtitles(target.machine_identifier, found.item.rating_key, part)
        selected = needs.stream_of(part, SUBTITLE_STREAM)
        if target.subtitles == BESIDE and selected is not None:
            name = file_names.subtitle_name(file_names.part_name(part), selected._replace(codec='srt', format='srt'))
            if name:
                subtitles.insert(0, transcode.subtitle_url(self._port, name))
        return Offer(transcode.url(self._port), part, PLAYLIST_MIME, tuple(subtitles), transcode)


def _decided(transcode: Transcode) -> Decision:
    """The server's answer; one that does not take the question at all refuses. Raises :class:`PlexError`."""
    try:
        return transcode.decide()
    except (PlexRejected, PlexNotFound, PlexForbidden) as error:
        LOG.info('The server does not convert: %s', error)
        return Decision(2000, '')
