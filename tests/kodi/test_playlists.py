"""Plex playlists in a real Kodi: opened and played from its Playlists, and what is saved there arrives at Plex."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.kodi.conftest import kodi_root
from tests.support.kodi_environment import KodiEnvironment
from tools.kodilab import KodiLab
from tools.stage import ENVIRONMENT, make_video

PLAYLISTS, QUEUE, SAVE = 'special://videoplaylists/', 10028, 21
KEYBOARD = 10103


class PlaylistsInKodi:
    """Somebody with a remote in front of Kodi's playlists."""

    def __init__(self, environment: KodiEnvironment) -> None:
        self.environment = environment
        self.lab = environment.lab
        self.folder = self.lab.profile.userdata / 'playlists/video'

    def films(self) -> List[str]:
        return [str(item['ratingKey']) for item in self.environment.ask('items', type='movie')]

    def episodes(self) -> List[str]:
        return [str(item['ratingKey']) for item in self.environment.ask('items', type='episode')]

    def playlist(self, title: str, keys: List[str]) -> str:
        answer = self.environment.tell('mutate', op='add_playlist', args={'title': title, 'members': keys})
        return str(answer['playlist']['ratingKey'])

    def in_plex(self) -> Dict[str, List[str]]:
        """The items of all playlists by their titles."""
        return {one['title']: [str(key) for key in one['members']] for one in self.environment.ask('playlists')}

    def opens(self, name: str) -> List[str]:
        """Open a playlist from Kodi's own list; the labels of its entries."""
        self.lab.wait_for(lambda: (self.folder / (name + '.m3u')).exists(), 30, 'the playlist file')
        self.lab.builtin('ActivateWindow(Videos,%s,return)' % PLAYLISTS)
        self.lab.wait_for(lambda: self.path() == PLAYLISTS, 20, "Kodi's playlists")
        self.steps_to(name + '.m3u')
        self.lab.input('Select')
        self.lab.wait_for(lambda: self.path().endswith('/%s.m3u' % name), 20, 'the opened playlist')
        self.lab.wait_for(lambda: self.label(1), 20, 'its entries')
        count = int(self.lab.labels('Container.NumItems')['Container.NumItems'])
        return [self.label(number) for number in range(1, count + 1)]

    def steps_to(self, label: str) -> None:
        """Press Down until the entry has the focus."""
        self.lab.go_to(lambda: self.lab.current_control().strip('[]') == label, label)

    def path(self) -> str:
        return self.lab.labels('Container.FolderPath')['Container.FolderPath']

    def label(self, number: int) -> str:
        name = 'Container.ListItemAbsolute(%d).Label' % number
        return self.lab.labels(name)[name]

    def playing(self) -> str:
        """Plex's key of what plays; '' for nothing."""
        player = self.lab.active_player()
        if player is None:
            return ''
        item = self.lab.rpc('Player.GetItem', playerid=player[0], properties=['file'])['item']
        return key_of(item) if item.get('id') else ''

    def queue(self) -> List[str]:
        items = self.lab.rpc('Playlist.GetItems', playlistid=1, properties=['file']).get('items', [])
        return [key_of(item) for item in items]

    def queues(self, *films: str) -> None:
        """Fill Kodi's queue."""
        self.lab.rpc('Playlist.Clear', playlistid=1)
        for key in films:
            self.lab.rpc('Playlist.Add', playlistid=1, item={'movieid': movie(self, key)})
        self.lab.wait_for(lambda: self.queue() == list(films), 10, 'the queue')

    def saves_queue(self, name: str) -> None:
        """Kodi's own window of the queue: Save, and a name."""
        self.lab.builtin('ActivateWindow(videoplaylist)')
        self.lab.wait_for(lambda: self.lab.current_window()[0] == QUEUE, 20, "the queue's window")
        self.lab.builtin('SendClick(%d,%d)' % (QUEUE, SAVE))
        self.lab.wait_for(lambda: self.lab.current_window()[0] == KEYBOARD, 20, 'the keyboard')
        self.lab.rpc('Input.SendText', text=name, done=True)
        self.lab.wait_for(lambda: self.lab.current_window()[0] == QUEUE, 20, 'the end of the keyboard')


