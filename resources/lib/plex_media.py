"""Records of an item's versions, files, streams, markers and chapters, from Plex's answers.

There are two forms. :class:`Media`, :class:`Part` and :class:`Stream` have all that playback needs.
:class:`LibraryMedia` and :class:`LibraryStream` have only what Kodi's library stores, because a sync reads hundreds of
thousands of them. Times are milliseconds, bitrates kbit/s; missing values are 0, '' or False.
"""
from __future__ import annotations

from operator import attrgetter
from typing import NamedTuple, Tuple

from .plex_values import Raw, children, flag, identifier, index, integer, number, text

VIDEO_STREAM, AUDIO_STREAM, SUBTITLE_STREAM = 1, 2, 3
#: Kinds of markers.
INTRO, CREDITS, COMMERCIAL = 'intro', 'credits', 'commercial'
_BY_TIME = attrgetter('start')
_RANGES = {'smpte2084': 'hdr10', 'arib-std-b67': 'hlg'}


# ---- for playing -----------------------------------------------------------------------------------------------

class Stream(NamedTuple):
    """A stream of a part (``Stream``)."""

    stream_id: str
    #: :data:`VIDEO_STREAM`, :data:`AUDIO_STREAM`, :data:`SUBTITLE_STREAM`, or 4 for lyrics.
    kind: int
    #: Path on the server of a subtitle with its own file; '' for a stream in the part's file.
    key: str
    #: Index among the streams of the part's file; -1 for a stream that is not in it.
    stream_index: int
    codec: str
    profile: str
    #: Format of a subtitle's file, if it is not the codec.
    format: str
    #: The language's name in the server's language (German), its tag (de, pt-BR) and three letters (ger or deu).
    language: str
    language_tag: str
    language_code: str
    title: str
    #: Titles that Plex's own players show.
    display_title: str
    extended_display_title: str
    #: The user chose this stream for this item.
    selected: bool
    #: The file marks this stream as default.
    default: bool
    forced: bool
    hearing_impaired: bool
    bitrate: int
    width: int
    height: int
    aspect: float
    frame_rate: float
    bit_depth: int
    #: The dynamic range: '', hdr10, hlg or dolbyvision.
    hdr: str
    dolby_vision_profile: int
    channels: int
    #: For instance 5.1(side).
    channel_layout: str
    sampling_rate: int


class Part(NamedTuple):
    """A file of a version (``Part``). Most versions have only one."""

    part_id: str
    #: Path of the file on the server.
    key: str
    #: Path of the file in the server's own file system.
    file: str
    container: str
    #: Bytes.
    size: int
    duration: int
    #: The server's answer with ``checkFiles=1``; True if it did not check.
    exists: bool
    accessible: bool
    streams: Tuple[Stream, ...]


class Media(NamedTuple):
    """A version of an item (``Media``), with its files in the order in which they are played."""

    media_id: str
    duration: int
    bitrate: int
    width: int
    height: int
    aspect: float
    #: 4k, 1080, 720, sd …
    resolution: str
    container: str
    video_codec: str
    video_profile: str
    audio_codec: str
    audio_profile: str
    audio_channels: int
    #: In the server's trash.
    deleted: bool
    parts: Tuple[Part, ...]

    @property
    def hdr(self) -> str:
        """The dynamic range of its picture; see :attr:`Stream.hdr`."""
        return next((stream.hdr for part in self.parts for stream in part.streams if stream.hdr), '')


class Marker(NamedTuple):
    """A part of a video that can be skipped (``Marker``). ``final``: it is the last one before the end."""

    kind: str
    start: int
    end: int
    final: bool


class Chapter(NamedTuple):
    """A chapter (``Chapter``). ``chapter_index`` counts from 1; ``thumb`` is the path of a picture on the server."""

    chapter_index: int
    title: str
    start: int
    end: int
    thumb: str


def media(raw: Raw) -> Media:
    """A ``Media`` element."""
    return Media(
        media_id=identifier(raw, 'id'), duration=integer(raw, 'duration'), bitrate=integer(raw, 'bitrate'),
        width=integer(raw, 'width'), height=integer(raw, 'height'), aspect=number(raw, 'aspectRatio'),
        resolution=text(raw, 'videoResolution'), container=text(raw, 'container'), video_codec=text(raw, 'videoCodec'),
        video_profile=text(raw, 'videoProfile'), audio_codec=text(raw, 'audioCodec'),
        audio_profile=text(raw, 'audioProfile'), audio_channels=integer(raw, 'audioChannels'),
        deleted=bool(text(raw, 'deletedAt')), parts=tuple(part(one) for one in children(raw, 'Part')))


def part(raw: Raw) -> Part:
    """A ``Part`` element."""
    return Part(
        part_id=identifier(raw, 'id'), key=text(raw, 'key'), file=text(raw, 'file'), container=text(raw, 'container'),
        size=integer(raw, 'size'), duration=integer(raw, 'duration'), exists=flag(raw, 'exists', True),
        accessible=flag(raw, 'accessible', True), streams=tuple(stream(one) for one in children(raw, 'Stream')))


