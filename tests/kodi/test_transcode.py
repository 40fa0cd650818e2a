"""Videos that the server converts, in a real Kodi: with a limit, in jumps, resumed, and where the original fails."""
from __future__ import annotations

from typing import Any, Dict, Iterator, List
from urllib.parse import quote

import pytest

from tests.kodi.stages import Stages
from tests.kodi.watching import LENGTH_MS, WatchingStage
from tools.stage import PLUGIN, make_video

#: The height to which the server converts under the limit of the first test; the film itself has 180.
HEIGHT = 480


class TranscodeStage(WatchingStage):
    """What the server converts, and what of it is on the screen."""

    def converted(self) -> List[Dict[str, Any]]:
        """What the server is converting."""
        found: List[Dict[str, Any]] = self.ask('transcodes')['running']
        return found

    def height(self) -> int:
        """The height of the picture that Kodi has."""
        return int(self.properties('currentvideostream')['currentvideostream'].get('height', 0))

    def position(self, key: str) -> int:
        """The resume point at the server in seconds."""
        return int(self.ask('truth', ids=key)[0].get('viewOffset', 0)) // 1000


def _media(key: str) -> Dict[str, Any]:
    """The film as Plex describes it: larger than it is."""
    first = int(key) * 10000
    streams = [{'id': first, 'streamType': 1, 'codec': 'h264', 'index': 0, 'bitDepth': 8},
               {'id': first + 1, 'streamType': 2, 'codec': 'aac', 'channels': 2, 'index': 1, 'selected': True}]
    part = {'id': int(key) * 100, 'key': '/library/parts/%s00/1/file.mkv' % key, 'duration': LENGTH_MS,
            'file': '/tv/%s.mkv' % key, 'size': 1000000, 'container': 'mkv', 'Stream': streams}
    return {'id': int(key) * 10, 'duration': LENGTH_MS, 'container': 'mkv', 'videoCodec': 'h264', 'width': 1920,
            'height': 1080, 'bitrate': 8000, 'Part': [part]}


@pytest.fixture(scope='module')
def stage(stages: Stages) -> Iterator[TranscodeStage]:
    with stages.open(TranscodeStage, 'transcode') as made:
        lab, folder = made.lab, made.lab.home.parent
        made.start_sim('--movies', '2', '--shows', '1', '--media-file', str(make_video(folder / 'film.mkv', rate=4)))
        for key in made.episodes():
            made.tell('mutate', op='update', args={'rating_key': key, 'duration': LENGTH_MS, 'Media': [_media(key)]})
        lab.start()
        stages.install_and_sign_in(made)
        made.settings(quality_limits='true', local_bitrate='720', local_height='480', next_episode='0',
                      skip_intro='0', skip_credits='0')
        yield made


@pytest.fixture(autouse=True)
def quiet(stage: TranscodeStage) -> Iterator[None]:
    """Each test begins and ends with nothing on the screen."""
    yield
    stage.tell('clear_faults')
    stage.stop_film()


