"""What Kodi plays, in the words of Plex's client profiles (``X-Plex-Client-Profile-Extra``)."""
from __future__ import annotations

from typing import Iterable, List

from .needs import DV_NONE, Box
from .quality import Quality

#: The profile of the server's that ours is added to; it has next to nothing of its own.
BASE = 'Generic'
_CONTAINERS = 'mkv,mp4,mov,m4v,avi,mpegts,mpeg,asf,wmv,flv,ogg,webm,3gp'
_VIDEO = ('h264', 'hevc', 'av1', 'vp9', 'vp8', 'mpeg4', 'msmpeg4v3', 'msmpeg4v2', 'mpeg2video', 'mpeg1video', 'vc1',
          'wmv3', 'wmv2', 'theora', 'mjpeg')
_AUDIO = ('aac', 'ac3', 'eac3', 'dca', 'truehd', 'flac', 'alac', 'mp3', 'mp2', 'opus', 'vorbis', 'pcm', 'wmav2',
          'wmapro')
_SUBTITLES = 'srt,ass,ssa,pgs,vobsub,dvd_subtitle,dvb_subtitle,mov_text,webvtt,smi'
#: What fits into the segments of a stream, the first being what the server encodes, the others what it may copy.
_STREAMED_VIDEO = ('h264', 'hevc', 'mpeg2video')
_STREAMED_AUDIO = ('aac', 'ac3', 'eac3', 'mp3', 'dca')


def extra(box: Box, quality: Quality) -> str:
    """The additions to the profile :data:`BASE` for what this box plays, within a quality."""
    video, audio = _without(_VIDEO, box.no_video), _without(_AUDIO, box.no_audio)
    directives = [
        'add-direct-play-profile(type=videoProfile&container=%s&videoCodec=%s&audioCodec=%s&subtitleCodec=%s)' % (
            _CONTAINERS, video, audio, _SUBTITLES),
        'add-transcode-target(type=videoProfile&context=streaming&protocol=hls&container=mpegts&videoCodec=%s'
        '&audioCodec=%s&replace=true)' % (_without(_STREAMED_VIDEO, box.no_video),
                                          _without(_STREAMED_AUDIO, box.no_audio)),
        'add-transcode-target(type=subtitleProfile&context=all&protocol=http&container=srt&subtitleCodec=srt)']
    if box.no_h264_10bit:
        directives.append(_limitation('videoCodec', 'h264', 'upperBound', 'video.bitDepth', 8))
    if box.dolby_vision:
        for codec in ('hevc', 'av1'):
            directives += _dolby_vision(codec, box.dolby_vision)
    if box.channels:
        directives.append(_limitation('videoAudioCodec', '*', 'upperBound', 'audio.channels', box.channels))
    if quality.height:
        directives.append(_limitation('videoCodec', '*', 'upperBound', 'video.width', quality.width))
        directives.append(_limitation('videoCodec', '*', 'upperBound', 'video.height', quality.height))
    if quality.bitrate:
        directives.append(_limitation('videoCodec', '*', 'upperBound', 'video.bitrate', quality.bitrate))
    return '+'.join(directives)


def _dolby_vision(codec: str, allowed: int) -> List[str]:
    if allowed == DV_NONE:
        return [_limitation('videoCodec', codec, 'notMatch', 'video.DOVIPresent', 1)]
    return [_limitation('videoCodec', codec, 'notMatch', 'video.DOVIProfile', 5)]


def _limitation(scope: str, codec: str, kind: str, name: str, value: int) -> str:
    return 'add-limitation(scope=%s&scopeName=%s&type=%s&name=%s&value=%d&isRequired=true)' % (
        scope, codec, kind, name, value)


def _without(codecs: Iterable[str], missing: Iterable[str]) -> str:
    return ','.join(codec for codec in codecs if codec not in missing)