def stream(raw: Raw) -> Stream:
    """A ``Stream`` element."""
    return Stream(
        stream_id=identifier(raw, 'id'), kind=integer(raw, 'streamType'), key=text(raw, 'key'),
        stream_index=index(raw, 'index'), codec=text(raw, 'codec'), profile=text(raw, 'profile'),
        format=text(raw, 'format'), language=text(raw, 'language'), language_tag=text(raw, 'languageTag'),
        language_code=text(raw, 'languageCode'), title=text(raw, 'title'), display_title=text(raw, 'displayTitle'),
        extended_display_title=text(raw, 'extendedDisplayTitle'), selected=flag(raw, 'selected'),
        default=flag(raw, 'default'), forced=flag(raw, 'forced'), hearing_impaired=flag(raw, 'hearingImpaired'),
        bitrate=integer(raw, 'bitrate'), width=integer(raw, 'width'), height=integer(raw, 'height'),
        aspect=number(raw, 'aspectRatio'), frame_rate=number(raw, 'frameRate'), bit_depth=integer(raw, 'bitDepth'),
        hdr=_dynamic_range(raw) if integer(raw, 'streamType') == VIDEO_STREAM else '',
        dolby_vision_profile=integer(raw, 'DOVIProfile'), channels=integer(raw, 'channels'),
        channel_layout=text(raw, 'audioChannelLayout'), sampling_rate=integer(raw, 'samplingRate'))


def markers(raw: Raw) -> Tuple[Marker, ...]:
    """The markers of an item in the order of time; those without a duration are left out."""
    found = [Marker(text(one, 'type'), integer(one, 'startTimeOffset'), integer(one, 'endTimeOffset'),
                    flag(one, 'final')) for one in children(raw, 'Marker')]
    return tuple(sorted((one for one in found if one.kind and 0 <= one.start < one.end), key=_BY_TIME))


def chapters(raw: Raw) -> Tuple[Chapter, ...]:
    """The chapters of an item in the order of time."""
    found = [Chapter(integer(one, 'index'), text(one, 'tag') or text(one, 'title'), integer(one, 'startTimeOffset'),
                     integer(one, 'endTimeOffset'), text(one, 'thumb')) for one in children(raw, 'Chapter')]
    return tuple(sorted((one for one in found if one.start >= 0), key=_BY_TIME))


# ---- for the library -------------------------------------------------------------------------------------------

class LibraryStream(NamedTuple):
    """A stream as Kodi's library stores it; ``hdr`` is '', hdr10, hlg or dolbyvision."""

    kind: int
    codec: str
    profile: str
    language: str
    width: int
    height: int
    aspect: float
    channels: int
    hdr: str


class LibraryMedia(NamedTuple):
    """A version of an item as Kodi's library stores it, with the streams of all its parts."""

    duration: int
    width: int
    height: int
    aspect: float
    video_codec: str
    audio_codec: str
    audio_channels: int
    streams: Tuple[LibraryStream, ...]
    media_id: str = ''
    resolution: str = ''
    bitrate: int = 0

    @property
    def hdr(self) -> str:
        """The dynamic range of its picture; see :attr:`Stream.hdr`."""
        return next((stream.hdr for stream in self.streams if stream.hdr), '')


def library_media(raw: Raw) -> LibraryMedia:
    """What the library needs of a ``Media`` element."""
    return LibraryMedia(
        integer(raw, 'duration'), integer(raw, 'width'), integer(raw, 'height'), number(raw, 'aspectRatio'),
        text(raw, 'videoCodec'), text(raw, 'audioCodec'), integer(raw, 'audioChannels'),
        tuple(_library_stream(s) for p in children(raw, 'Part') for s in children(p, 'Stream')),
        identifier(raw, 'id'), text(raw, 'videoResolution'), integer(raw, 'bitrate'))


def _library_stream(raw: Raw) -> LibraryStream:
    """What the library needs of a ``Stream`` element."""
    kind, codec, language = raw.get('streamType', 0), raw.get('codec', ''), raw.get('languageCode', '')
    if not (kind.__class__ is int and codec.__class__ is language.__class__ is str and (codec + language).isalnum()):
        kind, codec, language = integer(raw, 'streamType'), text(raw, 'codec'), text(raw, 'languageCode')
    if kind == VIDEO_STREAM:
        return LibraryStream(kind, codec, '', language, integer(raw, 'width'), integer(raw, 'height'),
                             number(raw, 'aspectRatio'), 0, _dynamic_range(raw))
    if kind == AUDIO_STREAM:
        return LibraryStream(kind, codec, text(raw, 'profile'), language, 0, 0, 0.0, integer(raw, 'channels'), '')
    return LibraryStream(kind, codec, '', language, 0, 0, 0.0, 0, '')


def _dynamic_range(raw: Raw) -> str:
    """Kodi's name of a stream's dynamic range, from Plex's DOVIPresent and colorTrc."""
    if flag(raw, 'DOVIPresent'):
        return 'dolbyvision'
    return _RANGES.get(text(raw, 'colorTrc'), '')
