"""A Plex app in the network plays a film on a real Kodi: plexapi's PlexClient as the app."""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator
from urllib.parse import parse_qsl

import pytest

from tests.kodi.stages import Stages
from tests.kodi.watching import WatchingStage, a_film
from tools.kodilab import LabError
from tools.stage import PMS_PORT, ROOT

LENGTH_MS = 420023
PLAYER = 'http://127.0.0.1:3005'


class ControlledStage(WatchingStage):
    """Kodi, and somebody with a phone."""

    def begin(self, token: str, player: str = PLAYER) -> str:
        """Start the app; returns the name of the player that it found."""
        self.app = self.lab.popen(
            [sys.executable, '-m', 'tests.support.plexapi_controller', 'http://127.0.0.1:%d' % PMS_PORT, player, token],
            cwd=str(ROOT), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return str(self._answer())

    def ask_app(self, *command: Any) -> Any:
        """What came of a command."""
        assert self.app.stdin is not None
        self.app.stdin.write(json.dumps(command) + '\n')
        self.app.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.app.stdout is not None
        line = self.app.stdout.readline()
        assert line, 'the app has ended'
        found = json.loads(line)
        assert 'error' not in found, found
        return found['result']

    def timeline(self) -> Dict[str, str]:
        """What the app is told of what plays."""
        found: Dict[str, str] = self.ask_app('timeline')
        return found

    def films(self) -> Any:
        """The keys of the films."""
        return [str(one['ratingKey']) for one in self.ask('items', type='movie')]


@pytest.fixture(scope='module')
def stage(stages: Stages) -> Iterator[ControlledStage]:
    with stages.open(ControlledStage, 'remote') as made:
        lab, folder = made.lab, made.lab.home.parent
        state = made.start_sim('--movies', '2', '--shows', '1', '--prerender', '--media-file',
                               str(a_film(Path(folder / 'film.mkv'))))
        for key in [*made.films(), *made.episodes()]:
            made.tell('mutate', op='update', args={'rating_key': key, 'duration': LENGTH_MS})
        lab.start()
        stages.install_and_sign_in(made)
        assert not listens(made)
        made.settings(remote_control='true')
        lab.wait_for(lambda: listens(made), 30, 'the port of remote control')
        made.begin(state['owner_token'])
        yield made


def listens(stage: ControlledStage) -> bool:
    """Whether somebody answers at the player's port."""
    try:
        return b'PlexKodiConnect' in stage.lab.http('GET', PLAYER + '/resources').body
    except LabError:
        return False


@pytest.fixture(autouse=True)
def quiet(stage: ControlledStage) -> Iterator[None]:
    """Each test begins and ends in a window without rows: Kodi 20.1 may end at its home screen (docs/kodi.md)."""
    stage.lab.rpc('GUI.ActivateWindow', window='settings')
    stage.lab.wait_for(lambda: stage.lab.condition('Window.IsActive(settings)'), 10, 'a window without rows')
    yield
    stage.stop_film()


def test_an_app_plays_pauses_seeks_and_stops_a_film(stage: ControlledStage) -> None:
    lab, key = stage.lab, stage.films()[0]
    stage.ask_app('play', key, 60000)
    lab.wait_for(lambda: stage.timeline()['state'] == 'playing', 45, 'the picture')
    found = stage.timeline()
    assert found['ratingKey'] == key and 55000 <= int(found['time']) < 120000
    assert abs(int(found['duration']) - 420000) < 5000
    stage.ask_app('command', 'pause')
    lab.wait_for(lambda: stage.timeline()['state'] == 'paused', 10, 'the pause')
    stage.ask_app('command', 'pause')
    stage.ask_app('command', 'seekTo', 200000)
    lab.wait_for(lambda: 199000 <= int(stage.timeline()['time']) < 205000, 15, 'the jump')
    assert stage.timeline()['state'] == 'paused'
    stage.ask_app('command', 'play')
    lab.wait_for(lambda: stage.timeline()['state'] == 'playing', 10, 'the end of the pause')
    stage.ask_app('command', 'stepForward')
    lab.wait_for(lambda: int(stage.timeline()['time']) >= 229000, 15, 'a step')
    stage.ask_app('command', 'setVolume', 40)
    lab.wait_for(lambda: stage.timeline()['volume'] == '40', 10, 'the volume')
    stage.ask_app('command', 'stop')
    lab.wait_for(lambda: not lab.active_player(), 15, 'the end of the film')
    assert stage.timeline()['state'] == 'stopped'


def test_a_season_is_a_playlist_that_the_app_skips_through(stage: ControlledStage) -> None:
    lab, episodes = stage.lab, stage.episodes()
    season = next(str(one['ratingKey']) for one in stage.ask('items', type='season'))
    stage.ask_app('play_queue', season, episodes[1])
    lab.wait_for(lambda: stage.timeline().get('ratingKey') == episodes[1], 45, 'the second episode')
    stage.ask_app('command', 'skipNext')
    lab.wait_for(lambda: stage.timeline().get('ratingKey') == episodes[2], 45, 'the third one')
    stage.ask_app('command', 'skipTo', '/library/metadata/' + episodes[0])
    lab.wait_for(lambda: stage.timeline().get('ratingKey') == episodes[0], 45, 'the first one')


def test_a_queue_begins_where_the_app_was(stage: ControlledStage) -> None:
    episodes = stage.episodes()
    season = next(str(one['ratingKey']) for one in stage.ask('items', type='season'))
    stage.tell('reset_stats')
    stage.ask_app('play_queue', season, episodes[0], 90000)
    stage.lab.wait_for(lambda: stage.timeline().get('ratingKey') == episodes[0]
                        and int(stage.timeline()['time']) >= 88000, 45, 'the place')
    stage.ask_app('command', 'skipNext')
    stage.lab.wait_for(lambda: stage.timeline().get('ratingKey') == episodes[1], 45, 'the second episode')

    def last_report(key: str) -> Dict[str, str]:
        """The app hears of an episode before the server does."""
        reported = [dict(parse_qsl(entry['query'])) for entry in stage.ask('requests', path='/:/timeline')]
        return next((one for one in reversed(reported) if one['ratingKey'] == key), {})
    second = stage.lab.wait_for(lambda: last_report(episodes[1]), 20, 'the report of the second episode')
    first = last_report(episodes[0])
    assert first['containerKey'] == second['containerKey'] == '/playQueues/' + first['playQueueID']
    assert int(second['playQueueItemID']) == int(first['playQueueItemID']) + 1
    stage.ask_app('command', 'skipTo', '/library/metadata/' + episodes[0])
    stage.lab.wait_for(lambda: stage.timeline().get('ratingKey') == episodes[0]
                        and 1000 <= int(stage.timeline()['time']) < 80000, 45, 'the first one from its beginning')


def test_the_keys_of_the_app_move_in_kodi(stage: ControlledStage) -> None:
    lab = stage.lab
    before = lab.current_control()
    stage.ask_app('command', 'moveRight')
    lab.wait_for(lambda: lab.current_control() not in ('', before), 10, 'another entry')
    stage.ask_app('command', 'moveLeft')
    lab.wait_for(lambda: lab.current_control() == before, 10, 'the way back')


def test_the_server_passes_on_what_an_app_elsewhere_wants(stage: ControlledStage) -> None:
    lab, key = stage.lab, stage.films()[1]
    stage.ask_app('play', key)
    lab.wait_for(lambda: stage.timeline()['state'] == 'playing', 45, 'the picture')
    stage.ask_app('by_server', 'pause')
    lab.wait_for(lambda: stage.timeline()['state'] == 'paused', 15, 'the pause')
    stage.ask_app('by_server', 'stop')
    lab.wait_for(lambda: not lab.active_player(), 15, 'the end of the film')
