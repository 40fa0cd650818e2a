"""What has to be converted, to which quality, and what a server is told of Kodi."""
from __future__ import annotations

from typing import Any, Dict, Optional

import pytest

from resources.lib import plex_media
from resources.lib.playback import versions
from resources.lib.playback.transcode import needs, profile, quality
from resources.lib.playback.transcode.needs import Box
from resources.lib.playback.transcode.quality import ORIGINAL, Quality
from resources.lib.playback.transcode.target import Target
from resources.lib.plex_media import AUDIO_STREAM, SUBTITLE_STREAM, Media


def media(*streams: Dict[str, Any], **more: Any) -> Media:
    row = dict({'id': 1, 'width': 1920, 'height': 800, 'bitrate': 8000, 'videoCodec': 'h264', 'audioCodec': 'ac3',
                'Part': [{'id': 1, 'key': '/library/parts/1/1/file.mkv', 'Stream': list(streams)}]}, **more)
    return plex_media.media(row)


@pytest.mark.parametrize(('limit', 'expected'), [
    (ORIGINAL, ''), (Quality(8000), ''), (Quality(7800), ''), (Quality(7000), needs.BITRATE),
    (quality.limit(0, 1080), ''), (quality.limit(0, 720), needs.SIZE), (Quality(4000, 1280, 720), needs.BITRATE)])
def test_a_limit(limit: Quality, expected: str) -> None:
    assert needs.reason(media(), Box(), limit) == expected


def test_what_the_server_does_not_tell_is_not_beyond_a_limit() -> None:
    assert not needs.reason(media(bitrate=0, width=0, height=0), Box(), Quality(320, 420, 240))


def test_without_streams_the_version_names_its_codecs() -> None:
    box = Box(no_video=frozenset({'hevc'}), no_audio=frozenset({'truehd'}))
    assert needs.reason(media(videoCodec='HEVC'), box) == needs.VIDEO
    assert needs.reason(media(audioCodec='truehd'), box) == needs.AUDIO
    assert not needs.reason(plex_media.media({}), box)


def test_only_the_audio_that_is_heard_counts() -> None:
    box = Box(no_audio=frozenset({'truehd'}))
    loud = {'id': 1, 'streamType': 2, 'codec': 'truehd', 'default': True}
    quiet = {'id': 2, 'streamType': 2, 'codec': 'ac3'}
    assert needs.reason(media(loud, quiet), box) == needs.AUDIO
    assert not needs.reason(media(loud, dict(quiet, selected=True)), box)
    assert not needs.reason(media(quiet, dict(loud, default=False)), box)


@pytest.mark.parametrize(('stream', 'box', 'plays'), [
    ({'codec': 'h264', 'bitDepth': 10}, Box(no_h264_10bit=True), False),
    ({'codec': 'h264', 'profile': 'high 10'}, Box(no_h264_10bit=True), False),
    ({'codec': 'h264', 'bitDepth': 8, 'profile': 'high'}, Box(no_h264_10bit=True), True),
    ({'codec': 'hevc', 'bitDepth': 10}, Box(no_h264_10bit=True), True),
    ({'codec': 'hevc', 'DOVIPresent': 1, 'DOVIProfile': 7}, Box(dolby_vision=needs.DV_NOT_5), True),
    ({'codec': 'hevc', 'DOVIPresent': 1, 'DOVIProfile': 5}, Box(dolby_vision=needs.DV_NOT_5), False),
    ({'codec': 'hevc', 'DOVIPresent': 1, 'DOVIProfile': 7}, Box(dolby_vision=needs.DV_NONE), False),
    ({'codec': 'hevc', 'colorTrc': 'smpte2084'}, Box(dolby_vision=needs.DV_NONE), True)])
def test_kinds_of_pictures(stream: Dict[str, Any], box: Box, plays: bool) -> None:
    assert (needs.reason(media(dict(stream, streamType=1)), box) == '') == plays


@pytest.mark.parametrize(('codec', 'burn', 'expected'), [
    ('pgs', needs.BURN_PICTURES, True), ('srt', needs.BURN_PICTURES, False), ('srt', needs.BURN_ALL, True),
    ('pgs', needs.BURN_NEVER, False), (None, needs.BURN_ALL, False)])
