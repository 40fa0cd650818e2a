"""What happens along with a film, in a real Kodi: skipping, the next episode, audio and subtitles, rewinding."""
from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple
from urllib.parse import parse_qsl

import pytest

from tests.kodi.conftest import kodi_root
from tools.kodilab import KodiLab
from tools.kodilab.install import install_by_folder
from tools.stage import ADDON, ENVIRONMENT, PLUGIN, Stage, build_repository

LENGTH_MS = 420023
#: Where the simulated Plex has the final credits of a video of that length, in seconds.
CREDITS_S = 399
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


def a_film(path: Path) -> Path:
    """Seven minutes with English and German audio, and a subtitle in each."""
    ffmpeg = shutil.which('ffmpeg')
    assert ffmpeg, 'ffmpeg is needed to make a film to play'
    words = path.with_suffix('.srt')
    words.write_text('1\n00:00:01,000 --> 00:06:50,000\nA line\n')
    inputs = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10', '-f', 'lavfi', '-i', 'sine=frequency=440', '-f',
              'lavfi', '-i', 'sine=frequency=880', '-i', str(words), '-i', str(words)]
    maps = [word for number in range(5) for word in ('-map', str(number))]
    languages = [word for kind in 'as' for number, code in enumerate(('eng', 'ger'))
                 for word in ('-metadata:s:%s:%d' % (kind, number), 'language=' + code)]
    subprocess.run([ffmpeg, '-loglevel', 'error', '-y', *inputs, '-t', '420', *maps, *languages, '-c:v', 'libx264',
                    '-preset', 'ultrafast', '-g', '20', '-c:a', 'aac', '-c:s', 'srt', str(path)], check=True)
    return path


