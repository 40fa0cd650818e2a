"""What playing knows of an item's files: all that Plex says, and nothing that a broken answer could break."""
from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from resources.lib import plex_media, plex_model, plex_versions
from resources.lib.plex_media import CREDITS, INTRO, Chapter, Marker, Stream
from resources.lib.plex_model import PlayableItem

RECORDED = Path(__file__).parents[1] / 'fixtures' / 'recorded'
ODD: List[Any] = [None, True, -1, 7.5, 2 ** 63, 2 ** 200, float('nan'), float('inf'), '', 'x', '12', 'a\x00b',
                  'lone \ud800 half', [], [[]], [1, 'x', None], {}, {'id': {'id': 1}}, [{'Stream': 5}], [{'Part': 'x'}]]

STREAM_FIELDS = ('id', 'streamType', 'key', 'index', 'codec', 'profile', 'format', 'language', 'languageTag',
                 'languageCode', 'title', 'displayTitle', 'selected', 'default', 'forced', 'hearingImpaired', 'bitrate',
                 'width', 'aspectRatio', 'frameRate', 'DOVIPresent', 'DOVIProfile', 'colorTrc', 'channels',
                 'samplingRate')


def recorded(name: str) -> PlayableItem:
    answer = json.loads((RECORDED / name).read_text(encoding='utf-8'))
    return plex_model.playable_item(answer['MediaContainer']['Metadata'][0])


def streams(**fields: Any) -> Stream:
    return plex_media.stream(fields)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for one in value:
            yield from leaves(one)
    else:
        yield value


# ---- recorded answers ----------------------------------------------------------------------------------------------

def test_a_recorded_film() -> None:
    film = recorded('movie.json')
    [version] = film.media
    [part] = version.parts
    assert (version.media_id, version.resolution, version.video_codec, version.audio_codec, version.container,
            version.bitrate, version.audio_channels, version.hdr) == (
        '387322', '4k', 'hevc', 'eac3', 'mkv', 25512, 6, 'dolbyvision')
    assert (part.part_id, part.size, part.duration, part.exists, part.accessible) == (
        '418385', 30649952104, 9610350, True, True)
    assert part.key == '/library/parts/418385/1735864239/file.mkv'
    assert part.file == '/mnt/Movies_1/W/Wicked (2024).mkv'
    video, audio, plain, sdh = part.streams[:4]
    assert (video.kind, video.width, video.height, video.bit_depth, video.frame_rate, video.dolby_vision_profile,
            video.display_title) == (1, 3840, 1602, 10, 23.976, 8, '4K DoVi/HDR10 (HEVC Main 10)')
    assert (audio.kind, audio.stream_id, audio.stream_index, audio.channels, audio.channel_layout, audio.selected,
            audio.default, audio.sampling_rate, audio.bitrate) == (
        2, '1002626', 1, 6, '5.1(side)', True, True, 48000, 768)
    assert (plain.kind, plain.language, plain.language_tag, plain.language_code, plain.key, plain.selected,
            plain.hearing_impaired) == (3, 'English', 'en', 'eng', '', False, False)
    assert (sdh.hearing_impaired, sdh.title, sdh.extended_display_title) == (True, 'SDH', 'SDH (English SRT)')
    assert plex_versions.labels(film.media) == ['4K Dolby Vision']


def test_a_recorded_episode() -> None:
    episode = recorded('episode.json')
    assert episode.item.grandparent_title and episode.item.item_index == 1
    assert episode.markers == (Marker(INTRO, 96192, 240386, False), Marker(CREDITS, 4176050, 4393389, True))
    assert episode.chapters[:2] == (Chapter(1, '', 0, 100100, '/library/media/46883/chapterImages/1'),
                                    Chapter(2, '', 100100, 243743, '/library/media/46883/chapterImages/2'))
    external = episode.media[0].parts[0].streams[-1]
    assert (external.key, external.format, external.stream_index) == ('/library/streams/216389', 'srt', -1)


