"""What other clients do, and what the server does not push: playback elsewhere, and marks that send no event."""
from __future__ import annotations

from typing import Iterator, List, Set, Tuple

import pytest

from resources.lib.library_sync.delta import OVERLAP
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.retry import RetryPolicy
from resources.lib.service.library.requests import TIMER
from resources.lib.service.live import server
from resources.lib.service.live.known import KnownListings
from resources.lib.service.live.look import LightLook
from tests.fakes import FakeKodi
from tests.support.live_environment import LiveEnvironment
from tools.plexsim import Library

FILMS = ('Alpha', 'Beta', 'Gamma')
MINUTES = 60_000


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveEnvironment]:
    library = Library.empty()
    keys = [library.add_movie(title).rating_key for title in FILMS]
    show = library.add_show('Show')
    episode = library.add_episode(library.add_season(show.rating_key, 1).rating_key, 1, 'Pilot')
    for key in (keys[2], episode.rating_key):
        library.scrobble(key)
    library.rate(keys[1], 8.0)
    monkeypatch.setattr(server, '_PULSE', 0.05)
    monkeypatch.setattr(server, '_PUSHED', RetryPolicy(3600.0, 3600.0))
    monkeypatch.setattr(server, '_NOT_PUSHED', RetryPolicy(3600.0, 3600.0))
    made = LiveEnvironment.begun(fake_kodi, library, monkeypatch)
    made.hurry()
    try:
        yield made
    finally:
        made.close()


class Phone:
    """Another client at the same server."""

    def __init__(self, env: LiveEnvironment, token: str) -> None:
        self._client = PMSClient(PlexSession(ClientIdentity('phone', '1.0')), env.sim.pms_url, token)

    def plays(self, rating_key: str, *reports: str) -> None:
        """Report a playback: each a state and minutes, for instance ``playing 5``."""
        for report in reports:
            state, minutes = report.split()
            self._client.timeline(rating_key, state, int(minutes) * MINUTES, 90 * MINUTES, 'session')


def test_a_playback_elsewhere_moves_the_resume_point_when_it_stops_and_not_before(env: LiveEnvironment) -> None:
    key = env.rating_key('Alpha')
    syncs = len(env.sim.requests.find('/library/sections$'))
    phone = Phone(env, env.sim.owner_token)
    phone.plays(key, *['playing %d' % minute for minute in range(2, 30)], 'paused 30')
    env.rest()
    assert env.row('resumeTimeInSeconds', 'Alpha') is None
    assert len(env.sim.requests.find('/library/sections$')) == syncs, 'a report is no reason to look'
    phone.plays(key, 'stopped 31')
    env.until(lambda: env.row('resumeTimeInSeconds', 'Alpha') == 31 * 60.0)


def test_a_film_seen_to_its_end_elsewhere_is_watched_here(env: LiveEnvironment) -> None:
    key = env.rating_key('Alpha')
    Phone(env, env.sim.owner_token).plays(key, 'playing 2', 'playing 89', 'stopped 89')
    env.until(lambda: 'Alpha' in env.shown_as_watched())
    assert env.row('resumeTimeInSeconds', 'Alpha') is None


def test_what_another_user_plays_is_never_ours(env: LiveEnvironment) -> None:
    other = env.sim.accounts.add_user('Other')
    key = env.rating_key('Alpha')
    token = env.sim.accounts.issue(other.id, 'phone', 'server')
    Phone(env, token).plays(key, 'playing 2', 'playing 40', 'stopped 40')
    Phone(env, token).plays(env.rating_key('Beta'), 'playing 2', 'stopped 89')
    env.rest()
    assert env.row('resumeTimeInSeconds', 'Alpha') is None
    assert env.shown_as_watched() == ['Gamma']


def test_the_playback_of_music_is_no_reason_to_look(env: LiveEnvironment) -> None:
    asked = len(env.sim.requests.find('.*'))
    env.sim.events.playing({'ratingKey': '99999', 'state': 'stopped', 'viewOffset': 1, 'sessionKey': '7'})
    env.rest()
    assert len(env.sim.requests.find('.*')) == asked


# ---- no events ---------------------------------------------------------------------------------------------------

