"""Subtitles in files beside a video: those that Kodi finds there itself must not be given to it a second time."""
from __future__ import annotations

import re
import unicodedata
from typing import Iterable, List, NamedTuple, Sequence, Tuple

from ..plex_media import SUBTITLE_STREAM, Part, Stream
from .file_names import subtitle_format
from .languages import language

#: Folders beside the video in which Kodi looks too.
FOLDERS = frozenset('sub subs subtitle subtitles vobsub vobsubs'.split())
#: Words of two or three letters in names of subtitles that are no language.
_MARKS = frozenset(('cc', 'sdh'))


class _Sidecar(NamedTuple):
    """The format of a subtitle's file, the languages that its name may mean, and whether it is forced."""

    format: str
    languages: Tuple[str, ...]
    forced: bool


def external(part: Part) -> List[Stream]:
    """The subtitles of a part that have a file of their own, at the server."""
    return [stream for stream in part.streams if stream.kind == SUBTITLE_STREAM and stream.key]


def not_beside(streams: Sequence[Stream], video: str, files: Iterable[str]) -> List[Stream]:
    """Those streams of which no file of the video's folder seems to be the subtitle.

    ``video`` is the name of the video's file, ``files`` are the names of those in its folder. A file stands for one
    stream, of its format, its language and its forced mark; Plex says no more about it.
    """
    beside = [found for found in (_sidecar(video, name) for name in files) if found.format]
    missing = []
    for stream in streams:
        wanted = language(stream.language_tag or stream.language_code)
        fitting = [one for one in beside if one.format == subtitle_format(stream) and one.forced == stream.forced
                   and (wanted in one.languages if wanted else not one.languages)]
        if fitting:
            beside.remove(fitting[0])
        else:
            missing.append(stream)
    return missing


def _sidecar(video: str, name: str) -> _Sidecar:
    """What Kodi makes of a file name beside the video; an empty format for what is none of its subtitles."""
    base, _, extension = unicodedata.normalize('NFC', name).casefold().rpartition('.')
    start = unicodedata.normalize('NFC', video).casefold().rpartition('.')[0]
    if not base.startswith(start):
        return _Sidecar('', (), False)
    words = re.findall(r'[a-z]+', base[len(start):])
    known = tuple(language(word) for word in words if 2 <= len(word) <= 3 and word not in _MARKS)
    return _Sidecar(extension, known, 'forced' in words)
