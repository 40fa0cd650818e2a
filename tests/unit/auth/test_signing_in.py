"""A code is shown, entered, forgotten, entered late: what a user lives through until he is signed in."""
from __future__ import annotations

import os
from typing import Any, List

import pytest

from resources.lib.auth.device_key import signing
from resources.lib.auth.device_key.libraries import FirstWorking
from tests.unit.auth.conftest import DAY, LAN, MACHINE


def files(plex: Any) -> List[str]:
    return sorted(os.listdir(plex.folder))


def test_code_is_shown_and_after_linking_the_user_is_signed_in(plex: Any) -> None:
    manager = plex.manager()
    assert manager.status().state == 'signed_out'
    attempt = manager.begin_sign_in()
    assert len(attempt.code) == 4
    assert attempt.link_url == 'https://plex.tv/link'
    assert attempt.qr_url == 'https://plex.tv/link/?pin=' + attempt.code
    assert attempt.seconds_left() == 900
    assert manager.status().state == 'linking'
    assert attempt.poll() == 'waiting'
    plex.link(attempt.code)
    assert attempt.poll() == 'linked'
    assert attempt.poll() == 'linked'
    status = manager.status()
    assert (status.state, status.user_name, status.message_key) == ('signed_in', 'Ann', '')


def test_expired_code_is_told_and_a_new_one_works(plex: Any) -> None:
    manager = plex.manager()
    first = manager.begin_sign_in()
    plex.advance(901)
    assert first.poll() == 'expired'
    assert manager.status().state == 'signed_out'
    second = manager.begin_sign_in()
    assert second.code != first.code
    plex.link(second.code)
    assert second.poll() == 'linked'


def test_cancelled_code_signs_nobody_in_even_if_entered_later(plex: Any) -> None:
    manager = plex.manager()
    attempt = manager.begin_sign_in()
    attempt.cancel()
    plex.link(attempt.code)
    assert attempt.poll() == 'expired'
    assert manager.status().state == 'signed_out'


def test_giving_up_a_second_sign_in_leaves_the_first_as_it_was(plex: Any) -> None:
    manager = plex.signed_in()
    manager.begin_sign_in()
    manager.begin_sign_in()
    assert (manager.status().state, manager.status().usable) == ('linking', True)
    assert manager.connection()
    manager.cancel_sign_in()
    assert (manager.status().state, manager.status().usable) == ('signed_in', True)


@pytest.mark.parametrize('error', [3 * 3600.0, -3 * 3600.0, -50 * 365 * DAY])
def test_sign_in_and_refresh_work_with_a_wrong_clock(plex: Any, error: float) -> None:
    plex.clock_error = error
    manager = plex.signed_in()
    manager.tick()
    plex.advance(6.5 * DAY)
    manager.tick()
    assert plex.count('auth/token') == 1
    assert manager.status().state == 'signed_in'


def test_clock_that_jumps_while_the_code_is_shown_costs_one_poll(plex: Any) -> None:
    manager = plex.manager()
    attempt = manager.begin_sign_in()
    plex.clock_error = 3 * 3600.0
    plex.link(attempt.code)
    assert attempt.poll() == 'waiting'
    assert attempt.poll() == 'linked'


def test_long_wait_for_a_slow_user_is_signed_anew_each_time(plex: Any) -> None:
    attempt = plex.manager().begin_sign_in()
    for _ in range(10):
        plex.advance(80)
        assert attempt.poll() == 'waiting'
    plex.link(attempt.code)
    assert attempt.poll() == 'linked'


def test_network_trouble_and_429_while_waiting_do_not_end_the_attempt(plex: Any) -> None:
    attempt = plex.manager().begin_sign_in()
    plex.fail = {r'/pins/\d': 429}
    before = len(plex.requests)
    for _ in range(10):
        assert attempt.poll() == 'waiting'
    assert len(plex.requests) - before == 1
    plex.fail = {}
    plex.plex_tv_down = True
    plex.advance(40)
    assert attempt.poll() == 'waiting'
    plex.plex_tv_down = False
    plex.advance(40)
    plex.link(attempt.code)
    assert attempt.poll() == 'linked'


def test_token_is_not_lost_when_the_user_cannot_be_loaded_at_once(plex: Any) -> None:
    manager = plex.manager()
    attempt = manager.begin_sign_in()
    plex.link(attempt.code)
    plex.fail = {'/user$': 503}
    assert attempt.poll() == 'waiting'
    plex.fail = {}
    plex.advance(1000)
    assert attempt.poll() == 'linked'
    assert manager.status().user_name == 'Ann'


def test_key_that_plex_tv_calls_taken_is_replaced(plex: Any) -> None:
    manager = plex.signed_in()
    plex.revoke_device()
    attempt = manager.begin_sign_in()
    plex.link(attempt.code)
    assert attempt.poll() == 'linked'
    plex.advance(6.5 * DAY)
    manager.tick()
    assert manager.status().state == 'signed_in'


def test_legacy_setting_signs_in_without_a_device_key(plex: Any) -> None:
    manager = plex.signed_in(modern=lambda: False)
    assert manager.connection().base_url == LAN
    assert files(plex) == ['credentials.json']
    assert manager.tick() > 600
    assert plex.count('/auth/') == 0


def test_without_any_ed25519_library_a_legacy_code_is_used(plex: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, 'LIBRARIES', FirstWorking('nothing', {}))
    assert plex.signed_in().connection().machine_identifier == MACHINE


def test_pkc3_token_is_taken_over_and_survives_the_change_to_a_modern_sign_in(plex: Any) -> None:
    old = plex.issue_legacy('old-client', 7)
    manager = plex.manager()
    assert manager.adopt_legacy('old-client', old, MACHINE)
    assert manager.status().state == 'signed_in'
    assert manager.connection().base_url == LAN
    attempt = manager.begin_sign_in()
    plex.link(attempt.code)
    assert attempt.poll() == 'linked'
    manager.tick()
    assert old in plex.tokens
    assert manager.connection().machine_identifier == MACHINE
    assert not manager.adopt_legacy('old-client', old, MACHINE)


def test_other_user_gets_none_of_the_first_users_tokens(plex: Any) -> None:
    manager = plex.signed_in()
    first = manager.connection()
    plex.user_id = 8
    attempt = manager.begin_sign_in()
    plex.link(attempt.code)
    attempt.poll()
    second = manager.connection()
    assert plex.tokens[second.token]['user'] == 8
    with open(plex.folder + '/credentials.json', encoding='utf-8') as file:
        assert first.token not in file.read()
