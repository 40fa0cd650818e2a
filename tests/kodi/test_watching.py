"""What happens along with a film, in a real Kodi: skipping, the next episode, audio and subtitles, rewinding."""
from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Dict, Iterator, Tuple

import pytest

from tests.kodi.stages import Stages
from tests.kodi.watching import CREDITS_S, LENGTH_MS, WatchingStage, a_film
from tools.kodilab.install import install_by_folder
from tools.stage import ADDON, PLUGIN

SKIP, NEXT = 'script-plexkodiconnect-skip.xml', 'script-plexkodiconnect-next.xml'
UP_NEXT = 'service.upnext'
RECORDER = """import json, os, xbmc, xbmcvfs
folder = xbmcvfs.translatePath('special://profile/addon_data/service.upnext')
os.makedirs(folder, exist_ok=True)
class Recorder(xbmc.Monitor):
    def onNotification(self, sender, method, data):
        if method.endswith('upnext_data'):
            with open(os.path.join(folder, 'heard.json'), 'a') as file:
                file.write(json.dumps([sender, method, data]) + '\\n')
Recorder().waitForAbort()
"""


def _recorder(folder: Path) -> Path:
    """An add-on with the name of Up Next that writes down what it is told."""
    made = folder / UP_NEXT
    made.mkdir(parents=True)
    (made / 'service.py').write_text(RECORDER)
    (made / 'addon.xml').write_text(
        '<addon id="%s" name="Recorder" version="1.0.0" provider-name="tests"><requires><import addon="xbmc.python" '
        'version="3.0.0"/></requires><extension point="xbmc.service" library="service.py"/><extension '
        'point="xbmc.addon.metadata"><summary lang="en_GB">Recorder</summary><platform>all</platform></extension>'
        '</addon>' % UP_NEXT)
    return made


@pytest.fixture(scope='module')
def stage(stages: Stages) -> Iterator[WatchingStage]:
    with stages.open(WatchingStage, 'watching') as made:
        lab, folder = made.lab, made.lab.home.parent
        made.start_sim('--movies', '2', '--shows', '1', '--prerender', '--media-file', str(a_film(folder / 'film.mkv')))
        for key in made.episodes():
            made.tell('mutate', op='update', args={'rating_key': key, 'duration': LENGTH_MS, 'Media': [_media(key)]})
        install_by_folder(lab, [_recorder(folder / 'recorder')])
        lab.start()
        lab.rpc('Addons.SetAddonEnabled', addonid=UP_NEXT, enabled=False)
        stages.install_and_sign_in(made)
        yield made


def _media(key: str) -> Dict[str, Any]:
    """The film as Plex describes it, with an external subtitle; German is chosen, and the external subtitle."""
    first = int(key) * 10000
    streams = [{'id': first, 'streamType': 1, 'codec': 'h264', 'index': 0},
               {'id': first + 1, 'streamType': 2, 'codec': 'aac', 'channels': 1, 'languageCode': 'eng', 'index': 1},
               {'id': first + 2, 'streamType': 2, 'codec': 'aac', 'channels': 1, 'languageCode': 'deu', 'index': 2,
                'selected': True},
               {'id': first + 3, 'streamType': 3, 'codec': 'srt', 'languageCode': 'eng', 'index': 3},
               {'id': first + 4, 'streamType': 3, 'codec': 'srt', 'languageCode': 'deu', 'index': 4},
               {'id': first + 5, 'streamType': 3, 'codec': 'srt', 'format': 'srt', 'languageCode': 'fra',
                'languageTag': 'fr', 'forced': True, 'key': '/library/streams/%d' % (first + 5), 'selected': True}]
    part = {'id': int(key) * 100, 'key': '/library/parts/%s00/1/file.mkv' % key, 'duration': LENGTH_MS,
            'file': '/tv/%s.mkv' % key, 'size': 1000000, 'container': 'mkv', 'Stream': streams}
    return {'id': int(key) * 10, 'duration': LENGTH_MS, 'container': 'mkv', 'videoCodec': 'h264', 'Part': [part]}


@pytest.fixture(autouse=True)
def quiet(stage: WatchingStage) -> Iterator[None]:
    """Each test begins and ends with nothing on the screen."""
    yield
    stage.stop_film()


def test_the_button_skips_the_intro_and_leaves_the_other_keys_alone(stage: WatchingStage) -> None:
    stage.watch(stage.episodes()[0])
    stage.seek(16)
    stage.window(SKIP)
    stage.lab.wait_for(lambda: stage.lab.current_control() == 'Skip intro', 10, 'the button')
    stage.lab.action('pause')
    stage.lab.wait_for(lambda: stage.properties('speed')['speed'] == 0, 10, 'the pause')
    before = stage.seconds()
    stage.lab.input('Right')
    stage.lab.wait_for(lambda: stage.seconds() >= before + 5, 10, 'a step forward')
    assert stage.shows(SKIP)
    stage.lab.action('pause')
    stage.lab.input('Select')
    stage.lab.wait_for(lambda: stage.seconds() >= 60, 10, 'the end of the intro')
    stage.no_window(SKIP)


