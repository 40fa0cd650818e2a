"""The setting "Modern authentication" is changed while plex.tv, the disk or the box are not at their best."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest

from resources.lib.auth.account.tokens import is_jwt
from resources.lib.auth.device_key import signing
from resources.lib.auth.device_key.libraries import FirstWorking
from tests.support.auth_environment import AuthEnvironment
from tools import plexsim

HOUR, DAY = 3600.0, 86400.0


@pytest.fixture
def sim() -> Iterator[plexsim.PlexSim]:
    with plexsim.PlexSim(config=plexsim.SimConfig()) as made:
        yield made


@pytest.fixture
def env(sim: plexsim.PlexSim, tmp_path: Path) -> AuthEnvironment:
    return AuthEnvironment(sim, tmp_path / 'addon_data')


def legacy(env: AuthEnvironment) -> Any:
    env.modern = False
    manager = env.sign_in()
    manager.connection()
    env.modern = True
    return manager


def a_day(env: AuthEnvironment, manager: Any) -> int:
    """Requests to plex.tv in a day of ticks; sync and playback go on all the time."""
    before = env.asked()
    for _ in range(24 * 6):
        env.sim.clock.advance(600)
        manager.tick()
        assert manager.connection().token
        assert manager.status().state == 'signed_in'
    return env.asked() - before


@pytest.mark.parametrize(('path', 'fault'), [
    ('/pins/link', 403), ('/pins/link', 404), ('/api/v2/pins$', 422), ('/api/v2/pins', 503), ('/api/v2/pins', 'drop'),
    ('/api/v2/pins/[0-9]', 401), ('/api/v2/user', 503), ('/api/v2/pins$', 'html')])
def test_plex_tv_that_does_not_let_us_leaves_the_old_kind_and_is_asked_ever_more_rarely(
        env: AuthEnvironment, path: str, fault: Any) -> None:
    manager = legacy(env)
    token = env.saved().legacy_token
    env.sim.faults.add(path, fault, server='plextv')
    assert a_day(env, manager) < 60
    assert env.saved().legacy_token == token in env.sim.accounts.tokens
    assert not env.saved().account_jwt
    env.sim.faults.clear()
    env.sim.clock.advance(DAY)
    manager.tick()
    assert is_jwt(env.saved().account_jwt)


def test_jwt_of_another_user_is_not_taken(env: AuthEnvironment) -> None:
    manager = legacy(env)
    env.sim.accounts.add_user('Somebody else')
    link = env.sim.pins.link
    env.sim.pins.link = lambda code, _=1: link(code, 2)  # type: ignore[method-assign,assignment]
    manager.tick()
    assert not env.saved().account_jwt
    assert manager.status().user_name == 'Owner'


def test_disk_that_cannot_keep_the_key_leaves_the_old_kind(
        env: AuthEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = legacy(env)

    def full(*_: Any) -> None:
        raise OSError(28, 'No space left on device')
    monkeypatch.setattr('resources.lib.atomic_file.write', full)
    manager.tick()
    assert not env.saved().account_jwt
    assert manager.servers()


def test_box_that_cannot_sign_stays_legacy_without_asking_anybody(
        env: AuthEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = legacy(env)
    monkeypatch.setattr(signing, 'LIBRARIES', FirstWorking('nothing', {}))
    assert a_day(env, manager) == 0


def test_turning_it_off_without_plex_tv_waits(env: AuthEnvironment) -> None:
    manager = env.sign_in()
    manager.connection()
    env.modern = False
    env.sim.faults.add('.*', 'drop', server='plextv')
    assert a_day(env, manager) < 60
    assert is_jwt(env.saved().account_jwt)
    env.sim.faults.clear()
    env.sim.clock.advance(DAY)
    manager.tick()
    assert not env.saved().account_jwt
    assert manager.servers()


def test_turning_it_off_does_not_trust_a_legacy_token_that_died(env: AuthEnvironment) -> None:
    manager = env.sign_in()
    manager.connection()
    dead = env.saved().legacy_token
    env.modern = False
    env.sim.accounts.revoke(dead)
    manager.tick()
    assert not env.saved().account_jwt
    assert env.saved().legacy_token != dead
    assert manager.servers()
    assert manager.status().state == 'signed_in'


def test_server_that_takes_jwts_goes_on_after_the_change_to_legacy(env: AuthEnvironment) -> None:
    env.sim.config.accepts_jwt = True
    manager = env.sign_in()
    assert is_jwt(manager.connection().token)
    env.modern = False
    manager.tick()
    assert not is_jwt(manager.connection().token)
    assert not [one for one in env.saved().server_tokens if is_jwt(one.token)]


def test_to_and_fro_ends_where_it_began(env: AuthEnvironment) -> None:
    manager = env.sign_in()
    manager.connection()
    for modern in (False, True, False, True):
        env.modern = modern
        manager.tick()
        assert bool(env.saved().account_jwt) is modern
        assert manager.servers() and manager.connection()
        manager = env.start()
    assert len(env.sim.accounts.keys) == 1
