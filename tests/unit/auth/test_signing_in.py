"""A code is shown, entered, forgotten, entered late: what a user lives through until he is signed in."""
from __future__ import annotations

import os
from typing import Any, List

import pytest

from resources.lib.auth.device_key import signing
from resources.lib.auth.device_key.libraries import FirstWorking
from tests.unit.auth.conftest import DAY, LAN, MACHINE


def files(world: Any) -> List[str]:
    return sorted(os.listdir(world.folder))


def test_code_is_shown_and_after_linking_the_user_is_signed_in(world: Any) -> None:
    manager = world.manager()
    assert manager.status().state == 'signed_out'
    attempt = manager.begin_sign_in()
    assert len(attempt.code) == 4
    assert attempt.link_url == 'https://plex.tv/link'
    assert attempt.qr_url == 'https://plex.tv/link/?pin=' + attempt.code
    assert attempt.seconds_left() == 900
    assert manager.status().state == 'linking'
    assert attempt.poll() == 'waiting'
    world.link(attempt.code)
    assert attempt.poll() == 'linked'
    assert attempt.poll() == 'linked'
    status = manager.status()
    assert (status.state, status.user_name, status.message_key) == ('signed_in', 'Ann', '')


def test_expired_code_is_told_and_a_new_one_works(world: Any) -> None:
    manager = world.manager()
    first = manager.begin_sign_in()
    world.advance(901)
    assert first.poll() == 'expired'
    assert manager.status().state == 'signed_out'
    second = manager.begin_sign_in()
    assert second.code != first.code
    world.link(second.code)
    assert second.poll() == 'linked'


def test_cancelled_code_signs_nobody_in_even_if_entered_later(world: Any) -> None:
    manager = world.manager()
    attempt = manager.begin_sign_in()
    attempt.cancel()
    world.link(attempt.code)
    assert attempt.poll() == 'expired'
    assert manager.status().state == 'signed_out'


def test_giving_up_a_second_sign_in_leaves_the_first_as_it_was(world: Any) -> None:
    manager = world.signed_in()
    manager.begin_sign_in()
    manager.begin_sign_in()
    assert (manager.status().state, manager.status().usable) == ('linking', True)
    assert manager.connection()
    manager.cancel_sign_in()
    assert (manager.status().state, manager.status().usable) == ('signed_in', True)


@pytest.mark.parametrize('error', [3 * 3600.0, -3 * 3600.0, -50 * 365 * DAY])
def test_sign_in_and_refresh_work_with_a_wrong_clock(world: Any, error: float) -> None:
    world.clock_error = error
    manager = world.signed_in()
    manager.tick()
    world.advance(6.5 * DAY)
    manager.tick()
    assert world.count('auth/token') == 1
    assert manager.status().state == 'signed_in'


def test_clock_that_jumps_while_the_code_is_shown_costs_one_poll(world: Any) -> None:
    manager = world.manager()
    attempt = manager.begin_sign_in()
    world.clock_error = 3 * 3600.0
    world.link(attempt.code)
    assert attempt.poll() == 'waiting'
    assert attempt.poll() == 'linked'


def test_long_wait_for_a_slow_user_is_signed_anew_each_time(world: Any) -> None:
    attempt = world.manager().begin_sign_in()
    for _ in range(10):
        world.advance(80)
        assert attempt.poll() == 'waiting'
    world.link(attempt.code)
    assert attempt.poll() == 'linked'


def test_network_trouble_and_429_while_waiting_do_not_end_the_attempt(world: Any) -> None:
    attempt = world.manager().begin_sign_in()
    world.fail = {r'/pins/\d': 429}
    before = len(world.requests)
    for _ in range(10):
        assert attempt.poll() == 'waiting'
    assert len(world.requests) - before == 1
    world.fail = {}
    world.plex_tv_down = True
    world.advance(40)
    assert attempt.poll() == 'waiting'
    world.plex_tv_down = False
    world.advance(40)
    world.link(attempt.code)
    assert attempt.poll() == 'linked'


def test_token_is_not_lost_when_the_user_cannot_be_loaded_at_once(world: Any) -> None:
    manager = world.manager()
    attempt = manager.begin_sign_in()
    world.link(attempt.code)
    world.fail = {'/user$': 503}
    assert attempt.poll() == 'waiting'
    world.fail = {}
    world.advance(1000)
    assert attempt.poll() == 'linked'
    assert manager.status().user_name == 'Ann'


def test_key_that_plex_tv_calls_taken_is_replaced(world: Any) -> None:
    manager = world.signed_in()
    world.revoke_device()
    attempt = manager.begin_sign_in()
    world.link(attempt.code)
    assert attempt.poll() == 'linked'
    world.advance(6.5 * DAY)
    manager.tick()
    assert manager.status().state == 'signed_in'


def test_legacy_setting_signs_in_without_a_device_key(world: Any) -> None:
    manager = world.signed_in(modern=lambda: False)
    assert manager.connection().base_url == LAN
    assert files(world) == ['credentials.json']
    assert manager.tick() > 600
    assert world.count('/auth/') == 0


def test_without_any_ed25519_library_a_legacy_code_is_used(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, 'LIBRARIES', FirstWorking('nothing', {}))
    assert world.signed_in().connection().machine_identifier == MACHINE


def test_pkc3_token_is_taken_over_and_survives_the_change_to_a_modern_sign_in(world: Any) -> None:
    old = world.issue_legacy('old-client', 7)
    manager = world.manager()
    assert manager.adopt_legacy('old-client', old, MACHINE)
    assert manager.status().state == 'signed_in'
    assert manager.connection().base_url == LAN
    attempt = manager.begin_sign_in()
    world.link(attempt.code)
    assert attempt.poll() == 'linked'
    manager.tick()
    assert old in world.tokens
    assert manager.connection().machine_identifier == MACHINE
    assert not manager.adopt_legacy('old-client', old, MACHINE)


def test_other_user_gets_none_of_the_first_users_tokens(world: Any) -> None:
    manager = world.signed_in()
    first = manager.connection()
    world.user_id = 8
    attempt = manager.begin_sign_in()
    world.link(attempt.code)
    attempt.poll()
    second = manager.connection()
    assert world.tokens[second.token]['user'] == 8
    with open(world.folder + '/credentials.json', encoding='utf-8') as file:
        assert first.token not in file.read()
