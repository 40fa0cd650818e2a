"""The last word of a stream's URL: Kodi reads the container, and a subtitle's language, from it."""
from __future__ import annotations

import re

from ..plex_media import Part, Stream

#: Characters that are special in URLs, in Kodi's URL options (``|``) or on some file system.
_UNWANTED = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|#%&;]+')
_EXTENSION = re.compile(r'[a-z0-9]{2,5}\Z')
_LANGUAGE = re.compile(r'[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z')
_MAX_BASE = 100
#: Plex's container names that are not file extensions.
_CONTAINERS = {'mpegts': 'ts', 'matroska': 'mkv'}
#: Plex's subtitle codecs and formats by the extension that Kodi knows. vobsub needs a second file: left out.
_SUBTITLES = {'srt': 'srt', 'subrip': 'srt', 'ass': 'ass', 'ssa': 'ssa', 'vtt': 'vtt', 'webvtt': 'vtt', 'smi': 'smi',
              'sami': 'smi', 'sup': 'sup', 'pgs': 'sup', 'mov_text': 'srt', 'ttml': 'ttml'}

def part_name(part: Part) -> str:
    """A part's real file name without its folder, cleaned and not too long; the extension in lower case."""
    name = re.split(r'[/\\]', part.file or part.key.split('?', 1)[0])[-1]
    base, dot, extension = name.rpartition('.')
    if not dot or not _EXTENSION.match(extension.lower()):
        base, extension = name, part.container
    extension = _CONTAINERS.get(extension.lower(), extension.lower())
    if not _EXTENSION.match(extension):
        extension = 'mkv'
    base = _UNWANTED.sub('_', base).strip(' .') or 'video'
    return '%s.%s' % (base[:_MAX_BASE].rstrip(' .'), extension)


def subtitle_name(video_name: str, stream: Stream) -> str:
    """``<video>.<language>[.forced][.sdh].<extension>``, '' for a format that cannot be fetched as one file.

    Kodi strips the video's name and reads the rest as language and flags
    (``CUtil::GetExternalStreamDetailsFromFilename``).
    """
    extension = subtitle_format(stream)
    if not extension:
        return ''
    words = [video_name.rpartition('.')[0]]
    language = next((code for code in (stream.language_tag, stream.language_code) if _LANGUAGE.match(code)), '')
    if language:
        words.append(language)
    if stream.forced:
        words.append('forced')
    if stream.hearing_impaired:
        words.append('sdh')
    return '.'.join(words + [extension])


def subtitle_format(stream: Stream) -> str:
    """The extension of a subtitle's file; '' for a format that cannot be fetched as one file."""
    return _SUBTITLES.get(stream.format.lower()) or _SUBTITLES.get(stream.codec.lower()) or ''