def key_of(item: Dict[str, Any]) -> str:
    return parse_qs(urlsplit(str(item['file'])).query)['id'][0]


@pytest.fixture(scope='module')
def kodi(kodi_present: None, addon_repository: Path,
         tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlaylistsInKodi]:
    folder = tmp_path_factory.mktemp('playlists')
    video = make_video(folder / 'film.mkv', 12)
    with KodiLab(folder / 'home', name='playlists', env=ENVIRONMENT, debug=True, kodi=kodi_root()) as lab:
        environment = KodiEnvironment(lab)
        settings = environment.addon_data() / 'settings.xml'
        settings.parent.mkdir(parents=True)
        settings.write_text('<settings version="2"><setting id="plex_playlists">both</setting>'
                            '<setting id="next_episode">0</setting></settings>\n')
        environment.install_and_sync(addon_repository, '--movies', '8', '--shows', '1', '--episodes', '3',
                                     '--no-oddities', '--media-file', str(video))
        yield PlaylistsInKodi(environment)
        assert not lab.crashed and 'Traceback' not in lab.log_text()


def test_a_playlist_of_plex_plays_in_kodi_in_its_order(kodi: PlaylistsInKodi) -> None:
    films, episodes = kodi.films(), kodi.episodes()
    wanted = [films[3], episodes[0], films[1]]
    kodi.playlist('Evening: late', wanted)
    labels = kodi.opens('Evening late')
    truth = {str(one['ratingKey']): one['title'] for kind in ('movie', 'episode')
             for one in kodi.environment.ask('items', type=kind)}
    assert all(truth[key] in label for key, label in zip(wanted, labels)) and len(labels) == len(wanted), labels
    kodi.lab.builtin('Container.Update(%s)' % PLAYLISTS)
    kodi.lab.wait_for(lambda: kodi.path() == PLAYLISTS, 20, "Kodi's playlists")
    kodi.steps_to('Evening late.m3u')
    kodi.lab.builtin('Action(Play)')
    played: List[str] = []

    def all_played() -> bool:
        now = kodi.playing()
        if now and now not in played:
            played.append(now)
        return played == wanted
    kodi.lab.wait_for(all_played, 120, 'all videos of the playlist')
    kodi.lab.wait_for(lambda: kodi.lab.active_player() is None, 60, 'the end of the last one')


def test_what_is_saved_in_kodi_arrives_at_plex(kodi: PlaylistsInKodi) -> None:
    films = kodi.films()
    kodi.playlist('Mine', [films[0], films[1], films[2]])
    kodi.lab.wait_for(lambda: (kodi.folder / 'Mine.m3u').exists(), 30, 'the playlist file')
    kodi.queues(films[2], films[5], films[0])
    kodi.saves_queue('Mine')
    kodi.lab.wait_for(lambda: kodi.in_plex()['Mine'] == [films[2], films[5], films[0]], 60, 'the change at Plex')
    kodi.queues(films[6], films[4])
    kodi.saves_queue('Made here')
    kodi.lab.wait_for(lambda: kodi.in_plex().get('Made here') == [films[6], films[4]], 60, 'the new one at Plex')
    # What is about to be renamed to a playlist's name has another ending.
    files = [one for one in kodi.folder.iterdir() if one.suffix in ('.m3u', '.m3u8')]
    assert len(kodi.in_plex()) == len(files), 'no playlist is there twice'


def movie(kodi: PlaylistsInKodi, key: str) -> int:
    return next(int(one['movieid']) for one in kodi.environment.movies() if one['uniqueid']['plex'] == key)