def test_a_converted_video_plays_jumps_and_reports(stage: TranscodeStage) -> None:
    key = stage.episodes()[0]
    stage.watch(key)
    assert stage.height() == HEIGHT
    running, = stage.converted()
    assert (running['height'], running['bitrate'], running['videoDecision']) == (HEIGHT, 720, 'transcode')
    total = stage.properties('totaltime')['totaltime']
    stage.lab.wait_for(lambda: stage.ask('transcodes')['idle'], 240, 'the encoder')
    assert total['hours'] * 3600 + total['minutes'] * 60 + total['seconds'] in range(418, 424)
    stage.seek(300)
    stage.lab.wait_for(lambda: 303 <= stage.seconds() < 330, 20, 'the picture after a jump')
    stage.seek(100)
    stage.lab.wait_for(lambda: 103 <= stage.seconds() < 130, 20, 'the picture after a jump back')
    assert [one // 4 * 4 for one in stage.converted()[0]['starts']] == stage.converted()[0]['starts']
    stage.seek(200)
    stage.lab.wait_for(lambda: stage.seconds() >= 203, 20, 'some seconds')
    stage.stop_film()
    stage.lab.wait_for(lambda: not stage.converted(), 15, 'the end of the conversion')
    stage.lab.wait_for(lambda: 200 <= stage.position(key) < 230, 15, 'the place in Plex')


def test_it_is_resumed_where_it_was_left(stage: TranscodeStage) -> None:
    key = stage.episodes()[1]
    stage.watch(key)
    stage.seek(250)
    stage.lab.wait_for(lambda: stage.seconds() >= 253, 20, 'some seconds')
    stage.stop_film()
    stage.lab.wait_for(lambda: stage.position(key) >= 250, 15, 'the place in Plex')
    stage.watch(key, resume=True)
    stage.lab.wait_for(lambda: 245 <= stage.seconds() < 290, 20, 'the place where it was left')
    assert stage.height() == HEIGHT


def test_it_comes_to_its_end_and_counts(stage: TranscodeStage) -> None:
    key = stage.episodes()[2]
    stage.watch(key)
    stage.seek(412)
    stage.lab.wait_for(lambda: not stage.lab.active_player(), 40, 'the end')
    stage.lab.wait_for(lambda: stage.ask('truth', ids=key)[0].get('viewCount', 0) == 1, 15, 'the mark in Plex')
    stage.lab.wait_for(lambda: not stage.converted(), 15, 'the end of the conversion')


def test_an_original_that_does_not_start_is_converted_and_resumed(stage: TranscodeStage) -> None:
    stage.settings(quality_limits='false')
    key = stage.episodes()[3]
    stage.watch(key)
    stage.seek(250)
    stage.lab.wait_for(lambda: stage.seconds() >= 253, 20, 'some seconds of the original')
    assert not stage.converted()
    stage.stop_film()
    stage.lab.wait_for(lambda: stage.position(key) >= 250, 15, 'the place in Plex')
    stage.tell('faults', path_regex='/library/parts/', kind=404)
    stage.watch(key, resume=True)
    assert stage.converted()[0]['videoDecision'] in ('copy', 'transcode')
    stage.lab.wait_for(lambda: 245 <= stage.seconds() < 290, 30, 'the place where it was left')
    assert not stage.lab.condition('Window.IsVisible(okdialog)')
    stage.stop_film()
    stage.lab.wait_for(lambda: not stage.converted(), 15, 'the end of the conversion')


def test_an_original_that_takes_a_moment_to_fail_does_not_end_kodi(stage: TranscodeStage) -> None:
    """Kodi shows that it is busy then, and its message over that; a second such sign would end it."""
    stage.settings(quality_limits='false')
    stage.tell('faults', path_regex='/library/parts/', kind=404)
    stage.tell('config', latency=0.4)
    try:
        stage.watch(stage.episodes()[3])
    finally:
        stage.tell('config', latency=0.0)
    assert stage.converted()[0]['videoDecision'] in ('copy', 'transcode')
    stage.stop_film()
    stage.lab.wait_for(lambda: not stage.converted(), 15, 'the end of the conversion')


def test_a_quality_is_chosen_in_the_context_menu(stage: TranscodeStage) -> None:
    lab, film = stage.lab, stage.ask('items', type='movie')[0]
    key = str(film['ratingKey'])
    stage.tell('mutate', op='update', args={'rating_key': key, 'duration': LENGTH_MS, 'Media': [_media(key)]})
    lab.builtin('ActivateWindow(Videos,%s/search?query=%s&type=movie,return)' % (PLUGIN, quote(film['title'])))
    name = 'ListItem.Property(plexid)'
    lab.go_to(lambda: lab.labels(name)[name] == key, 'the film')
    lab.input('ContextMenu')
    lab.wait_for(lambda: lab.condition('Window.IsActive(contextmenu)'), 10, 'the menu')
    lab.go_to(lambda: 'Plex' in lab.current_control(), 'the entry')
    lab.input('Select')
    lab.wait_for(lambda: lab.condition('Window.IsActive(selectdialog)'), 20, 'what can be done')
    lab.go_to(lambda: 'Play converted' in lab.current_control(), 'the entry')
    lab.input('Select')
    lab.go_to(lambda: '480p' in lab.current_control(), 'the quality')
    lab.input('Select')
    lab.wait_for(lambda: lab.active_player() and stage.seconds() >= 1, 45, 'the picture')
    assert stage.height() == HEIGHT and stage.converted()[0]['bitrate'] == 1500
