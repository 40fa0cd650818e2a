"""What is being played and how: registered by what ``play`` hands to Kodi, found by what Kodi's player reports."""
from __future__ import annotations

import logging
import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Optional

from ..plex_media import Media, Part
from ..plex_model import PlayableItem
from . import stream_registry
from .queue_place import QueuePlace

LOG = logging.getLogger('pkc.playback')

#: How an item is played: Kodi gets the file as it is.
DIRECT_PLAY = 'direct play'
#: Enough for a long evening; the oldest are forgotten.
_MAX_SESSIONS = 200


def new_session_id() -> str:
    """An id by which the server knows one playback (``X-Plex-Session-Identifier``)."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class PlaybackSession:
    """One playback of an item. ``media_id`` and ``part_id`` name the version and the file that is played.

    ``playable`` is the item as it was when it was asked for. Of what was handed out before the service started anew
    only the ids are known: then it is None and ``media_id`` ''. ``asked_now`` is false for a playback that Kodi began
    again by itself: what the item says of its views is older than the playback before. ``place`` is where it stands in
    a play queue of the server.
    """

    machine_identifier: str
    rating_key: str
    media_id: str = ''
    part_id: str = ''
    playable: Optional[PlayableItem] = None
    method: str = DIRECT_PLAY
    session_id: str = field(default_factory=new_session_id)
    asked_now: bool = True
    place: Optional[QueuePlace] = None

    @property
    def media(self) -> Optional[Media]:
        """The version that is played, where it is known."""
        versions = self.playable.media if self.playable else ()
        return next((one for one in versions if one.media_id == self.media_id), None)

    @property
    def part(self) -> Optional[Part]:
        """The file that is played, where it is known."""
        return next((one for one in (self.media.parts if self.media else ()) if one.part_id == self.part_id), None)


class SessionRegistry:
    """Thread-safe memory of sessions by the URL that Kodi plays, whatever kind of URL that is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: OrderedDict[str, PlaybackSession] = OrderedDict()

    def register(self, url: str, session: PlaybackSession) -> None:
        """Have ``url`` known as the session's; an older session of the same URL is forgotten."""
        with self._lock:
            self._sessions[_key(url)] = session
            self._sessions.move_to_end(_key(url))
            while len(self._sessions) > _MAX_SESSIONS:
                self._sessions.popitem(last=False)

    def begin(self, file: str) -> Optional[PlaybackSession]:
        """The session of what the player has opened; None for what is not ours. ``file`` may end with ``|headers``.

        Kodi may open the same URL again without asking us. That is another playback, so each call gives a session
        with an id of its own.
        """
        key = _key(file)
        with self._lock:
            session = self._sessions.get(key)
            if session is not None:
                self._sessions[key] = replace(session, session_id=new_session_id(), asked_now=False)
                return session
        stream = stream_registry.parse(key)
        if stream is None:
            return None
        LOG.info('Item %s plays, which was not handed out since the start', stream.rating_key)
        return PlaybackSession(stream.machine_identifier, stream.rating_key, part_id=stream.stream_id)


def _key(url: str) -> str:
    return url.split('|', 1)[0]
