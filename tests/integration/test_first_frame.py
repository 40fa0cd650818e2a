"""From OK to the first frame: what the server is asked for at the same time, and that it is the right thing."""
from __future__ import annotations

import threading
import urllib.request
from multiprocessing.pool import ThreadPool
from typing import Any, Dict, Iterator, List

import pytest

from resources.lib.playback.session import PlaybackSession
from resources.lib.service.events import NextEpisodeFound
from resources.lib.service.playback.part import Playback
from tests.fakes import FakeKodi
from tests.support.viewing import Viewing
from tools.plexsim import Library

PART, METADATA = r'/library/parts/', r'/library/metadata/\d+'


class Opening(Viewing):
    """Somebody who plays a film, and a Kodi that opens it."""

    def opens(self, url: str) -> bytes:
        """What Kodi gets when it opens a video."""
        with urllib.request.urlopen(urllib.request.Request(url, headers={'Range': 'bytes=0-'})) as answer:
            return bytes(answer.read())

    def parts(self) -> List[str]:
        """The files that the server was asked for."""
        return [entry.path for entry in self.sim.requests.find(PART)]

    @staticmethod
    def threads() -> List[threading.Thread]:
        """Those that hold an answer for Kodi."""
        return [one for one in threading.enumerate() if one.name == 'pkc-ahead']

    def media(self, key: Any) -> Dict[str, Any]:
        """The version of an item at the server."""
        item = self.sim.library.get(key)
        assert item is not None
        return dict(self.sim.library.stored(item)['Media'][0])

    def play_while_the_server_thinks(self, key: str, kind: str = 'movie') -> Dict[str, Any]:
        """Play; the server says what there is when it has been asked for a file."""
        before = len(self.parts())
        self.sim.faults.add(METADATA, 'delay', value=60.0)
        with ThreadPool(1) as kodi:
            playing = kodi.apply_async(self.plays, (key, kind))
            self.kodi.wait_for(lambda: len(self.parts()) > before)
            self.sim.faults.clear()
            found: Dict[str, Any] = playing.get(60.0)
        answered = [entry.path for entry in self.sim.requests.find(PART + '|' + METADATA)
                    if 'checkFiles' in entry.query or entry.path.startswith('/library/parts/')]
        assert len(self.parts()) == before + 1
        assert answered[-2:] == [self.parts()[-1], '/library/metadata/' + key]
        return found

    def plays(self, key: str, kind: str = 'movie') -> Dict[str, Any]:
        """Play."""
        return dict(self.call('play', machine_identifier=self.sync_env.machine, rating_key=key, type=kind))


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opening]:
    library = Library.empty()
    library.add_movie('Film', duration=6_000_000)
    season = library.add_season(library.add_show('Show').rating_key, 1)
    for number in (1, 2):
        library.add_episode(season.rating_key, number)
    made = Opening(fake_kodi, library, monkeypatch)
    with made.in_use():
        yield made


def test_kodi_gets_the_answer_to_a_request_that_was_sent_before_it_came(env: Opening) -> None:
    url = env.plays(env.rating_key('Film'))['url']
    env.kodi.wait_for(env.parts)
    assert len(env.opens(url)) == env.sim.config.part_bytes
    assert len(env.parts()) == 1


def test_no_thread_is_left_at_kodis_end_for_a_film_that_it_did_not_open(env: Opening) -> None:
    """Python takes all of Kodi down with it when it ends an interpreter in which one still runs (docs/kodi.md)."""
    env._part(Playback)._ahead.stream._kept_s = 600.0
    env.plays(env.rating_key('Film'))
    env.kodi.wait_for(env.parts)
    assert env.threads()
    env.stop_kodi()
    env.kodi.wait_for(lambda: not env.threads())


def test_what_was_played_before_is_asked_for_along_with_the_question_what_there_is(env: Opening) -> None:
    key = env.rating_key('Film')
    env.opens(env.plays(key)['url'])
    url = env.play_while_the_server_thinks(key)['url']
    assert len(env.opens(url)) == env.sim.config.part_bytes
    assert len(env.parts()) == 2


def test_another_file_in_its_place_is_played_and_not_the_old_one(env: Opening) -> None:
    key = env.rating_key('Film')
    first = env.plays(key)['url']
    env.opens(first)
    media = env.media(key)
    part = dict(media['Part'][0], id=int(media['Part'][0]['id']) + 1)
    part['key'] = '/library/parts/%d/1/file.mkv' % part['id']
    env.set_elements(key, Media=[dict(media, Part=[part])])
    url = env.plays(key)['url']
    assert url != first
    assert len(env.opens(url)) == env.sim.config.part_bytes
    assert env.parts()[-1] == part['key']


def test_a_film_that_is_gone_is_gone(env: Opening) -> None:
    key = env.rating_key('Film')
    env.opens(env.plays(key)['url'])
    env.sim.library.delete(key)
    with pytest.raises(Exception, match='gone'):
        env.plays(key)


def test_the_next_episode_is_asked_for_at_once_too(env: Opening) -> None:
    first, second = (str(item.rating_key) for item in env.sync_env.library.items('episode'))
    client = env.running.shared.clients.of_server(env.sync_env.machine)
    following = client.playable(second)
    assert following is not None
    env.running.shared.events.publish(NextEpisodeFound(PlaybackSession(env.sync_env.machine, first), following))
    url = env.play_while_the_server_thinks(second, 'episode')['url']
    assert len(env.opens(url)) == env.sim.config.part_bytes
    assert len(env.parts()) == 1
