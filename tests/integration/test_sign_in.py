"""Sign-in, server token and connection over real sockets, against the simulated plex.tv and PMS."""
from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Iterator

import pytest

from resources.lib.auth.account.tokens import is_jwt
from resources.lib.auth.errors import SignInAgain
from resources.lib.plex_errors import PlexUnauthorized
from tests.support.auth_environment import AuthEnvironment
from tools import plexsim

DAY = 86400.0


@pytest.fixture
def sim() -> Iterator[Any]:
    with plexsim.PlexSim(config=plexsim.SimConfig()) as made:
        yield made


@pytest.fixture
def env(sim: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[AuthEnvironment]:
    caplog.set_level(logging.DEBUG)
    yield AuthEnvironment(sim, tmp_path / 'addon_data')
    ours = [record.getMessage() for record in caplog.records if record.name.split('.')[0] in ('pkc', 'urllib3')]
    codes = {pin.code for pin in sim.pins.by_id.values()}
    secrets = set(sim.accounts.tokens) | codes | {'deviceJWT', '127.0.0.1'}
    assert [word for word in secrets if word in '\n'.join(ours)] == []


def test_pms_that_refuses_jwts(sim: Any, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    connection = manager.connection()
    assert connection.base_url == sim.pms_url
    assert connection.machine_identifier == sim.machine_identifier
    assert not is_jwt(connection.token)
    assert manager.status().state == 'signed_in'
    assert len(sim.requests.find('pins/link')) == 1


def test_pms_that_accepts_jwts(sim: Any, env: AuthEnvironment) -> None:
    sim.config.accepts_jwt = True
    connection = env.sign_in().connection()
    assert is_jwt(connection.token)
    assert not sim.requests.find('pins/link')


def test_legacy_setting(sim: Any, env: AuthEnvironment) -> None:
    assert not is_jwt(env.sign_in(modern=lambda: False).connection().token)
    assert not sim.requests.find('/auth/')


def test_pms_that_changes_its_mind_both_ways(sim: Any, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    assert not is_jwt(manager.connection().token)
    sim.config.accepts_jwt = True
    sim.clock.advance(DAY + 60)
    manager.tick()
    modern = manager.connection()
    assert is_jwt(modern.token)
    sim.config.accepts_jwt = False
    sim.clock.advance(60)
    manager.report_failure(modern, PlexUnauthorized(401, 'GET /library'))
    assert not is_jwt(manager.connection().token)


@pytest.mark.parametrize('error', [3 * 3600.0, -3 * 3600.0, -20 * 365 * DAY])
def test_wrong_clock(sim: Any, env: AuthEnvironment, error: float) -> None:
    env.clock_error = error
    manager = env.sign_in()
    assert manager.connection()
    sim.clock.advance(6.5 * DAY)
    manager.tick()
    assert manager.servers()
    assert len(sim.requests.find('auth/token')) == 1


def test_dead_addresses_and_a_restart_without_plex_tv(sim: Any, env: AuthEnvironment) -> None:
    sim.config.dead_connections = ['http://127.0.0.1:9', 'https://192-0-2-1.hash.invalid:32400']
    assert env.sign_in().connection().base_url == sim.pms_url
    sim.faults.add('.*', 'drop', server='plextv')
    manager = env.start()
    assert manager.connection().base_url == sim.pms_url
    assert manager.tick() <= 60
    assert manager.status().state == 'signed_in'


def test_months_with_faults_need_no_prompt_and_few_requests(sim: Any, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    manager.connection()
    sim.faults.add('/api/v2/', 503, probability=0.2, server='plextv')
    for day in range(90):
        sim.clock.advance(DAY)
        if day == 30:
            env.clock_error = 3 * 3600.0
        manager.tick()
        assert manager.status().state == 'signed_in'
        assert manager.connection()
    assert len(sim.requests.find('/api/v2/')) < 400


def test_revoked_device(sim: Any, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    connection = manager.connection()
    sim.accounts.revoke_client(env.saved().client_identifier)
    before = len(sim.requests.find('/api/v2/'))
    for _ in range(20):
        with pytest.raises(SignInAgain):
            manager.servers()
        manager.tick()
    assert len(sim.requests.find('/api/v2/')) - before <= 5
    assert manager.status().state == 'sign_in_again'
    assert manager.connection(force=True).token == connection.token


def test_sign_out(sim: Any, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    manager.connection()
    manager.sign_out()
    assert manager.status().state == 'signed_out'
    assert not [path for path in env.folder.iterdir() if 'key' in path.name]
