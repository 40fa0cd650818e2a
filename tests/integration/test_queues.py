"""Several items one after another: the server's play queue, Kodi's playlist, and what the server is told."""
from __future__ import annotations

import threading
from typing import Any, Dict, Iterator, List
from urllib.parse import parse_qs

import pytest

from resources.lib import item_url
from resources.lib.kodi import playlist
from resources.lib.kodi.windows import next_up
from resources.lib.local_server.api import ApiError
from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.support.viewing import Viewing
from tools.plexsim import OWNER, Library

LENGTH_S = 1200.0


class Evening(Viewing):
    """Films with trailers, a show of sixty episodes, a collection and a playlist. Kodi plays its playlist."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        library = Library.empty()
        films, shows = library.add_section('movie', 'Movies'), library.add_section('show', 'Series')
        made = [library.add_movie(title, films.id, duration=int(LENGTH_S * 1000)) for title in ('One', 'Two', 'Three')]
        for film in made:
            library.add_extra(film.rating_key, 'Trailer of ' + film.title, duration=30_000)
        self.show = library.add_show('The Show', shows.id)
        for number in (1, 2):
            season = library.add_season(self.show.rating_key, number)
            for index in range(1, 31):
                library.add_episode(season.rating_key, index, '%dx%02d' % (number, index),
                                    duration=int(LENGTH_S * 1000))
        self.collection = library.add_collection(films.id, 'Both', members=[made[1].rating_key, made[0].rating_key])
        self.playlist = library.add_playlist('Mixed', [made[2].rating_key, self._first(library, '1x05')])
        super().__init__(kodi, library, monkeypatch)
        kodi.playlist.play = self.entry

    @staticmethod
    def _first(library: Library, title: str) -> int:
        return next(one.rating_key for one in library.items('episode') if one.title == title)

    def key(self, title: str, kind: str = 'episode') -> str:
        return next(str(one.rating_key) for one in self.sync_env.library.items(kind) if one.title == title)

    def does(self, action: str, **shown: Any) -> Dict[str, Any]:
        """Choose an action of the context menu."""
        answer: Dict[str, Any] = self.call('item_action', action=action, **shown)
        return answer

    def entry(self, position: int) -> None:
        """Kodi comes to an entry of its playlist, which has our URL."""
        self.kodi.playlist.position = position
        ref = item_url.parse(self.kodi.playlist.urls[position])
        assert ref is not None
        self.watch(ref.rating_key, kind=ref.plex_type)
        self.kodi.wait_for(lambda: self.playing() == ref.rating_key)

    def playing(self) -> str:
        """The key of what the service follows."""
        playback = self.watcher._playback
        return playback.rating_key if playback is not None else ''

    def titles(self) -> List[str]:
        """Of the entries of Kodi's playlist."""
        return [item.getLabel() for _, item in list(self.kodi.playlist.entries)]

    def filled(self, count: int) -> List[str]:
        """The titles when all entries are there."""
        self.kodi.wait_for(lambda: len(self.kodi.playlist.entries) == count)
        return self.titles()

    def reports(self, title: str, kind: str = 'episode') -> List[Dict[str, str]]:
        """What the server was told of an item."""
        queries = [{name: values[0] for name, values in parse_qs(entry.query).items()}
                   for entry in self.sim.requests.find('/:/timeline')]
        return [query for query in queries if query['ratingKey'] == self.key(title, kind)]

    def made(self) -> List[Dict[str, str]]:
        """What the server was asked to make queues of."""
        return [{name: values[0] for name, values in parse_qs(entry.query).items()}
                for entry in self.sim.requests.find('/playQueues$') if entry.method == 'POST']


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evening]:
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    made = Evening(fake_kodi, monkeypatch)
    with made.in_use():
        yield made


def test_from_an_episode_on_all_that_follow_are_played(env: Evening) -> None:
    assert env.does('play_from_here', plexid=env.key('1x29')) == {}
    assert env.filled(32) == ['1x29', '1x30'] + ['2x%02d' % number for number in range(1, 31)]
    assert env.kodi.playlist.urls[0] == item_url.episode_url(env.sim.machine_identifier, str(env.show.rating_key),
                                                             env.key('1x29'))
    assert env.made()[0]['continuous'] == '1'


def test_the_first_one_plays_while_the_server_is_still_asked_for_the_rest(env: Evening) -> None:
    rest = env.sim.faults.add(r'/playQueues/\d', 503)
    env.does('play_from_here', plexid=env.key('1x01'))
    env.kodi.wait_for(lambda: env.playing() == env.key('1x01'))
    env.kodi.wait_for(lambda: rest.hits)
    assert len(env.kodi.playlist.entries) == 21
    env.sim.faults.clear()
    assert len(set(env.filled(60))) == 60


def test_reports_say_which_entry_of_the_queue_it_is(env: Evening) -> None:
    env.does('play_from_here', plexid=env.key('2x29'))
    env.filled(2)
    env.kodi.wait_for(lambda: env.reports('2x29'))
    first = env.reports('2x29')[-1]
    queue = env.sim._pms.queues.get(int(first['playQueueID']), OWNER)
    assert queue is not None
    assert first['containerKey'] == '/playQueues/%d' % queue.id
    env.kodi.end()
    env.entry(1)
    env.kodi.wait_for(lambda: env.reports('2x30'))
    assert [queue.position(number) for number in queue.played] == [58, 59]
    assert all(one['playQueueItemID'] == first['playQueueItemID'] for one in env.reports('2x29'))


