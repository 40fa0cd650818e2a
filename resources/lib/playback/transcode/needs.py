"""Whether an original can be played as it is, on this box and over this line."""
from __future__ import annotations

from typing import FrozenSet, NamedTuple, Optional

from ...plex_media import AUDIO_STREAM, SUBTITLE_STREAM, VIDEO_STREAM, Media, Part, Stream
from .quality import ORIGINAL, Quality

#: Why something is converted.
BITRATE, SIZE, VIDEO, AUDIO = 'bitrate', 'size of the picture', 'video codec', 'audio codec'
#: Values of :attr:`Box.burn`.
BURN_NEVER, BURN_PICTURES, BURN_ALL = 0, 1, 2
#: Values of :attr:`Box.dolby_vision`: all profiles are played, all but 5 (no picture without Dolby Vision), none.
DV_ALL, DV_NOT_5, DV_NONE = 0, 1, 2
#: Subtitles that are pictures, which no file of text can hold.
PICTURES = frozenset({'pgs', 'hdmv_pgs_subtitle', 'vobsub', 'dvd_subtitle', 'dvb_subtitle', 'dvb_teletext', 'xsub'})
#: Files allow larger peaks than their mean bitrate; what is a little above the limit is played all the same.
_TOLERANCE = 1.05
_NEARLY = 1.1


class Box(NamedTuple):
    """What this box cannot play, by Plex's names of codecs, and how the user wants what is converted.

    ``channels`` is the highest number of audio channels of a conversion, 0 for no limit.
    """

    no_video: FrozenSet[str] = frozenset()
    no_audio: FrozenSet[str] = frozenset()
    no_h264_10bit: bool = False
    dolby_vision: int = DV_ALL
    channels: int = 0
    burn: int = BURN_PICTURES

    @property
    def plays_all(self) -> bool:
        """Whether there is no codec that it does not play."""
        return not (self.no_video or self.no_audio or self.no_h264_10bit or self.dolby_vision)


def reason(media: Media, box: Box, limit: Quality = ORIGINAL) -> str:
    """Why a version has to be converted, '' if it can be played as it is."""
    if limit != ORIGINAL:
        if limit.bitrate and media.bitrate > limit.bitrate * _TOLERANCE:
            return BITRATE
        if limit.height and media.width > limit.width * _NEARLY or limit.height and media.height > limit.height * (
                _NEARLY):
            return SIZE
    if box.plays_all:
        return ''
    part = media.parts[0] if media.parts else None
    if not plays_video(media, stream_of(part, VIDEO_STREAM), box):
        return VIDEO
    heard = stream_of(part, AUDIO_STREAM)
    return AUDIO if (heard.codec if heard else media.audio_codec).lower() in box.no_audio else ''


def plays_video(media: Media, stream: Optional[Stream], box: Box) -> bool:
    """Whether the box can play a version's picture."""
    codec = (stream.codec if stream and stream.codec else media.video_codec).lower()
    if codec in box.no_video:
        return False
    if stream is None:
        return True
    if codec == 'h264' and box.no_h264_10bit and (stream.bit_depth > 8 or '10' in stream.profile):
        return False
    if stream.hdr != 'dolbyvision' or not box.dolby_vision:
        return True
    return box.dolby_vision == DV_NOT_5 and stream.dolby_vision_profile != 5


def stream_of(part: Optional[Part], kind: int) -> Optional[Stream]:
    """The stream of a kind that is heard or seen: the selected one, else the default, else the first of the file."""
    found = [one for one in (part.streams if part else ()) if one.kind == kind]
    if kind == SUBTITLE_STREAM:
        return next((one for one in found if one.selected), None)
    return next((one for one in found if one.selected), None) or next(
        (one for one in found if one.default), None) or (found[0] if found else None)


def burns(subtitle: Optional[Stream], box: Box) -> bool:
    """Whether the selected subtitle becomes part of the picture."""
    if subtitle is None or box.burn == BURN_NEVER:
        return False
    return box.burn == BURN_ALL or subtitle.codec.lower() in PICTURES
