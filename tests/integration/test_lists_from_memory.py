"""Lists that the service has in memory, over sockets: no request while nothing changes, and right after any change."""
from __future__ import annotations

import json
from typing import Any, Callable, Dict, Iterator, List

import pytest

from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.retry import RetryPolicy
from resources.lib.service.events import UserSwitched
from resources.lib.service.lists.answers import ListAnswers
from resources.lib.service.lists.freshness import LONGEST
from resources.lib.service.lists.part import Lists
from resources.lib.service.live import server
from tests.fakes import FakeKodi
from tests.support.live_environment import LiveEnvironment
from tools.plexsim import OWNER, Library

FILMS = ('Alpha', 'Beta', 'Gamma')
MINUTES = 60_000
#: What a list asks the server for.
ASKED = r'^/(hubs|library/(all|onDeck|recentlyAdded|metadata)|library/(sections/\d+|collections/\d+)/|playlists)'


class Home(LiveEnvironment):
    """Somebody who opens lists, at home with others."""

    @property
    def answers(self) -> ListAnswers:
        return self._part(Lists)._answers

    def open(self, path: str = 'continue_watching', **options: Any) -> List[str]:
        """The labels of a list."""
        answer: Dict[str, Any] = json.loads(self.call('list', path=path, **options))
        return [row['label'] for row in answer['items']]

    def asked(self, path: str = 'continue_watching', **options: Any) -> int:
        """How many requests opening a list costs."""
        before = len(self.sim.requests.find(ASKED))
        self.open(path, **options)
        return len(self.sim.requests.find(ASKED)) - before

    def in_memory(self, path: str = 'continue_watching', **options: Any) -> None:
        """Nothing goes on any more, and the list is kept."""
        self.rest()
        self.kodi.wait_for(lambda: self.asked(path, **options) == 0)

    def comes_to(self, expected: List[str], path: str = 'continue_watching', **options: Any) -> None:
        """A list becomes this one as soon as the service has heard of it."""
        self.kodi.wait_for(lambda: self.open(path, **options) == expected)

    def phone(self, token: str = '') -> PMSClient:
        """Another client at the same server."""
        return PMSClient(PlexSession(ClientIdentity('phone', '1.0')), self.sim.pms_url, token or self.sim.owner_token)


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    library = Library.empty()
    keys = [library.add_movie(title, addedAt=1_600_000_000 + number).rating_key for number, title in enumerate(FILMS)]
    show = library.add_show('Show')
    season = library.add_season(show.rating_key, 1)
    for number in (1, 2):
        library.add_episode(season.rating_key, number, 'Episode %d' % number)
    for number in (0, 1):
        library.watch.set_progress(OWNER, library.need(keys[number]), 5 * MINUTES, 1_600_000_000 + number)
    monkeypatch.setattr(server, '_PULSE', 0.05)
    monkeypatch.setattr(server, '_PUSHED', RetryPolicy(3600.0, 3600.0))
    monkeypatch.setattr(server, '_NOT_PUSHED', RetryPolicy(3600.0, 3600.0))
    made = Home.begun(fake_kodi, library, monkeypatch)
    made.hurry()
    try:
        yield made
    finally:
        made.close()


def test_no_list_is_asked_for_twice_while_nothing_changes(env: Home) -> None:
    lists: List[Dict[str, Any]] = [
        {}, {'path': 'on_deck'}, {'path': 'hubs'}, {'path': 'recently_added', 'type': 'movie'},
        {'path': 'section', 'id': '1', 'type': 'movie'}, {'path': 'children', 'id': '4'}]
    for options in lists:
        env.in_memory(**options)
    env.clock.advance(LONGEST)
    assert all(env.asked(**options) for options in lists), 'not for ever'


def test_what_is_played_elsewhere_comes_first_when_it_stops(env: Home) -> None:
    assert env.open() == ['Beta', 'Alpha']
    env.in_memory()
    phone, key = env.phone(), env.rating_key('Gamma')
    for state, minutes in (('playing', 2), ('playing', 30), ('stopped', 31)):
        phone.timeline(key, state, minutes * MINUTES, 90 * MINUTES, 'session')
    env.comes_to(['Gamma', 'Beta', 'Alpha'])
    env.in_memory()


def test_what_is_stopped_here_comes_first_at_once(env: Home) -> None:
    env.in_memory()
    key = env.rating_key('Gamma')
    answer = env.call('play', machine_identifier=env.sync_env.machine, rating_key=key, type='movie')
    reports = r'/:/timeline'
    env.watcher.on_started(answer['url'], 0.0, answer['total'])
    env.kodi.wait_for(lambda: env.sim.requests.find(reports))
    env.watcher.on_seek(1800.0)
    env.watcher.on_stopped()
    env.kodi.wait_for(lambda: 'stopped' in env.sim.requests.find(reports)[-1].query)
    env.comes_to(['Gamma', 'Beta', 'Alpha'])


