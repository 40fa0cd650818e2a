"""Feature: the audio and subtitle streams chosen in Plex are chosen in Kodi, and the other way round."""
from __future__ import annotations

import logging
from typing import Callable, Dict, NamedTuple, Optional, Protocol, Sequence

from ..plex_media import AUDIO_STREAM, SUBTITLE_STREAM, Part
from . import stream_match
from .features import Feature
from .state import PlaybackState

LOG = logging.getLogger('pkc.playback')

#: In place of a subtitle: none. As a number of Kodi's, and as an id of Plex's.
NO_NUMBER, NO_ID = -1, '0'
#: Looks within which Kodi does what it was told; whatever is chosen after them counts as its answer.
_PATIENCE = 5


class Streams(Protocol):
    """What Kodi plays; see ``kodi.streams``."""

    @property
    def audio(self) -> Sequence[stream_match.PlayerStream]:
        """What can be heard."""

    @property
    def subtitles(self) -> Sequence[stream_match.PlayerStream]:
        """What can be shown."""

    @property
    def audio_number(self) -> int:
        """What is heard."""

    @property
    def subtitle_number(self) -> int:
        """What is shown, :data:`NO_NUMBER` for nothing."""


class Player(NamedTuple):
    """The player's side: its streams while it plays a file (None when it does not), how one is chosen, and how it is
    given a subtitle, which it shows a moment later.
    """

    read: Callable[[str], Optional[Streams]]
    select_audio: Callable[[int], None]
    select_subtitle: Callable[[int], None]
    add_subtitle: Callable[[str], None]


class Directions(NamedTuple):
    """What the user wants to be taken over. ``tell_plex(part_id, {kind: stream id})`` returns at once; None for not."""

    from_plex: bool
    tell_plex: Optional[Callable[[str, Dict[int, str]], None]]


