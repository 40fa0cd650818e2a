"""Which stream of Kodi's player is which of Plex's: by what they are; by their order only where that leaves a choice.

The two list streams differently: Kodi has subtitles of files of their own beside those inside the video, and leaves
out what it cannot play.
"""
from __future__ import annotations

from typing import Callable, Dict, Optional, Protocol, Sequence, TypeVar

from ..plex_media import AUDIO_STREAM, SUBTITLE_STREAM, Part, Stream
from .languages import language

#: Plex's and Kodi's words for the same codec.
_CODECS = {'dca': 'dts', 'dca-ma': 'dtshd_ma', 'pgs': 'hdmv_pgs_subtitle', 'srt': 'subrip', 'vobsub': 'dvd_subtitle'}


class PlayerStream(Protocol):
    """A stream of the player; see ``kodi.streams``."""

    @property
    def number(self) -> int:
        """How the player calls it."""

    @property
    def language(self) -> str:
        """Three letters, or ''."""

    @property
    def name(self) -> str:
        """What the file says of it."""

    @property
    def codec(self) -> str:
        """Kodi's word."""

    @property
    def channels(self) -> int:
        """0 for subtitles."""

    @property
    def forced(self) -> bool:
        """For what is spoken in another language only."""

    @property
    def impaired(self) -> bool:
        """For people who cannot hear or see well."""


Theirs = TypeVar('Theirs', bound=PlayerStream)


def audio(part: Part, found: Sequence[Theirs]) -> Dict[str, Theirs]:
    """The player's audio streams by Plex's ids. Those without a match are missing."""
    return _pairs([one for one in part.streams if one.kind == AUDIO_STREAM], found, _audio_likeness)


def subtitles(part: Part, found: Sequence[Theirs]) -> Dict[str, Theirs]:
    """The player's subtitles by Plex's ids. Those without a match are missing."""
    return _pairs([one for one in part.streams if one.kind == SUBTITLE_STREAM], found, _subtitle_likeness)


def _pairs(ours: Sequence[Stream], theirs: Sequence[Theirs],
           likeness: Callable[[Stream, Theirs], Optional[int]]) -> Dict[str, Theirs]:
    """The most alike first; among equals the order in both lists decides."""
    rated = []
    for our_place, one in enumerate(ours):
        for their_place, other in enumerate(theirs):
            alike = likeness(one, other)
            if alike is not None:
                rated.append((-alike, abs(our_place - their_place), our_place, their_place))
    found: Dict[str, Theirs] = {}
    taken = set()
    for _, _, our_place, their_place in sorted(rated):
        key = ours[our_place].stream_id
        if key not in found and their_place not in taken:
            found[key] = theirs[their_place]
            taken.add(their_place)
    return found


def _audio_likeness(one: Stream, other: PlayerStream) -> Optional[int]:
    alike = _language_likeness(one, other)
    if alike is None:
        return None
    if _codec(one.codec) == _codec(other.codec):
        alike += 3
    if one.channels and one.channels == other.channels:
        alike += 3
    return alike + _title_likeness(one, other)


def _subtitle_likeness(one: Stream, other: PlayerStream) -> Optional[int]:
    alike = _language_likeness(one, other)
    if alike is None:
        return None
    alike += 4 if one.forced == other.forced else 0
    # Kodi 20 takes this mark of a file's name for a part of the stream's.
    impaired = other.impaired or 'sdh' in other.name.lower().split()
    alike += 2 if one.hearing_impaired == impaired else 0
    alike += 2 if bool(one.key) == ('external' in other.name.lower()) else 0
    return alike + _title_likeness(one, other)


def _language_likeness(one: Stream, other: PlayerStream) -> Optional[int]:
    """None for two languages that are known and differ: those are never the same stream."""
    ours, theirs = language(one.language_code or one.language_tag), language(other.language)
    if ours and theirs:
        return 8 if ours == theirs else None
    return 0


def _title_likeness(one: Stream, other: PlayerStream) -> int:
    return 4 if one.title and one.title.lower() in other.name.lower() else 0


def _codec(word: str) -> str:
    return _CODECS.get(word.lower(), word.lower())
