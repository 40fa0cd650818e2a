"""What is being played and how: registered by what ``play`` hands to Kodi, found by what Kodi's player reports."""
from __future__ import annotations

import logging
import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Optional, Tuple

from .. import item_url
from ..plex_media import Media, Part
from ..plex_model import PlayableItem
from . import share_paths, stacks, stream_registry
from .queue_place import QueuePlace
from .transcode.stream import Transcode

LOG = logging.getLogger('pkc.playback')

#: How an item is played: Kodi gets the file as it is, it opens the file itself on a share or a disk, or the server
#: converts it.
DIRECT_PLAY, DIRECT_PATH, TRANSCODE = 'direct play', 'direct path', 'transcode'
#: Enough for a long evening; the oldest are forgotten.
_MAX_SESSIONS = 200
#: So much the lengths of files may differ between Plex and Kodi, for a position near the end of one.
_BOUNDARY_MS = 1000.0


def new_session_id() -> str:
    """An id by which the server knows one playback (``X-Plex-Session-Identifier``)."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class PlaybackSession:
    """One playback of an item. ``media_id`` and ``part_id`` name the version and the file that is played.

    ``playable`` is the item as it was when it was asked for. Of what was handed out before the service started anew
    only the ids are known: then it is None and ``media_id`` ''. ``asked_now`` is false for a playback that Kodi began
    again by itself: what the item says of its views is older than the playback before. ``external``: another program
    plays it, of which Kodi knows neither the position nor the streams. ``transcode``: what the server converts.
    ``place`` is where it stands in a play queue of the server. ``beside``: URLs of subtitles by the id of the file that
    they belong to, where the player has to be given them.
    """

    machine_identifier: str
    rating_key: str
    media_id: str = ''
    part_id: str = ''
    playable: Optional[PlayableItem] = None
    method: str = DIRECT_PLAY
    session_id: str = field(default_factory=new_session_id)
    asked_now: bool = True
    external: bool = False
    transcode: Optional[Transcode] = None
    place: Optional[QueuePlace] = None
    beside: Tuple[Tuple[str, Tuple[str, ...]], ...] = ()

    @property
    def media(self) -> Optional[Media]:
        """The version that is played, where it is known."""
        versions = self.playable.media if self.playable else ()
        return next((one for one in versions if one.media_id == self.media_id), None)

    @property
    def resume_s(self) -> float:
        """Where the user stopped last, in seconds, as the server said when it was asked for."""
        return self.playable.item.view_offset / 1000.0 if self.playable else 0.0

    @property
    def part(self) -> Optional[Part]:
        """The file that is played, where it is known."""
        return next((one for one in (self.media.parts if self.media else ()) if one.part_id == self.part_id), None)


    def at(self, position_s: float) -> PlaybackSession:
        """The same with the file in which that position is, in seconds of the whole video."""
        left_ms = position_s * 1000.0 + _BOUNDARY_MS
        parts = self.media.parts if self.media else ()
        for part in parts[:-1]:
            if left_ms < part.duration:
                return replace(self, part_id=part.part_id)
            left_ms -= part.duration
        return replace(self, part_id=parts[-1].part_id) if parts else self


class SessionRegistry:
    """Thread-safe memory of sessions by the URL that Kodi plays, whatever kind of URL that is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: OrderedDict[str, PlaybackSession] = OrderedDict()
        self._waiting = ''

    def register(self, url: str, session: PlaybackSession) -> None:
        """Have ``url`` known as the session's; an older session of the same URL is forgotten."""
        with self._lock:
            self._sessions[_key(url)] = session
            self._waiting = _key(url)
            self._sessions.move_to_end(_key(url))
            while len(self._sessions) > _MAX_SESSIONS:
                self._sessions.popitem(last=False)

    def begin(self, file: str, source: str = '') -> Optional[PlaybackSession]:
        """The session of what the player has opened; None for what is not ours. ``file`` may end with ``|headers``.

        Kodi may open the same URL again without asking us. That is another playback, so each call gives a session
        with an id of its own. ``source`` is the ``plugin://`` URL of which ``file`` was the answer, where Kodi knows
        it: a path on a share does not tell what it is, and the service may have been started since.
        """
        with self._lock:
            key = self._handed_out(_key(file))
            self._waiting = '' if self._waiting == key else self._waiting
            session = self._sessions.get(key)
            if session is not None:
                again = new_session_id()
                for url, one in self._sessions.items():
                    if one.session_id == session.session_id:  # the files of one version
                        self._sessions[url] = replace(one, session_id=again, asked_now=False)
                return session
        session = _read(key, source)
        if session is not None:
            LOG.info('Item %s plays, which was not handed out since the start', session.rating_key)
        return session

    def take_waiting(self) -> Optional[PlaybackSession]:
        """The session that was registered last, if the player has not begun it; it is given once."""
        with self._lock:
            waiting, self._waiting = self._waiting, ''
            return self._sessions.get(waiting)

    def going_on(self, session: PlaybackSession, file: str, position_s: float) -> Optional[PlaybackSession]:
        """``session`` with the file of its version in which the player is now; None if ``file`` belongs to another
        playback, also to one of the same video that was asked for meanwhile.

        Where the player reports no single file (:func:`.stacks.is_whole`), ``position_s`` tells it.
        """
        with self._lock:
            found = self._sessions.get(self._handed_out(_key(file)))
        if found is not None and found.asked_now:
            return None
        other = found or _read(_key(file), file)
        if other is None or (other.machine_identifier, other.rating_key) != (session.machine_identifier,
                                                                             session.rating_key):
            return None
        if stacks.is_whole(file):
            return session.at(position_s)
        return replace(session, part_id=other.part_id) if other.media_id == session.media_id else None

    def _handed_out(self, key: str) -> str:
        """The key of a session: for an item's own URL, which a player may report in place of a stack, that of what was
        handed out for it last.
        """
        item = item_url.parse(key) if key not in self._sessions else None
        if item is None:
            return key
        return next((url for url, one in reversed(self._sessions.items()) if (
            one.machine_identifier, one.rating_key) == (item.machine_identifier, item.rating_key)), key)


def _read(url: str, source: str) -> Optional[PlaybackSession]:
    """The session of what was handed out before the service started: of a file of ours, of a stack of them, or of the
    plugin URL that Kodi plays.
    """
    stream = stream_registry.parse(stacks.first(url))
    if stream is not None:
        return PlaybackSession(stream.machine_identifier, stream.rating_key, part_id=stream.stream_id)
    item = item_url.parse(source)
    if item is None or item.plex_type == 'show':
        return None
    return PlaybackSession(item.machine_identifier, item.rating_key, item.media_id, method=DIRECT_PATH)


def _key(url: str) -> str:
    """Without the options of Kodi's; and without user and password, with which Kodi may have completed a path."""
    return share_paths.without_user(url.split('|', 1)[0])