class StreamChoice(Feature):
    """The streams of one playback. What Kodi chose at the start by itself is no choice of the user's."""

    def __init__(self, part: Part, player: Player, directions: Directions) -> None:
        self._part = part
        self._player = player
        self._directions = directions
        self._told: Dict[int, int] = {}
        self._known: Optional[Dict[int, int]] = None
        self._looks = 0
        #: So many subtitles there are as soon as the player has those that it was given; 0 for no more to come.
        self._coming = 0
        #: The user has chosen something in Kodi since the beginning.
        self._by_user = False
        self._added = ''
        self._own: Dict[int, str] = {}

    def on_playback_started(self, playback: PlaybackState) -> None:
        """Choose what is chosen in Plex."""
        streams = self._player.read(playback.file)
        if streams is not None and self._directions.from_plex:
            self._told = self._wanted(streams)
            self._choose(_numbers(streams))
        elif streams is not None:
            self._told = {SUBTITLE_STREAM: streams.subtitle_number} if self._beside(playback) else {}
        self._give(playback)

    def on_playback_changed(self, playback: PlaybackState) -> None:
        """With another file of the same video Kodi chooses anew: what was heard and shown last goes on. With subtitles
        in files of their own it is what is chosen in Plex for this file, unless the user has chosen meanwhile.
        """
        part = playback.session.part
        if part is None or part.part_id == self._part.part_id:
            return
        self._part, self._looks = part, 0
        self._told, self._known = self._known or self._told, None
        self._added, self._own = '', {}
        self._give(playback)

    def _beside(self, playback: PlaybackState) -> Sequence[str]:
        return dict(playback.session.beside).get(self._part.part_id, ())

    def _give(self, playback: PlaybackState) -> None:
        """Have the player take the subtitles in files of their own that it does not find by itself."""
        urls = self._beside(playback)
        self._coming = len([one for one in self._part.streams if one.kind == SUBTITLE_STREAM]) if urls else 0
        for url in urls:
            self._player.add_subtitle(url)

    def on_subtitle_added(self, playback: PlaybackState, stream_id: str) -> None:
        """The next subtitle that Kodi shows is this one, whatever Kodi calls it."""
        part = playback.session.part
        if part is None or part.part_id != self._part.part_id or not any(
                one.stream_id == stream_id for one in part.streams):
            return
        self._part, self._added = part, stream_id
        if self._directions.tell_plex is not None:
            self._directions.tell_plex(part.part_id, {SUBTITLE_STREAM: stream_id})

    def on_tick(self, playback: PlaybackState) -> None:
        """See what the user has chosen meanwhile."""
        if self._known is not None and self._directions.tell_plex is None:
            return
        streams = self._player.read(playback.file)
        if streams is None or not streams.audio:
            return
        now = _numbers(streams)
        if self._known is None:
            self._looks += 1
            if self._coming and not self._have_come(streams):
                return
            if self._looks >= _PATIENCE or not self._choose(now):
                self._known = now
            return
        changed = {kind: number for kind, number in now.items() if number != self._known[kind]}
        self._known, self._by_user = now, self._by_user or bool(changed)
        if self._added and changed.get(SUBTITLE_STREAM, NO_NUMBER) != NO_NUMBER:
            self._own[changed.pop(SUBTITLE_STREAM)] = self._added
            self._added = ''
        chosen = self._ids(streams, changed) if changed else {}
        if chosen and self._directions.tell_plex is not None:
            self._directions.tell_plex(self._part.part_id, chosen)

    def _have_come(self, streams: Streams) -> bool:
        """Whether all are there, or are not waited for any more; then it is known anew what is to be chosen."""
        if len(streams.subtitles) < self._coming and self._looks < _PATIENCE:
            return False
        self._coming = self._looks = 0
        if self._directions.from_plex and not self._by_user:
            self._told = self._wanted(streams)
        return True

    def _choose(self, now: Dict[int, int]) -> bool:
        """Whether something had to be chosen. With another audio stream Kodi may take another subtitle by itself."""
        missing = {kind: number for kind, number in self._told.items() if number != now[kind]}
        for kind, number in missing.items():
            LOG.info('Stream %d of kind %d is the one chosen in Plex', number, kind)
            (self._player.select_audio if kind == AUDIO_STREAM else self._player.select_subtitle)(number)
        return bool(missing)

    def _wanted(self, streams: Streams) -> Dict[int, int]:
        """Numbers by kind. Plex shows no subtitle unless one is chosen; something is always heard."""
        wanted: Dict[int, int] = {}
        chosen = {one.kind: one.stream_id for one in self._part.streams if one.selected}
        audio = stream_match.audio(self._part, streams.audio).get(chosen.get(AUDIO_STREAM, ''))
        if audio is not None:
            wanted[AUDIO_STREAM] = audio.number
        subtitle = stream_match.subtitles(self._part, streams.subtitles).get(chosen.get(SUBTITLE_STREAM, ''))
        if subtitle is not None:
            wanted[SUBTITLE_STREAM] = subtitle.number
        elif SUBTITLE_STREAM not in chosen:
            wanted[SUBTITLE_STREAM] = NO_NUMBER
        return wanted

    def _ids(self, streams: Streams, numbers: Dict[int, int]) -> Dict[int, str]:
        """Plex's ids by kind; what Plex does not have (a subtitle that Kodi has downloaded) is missing."""
        found: Dict[int, str] = {}
        pairs = {AUDIO_STREAM: stream_match.audio(self._part, streams.audio),
                 SUBTITLE_STREAM: self._subtitles(streams)}
        for kind, number in numbers.items():
            if kind == SUBTITLE_STREAM and number == NO_NUMBER:
                found[kind] = NO_ID
            for stream_id, stream in pairs[kind].items():
                if stream.number == number:
                    found[kind] = stream_id
        return found

    def _subtitles(self, streams: Streams) -> Dict[str, stream_match.PlayerStream]:
        """Kodi's subtitles by Plex's ids. Of those that were added meanwhile it is known, the others are compared."""
        added = {self._own[one.number]: one for one in streams.subtitles if one.number in self._own}
        part = self._part._replace(streams=tuple(one for one in self._part.streams if one.stream_id not in added))
        rest = [one for one in streams.subtitles if one.number not in self._own]
        return {**stream_match.subtitles(part, rest), **added}


def _numbers(streams: Streams) -> Dict[int, int]:
    return {AUDIO_STREAM: streams.audio_number, SUBTITLE_STREAM: streams.subtitle_number}