class Sofa(Stage):
    """Kodi with the library of the simulated Plex, and a remote control."""

    def episodes(self) -> List[str]:
        """The keys of the first season's first episodes."""
        return [str(one['ratingKey']) for one in self.ask('items', type='episode')][:4]

    def watch(self, key: str, resume: bool = False) -> None:
        """Play an episode of the library."""
        rows = self.lab.rpc('VideoLibrary.GetEpisodes', properties=['uniqueid'])['episodes']
        row = next(one for one in rows if one['uniqueid'].get('plex') == key)
        # Kodi 20.1 ends by itself now and then when a film's end shows a home screen full of rows (docs/kodi.md).
        self.lab.rpc('GUI.ActivateWindow', window='settings')
        self.lab.wait_for(lambda: self.lab.condition('Window.IsActive(settings)'), 10, 'a window without rows')
        self.lab.rpc('Player.Open', item={'episodeid': row['episodeid']}, options={'resume': resume})
        self.comes(key)

    def comes(self, key: str) -> None:
        """Wait for the picture of an episode."""
        self.lab.wait_for(lambda: self.playing() == key and 1 <= self.seconds() < CREDITS_S, 45, 'the picture')

    def ends(self, key: str) -> List[int]:
        """Where playbacks of an episode ended, as the server was told (milliseconds)."""
        queries = [dict(parse_qsl(entry['query'])) for entry in self.ask('requests') if entry['path'] == '/:/timeline']
        return [int(one['time']) for one in queries if one['ratingKey'] == key and one['state'] == 'stopped']

    def playing(self) -> str:
        """The key of what plays."""
        player = self.lab.active_player()
        if not player:
            return ''
        item = self.lab.rpc('Player.GetItem', playerid=player.id, properties=['uniqueid'])['item']
        return str(item.get('uniqueid', {}).get('plex', ''))

    def seconds(self) -> int:
        """Where the video is."""
        at = self.properties('time')['time']
        return int(at['hours'] * 3600 + at['minutes'] * 60 + at['seconds'])

    def properties(self, *names: str) -> Dict[str, Any]:
        """What the player says of itself."""
        player = self.lab.active_player()
        assert player
        found: Dict[str, Any] = self.lab.rpc('Player.GetProperties', playerid=player.id, properties=list(names))
        return found

    def seek(self, seconds: int) -> None:
        """Jump."""
        player = self.lab.active_player()
        assert player
        self.lab.rpc('Player.Seek', playerid=player.id, value={'time': {
            'hours': 0, 'minutes': seconds // 60, 'seconds': seconds % 60, 'milliseconds': 0}})
        self.lab.wait_for(lambda: seconds - 3 <= self.seconds() < seconds + 30, 15, 'the jump')

    def shows(self, xml: str) -> bool:
        """Whether a window of ours is on the screen."""
        return self.lab.condition('Window.IsVisible(%s)' % xml)

    def window(self, xml: str) -> None:
        """Wait for it."""
        self.lab.wait_for(lambda: self.shows(xml), 20, xml)

    def no_window(self, xml: str) -> None:
        """Wait for its end."""
        self.lab.wait_for(lambda: not self.shows(xml), 20, 'the end of ' + xml)

    def stop_film(self) -> None:
        """The user has seen enough."""
        player = self.lab.active_player()
        if player:
            self.lab.rpc('Player.Stop', playerid=player.id)
        self.lab.wait_for(lambda: not self.lab.active_player(), 15, 'the end of the film')

    def settings(self, **values: str) -> None:
        """The user's settings, for the next start of Kodi, which comes at once."""
        self.lab.stop()
        path = self.addon_data() / 'settings.xml'
        text = path.read_text(encoding='utf-8')
        for name, value in values.items():
            lines = [line for line in text.splitlines() if 'id="%s"' % name not in line]
            lines.insert(-1, '<setting id="%s">%s</setting>' % (name, value))
            text = '\n'.join(lines)
        path.write_text(text, encoding='utf-8')
        self.lab.start()
        self.lab.wait_for(self.running, 30, 'the service')

    def running(self) -> bool:
        """Whether the service answers: it then has written its port."""
        return (self.addon_data() / 'service.json').exists()

    def selected(self, key: str) -> List[Tuple[int, str]]:
        """Kind and language of the streams that are chosen in Plex."""
        part = self.ask('truth', ids=key)[0]['Media'][0]['Part'][0]
        return [(one['streamType'], one['languageCode']) for one in part['Stream'] if one.get('selected')]


@pytest.fixture(scope='module')
def sofa(kodi_present: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sofa]:
    folder = tmp_path_factory.mktemp('watching')
    lab = KodiLab(folder / 'home', name='watching', env=ENVIRONMENT, debug=True, kodi=kodi_root())
    with lab:
        made = Sofa(lab)
        made.start_sim('--movies', '2', '--shows', '1', '--prerender', '--media-file', str(a_film(folder / 'film.mkv')))
        for key in made.episodes():
            made.tell('mutate', op='update', args={'rating_key': key, 'duration': LENGTH_MS, 'Media': [_media(key)]})
        install_by_folder(lab, [_recorder(folder / 'recorder')])
        lab.start()
        lab.rpc('Addons.SetAddonEnabled', addonid=UP_NEXT, enabled=False)
        made.install(build_repository(folder / 'repository'))
        lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
        lab.answer_no()
        lab.wait_for(lambda: not lab.dialog_open(), 10, 'the end of the offer')
        made.link(made.open_sign_in())
        made.wait_synced(60)
        lab.wait_for(lambda: not lab.dialog_open(), 20, 'the end of the sign-in')
        yield made
        (folder / 'kodi.log').write_text(lab.log_text(), encoding='utf-8')


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
def quiet(sofa: Sofa) -> Iterator[None]:
    """Each test begins and ends with nothing on the screen."""
    yield
    sofa.stop_film()


def test_the_button_skips_the_intro_and_leaves_the_other_keys_alone(sofa: Sofa) -> None:
    sofa.watch(sofa.episodes()[0])
    sofa.seek(16)
    sofa.window(SKIP)
    sofa.lab.wait_for(lambda: sofa.lab.current_control() == 'Skip intro', 10, 'the button')
    sofa.lab.action('pause')
    sofa.lab.wait_for(lambda: sofa.properties('speed')['speed'] == 0, 10, 'the pause')
    before = sofa.seconds()
    sofa.lab.input('Right')
    sofa.lab.wait_for(lambda: sofa.seconds() >= before + 5, 10, 'a step forward')
    assert sofa.shows(SKIP)
    sofa.lab.action('pause')
    sofa.lab.input('Select')
    sofa.lab.wait_for(lambda: sofa.seconds() >= 60, 10, 'the end of the intro')
    sofa.no_window(SKIP)


def test_back_takes_the_button_away_and_not_the_video(sofa: Sofa) -> None:
    sofa.watch(sofa.episodes()[0])
    sofa.seek(16)
    sofa.window(SKIP)
    sofa.lab.input('Back')
    sofa.no_window(SKIP)
    assert sofa.lab.condition('Window.IsVisible(fullscreenvideo)')
    assert sofa.seconds() < 60


def test_ok_on_the_offer_plays_the_next_episode_and_the_place_of_the_last_is_kept(sofa: Sofa) -> None:
    first, second = sofa.episodes()[:2]
    sofa.watch(first)
    sofa.seek(CREDITS_S + 2)
    sofa.window(NEXT)
    sofa.lab.wait_for(lambda: sofa.lab.current_control() == 'Play now', 10, 'the button')
    told = len(sofa.ends(first))
    sofa.lab.input('Select')
    sofa.comes(second)
    sofa.lab.wait_for(lambda: len(sofa.ends(first)) > told, 15, 'the last report')
    assert sofa.ends(first)[-1] >= CREDITS_S * 1000


def test_the_next_episode_plays_by_itself(sofa: Sofa) -> None:
    second, third = sofa.episodes()[1:3]
    sofa.watch(second)
    sofa.seek(CREDITS_S + 2)
    sofa.window(NEXT)
    sofa.comes(third)
    sofa.no_window(NEXT)


def test_streams_of_plex_are_chosen_and_those_of_kodi_too(sofa: Sofa) -> None:
    key = sofa.episodes()[3]
    sofa.watch(key)

    def now() -> Tuple[str, str]:
        found = sofa.properties('currentaudiostream', 'currentsubtitle', 'subtitleenabled')
        return (found['currentaudiostream']['language'],
                found['subtitleenabled'] and found['currentsubtitle']['language'])
    sofa.lab.wait_for(lambda: now() == ('ger', 'fre'), 15, 'the choice in Plex')
    assert sofa.properties('currentsubtitle')['currentsubtitle']['isforced']
    assert sofa.selected(key) == [(2, 'deu'), (3, 'fra')]
    player = sofa.lab.active_player()
    assert player
    sofa.lab.wait_for(lambda: sofa.seconds() >= 8, 20, 'some seconds of the film')
    sofa.lab.rpc('Player.SetAudioStream', playerid=player.id, stream=0)
    # Kodi may take another subtitle along with the audio, and Plex learns of that too.
    sofa.lab.wait_for(lambda: (2, 'eng') in sofa.selected(key), 15, 'the audio in Plex')
    sofa.lab.rpc('Player.SetSubtitle', playerid=player.id, subtitle='off')
    sofa.lab.wait_for(lambda: sofa.selected(key) == [(2, 'eng')], 15, 'no subtitle in Plex')


def test_up_next_is_told_in_its_own_words(sofa: Sofa) -> None:
    first, second = sofa.episodes()[:2]
    sofa.lab.rpc('Addons.SetAddonEnabled', addonid=UP_NEXT, enabled=True)
    try:
        sofa.watch(first)
        heard = sofa.addon_data().parent / UP_NEXT / 'heard.json'
        sofa.lab.wait_for(heard.exists, 20, 'the signal')
        sender, method, data = json.loads(heard.read_text().splitlines()[0])
        assert (sender, method) == (ADDON + '.SIGNAL', 'Other.upnext_data')
        signal = json.loads(base64.b64decode(json.loads(data)[0]))
        assert signal['play_url'].startswith(PLUGIN + '/play/shows/') and signal['play_url'].endswith('?id=' + second)
        assert signal['notification_offset'] == CREDITS_S
        rows = {one['uniqueid']['plex']: one['episodeid'] for one in sofa.lab.rpc(
            'VideoLibrary.GetEpisodes', properties=['uniqueid'])['episodes']}
        assert (signal['current_episode']['episodeid'], signal['next_episode']['episodeid']) == (rows[first],
                                                                                               rows[second])
        sofa.seek(CREDITS_S + 2)
        sofa.lab.wait_for(lambda: sofa.seconds() >= CREDITS_S + 6, 20, 'some seconds of the credits')
        assert not sofa.shows(NEXT)
    finally:
        sofa.lab.rpc('Addons.SetAddonEnabled', addonid=UP_NEXT, enabled=False)


def test_an_intro_is_skipped_by_itself_and_a_resumed_film_begins_earlier(sofa: Sofa) -> None:
    sofa.settings(skip_intro='2', rewind_on_resume='30')
    key = sofa.episodes()[3]
    sofa.watch(key)
    sofa.seek(15)
    sofa.window(SKIP)
    sofa.lab.wait_for(lambda: sofa.seconds() >= 60, 15, 'the end of the intro')
    sofa.seek(250)
    sofa.lab.wait_for(lambda: sofa.seconds() >= 253, 15, 'some seconds')
    sofa.stop_film()
    sofa.lab.wait_for(lambda: sofa.ask('truth', ids=key)[0].get('viewOffset', 0) >= 250000, 15, 'the place in Plex')
    sofa.watch(key, resume=True)
    sofa.lab.wait_for(lambda: 200 <= sofa.seconds() < 245, 15, 'the earlier place')