def test_the_names_of_versions_are_those_that_the_library_has() -> None:
    answer = json.loads((RECORDED / 'movie.json').read_text(encoding='utf-8'))['MediaContainer']['Metadata'][0]
    answer['Media'] = answer['Media'] * 2
    found = plex_model.playable_item(answer)
    assert plex_versions.labels(found.media) == plex_versions.labels(found.item.media)


# ---- odd answers ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('value', ODD, ids=repr)
def test_any_value_of_any_field_leaves_an_item_that_can_be_looked_at(value: Any) -> None:
    stream: Dict[str, Any] = dict.fromkeys(STREAM_FIELDS, value)
    part = dict(dict.fromkeys(('id', 'key', 'file', 'container', 'size', 'duration', 'exists'), value),
                Stream=[stream, value])
    version = dict(dict.fromkeys(('id', 'duration', 'deletedAt', 'videoResolution'), value), Part=[part, value])
    times = {'startTimeOffset': value, 'endTimeOffset': value, 'type': value, 'index': value, 'tag': value}
    for media in ([version, value], value):
        for rows in ([times, value], value):
            found = plex_model.playable_item({'ratingKey': '7', 'type': 'movie', 'Media': media, 'Marker': rows,
                                              'Chapter': rows})
            for leaf in leaves(found):
                assert type(leaf) in (str, int, float, bool)
                assert not isinstance(leaf, float) or math.isfinite(leaf)
                if isinstance(leaf, str):
                    leaf.encode('utf-8')


def test_a_file_of_which_the_server_says_nothing_counts_as_there() -> None:
    part = plex_media.part({'id': 1, 'key': '/library/parts/1/1/a.mkv'})
    assert part.exists and part.accessible
    gone = plex_media.part({'exists': '0', 'accessible': False})
    assert not gone.exists and not gone.accessible


@pytest.mark.parametrize('part_id', ['../1', 'a b', '1?x=2', '..'])
def test_an_id_that_would_break_out_of_a_url_counts_as_missing(part_id: str) -> None:
    assert plex_media.part({'id': part_id}).part_id == ''
    assert streams(id=part_id).stream_id == ''


@pytest.mark.parametrize(('fields', 'hdr'), [
    ({'streamType': 1, 'DOVIPresent': 1, 'colorTrc': 'smpte2084'}, 'dolbyvision'),
    ({'streamType': '1', 'colorTrc': 'smpte2084'}, 'hdr10'), ({'streamType': 1, 'colorTrc': 'arib-std-b67'}, 'hlg'),
    ({'streamType': 1, 'colorTrc': 'bt709'}, ''), ({'streamType': 3, 'colorTrc': 'smpte2084'}, '')])
def test_only_pictures_have_a_dynamic_range(fields: Dict[str, Any], hdr: str) -> None:
    assert streams(**fields).hdr == hdr


def test_markers_and_chapters_come_in_the_order_of_time_and_senseless_ones_not_at_all() -> None:
    raw = {'Marker': [{'type': 'credits', 'startTimeOffset': 90, 'endTimeOffset': 99, 'final': '1'},
                      {'type': 'commercial', 'startTimeOffset': '40', 'endTimeOffset': 50},
                      {'type': 'intro', 'startTimeOffset': 9, 'endTimeOffset': 9}, {'type': 'intro'},
                      {'startTimeOffset': 1, 'endTimeOffset': 2}, {'type': 'intro', 'endTimeOffset': 5}],
           'Chapter': [{'index': 2, 'startTimeOffset': 50, 'tag': 'Two'}, {'index': 1, 'title': 'One'},
                       {'index': 3, 'startTimeOffset': -5}]}
    assert [(one.kind, one.start, one.end, one.final) for one in plex_media.markers(raw)] == [
        ('intro', 0, 5, False), ('commercial', 40, 50, False), ('credits', 90, 99, True)]
    assert [(one.title, one.start) for one in plex_media.chapters(raw)] == [('One', 0), ('Two', 50)]
