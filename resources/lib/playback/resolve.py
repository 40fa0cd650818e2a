"""Which version of an item is played, and in which way."""
from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import Callable, Optional, Sequence, Tuple

from .. import plex_versions
from ..plex_media import Media
from ..plex_model import PlayableItem, PlexItem
from .errors import ItemGone, NotPlayable, UnknownServer
from .methods import PlayMethod, PlayRequest, playable_versions
from .pms import GetClient
from .session import PlaybackSession, SessionRegistry

LOG = logging.getLogger('pkc.playback')


@dataclass(frozen=True)
class Playable:
    """What the player needs. ``url`` and ``subtitles`` are for Kodi's player; durations in milliseconds.

    ``mime`` is '' when not known; set it on the list item, or Kodi asks for it with a request of its own.
    With ``versions`` (id, name) there is no ``url`` yet: the user is to choose one. A ``url`` of several files must be
    opened by Kodi itself (:mod:`.stacks`), as what ``item`` tells.
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
    item: Optional[PlexItem] = field(default=None, compare=False)


def _no_choice(_request: PlayRequest, _versions: Sequence[Media]) -> Optional[Media]:
    return None


class Resolver:
    """Chooses the version of an item and the first of ``methods`` that suits it, and registers the playback.

    ``choose`` chooses one of several versions in place of the user, or None.
    """

    def __init__(self, get_client: GetClient, methods: Sequence[PlayMethod], sessions: SessionRegistry,
                 choose: Callable[[PlayRequest, Sequence[Media]], Optional[Media]] = _no_choice) -> None:
        self._get_client = get_client
        self._methods = methods
        self._sessions = sessions
        self._choose = choose

    def resolve(self, request: PlayRequest) -> Playable:
        """How to play an item: the version that was asked for, or the first of which Plex does not say that a file is
        out of reach; or the names of the versions.

        Raises :class:`~.errors.PlaybackError` subclasses, and :class:`PlexError` subclasses when the server cannot be
        asked.
        """
        found = self._found(request)
        versions = playable_versions(found)
        chosen = next((one for one in versions if one.media_id == request.media_id), None) if request.media_id else None
        if chosen is None and request.ask and len(versions) > 1:
            chosen = self._choose(request, versions)
        if chosen is None and request.ask and len(versions) > 1:
            names = plex_versions.labels(versions)
            return Playable('', found.item.title, found.item.plex_type, versions=tuple(
                (one.media_id, name) for one, name in zip(versions, names)))
        return self._play(request, found, chosen or versions[0])

    def _found(self, request: PlayRequest) -> PlayableItem:
        try:
            client = self._get_client(request.machine_identifier)
        except LookupError:
            raise UnknownServer() from None
        found = client.playable(request.rating_key)
        if found is None:
            raise ItemGone()
        return found

    def _play(self, request: PlayRequest, found: PlayableItem, media: Media) -> Playable:
        item = found.item
        for method in self._methods:
            if not request.allows(method.name):
                continue
            offer = method.offer(request, found, media)
            if offer is None:
                continue
            session = PlaybackSession(request.machine_identifier, item.rating_key, media.media_id, offer.part.part_id,
                                      found, method.name, transcode=offer.transcode, beside=offer.beside)
            if offer.transcode is not None:  # reports have to name the session that the server converts for
                session = replace(session, session_id=offer.transcode.session_id)
            for url, part in (*offer.files, (offer.url, offer.part)):
                self._sessions.register(url, replace(session, part_id=part.part_id))
            LOG.info('Item %s plays part %s by %s', item.rating_key, offer.part.part_id, method.name)
            return Playable(
                offer.url, item.title, item.plex_type, duration_ms=max(0, item.duration),
                resume_ms=max(0, item.view_offset), part_id=offer.part.part_id, mime=offer.mime,
                subtitles=offer.subtitles, item=item)
        raise NotPlayable('no way to play it')
