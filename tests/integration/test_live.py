"""The connection over which a server pushes what changes, and what becomes of a storm or a lie."""
from __future__ import annotations

from typing import Iterator

import pytest

from resources.lib.plex_errors import PlexUnauthorized
from resources.lib.plex_notifications import NotificationSocket
from resources.lib.retry import RetryPolicy
from resources.lib.service.live import server
from tests.fakes import FakeKodi
from tests.support.live_environment import LiveEnvironment, movies


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveEnvironment]:
    monkeypatch.setattr(server, '_PULSE', 0.05)
    made = LiveEnvironment.begun(fake_kodi, movies('Alpha', 'Beta', 'Gamma')[0], monkeypatch)
    try:
        yield made
    finally:
        made.close()


def test_what_an_event_says_is_no_proof(env: LiveEnvironment) -> None:
    env.sim.events.send('timeline', {'identifier': 'com.plexapp.plugins.library', 'sectionID': '-1',
                                     'itemID': env.rating_key('Gamma'), 'type': 1, 'state': 9,
                                     'metadataState': 'deleted'})
    env.rest()
    assert 'Gamma' in env.titles()


def test_ten_thousand_events_are_a_few_syncs(env: LiveEnvironment) -> None:
    env.sim.reset_stats()
    for number in range(10_000):
        env.sim.events.send('timeline', {'identifier': 'com.plexapp.plugins.library', 'sectionID': 1,
                                         'itemID': str(number), 'type': 1, 'state': 5})
    env.sync_env.library.add_movie('Last')
    env.until(lambda: 'Last' in env.titles())
    env.rest()
    assert len(env.sim.requests.find('/library/sections$')) <= 15


def test_after_a_lost_connection_what_was_missed_is_made_up_for(env: LiveEnvironment) -> None:
    env.sim.faults.add('/:/websockets/', 'drop')
    env.sim._listeners.disconnect()
    env.until(lambda: not env.live.listener.connected and not env.sim.events.listeners)
    env.sync_env.library.add_movie('Missed')
    env.sim.faults.clear()
    env.until(lambda: 'Missed' in env.titles())


def test_a_token_that_the_server_does_not_take_is_refused_with_its_own_error(env: LiveEnvironment) -> None:
    socket = NotificationSocket(env.sim.pms_url, 'wrong', 'box')
    with pytest.raises(PlexUnauthorized):
        socket.connect()


def test_no_token_is_in_the_url_of_the_websocket(env: LiveEnvironment) -> None:
    asked = env.sim.requests.find('/:/websockets/')
    assert asked and not any('Token' in entry.query for entry in asked)


def test_a_user_to_whom_nothing_is_pushed_is_served_by_looking(env: LiveEnvironment,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, '_NOT_PUSHED', RetryPolicy(0.2, 0.2))
    env.stop_pushing()
    env.sync_env.library.add_movie('Seen by looking')
    env.until(lambda: 'Seen by looking' in env.titles())
    assert not env.live.listener.connected
