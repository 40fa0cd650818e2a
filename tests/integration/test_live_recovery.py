"""What breaks while the service runs is mended at once: tokens that end, servers and networks that come back."""
from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Iterator, List

import pytest

from resources.lib.auth.account.tokens import is_jwt
from resources.lib.auth.servers import connector
from resources.lib.plex_errors import PlexError
from resources.lib.plex_limits import PICTURE
from resources.lib.retry import RetryPolicy
from resources.lib.service.library import sync_thread
from resources.lib.service.live import listener, server
from tests.fakes import FakeKodi
from tests.support.live_environment import LiveEnvironment, movies
from tools.plexsim.http.request_log import LogEntry

DAY = 86400.0
#: So many batches that after the third one the sync has not listed everything yet, and asks for nothing but batches.
FILMS = 1000


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveEnvironment]:
    made = LiveEnvironment(fake_kodi, movies('Alpha', 'Beta', 'Gamma')[0], monkeypatch)
    try:
        yield made
    finally:
        made.close()


def a_week_passes(env: LiveEnvironment) -> None:
    """All JWTs end."""
    env.sim.clock.advance(8 * DAY)


def the_server_refuses_jwts(env: LiveEnvironment) -> None:
    env.config.accepts_jwt = False


def the_token_is_revoked(env: LiveEnvironment) -> None:
    env.sim.accounts.revoke(token(env))


def token(env: LiveEnvironment) -> str:
    return env.auth.connection().token


#: What happens to the token, and whether the server takes JWTs before.
ENDS: Dict[str, Any] = {'expired': (a_week_passes, True), 'modern no more': (the_server_refuses_jwts, True),
                        'revoked': (the_token_is_revoked, False)}


@pytest.fixture(params=sorted(ENDS))
def end(request: pytest.FixtureRequest, env: LiveEnvironment) -> Callable[[], None]:
    """Ends the token that is in use."""
    how, env.config.accepts_jwt = ENDS[request.param]
    return lambda: how(env)


def refusals(env: LiveEnvironment) -> List[str]:
    return [entry.path for entry in env.sim.requests.find('.*') if entry.server == 'pms' and entry.status in (401, 498)]