def test_what_is_marked_here_is_in_the_list_though_the_server_pushes_nothing_of_it(env: Home) -> None:
    env.in_memory()
    env.sync_env.library.listeners.clear()
    env.mark('Beta', True)
    env.comes_to(['Alpha'])
    env.in_memory()


def test_what_is_marked_elsewhere(env: Home) -> None:
    env.in_memory()
    env.phone().scrobble(env.rating_key('Beta'))
    env.comes_to(['Alpha'])


def test_what_the_context_menu_does(env: Home) -> None:
    env.in_memory()
    env.sync_env.library.listeners.clear()
    row = env.sync_env.rows("SELECT idMovie FROM movie_view WHERE c00 = 'Beta'")[0][0]
    env.call('item_action', action='leave_continue_watching', type='movie', id=row)
    assert env.open() == ['Alpha']


def test_what_comes_changes_and_goes(env: Home) -> None:
    newest = {'path': 'recently_added', 'type': 'movie'}
    assert env.open(**newest) == ['Gamma', 'Beta', 'Alpha']
    env.in_memory(**newest)
    env.sync_env.library.add_movie('Delta', addedAt=1_700_000_000)
    env.comes_to(['Delta', 'Gamma', 'Beta', 'Alpha'], **newest)
    env.in_memory(**newest)
    env.sync_env.library.delete(env.rating_key('Gamma'))
    env.comes_to(['Delta', 'Beta', 'Alpha'], **newest)
    env.in_memory(**newest)
    env.sync_env.library.update(env.rating_key('Beta'), title='Better')
    env.comes_to(['Delta', 'Better', 'Alpha'], **newest)


def test_a_playlist_that_is_made(env: Home) -> None:
    env.in_memory('playlists')
    env.sync_env.library.add_playlist('Evening', [env.rating_key('Alpha')], user=OWNER)
    env.comes_to(['Evening'], 'playlists')


def test_what_was_missed_while_nobody_listened(env: Home) -> None:
    env.in_memory()
    env.sim.faults.add('/:/websockets/', 'drop')
    env.sim._listeners.disconnect()
    env.until(lambda: not env.live.listener.connected)
    assert env.asked() and env.asked(), 'nobody tells what changes'
    env.sync_env.library.set_progress(env.rating_key('Gamma'), 5 * MINUTES)
    env.sim.faults.clear()
    env.until(lambda: env.live.listener.connected)
    env.comes_to(['Gamma', 'Beta', 'Alpha'])
    env.in_memory()


def test_a_user_to_whom_nothing_is_pushed(env: Home) -> None:
    env.stop_pushing()
    env.open()
    env.sync_env.library.set_progress(env.rating_key('Gamma'), 5 * MINUTES)
    assert env.open() == ['Gamma', 'Beta', 'Alpha']
    assert [env.asked(), env.asked()] == [1, 1]


def on_its_way(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Have something happen after the server answered the next question for Continue Watching, before that is known."""
    ask = PMSClient.continue_watching_body

    def asked(*arguments: Any, **more: Any) -> bytes:
        monkeypatch.setattr(PMSClient, 'continue_watching_body', ask)
        answer = ask(*arguments, **more)
        happens()
        return answer
    monkeypatch.setattr(PMSClient, 'continue_watching_body', asked)


def test_an_event_that_comes_while_the_answer_is_on_its_way(env: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    env.rest()

    def happens() -> None:
        before = env.answers.freshness.now().changes
        env.sync_env.library.set_progress(env.rating_key('Gamma'), 5 * MINUTES)
        env.kodi.wait_for(lambda: env.answers.freshness.now().changes > before)
    on_its_way(monkeypatch, happens)
    assert env.open() == ['Beta', 'Alpha']
    assert env.open() == ['Gamma', 'Beta', 'Alpha']


def test_the_users_lists_are_never_each_others(env: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    kid = env.sim.accounts.add_user('Kid', restricted=True)
    env.sync_env.library.set_progress(env.rating_key('Gamma'), 5 * MINUTES, user=kid.id)
    assert env.open() == ['Beta', 'Alpha']
    on_its_way(monkeypatch, lambda: env.watch_as(kid))
    env.answers.memory.clear()
    assert env.open() == ['Gamma'], 'the answer that was on its way was of the one who watched before'
    env.running.shared.events.publish(UserSwitched())
    assert env.open() == ['Gamma'] and len(env.answers.memory) == 1


def test_a_shared_box_whose_users_change_to_and_fro(env: Home) -> None:
    kid = env.sim.accounts.add_user('Kid', restricted=True)
    env.sync_env.library.set_progress(env.rating_key('Gamma'), 5 * MINUTES, user=kid.id)
    owner = env.sim.accounts.users[OWNER]
    for user, expected in ((kid, ['Gamma']), (owner, ['Beta', 'Alpha'])) * 3:
        env.watch_as(user)
        assert env.open() == expected
        env.running.shared.events.publish(UserSwitched())
        assert env.open() == expected