def test_subtitles_in_the_picture(codec: Optional[str], burn: int, expected: bool) -> None:
    streams = [{'id': 3, 'streamType': 3, 'codec': codec, 'selected': True}] if codec else []
    found = needs.stream_of(media(*streams).parts[0], SUBTITLE_STREAM)
    assert needs.burns(found, Box(burn=burn)) == expected


def test_a_subtitle_is_only_shown_when_it_is_selected() -> None:
    part = media({'id': 3, 'streamType': 3, 'codec': 'srt', 'default': True}).parts[0]
    assert needs.stream_of(part, SUBTITLE_STREAM) is None
    assert needs.stream_of(None, AUDIO_STREAM) is None


def test_steps_are_not_larger_than_the_original() -> None:
    assert quality.below(3840, 1600)[0].height == 2160
    assert quality.below(1920, 800)[0] == Quality(20000, 1920, 1080)
    assert quality.below(720, 576)[0].height == 480
    assert quality.below(100, 100) == [quality.LADDER[-1]]


@pytest.mark.parametrize(('kbps', 'bitrate'), [(100000, 40000), (10700, 8000), (3200, 2000), (100, 320)])
def test_what_a_line_is_good_for(kbps: int, bitrate: int) -> None:
    assert quality.for_line(kbps).bitrate == bitrate


def test_the_stricter_of_two_limits_counts() -> None:
    assert Quality(8000, 1920, 1080).within(Quality(2000)) == Quality(2000, 1920, 1080)
    assert ORIGINAL.within(Quality(0, 1280, 720)) == Quality(0, 1280, 720)


def test_the_profile_has_what_the_box_plays_and_its_limits() -> None:
    plain = profile.extra(Box(), ORIGINAL)
    assert 'videoCodec=h264,hevc,mpeg2video&audioCodec=aac,ac3,eac3,mp3,dca&replace=true' in plain
    assert 'truehd' in plain and 'add-limitation' not in plain
    strict = profile.extra(Box(no_video=frozenset({'hevc'}), no_audio=frozenset({'truehd', 'dca'}), no_h264_10bit=True,
                               dolby_vision=needs.DV_NOT_5, channels=2), Quality(2000, 1280, 720))
    assert not any(word in strict for word in ('truehd', 'dca', 'h264,hevc'))
    limits = [one for one in strict.split('+') if one.startswith('add-limitation')]
    assert [one.split('name=')[1].split('&')[0] + one.split('value=')[1].split('&')[0] for one in limits] == [
        'video.bitDepth8', 'video.DOVIProfile5', 'video.DOVIProfile5', 'audio.channels2', 'video.width1280',
        'video.height720', 'video.bitrate2000']


def test_without_a_limit_none_is_named() -> None:
    params = Target('mid', '7', 0, 0, ORIGINAL, Box()).params('id', 90.5)
    assert params['offset'] == '90.5' and params['session'] == params['transcodeSessionId'] == 'id'
    assert not {'maxVideoBitrate', 'videoResolution', 'audioChannelCount'} & set(params)


@pytest.mark.parametrize(('screen', 'limit', 'best'), [
    ((0, 0), ORIGINAL, '4k'), ((1920, 1080), ORIGINAL, 'hd'), ((1366, 768), ORIGINAL, 'sd'),
    ((3840, 2160), Quality(10000), 'hd'), ((3840, 2160), Quality(100), '4k')])
def test_the_best_version(screen: Any, limit: Quality, best: str) -> None:
    known = [media(id='sd', width=720, height=480, bitrate=1500), media(id='hd'), media(id='hd2', bitrate=7000),
             media(id='4k', width=3840, height=1600, bitrate=25000)]
    assert versions.best(known, Box(), lambda _: limit, screen).media_id == best


def test_a_small_screen_gets_the_smallest_of_what_does_not_fit() -> None:
    known = [media(id='4k', width=3840, height=1600), media(id='hd')]
    assert versions.best(known, Box(), lambda _: ORIGINAL, (800, 600)).media_id == 'hd'