def test_what_is_played_by_itself_afterwards_is_in_no_queue(env: Evening) -> None:
    env.does('play_from_here', plexid=env.key('2x30'))
    env.kodi.wait_for(lambda: env.reports('2x30'))
    env.kodi.stop()
    env.kodi.playlist.position = -1
    env.watch(env.key('1x01'), kind='episode')
    env.kodi.wait_for(lambda: env.reports('1x01'))
    assert 'playQueueItemID' not in env.reports('1x01')[0]


@pytest.mark.parametrize(('kind', 'count'), [('show', 60), ('season', 30)])
def test_a_show_and_a_season_are_shuffled(env: Evening, kind: str, count: int) -> None:
    key = str(env.show.rating_key if kind == 'show' else env.show.children[1].rating_key)
    env.does('shuffle', plexid=key)
    titles = env.filled(count)
    assert titles != sorted(titles) and len(set(titles)) == count
    assert env.kodi.playlist.shuffled is False, 'the order is the server\'s'


def test_a_collection_and_a_playlist_are_played_in_their_order(env: Evening) -> None:
    env.does('play_all', plexid=str(env.collection.rating_key))
    assert env.filled(2) == ['Two', 'One']
    env.kodi.wait_for(lambda: env.playing() == env.key('Two', 'movie'))
    env.kodi.stop()
    key = str(env.playlist.rating_key)
    shown = {'plexid': key, 'url': item_url.list_url('playlist', id=key, title='Mixed')}
    assert env.call('item_menu', **shown)['actions'] == ['play_all', 'shuffle']
    env.does('play_all', **shown)
    env.kodi.wait_for(lambda: env.titles() == ['Three', '1x05'])
    assert env.made()[1]['playlistID'] == key


def test_items_of_the_library_are_its_rows(env: Evening) -> None:
    env.sync()
    env.does('play_all', plexid=str(env.collection.rating_key))
    env.filled(2)
    (row,), = env.sync_env.rows("SELECT idMovie FROM movie_view WHERE c00 = 'Two'")
    assert env.kodi.playlist.entries[0][1].getVideoInfoTag().values['dbid'] == row


def test_an_empty_collection_is_said_to_be_empty(env: Evening) -> None:
    section = env.collection.section.id
    empty = env.sync_env.library.add_collection(section, 'Nothing')
    with pytest.raises(ApiError) as caught:
        env.does('play_all', plexid=str(empty.rating_key))
    assert caught.value.key == 'queue_empty' and not env.kodi.playlist.entries


def test_another_queue_takes_the_place_of_one_that_is_still_filled(env: Evening) -> None:
    rest = env.sim.faults.add(r'/playQueues/\d', 503)
    env.does('shuffle', plexid=str(env.show.rating_key))
    env.kodi.wait_for(lambda: rest.hits)
    env.does('play_all', plexid=str(env.collection.rating_key))
    env.kodi.wait_for(lambda: env.titles() == ['Two', 'One'])
    env.sim.faults.clear()
    env.kodi.wait_for(lambda: not [one for one in threading.enumerate() if one.name == 'pkc-queue'])
    assert env.titles() == ['Two', 'One']


def test_nobody_offers_what_the_queue_plays_anyway(env: Evening) -> None:
    env.does('play_from_here', plexid=env.key('2x29'))
    env.filled(2)
    for position in (0, 1):
        env.at(LENGTH_S - 5.0)
        env.stays_without(next_up.LAYOUT.xml)
        if not position:
            env.kodi.end()
            env.entry(1)


# ---- trailers ------------------------------------------------------------------------------------------------------

def _play(env: Evening, title: str, **more: Any) -> Dict[str, Any]:
    found: Dict[str, Any] = env.call('play', machine_identifier=env.sim.machine_identifier, type='movie',
                                     rating_key=env.key(title, 'movie'), **more)
    return found


def test_without_the_setting_no_queue_is_made_for_a_film(env: Evening) -> None:
    assert 'url' in _play(env, 'One') and not env.made()


def test_trailers_come_before_a_film_and_are_reported_as_themselves(env: Evening) -> None:
    env.kodi.set_setting('cinema_trailers', '2')
    answer = _play(env, 'One')
    assert [wire['label'] for wire in answer['instead']] == ['Trailer of Two', 'Trailer of Three', 'One']
    assert answer['instead'][2]['url'] == item_url.movie_url(env.sim.machine_identifier, env.key('One', 'movie'))
    playlist.fill(answer['instead'])
    env.entry(0)
    env.kodi.wait_for(lambda: env.sim.requests.find('/:/timeline'))
    assert not env.reports('One', 'movie')
    env.kodi.end()
    env.entry(2)
    env.kodi.wait_for(lambda: env.reports('One', 'movie'))
    assert len(env.made()) == 1, 'the film itself is in the queue, and gets no trailers again'
    env.kodi.stop()
    assert 'One' not in env.watched_in_plex()


def test_a_film_that_is_resumed_begins_at_once(env: Evening) -> None:
    env.kodi.set_setting('cinema_trailers', '2')
    assert 'url' in _play(env, 'One', resume=True) and not env.made()


def test_a_film_among_others_begins_at_once(env: Evening) -> None:
    env.kodi.set_setting('cinema_trailers', '2')
    env.does('play_all', plexid=str(env.collection.rating_key))
    env.filled(2)
    env.kodi.wait_for(lambda: env.playing() == env.key('Two', 'movie'))
    assert len(env.made()) == 1


@pytest.mark.parametrize('trouble', ['none there', 'broken'])
def test_without_trailers_the_film_begins(env: Evening, trouble: str) -> None:
    env.kodi.set_setting('cinema_trailers', '2')
    if trouble == 'broken':
        env.sim.faults.add('/playQueues', 500)
    else:
        for title in ('Two', 'Three'):
            env.sync_env.library.scrobble(env.key(title, 'movie'))
    assert _play(env, 'One')['url']
