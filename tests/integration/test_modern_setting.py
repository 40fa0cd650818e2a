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
def box(sim: plexsim.PlexSim, tmp_path: Path) -> AuthEnvironment:
    return AuthEnvironment(sim, tmp_path / 'addon_data')


def legacy(box: AuthEnvironment) -> Any:
    box.modern = False
    manager = box.sign_in()
    manager.connection()
    box.modern = True
    return manager


def a_day(box: AuthEnvironment, manager: Any) -> int:
    """Requests to plex.tv in a day of ticks; sync and playback go on all the time."""
    before = box.asked()
    for _ in range(24 * 6):
        box.sim.clock.advance(600)
        manager.tick()
        assert manager.connection().token
        assert manager.status().state == 'signed_in'
    return box.asked() - before


@pytest.mark.parametrize(('path', 'fault'), [
    ('/pins/link', 403), ('/pins/link', 404), ('/api/v2/pins$', 422), ('/api/v2/pins', 503), ('/api/v2/pins', 'drop'),
    ('/api/v2/pins/[0-9]', 401), ('/api/v2/user', 503), ('/api/v2/pins$', 'html')])
def test_plex_tv_that_does_not_let_us_leaves_the_old_kind_and_is_asked_ever_more_rarely(
        box: AuthEnvironment, path: str, fault: Any) -> None:
    manager = legacy(box)
    token = box.saved().legacy_token
    box.sim.faults.add(path, fault, server='plextv')
    assert a_day(box, manager) < 60
    assert box.saved().legacy_token == token in box.sim.accounts.tokens
    assert not box.saved().account_jwt
    box.sim.faults.clear()
    box.sim.clock.advance(DAY)
    manager.tick()
    assert is_jwt(box.saved().account_jwt)


def test_jwt_of_another_user_is_not_taken(box: AuthEnvironment) -> None:
    manager = legacy(box)
    box.sim.accounts.add_user('Somebody else')
    link = box.sim.pins.link
    box.sim.pins.link = lambda code, _=1: link(code, 2)  # type: ignore[method-assign,assignment]
    manager.tick()
    assert not box.saved().account_jwt
    assert manager.status().user_name == 'Owner'


def test_disk_that_cannot_keep_the_key_leaves_the_old_kind(
        box: AuthEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = legacy(box)

    def full(*_: Any) -> None:
        raise OSError(28, 'No space left on device')
    monkeypatch.setattr('resources.lib.atomic_file.write', full)
    manager.tick()
    assert not box.saved().account_jwt
    assert manager.servers()


def test_box_that_cannot_sign_stays_legacy_without_asking_anybody(
        box: AuthEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = legacy(box)
    monkeypatch.setattr(signing, 'LIBRARIES', FirstWorking('nothing', {}))
    assert a_day(box, manager) == 0


def test_turning_it_off_without_plex_tv_waits(box: AuthEnvironment) -> None:
    manager = box.sign_in()
    manager.connection()
    box.modern = False
    box.sim.faults.add('.*', 'drop', server='plextv')
    assert a_day(box, manager) < 60
    assert is_jwt(box.saved().account_jwt)
    box.sim.faults.clear()
    box.sim.clock.advance(DAY)
    manager.tick()
    assert not box.saved().account_jwt
    assert manager.servers()


def test_turning_it_off_does_not_trust_a_legacy_token_that_died(box: AuthEnvironment) -> None:
    manager = box.sign_in()
    manager.connection()
    dead = box.saved().legacy_token
    box.modern = False
    box.sim.accounts.revoke(dead)
    manager.tick()
    assert not box.saved().account_jwt
    assert box.saved().legacy_token != dead
    assert manager.servers()
    assert manager.status().state == 'signed_in'


def test_server_that_takes_jwts_goes_on_after_the_change_to_legacy(box: AuthEnvironment) -> None:
    box.sim.config.accepts_jwt = True
    manager = box.sign_in()
    assert is_jwt(manager.connection().token)
    box.modern = False
    manager.tick()
    assert not is_jwt(manager.connection().token)
    assert not [one for one in box.saved().server_tokens if is_jwt(one.token)]


def test_to_and_fro_ends_where_it_began(box: AuthEnvironment) -> None:
    manager = box.sign_in()
    manager.connection()
    for modern in (False, True, False, True):
        box.modern = modern
        manager.tick()
        assert bool(box.saved().account_jwt) is modern
        assert manager.servers() and manager.connection()
        manager = box.start()
    assert len(box.sim.accounts.keys) == 1
