"""The music of a show in a real Kodi: heard in the show's lists, gone with them, in nobody's way."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, List

from tests.kodi.conftest import LabFactory
from tests.support.kodi_environment import KodiEnvironment
from tools.stage import ENVIRONMENT, PLUGIN, make_video

AUDIO, VIDEO = 0, 1
SHOWS = 'videodb://tvshows/titles/'


class MusicStage(KodiEnvironment):
    """A show with music, and a user who opens its lists."""

    def opens(self, path: str) -> None:
        """Open a list in the Videos window, and press no key after that."""
        def there() -> bool:
            if not self.lab.condition('Window.IsActive(videos)'):
                self.lab.rpc('GUI.ActivateWindow', window='videos', parameters=[path, 'return'])
                return False
            if self.path() == path:
                return True
            self.lab.builtin('Container.Update("%s")' % path)
            return False
        self.lab.wait_for(there, 30, path, interval=1.5)

    def path(self) -> str:
        """The list that is open, without options."""
        shown = str(self.lab.labels('Container.FolderPath')['Container.FolderPath'])
        return shown if shown.startswith('plugin:') else shown.partition('?')[0]

    def show(self) -> Dict[str, Any]:
        """A show of the library that has music in Plex."""
        with_music = {str(one['ratingKey']) for one in self.ask('items', type='show', full=1) if one.get('theme')}
        shows = self.lab.rpc('VideoLibrary.GetTVShows', properties=['uniqueid', 'title'])['tvshows']
        return next(one for one in shows if one['uniqueid'].get('plex') in with_music)

    def plays(self) -> List[int]:
        """The numbers of Kodi's players that play something."""
        return [one['playerid'] for one in self.lab.rpc('Player.GetActivePlayers')]

    def file(self, player: int) -> str:
        """What one of them plays."""
        return str(self.lab.rpc('Player.GetItem', playerid=player, properties=['file'])['item'].get('file', ''))

    def seconds(self) -> int:
        """For how long the music has played."""
        at = self.lab.rpc('Player.GetProperties', playerid=AUDIO, properties=['time'])['time']
        return int(at['minutes'] * 60 + at['seconds'])

    def hears_theme(self, key: str) -> bool:
        """Whether the music of this show plays."""
        return self.plays() == [AUDIO] and self.file(AUDIO).startswith('http://127.0.0.1:') and (
            '/%s/' % key in self.file(AUDIO))

    def asked(self, words: str) -> int:
        """How many requests the server got whose path has these words."""
        return len(self.ask('requests', path=words))


def _sound(path: Path, frequency: int) -> Path:
    ffmpeg = shutil.which('ffmpeg')
    assert ffmpeg, 'ffmpeg is needed to make music'
    subprocess.run([ffmpeg, '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', 'sine=frequency=%d' % frequency, '-t',
                    '120', str(path)], check=True)
    return path


def test_a_shows_music_is_heard_in_its_lists_and_ends_with_them(kodi_lab: LabFactory, addon_repository: Path,
                                                                tmp_path: Path) -> None:
    stage = MusicStage(kodi_lab(name='music', env=ENVIRONMENT, debug=True))
    lab = stage.lab
    settings = stage.addon_data() / 'settings.xml'
    settings.parent.mkdir(parents=True)
    settings.write_text('<settings version="2"><setting id="theme_music">true</setting></settings>', encoding='utf-8')
    stage.install_and_sync(addon_repository, '--movies', '2', '--shows', '2', '--theme-file',
                           str(_sound(tmp_path / 'theme.mp3', 440)), '--media-file',
                           str(make_video(tmp_path / 'film.mkv')))
    show = stage.show()
    key, seasons = show['uniqueid']['plex'], '%s%d/' % (SHOWS, show['tvshowid'])
    volume = lab.rpc('Application.GetProperties', properties=['volume', 'muted'])

    lab.clear_notifications()
    stage.opens(seasons)
    lab.wait_for(lambda: lab.picture() and stage.hears_theme(key), 45, 'the music')
    lab.wait_for(lambda: not lab.condition('System.HasActiveModalDialog'), 30, 'a Kodi that is not busy')
    assert lab.condition('Window.IsActive(videos)')
    assert [lab.rpc('Playlist.GetItems', playlistid=one)['limits']['total'] for one in (AUDIO, VIDEO)] == [0, 0]
    assert lab.rpc('Application.GetProperties', properties=['volume', 'muted']) == volume
    stage.opens('%s1/' % seasons)
    stage.opens('%s/children?id=%s' % (PLUGIN, key))
    assert stage.hears_theme(key)
    stage.opens(SHOWS)
    lab.wait_for(lambda: not stage.plays(), 30, 'its end')

    lab.clear_notifications()
    stage.opens(seasons)
    lab.wait_for(lambda: lab.picture() and stage.hears_theme(key) and stage.seconds() >= 3, 45, 'the music')
    episode = lab.rpc('VideoLibrary.GetEpisodes', tvshowid=show['tvshowid'], limits={'end': 1})['episodes'][0]
    lab.rpc('Player.Open', item={'episodeid': episode['episodeid']})
    lab.wait_for(lambda: stage.asked('/:/timeline'), 45, 'the report of the episode')
    assert stage.plays() == [VIDEO]
    stage.opens(SHOWS)
    lab.rpc('Player.Stop', playerid=VIDEO)
    lab.wait_for(lambda: not stage.plays(), 30, 'the end of the episode')
    reported = {entry['query'].partition('ratingKey=')[2].partition('&')[0]
                for entry in stage.ask('requests', path='/:/timeline')}
    assert reported and key not in reported

    song = str(_sound(tmp_path / 'song.mp3', 880))
    lab.rpc('Player.Open', item={'file': song})
    lab.wait_for(lambda: lab.picture() and stage.plays() == [AUDIO] and stage.file(AUDIO) == song, 30,
                 'a song of the user')
    stage.opens(seasons)
    until = stage.seconds() + 5

    def later() -> bool:
        assert stage.file(AUDIO) == song
        return stage.seconds() >= until
    lab.wait_for(later, 45, 'five seconds of the song', interval=0.5)
    lab.rpc('Player.Stop', playerid=AUDIO)
    lab.wait_for(lambda: not stage.plays(), 30, 'silence')