def after_batches(env: LiveEnvironment, number: int, act: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do something as soon as the server has given so many batches of items, before it answers anything else."""
    add, left = env.sim.requests.add, [number]

    def noted(entry: LogEntry) -> None:
        add(entry)
        left[0] -= entry.path.startswith('/library/metadata/')
        if not left[0]:
            left[0] = -1
            act()
    monkeypatch.setattr(env.sim.requests, 'add', noted)


def test_a_sync_goes_on_where_it_was_when_its_token_ends(env: LiveEnvironment, end: Callable[[], None],
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    for policy in ('_PUSHED', '_NOT_PUSHED'):
        monkeypatch.setattr(server, policy, RetryPolicy(3600.0, 3600.0))  # nobody else asks
    for number in range(FILMS):
        env.sync_env.library.add_movie('Film %d' % number)
    env.begin()
    old = token(env)
    assert is_jwt(old) == env.config.accepts_jwt
    env.sync_env.execute('DELETE FROM movie')  # all of them are fetched again
    env.sim.reset_stats()
    env.sim.faults.add('/library/metadata/', 'delay', value=0.05)  # several are under way at the same time
    after_batches(env, 3, end, monkeypatch)
    before = env.finished()
    env.request()
    env.until(lambda: env.finished() > before, 60.0)
    runs = env.library.history.runs()
    assert env.finished() == before + 1
    assert runs[0]['complete'] and not runs[0]['error'] and runs[0]['added'] + runs[0]['changed'] == FILMS + 3
    assert refusals(env), 'the token ended while the sync went on'
    assert token(env) != old
    under_way = env.library._runner.options().workers
    assert len(refusals(env)) <= under_way + 3, 'those that were under way, and the proof of the old token'


def test_a_wall_of_pictures_shares_one_new_token(env: LiveEnvironment, end: Callable[[], None]) -> None:
    env.begin()
    old, keys = token(env), [env.rating_key(title) for title in ('Alpha', 'Beta', 'Gamma')]
    client = env.running.shared.clients.of_server(env.sync_env.machine)
    env.sim.reset_stats()
    end()
    shown: List[int] = []

    def show(key: str) -> None:
        answer = client.open('/photo/:/transcode', PICTURE, params={
            'url': '/library/metadata/%s/thumb/1' % key, 'width': '10', 'height': '10'})
        shown.append(answer.status_code)
        answer.close()
    threads = [threading.Thread(target=show, args=(keys[number % 3],)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30.0)
    assert shown == [200] * 12
    assert token(env) != old
    assert len(env.sim.requests.find('/identity')) <= 4
    assert len([entry for entry in env.sim.requests.find('.*') if entry.server == 'plextv']) <= 12


def test_the_websocket_comes_back_with_another_token(env: LiveEnvironment, end: Callable[[], None]) -> None:
    env.begin()
    env.sim.reset_stats()
    end()
    env.sim._listeners.disconnect()
    env.until(lambda: env.sim.events.listeners == 0)
    env.until(lambda: env.live.listener.connected and env.sim.events.listeners > 0)
    env.sync_env.library.add_movie('Heard')
    env.until(lambda: 'Heard' in env.titles())
    assert len(env.sim.requests.find('/:/websockets/')) <= 4


def test_one_refusal_of_a_good_token_ends_no_sync(env: LiveEnvironment) -> None:
    env.begin()
    env.sim.faults.add('/library/sections/1/all', 401, times=1)
    run = env.after_sync(env.request)
    assert run['complete'] and not run['error']


def test_a_server_that_refuses_for_good_is_not_asked_without_end(env: LiveEnvironment) -> None:
    env.begin()
    env.sim.reset_stats()
    env.sim.faults.add('^/(library|:)', 401, server='pms')
    client = env.running.shared.clients.connect()[0]
    for _ in range(50):
        with pytest.raises(PlexError):
            client.sections()
    assert len([entry for entry in env.sim.requests.find('.*') if 'websockets' not in entry.path]) < 100


def test_a_server_that_starts_again_is_heard_within_seconds(env: LiveEnvironment,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    """First it is gone, then it says that it is starting, then it is there: no timer is waited for.

    The pauses between two tries to reach it are a tenth of the real ones.
    """
    def hurried(first: float, longest: float) -> RetryPolicy:
        return RetryPolicy(first / 10.0, longest / 10.0)
    for module, policy in ((sync_thread, '_RETRY'), (server, '_PUSHED'), (server, '_NOT_PUSHED')):
        monkeypatch.setattr(module, policy, RetryPolicy(3600.0, 3600.0))
    monkeypatch.setattr(connector, 'RetryPolicy', hurried)
    monkeypatch.setattr(listener, '_RETRY', hurried(0.5, 3.0))
    monkeypatch.setattr(listener, '_BROKEN', hurried(0.5, 30.0))
    env.begin()
    gone = env.sim.faults.add('.*', 'drop', server='pms')
    env.sim._listeners.disconnect()
    env.until(lambda: gone.hits > 2)
    env.config.maintenance = True
    env.sim.faults.clear()
    env.sim.reset_stats()
    env.until(lambda: len(env.sim.requests.find('/identity|/:/websockets/')) > 1)
    env.sync_env.library.add_movie('While it started')
    env.config.maintenance = False
    env.until(lambda: 'While it started' in env.titles())
    assert env.live.listener.connected


def test_a_server_with_another_address_is_heard_within_seconds(env: LiveEnvironment) -> None:
    env.begin()
    old = env.auth.connection().base_url
    env.sim.move_pms()
    env.sim._listeners.disconnect()
    env.sync_env.library.add_movie('Elsewhere')
    env.until(lambda: 'Elsewhere' in env.titles())
    assert env.auth.connection().base_url != old


@pytest.mark.parametrize('told', [True, False], ids=['Kodi says so', 'the clock says so'])
def test_after_a_sleep_the_connection_is_made_anew_at_once(env: LiveEnvironment, told: bool,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, '_PULSE', 0.1)
    env.begin()
    before = env.live.listener._socket
    clock = env.running.shared.clock
    if told:
        env.kodi.notify('xbmc', 'System.OnWake', {})
    else:
        time = clock.time
        monkeypatch.setattr(clock, 'time', lambda: time() + 3600.0)
    env.until(lambda: env.live.listener._socket is not before and env.live.listener.connected)