def test_back_takes_the_button_away_and_not_the_video(stage: WatchingStage) -> None:
    stage.watch(stage.episodes()[0])
    stage.seek(16)
    stage.window(SKIP)
    stage.lab.input('Back')
    stage.no_window(SKIP)
    assert stage.lab.condition('Window.IsVisible(fullscreenvideo)')
    assert stage.seconds() < 60


def test_ok_on_the_offer_plays_the_next_episode_and_the_place_of_the_last_is_kept(stage: WatchingStage) -> None:
    first, second = stage.episodes()[:2]
    stage.watch(first)
    stage.seek(CREDITS_S + 2)
    stage.window(NEXT)
    stage.lab.wait_for(lambda: stage.lab.current_control() == 'Play now', 10, 'the button')
    told = len(stage.ends(first))
    stage.lab.input('Select')
    stage.comes(second)
    stage.lab.wait_for(lambda: len(stage.ends(first)) > told, 15, 'the last report')
    assert stage.ends(first)[-1] >= CREDITS_S * 1000


def test_the_next_episode_plays_by_itself(stage: WatchingStage) -> None:
    second, third = stage.episodes()[1:3]
    stage.watch(second)
    stage.seek(CREDITS_S + 2)
    stage.window(NEXT)
    stage.comes(third)
    stage.no_window(NEXT)


def test_streams_of_plex_are_chosen_and_those_of_kodi_too(stage: WatchingStage) -> None:
    key = stage.episodes()[3]
    stage.watch(key)

    def now() -> Tuple[str, str]:
        found = stage.properties('currentaudiostream', 'currentsubtitle', 'subtitleenabled')
        return (found['currentaudiostream']['language'],
                found['subtitleenabled'] and found['currentsubtitle']['language'])
    stage.lab.wait_for(lambda: now() == ('ger', 'fre'), 15, 'the choice in Plex')
    assert stage.properties('currentsubtitle')['currentsubtitle']['isforced']
    assert stage.selected(key) == [(2, 'deu'), (3, 'fra')]
    player = stage.lab.active_player()
    assert player
    stage.lab.wait_for(lambda: stage.seconds() >= 8, 20, 'some seconds of the film')
    stage.lab.rpc('Player.SetAudioStream', playerid=player.id, stream=0)
    # Kodi may take another subtitle along with the audio, and Plex learns of that too.
    stage.lab.wait_for(lambda: (2, 'eng') in stage.selected(key), 15, 'the audio in Plex')
    stage.lab.rpc('Player.SetSubtitle', playerid=player.id, subtitle='off')
    stage.lab.wait_for(lambda: stage.selected(key) == [(2, 'eng')], 15, 'no subtitle in Plex')


def test_up_next_is_told_in_its_own_words(stage: WatchingStage) -> None:
    first, second = stage.episodes()[:2]
    stage.lab.rpc('Addons.SetAddonEnabled', addonid=UP_NEXT, enabled=True)
    try:
        stage.watch(first)
        heard = stage.addon_data().parent / UP_NEXT / 'heard.json'
        stage.lab.wait_for(lambda: heard.exists() and heard.read_text().endswith('\n'), 20, 'the signal')
        sender, method, data = json.loads(heard.read_text().splitlines()[0])
        assert (sender, method) == (ADDON + '.SIGNAL', 'Other.upnext_data')
        signal = json.loads(base64.b64decode(json.loads(data)[0]))
        assert signal['play_url'].startswith(PLUGIN + '/play/shows/') and signal['play_url'].endswith('?id=' + second)
        assert signal['notification_offset'] == CREDITS_S
        rows = {one['uniqueid']['plex']: one['episodeid'] for one in stage.lab.rpc(
            'VideoLibrary.GetEpisodes', properties=['uniqueid'])['episodes']}
        assert (signal['current_episode']['episodeid'], signal['next_episode']['episodeid']) == (rows[first],
                                                                                               rows[second])
        stage.seek(CREDITS_S + 2)
        stage.lab.wait_for(lambda: stage.seconds() >= CREDITS_S + 6, 20, 'some seconds of the credits')
        assert not stage.shows(NEXT)
    finally:
        stage.lab.rpc('Addons.SetAddonEnabled', addonid=UP_NEXT, enabled=False)


def test_an_intro_is_skipped_by_itself_and_a_resumed_film_begins_earlier(stage: WatchingStage) -> None:
    stage.settings(skip_intro='2', rewind_on_resume='30')
    key = stage.episodes()[3]
    stage.watch(key)
    stage.seek(15)
    stage.window(SKIP)
    stage.lab.wait_for(lambda: stage.seconds() >= 60, 15, 'the end of the intro')
    stage.seek(250)
    stage.lab.wait_for(lambda: stage.seconds() >= 253, 15, 'some seconds')
    stage.stop_film()
    stage.lab.wait_for(lambda: stage.ask('truth', ids=key)[0].get('viewOffset', 0) >= 250000, 15, 'the place in Plex')
    stage.watch(key, resume=True)
    stage.lab.wait_for(lambda: 200 <= stage.seconds() < 245, 15, 'the earlier place')
