"""Files that a real Kodi opens itself, the fall-back when their folder is away, and a film in another program."""
from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List
from urllib.parse import parse_qsl

import pytest

from tests.kodi.conftest import kodi_root
from tests.support.kodi_environment import KodiEnvironment
from tools.kodilab import KodiLab
from tools.stage import ENVIRONMENT, PLUGIN, build_repository, make_video

LENGTH_MS = 420000
DIRECT, AWAY, EXTERNAL = 'Fünf #1 (2001)/Fünf 100% #1.mkv', 'Six (2002)/Six.mkv', 'Seven/extern.mkv'
SELECT_DIALOG, OK_DIALOG = 12000, 12002
OWN_PLAYER = """<playercorefactory><players>
<player name="Script" type="ExternalPlayer" audio="false" video="true">
<filename>%s</filename><args>"{1}"</args><hidexbmc>false</hidexbmc></player></players>
<rules action="prepend"><rule filename=".*extern.*" player="Script"/></rules></playercorefactory>
"""


class House(KodiEnvironment):
    """A server whose folder ``/volume1/Films`` Kodi knows as ``nas/Films``, a source of its file manager."""

    def __init__(self, lab: KodiLab, folder: Path) -> None:
        super().__init__(lab)
        self.nas = folder / 'nas'
        self.going_on = folder / 'going on'
        self.player = folder / 'player.sh'
        self.keys: List[str] = []

    def prepare(self, folder: Path) -> None:
        """Make the films, and a program that plays as long as ``going_on`` exists."""
        film = make_video(folder / 'film.mkv', LENGTH_MS // 1000)
        for name in (DIRECT, AWAY):
            (self.nas / 'Films' / name).parent.mkdir(parents=True)
            os.link(str(film), str(self.nas / 'Films' / name))
        (self.nas / 'Films' / DIRECT).with_suffix('.de.srt').write_text(
            '1\n00:00:01,000 --> 00:06:50,000\nEine Zeile\n')
        self.player.write_text('#!/bin/sh\nwhile [ -e "%s" ]; do sleep 0.1; done\n' % self.going_on)
        self.player.chmod(0o755)
        (self.lab.profile.userdata / 'playercorefactory.xml').write_text(OWN_PLAYER % self.player)
        self.install_and_sync(build_repository(folder / 'repository'), '--movies', '3', '--shows', '0',
                              '--no-oddities', '--collections', '0', '--media-file', str(film))
        self.keys = [str(item.rating_key) for item in self.library.items('movie')]
        section = next(iter(self.library.sections))
        self.tell('mutate', op='set_section', args={'section_id': section, 'path': '/volume1/Films'})
        for key, name in zip(self.keys, (DIRECT, AWAY, EXTERNAL)):
            media = self.library.truth(int(key))['Media'][:1]
            subtitle = {'id': int(key) * 10000, 'streamType': 3, 'codec': 'srt', 'languageCode': 'ger',
                        'languageTag': 'de', 'key': '/library/streams/%s0000' % key}
            media[0]['Part'] = [dict(media[0]['Part'][0], file='/volume1/Films/' + name, container='mkv',
                                     Stream=[subtitle])]
            self.tell('mutate', op='update', args={'rating_key': key, 'duration': LENGTH_MS, 'Media': media})
        self.library.set_progress(self.keys[2], 100_000)
        self.sync()

    def play(self, key: str) -> None:
        """Play a film of the library from its beginning."""
        row = next(one for one in self.movies() if one['uniqueid'].get('plex') == key)
        # Kodi 20.1 ends by itself now and then when a film's end shows a home screen full of rows (docs/kodi.md).
        self.lab.rpc('GUI.ActivateWindow', window='settings')
        self.lab.wait_for(lambda: self.lab.condition('Window.IsActive(settings)'), 10, 'a window without rows')
        self.lab.rpc('Player.Open', item={'movieid': row['movieid']}, options={'resume': False})
        self.lab.wait_for(self.lab.active_player, 30, 'the player')

    def watch(self, key: str, seconds: int) -> None:
        """Play a film, jump, see some seconds of it and stop."""
        self.play(key)
        self.lab.wait_for(lambda: self.properties('time')['time']['seconds'] >= 1, 45, 'the picture')
        self.lab.rpc('Player.Seek', playerid=self.player_id(), value={'time': {
            'hours': 0, 'minutes': seconds // 60, 'seconds': seconds % 60, 'milliseconds': 0}})
        self.lab.wait_for(lambda: self.seconds() > seconds + 1, 20, 'the jump')

    def stop_film(self) -> None:
        """The user has seen enough."""
        self.lab.rpc('Player.Stop', playerid=self.player_id())
        self.lab.wait_for(lambda: not self.lab.active_player(), 15, 'the end of the film')

    def player_id(self) -> int:
        """The player's number."""
        player = self.lab.active_player()
        assert player
        return int(player.id)

    def properties(self, *names: str) -> Dict[str, Any]:
        """What the player says of itself."""
        found: Dict[str, Any] = self.lab.rpc('Player.GetProperties', playerid=self.player_id(), properties=list(names))
        return found

    def seconds(self) -> int:
        """Where the film is."""
        at = self.properties('time')['time']
        return int(at['minutes'] * 60 + at['seconds'])

    def opened(self) -> List[str]:
        """The files below the folder that Kodi has open. In a Kodi of another system a path begins with its root."""
        links = [os.readlink(str(one)) for one in Path('/proc/%d/fd' % self.lab.pid).iterdir() if one.is_symlink()]
        return sorted({link[link.index(str(self.nas)):] for link in links if str(self.nas) in link})

    def stored(self, name: str) -> str:
        """A file of the add-on's, '' while it is not there."""
        path = self.addon_data() / name
        return path.read_text(encoding='utf-8') if path.exists() else ''

    def fetched(self) -> bool:
        """Whether the server was asked for a film."""
        return any(entry['path'].startswith('/library/parts/') for entry in self.ask('requests'))

    def ends(self, key: str) -> List[int]:
        """Where playbacks of a film ended, as the server was told (milliseconds)."""
        queries = [dict(parse_qsl(entry['query'])) for entry in self.ask('requests') if entry['path'] == '/:/timeline']
        return [int(one['time']) for one in queries if one['ratingKey'] == key and one['state'] == 'stopped']

    def row(self, key: str) -> Any:
        """What Kodi's library says of a film: play count and resume point in seconds."""
        found = self.rows("SELECT playCount, resumeTimeInSeconds FROM movie_view JOIN uniqueid ON media_id = idMovie "
                          "AND media_type = 'movie' AND type = 'plex' WHERE value = ?", key)
        return found[0]

    def go_to(self, label: str) -> None:
        """Move down in the dialog to an entry, and press OK."""
        self.lab.wait_for(lambda: self.lab.condition('Window.IsActive(%d)' % SELECT_DIALOG), 20, 'the list')
        self.lab.go_to(lambda: label in self.lab.current_control(), label)
        self.lab.input('Select')


@pytest.fixture(scope='module')
def house(kodi_present: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp('paths')
    lab = KodiLab(folder / 'home', name='paths', env=ENVIRONMENT, debug=True, kodi=kodi_root(),
                  sources={'NAS': '%s/' % (folder / 'nas')})
    with lab:
        made = House(lab, folder)
        made.prepare(folder)
        yield made
        (folder / 'kodi.log').write_text(lab.log_text(), encoding='utf-8')


def test_the_folder_is_found_and_the_file_itself_is_played_and_reported(house: House) -> None:
    lab = house.lab
    lab.builtin('RunPlugin(%s/choose_direct_paths)' % PLUGIN)
    house.go_to('Look for folders')
    lab.wait_for(lambda: str(house.nas / 'Films') in house.stored('direct_paths.json'), 30, 'the folder')
    lab.wait_for(lambda: lab.condition('Window.IsActive(%d)' % OK_DIALOG), 30, 'what was not found')
    lab.input('Select')
    house.go_to('Done')
    lab.wait_for(lab.dialog_open, 20, 'the question')
    lab.answer_yes()
    lab.wait_for(lambda: 'id="direct_paths">true' in house.stored('settings.xml'), 20, 'the setting')
    key = house.keys[0]
    house.watch(key, 200)
    assert house.opened() == [str(house.nas / 'Films' / DIRECT)]
    assert [one['language'] for one in house.properties('subtitles')['subtitles']] == ['ger'], 'found twice'
    house.stop_film()
    lab.wait_for(lambda: house.ends(key), 20, 'the report')
    assert 200_000 <= house.ends(key)[-1] < 240_000 and not house.fetched()
    lab.wait_for(lambda: 200 <= (house.row(key)[1] or 0) < 240, 20, 'the resume point')


def test_a_film_whose_folder_is_away_is_streamed(house: House) -> None:
    key = house.keys[1]
    away = house.nas.with_name('unplugged')
    house.nas.rename(away)
    try:
        house.watch(key, 200)
        assert house.opened() == []
        house.stop_film()
    finally:
        away.rename(house.nas)
    house.lab.wait_for(lambda: house.ends(key), 20, 'the report')
    assert 200_000 <= house.ends(key)[-1] < 240_000 and house.fetched()


def test_a_film_in_another_program_keeps_its_resume_point(house: House) -> None:
    """Kodi itself counts what ran for ten seconds as watched."""
    lab, key = house.lab, house.keys[2]
    house.going_on.touch()
    house.play(key)
    begun = time.monotonic()
    lab.wait_for(lambda: time.monotonic() > begun + 12, 20, 'the time that Kodi takes for watching')
    house.going_on.unlink()
    lab.wait_for(lambda: not lab.active_player(), 15, 'the end of the program')
    lab.wait_for(lambda: house.ends(key), 20, 'the report')
    assert house.ends(key)[-1] == 100_000
    lab.wait_for(lambda: house.row(key) == (None, 100.0), 20, 'the row as before')
    found = house.library.truth(int(key))
    assert found['viewOffset'] == 100_000 and not found.get('viewCount')
