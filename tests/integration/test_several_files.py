"""A film in two files: one position, one resume point, one report."""
from __future__ import annotations

import urllib.request
from typing import Any, Dict, Iterator, List
from urllib.parse import parse_qs

import pytest

from resources.lib.kodi import playlist
from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.fakes.xbmcgui import ListItem
from tests.support.viewing import Viewing
from tools.plexsim import OWNER, Library

LENGTH_S, HALF_S = 7200.0, 3600.0


class Evening(Viewing):
    """Kodi plays a stack as one video, and reports the file that it is in."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        library = Library.empty()
        self.film = library.add_movie('Long film', duration=int(LENGTH_S * 1000))
        library.split_file(self.film.rating_key)
        super().__init__(kodi, library, monkeypatch)
        self.files: List[str] = []

    def ask(self, **more: Any) -> Dict[str, Any]:
        """Kodi asks for the film; returns the entry that it plays instead."""
        answer = self.call('play', machine_identifier=self.sim.machine_identifier, type='movie',
                           rating_key=str(self.film.rating_key), **more)
        (wire,) = answer['instead']
        self.files = wire['url'][len('stack://'):].split(' , ')
        return dict(wire)

    def into(self, number: int, position: float) -> None:
        """Kodi comes to a file of the film, at this position in the whole film."""
        self.watcher._tick_playing = 0.05
        if self.kodi.playing is None:
            self.kodi.play(self.files[number], LENGTH_S, position)
        else:
            self.kodi.playing.file, self.kodi.playing.position = self.files[number], position
            self.kodi.play(self.files[number], LENGTH_S, position)
        self.kodi.wait_for(lambda: self.watcher._playback is not None
                           and self.watcher._playback.file == self.files[number])

    def reports(self) -> List[Dict[str, str]]:
        """What the server was told."""
        return [{name: values[0] for name, values in parse_qs(entry.query).items()}
                for entry in self.sim.requests.find('/:/timeline')]

    def state(self) -> Dict[str, Any]:
        """What the server knows."""
        return dict(self.sync_env.library.truth(self.film.rating_key, OWNER))


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evening]:
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    made = Evening(fake_kodi, monkeypatch)
    with made.in_use():
        yield made


def test_kodi_plays_both_files_as_one_entry_of_its_playlist(env: Evening) -> None:
    wire = env.ask()
    assert len(env.files) == 2 and all(file.startswith('http://127.0.0.1:') for file in env.files)
    assert wire['label'] == 'Long film' and wire['mediatype'] == 'movie'
    assert playlist.START not in wire['properties'], 'from the beginning'


def test_both_files_are_served(env: Evening) -> None:
    env.ask()
    for file in env.files:
        with urllib.request.urlopen(urllib.request.Request(file, headers={'Range': 'bytes=0-9'})) as answer:
            assert answer.status == 206 and len(answer.read()) == 10


def test_it_is_one_playback_for_the_server(env: Evening) -> None:
    env.ask()
    env.into(0, 10.0)
    env.at(HALF_S - 1.0)
    env.into(1, HALF_S + 1.0)
    env.at(HALF_S + 600.0)
    env.kodi.wait_for(lambda: env.watcher._playback and env.watcher._playback.position_s >= HALF_S + 600.0)
    env.kodi.stop()
    env.kodi.wait_for(lambda: any(one['state'] == 'stopped' for one in env.reports()))
    reports = env.reports()
    assert [one['state'] for one in reports].count('stopped') == 1
    assert [int(one['time']) // 1000 for one in reports][-1] == int(HALF_S + 600)
    assert env.state()['viewOffset'] // 1000 == int(HALF_S + 600) and not env.state().get('viewCount')


def test_it_is_resumed_in_the_second_file_and_watched_at_the_end_of_that(env: Evening) -> None:
    env.sync_env.library.set_progress(env.film.rating_key, int((HALF_S + 60) * 1000))
    wire = env.ask(resume=True)
    assert float(wire['properties'][playlist.START]) == HALF_S + 60
    env.into(1, HALF_S + 60)
    env.at(LENGTH_S - 1.0)
    env.kodi.wait_for(lambda: env.watcher._playback and env.watcher._playback.position_s >= LENGTH_S - 1.0)
    env.kodi.end()
    env.kodi.wait_for(lambda: env.state().get('viewCount') == 1)


def test_it_begins_where_the_entry_that_it_replaces_was_to_begin(env: Evening) -> None:
    env.sync_env.library.set_progress(env.film.rating_key, int((HALF_S + 60) * 1000))
    entry = {'url': 'plugin://film', 'properties': {
        playlist.SERVER: env.sim.machine_identifier, playlist.ITEM: str(env.film.rating_key),
        playlist.START: '90.000'}}
    env.running.shared.queue_turn.give([entry])
    env.kodi.playlist.entries, env.kodi.playlist.position = [('plugin://film', ListItem('Long film'))], 0
    assert float(env.ask()['properties'][playlist.START]) == 90.0
    assert playlist.START not in env.ask()['properties'], 'whoever begins it again begins at its beginning'
    env.running.shared.queue_turn.give([entry])
    assert float(env.ask(resume=True)['properties'][playlist.START]) == HALF_S + 60


def test_each_file_comes_with_its_subtitles(env: Evening) -> None:
    """Kodi gives the files of a stack none, so it is given them when it comes to a file."""
    media = env.sync_env.library.truth(env.film.rating_key)['Media']
    for part in media[0]['Part']:
        number = int(part['id']) * 100 + 9
        part['Stream'] = [{'id': number, 'streamType': 3, 'codec': 'srt', 'format': 'srt', 'languageTag': 'de',
                           'languageCode': 'deu', 'key': '/library/streams/%d' % number}]
    env.set_elements(env.film.rating_key, Media=media)
    given: List[str] = []

    def add(params: Dict[str, Any]) -> str:
        given.append(params['subtitle'])
        return 'OK'
    env.kodi.rpc.update({'Player.GetActivePlayers': [{'playerid': 1, 'type': 'video'}], 'Player.AddSubtitle': add})
    env.ask()
    for number in (0, 1):
        env.into(number, HALF_S * number + 10.0)
        env.kodi.wait_for(lambda: len(given) == number + 1)  # noqa: B023
        assert given[number].endswith('.de.srt')
        with urllib.request.urlopen(given[number]) as answer:
            assert b'-->' in answer.read()
    assert len(set(given)) == 2


def test_the_end_of_the_first_file_is_not_the_end(env: Evening) -> None:
    env.ask()
    env.into(0, HALF_S - 2.0)
    env.into(1, HALF_S)
    assert not any(one['state'] == 'stopped' for one in env.reports()) and not env.state().get('viewCount')


def test_back_into_the_first_file_is_a_jump_like_any_other(env: Evening) -> None:
    env.ask()
    env.into(1, HALF_S + 100.0)
    env.kodi.seek(200.0)
    env.into(0, 200.0)
    env.kodi.wait_for(lambda: any(int(one['time']) == 200_000 for one in env.reports()))
    assert not any(one['state'] == 'stopped' for one in env.reports())


@pytest.mark.parametrize('reported', ['stack', 'file', 'original'])
def test_after_a_jump_to_another_file_kodis_playlist_goes_on_behind_the_film(env: Evening, reported: str) -> None:
    """Kodi has forgotten then which entry it plays."""
    wire = env.ask()
    url = 'plugin://plugin.video.plexkodiconnect/play/movies/%s/?id=%d' % (env.sim.machine_identifier,
                                                                          env.film.rating_key)
    stack = ListItem('Long film', path=wire['url'])
    stack.setProperty('original_listitem_url', url)
    env.kodi.playlist.entries = [(url, ListItem('Long film', path=url)), (wire['url'], stack),
                                 ('plugin://next', ListItem('Next', path='plugin://next'))]
    env.kodi.playlist.position = 1
    env.into(0, 10.0)
    env.files[1] = {'stack': wire['url'], 'file': env.files[1], 'original': url}[reported]
    env.into(1, HALF_S + 10.0)
    assert len(env.kodi.playlist.entries) == 3, 'it still knows'
    env.kodi.playlist.position = -1
    env.kodi.seek(HALF_S + 60.0)
    env.kodi.wait_for(lambda: env.kodi.playlist.urls == ['plugin://next'])
