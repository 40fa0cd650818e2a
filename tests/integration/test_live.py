"""What changes at the server is in Kodi within seconds, and nothing is taken for true because of an event alone."""
from __future__ import annotations

import time
from typing import Any, Iterator, List

import pytest

from resources.lib.plex_errors import PlexUnauthorized
from resources.lib.plex_notifications import NotificationSocket
from resources.lib.retry import Backoff, RetryPolicy
from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import Library


class LiveEnvironment(ServiceEnvironment):
    """A service that listens to a simulated server."""

    @property
    def live(self) -> Live:
        """The part that listens."""
        return self._part(Live)

    def rest(self) -> None:
        """Wait until all that was heard is done."""
        quiet_since = [time.monotonic()]

        def quiet() -> bool:
            if self.library.sync.running:
                quiet_since[0] = time.monotonic()
            return time.monotonic() - quiet_since[0] > 1.5
        self.kodi.wait_for(quiet, 20.0)


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveEnvironment]:
    library = Library.empty()
    for title in ('Alpha', 'Beta', 'Gamma'):
        library.add_movie(title)
    made = LiveEnvironment(fake_kodi, library, monkeypatch)
    try:
        made.start_kodi()
        made.sign_in()
        made.sync()
        made.live._reconnect()
        made.kodi.wait_for(lambda: made.sim.events.listeners > 0, 10.0)
        made.rest()
        yield made
    finally:
        made.close()


def titles(env: LiveEnvironment) -> List[str]:
    return [row[0] for row in env.sync_env.rows('SELECT c00 FROM movie_view ORDER BY c00')]


def _within(env: LiveEnvironment, condition: Any, seconds: float = 5.0) -> float:
    began = time.monotonic()
    env.kodi.wait_for(condition, seconds)
    return time.monotonic() - began


def test_a_new_a_changed_and_a_watched_film_are_there_at_once(env: LiveEnvironment) -> None:
    env.sync_env.library.add_movie('Delta')
    _within(env, lambda: titles(env) == ['Alpha', 'Beta', 'Delta', 'Gamma'])
    env.sync_env.library.update(env.rating_key('Alpha'), title='Alpha II')
    _within(env, lambda: 'Alpha II' in titles(env))
    env.sync_env.library.scrobble(env.rating_key('Beta'))
    _within(env, lambda: env.shown_as_watched() == ['Beta'])


def test_a_deleted_film_goes_at_once_but_only_when_the_server_really_lacks_it(env: LiveEnvironment) -> None:
    gamma = next(one for one in env.sync_env.library.items('movie') if one.title == 'Gamma')
    env.sim.events.send('timeline', {'identifier': 'com.plexapp.plugins.library', 'sectionID': '-1',
                                           'itemID': gamma.rating_key, 'type': 1, 'state': 9,
                                           'metadataState': 'deleted'})
    env.rest()
    assert 'Gamma' in titles(env), 'the event alone is no proof'
    env.sync_env.library.delete(gamma.rating_key)
    _within(env, lambda: titles(env) == ['Alpha', 'Beta'])


def test_ten_thousand_events_are_a_few_syncs(env: LiveEnvironment) -> None:
    env.sim.reset_stats()
    for number in range(10_000):
        env.sim.events.send('timeline', {'identifier': 'com.plexapp.plugins.library', 'sectionID': 1,
                                               'itemID': str(number), 'type': 1, 'state': 5})
    env.sync_env.library.add_movie('Last')
    _within(env, lambda: 'Last' in titles(env), 15.0)
    env.rest()
    assert len(env.sim.requests.find('/library/sections$')) <= 15


def test_after_a_lost_connection_what_was_missed_is_made_up_for(env: LiveEnvironment) -> None:
    env.sim.faults.add('/:/websockets/', 'drop')
    env.sim._listeners.disconnect()
    env.kodi.wait_for(lambda: not env.live._connected and not env.sim.events.listeners, 5.0)
    env.sync_env.library.add_movie('Missed')
    env.sim.faults.clear()
    _within(env, lambda: 'Missed' in titles(env), 10.0)


def test_a_token_that_the_server_does_not_take_is_refused_with_its_own_error(env: LiveEnvironment) -> None:
    socket = NotificationSocket(env.sim.pms_url, 'wrong', 'box')
    with pytest.raises(PlexUnauthorized):
        socket.connect()


def test_no_token_is_in_the_url_of_the_websocket(env: LiveEnvironment) -> None:
    asked = env.sim.requests.find('/:/websockets/')
    assert asked and not any('Token' in entry.query for entry in asked)


def test_a_user_to_whom_nothing_is_pushed_is_served_by_looking(env: LiveEnvironment,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env.live, '_poll', Backoff(RetryPolicy(0.2, 0.2)))
    env.sim.faults.add('/:/websockets/', 403)
    env.sim._listeners.disconnect()
    env.kodi.wait_for(lambda: not env.live._connected, 5.0)
    env.sync_env.library.add_movie('Seen by looking')
    _within(env, lambda: 'Seen by looking' in titles(env), 8.0)
    assert not env.live._connected