@pytest.fixture(params=['pushed but for this', 'nothing pushed'])
def silent(env: LiveEnvironment, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> LiveEnvironment:
    """A service that looks often, at a server that tells it nothing."""
    if request.param == 'nothing pushed':
        monkeypatch.setattr(server, '_NOT_PUSHED', RetryPolicy(0.1, 0.1))
        env.stop_pushing()
    env.sync_env.library.listeners.clear()
    env.live._pace(RetryPolicy(0.1, 0.1))
    return env


def test_unwatching_is_found(silent: LiveEnvironment) -> None:
    silent.sync_env.library.unscrobble(silent.rating_key('Gamma'))
    silent.until(lambda: silent.shown_as_watched() == [])


def test_watching_is_found(silent: LiveEnvironment) -> None:
    silent.sync_env.library.scrobble(silent.rating_key('Alpha'))
    silent.until(lambda: silent.shown_as_watched() == ['Alpha', 'Gamma'])


def test_one_watched_and_another_unwatched_which_leaves_the_counts_as_they_were(silent: LiveEnvironment) -> None:
    silent.sync_env.library.unscrobble(silent.rating_key('Gamma'))
    silent.sync_env.library.scrobble(silent.rating_key('Alpha'))
    silent.until(lambda: silent.shown_as_watched() == ['Alpha'])


def test_an_episode_unwatched_is_found(silent: LiveEnvironment) -> None:
    def seen() -> List[object]:
        return [row[0] for row in silent.sync_env.rows('SELECT playCount FROM episode_view')]
    assert seen() == [1]
    episode = next(silent.sync_env.library.items('episode'))
    silent.sync_env.library.unscrobble(episode.rating_key)
    silent.until(lambda: seen() == [None])


def test_a_resume_point_is_found(silent: LiveEnvironment) -> None:
    silent.sync_env.library.set_progress(silent.rating_key('Alpha'), 5 * MINUTES)
    silent.until(lambda: silent.row('resumeTimeInSeconds', 'Alpha') == 300.0)


def test_a_rating_and_its_end_are_found(silent: LiveEnvironment) -> None:
    silent.sync_env.library.rate(silent.rating_key('Alpha'), 6.0)
    silent.until(lambda: silent.row('userrating', 'Alpha') == 6)
    silent.sync_env.library.rate(silent.rating_key('Beta'), -1.0)
    silent.until(lambda: silent.row('userrating', 'Beta') is None)


def test_a_film_that_came_and_one_that_went_are_found(silent: LiveEnvironment) -> None:
    silent.sync_env.library.add_movie('Delta')
    silent.until(lambda: 'Delta' in silent.titles())
    silent.sync_env.library.delete(silent.rating_key('Alpha'))
    silent.until(lambda: 'Alpha' not in silent.titles())


def test_a_look_finds_at_once_what_changed_since_the_last_sync(env: LiveEnvironment) -> None:
    library, (alpha, beta, gamma) = env.sync_env.library, [env.rating_key(title) for title in FILMS]
    known = KnownListings(env.running.shared.databases.state_path, env.sync_env.machine)

    def found() -> Tuple[Set[str], Set[str]]:
        look = LightLook().differences(env.running.shared.clients.connect()[0], (), known)
        return look.stale, look.as_known
    env.stop_pushing()
    assert found() == ({'1', '2'}, set()), 'an item with the same stamp may not be visible yet'
    env.sim.clock.advance(2 * OVERLAP)
    assert found() == (set(), {'1', '2'})
    for change in (lambda: library.unscrobble(gamma), lambda: library.set_progress(alpha, 5 * MINUTES),
                   lambda: library.rate(alpha, 4.0), lambda: library.update(beta, title='Other'),
                   lambda: library.delete(beta), lambda: library.scrobble(alpha)):
        change()
        assert found() == ({'1'}, {'2'})
        env.after_sync(lambda: env.request(TIMER))
        env.sim.clock.advance(2 * OVERLAP)
        assert found() == (set(), {'1', '2'})


def test_a_start_with_nothing_changed_asks_for_little(env: LiveEnvironment) -> None:
    env.stop_kodi()
    env.sim.clock.advance(2 * OVERLAP)
    env.sim.reset_stats()
    env.kodi.set_setting('sync_at_start', 'true')
    env.start_kodi()
    before = env.finished()
    env.kodi.wait_for(lambda: env.live.listener.connected and env.finished() > before)
    env.kodi.wait_for(lambda: not env.library.sync.running and not env.library.sync.waiting)
    asked = len(env.sim.requests.find('/identity|/library/|/:/'))
    assert asked <= 2 + 1 + 1 + 2 + 4, 'server and token; websocket; libraries; their collections; four listings'
    env.live._look_once()
    env.kodi.wait_for(lambda: not env.library.sync.running and not env.library.sync.waiting)
    assert len(env.sim.requests.find('/identity|/library/|/:/')) == asked + 13, 'a look, which finds nothing'


def test_a_sync_of_the_timer_after_a_look_asks_for_little(env: LiveEnvironment) -> None:
    env.sim.clock.advance(2 * OVERLAP)
    env.sync()
    env.rest()
    assert env.after_sync(lambda: env.request(TIMER))['requests'] > 10, 'nobody has looked since'
    env.live._look_once()
    env.rest()
    assert env.after_sync(lambda: env.request(TIMER))['requests'] <= 4
    env.sync_env.library.unscrobble(env.rating_key('Gamma'))
    env.live._look_once()
    env.until(lambda: env.shown_as_watched() == [])


def test_a_look_costs_the_same_whatever_the_size_of_the_library(env: LiveEnvironment) -> None:
    known = KnownListings(env.running.shared.databases.state_path, env.sync_env.machine)

    def cost() -> int:
        client = env.running.shared.clients.connect()[0]
        before = client.session.stats.requests
        env.live._look.differences(client, (), known)
        return client.session.stats.requests - before
    small = cost()
    for number in range(300):
        env.sync_env.library.add_movie('Film %d' % number)
    env.rest()  # the sync of these films asks by the same session
    assert cost() == small <= 16
