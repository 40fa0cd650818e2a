"""Somebody who watches films with a remote control in a real Kodi."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Tuple
from urllib.parse import parse_qsl

from tools.stage import Stage

LENGTH_MS = 420023
#: Where the simulated Plex has the final credits of a video of that length, in seconds.
CREDITS_S = 399


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


class WatchingStage(Stage):
    """Kodi with the library of the simulated Plex, and a remote control."""

    def episodes(self) -> List[str]:
        """The keys of the first season's first episodes."""
        return [str(one['ratingKey']) for one in self.ask('items', type='episode')][:4]

    def watch(self, key: str, resume: bool = False) -> None:
        """Play an episode of the library."""
        rows = self.lab.rpc('VideoLibrary.GetEpisodes', properties=['uniqueid'])['episodes']
        row = next(one for one in rows if one['uniqueid'].get('plex') == key)
        # Kodi 20.1 ends by itself now and then when a film's end shows a home screen full of rows (docs/kodi.md).
        self.lab.wait_for(self._away_from_home, 20, 'a window without rows')
        self.lab.rpc('Player.Open', item={'episodeid': row['episodeid']}, options={'resume': resume})
        self.comes(key)

    def _away_from_home(self) -> bool:
        """Asked for again until it is there: a Kodi that has just started opens its home screen after that."""
        if self.lab.condition('Window.IsActive(settings)'):
            return True
        self.lab.rpc('GUI.ActivateWindow', window='settings')
        return False

    def comes(self, key: str) -> None:
        """Wait for the picture of an episode."""
        self.lab.wait_for(lambda: self.lab.picture() and self.playing() == key and 1 <= self.seconds() < CREDITS_S, 45,
                          'the picture')

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

    def running(self) -> bool:
        """Whether the service answers: it then has written its port."""
        return (self.addon_data() / 'service.json').exists()

    def selected(self, key: str) -> List[Tuple[int, str]]:
        """Kind and language of the streams that are chosen in Plex."""
        part = self.ask('truth', ids=key)[0]['Media'][0]['Part'][0]
        return [(one['streamType'], one['languageCode']) for one in part['Stream'] if one.get('selected')]
