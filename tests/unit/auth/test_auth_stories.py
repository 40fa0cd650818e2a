"""What a user lives through between sign-in and sign-out, against a made-up plex.tv and PMS."""
from __future__ import annotations

import os
import threading
import traceback
from typing import Any, List

import pytest

from resources.lib.auth.errors import (
    NeedsSecondPin,
    NotSignedIn,
    ServerRefused,
    ServerUnreachable,
    SignInAgain,
    WrongUser,
)
from resources.lib.auth.tokens import is_jwt
from resources.lib.plex_errors import (
    PlexConnectionError,
    PlexRateLimited,
    PlexServerError,
    PlexTokenExpired,
    PlexUnauthorized,
)

from .conftest import DAY, LAN, MACHINE, NEW_LAN


def files(world: Any) -> List[str]:
    return sorted(os.listdir(world.folder))


# signing in

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
    monkeypatch.setattr('resources.lib.auth.ed25519._chosen', None)
    monkeypatch.setattr('resources.lib.auth.ed25519.cryptography_signer', lambda: None)
    monkeypatch.setattr('resources.lib.auth.ed25519.ecdsa_signer', lambda: None)
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


# the server

def test_server_that_refuses_jwts_is_reached_without_asking_the_user_again(world: Any) -> None:
    manager = world.signed_in()
    connection = manager.connection()
    assert (connection.base_url, connection.machine_identifier, connection.name) == (LAN, MACHINE, 'Attic')
    assert not is_jwt(connection.token)
    assert world.count('pins/link') == 1
    assert manager.status().server_name == 'Attic'


def test_server_that_accepts_jwts_needs_no_legacy_token(world: Any) -> None:
    world.pms_accepts_jwt = True
    manager = world.signed_in()
    assert is_jwt(manager.connection().token)
    assert world.count('pins/link') == 0


def test_server_token_survives_months_of_account_refreshes(world: Any) -> None:
    manager = world.signed_in()
    token = manager.connection().token
    for _ in range(60):
        world.advance(DAY)
        manager.tick()
    world.before = None
    assert manager.connection(force=True).token == token
    assert world.count('auth/token') < 12
    assert world.count('pins/link') == 1


def test_jwt_of_the_server_is_renewed_before_it_runs_out(world: Any) -> None:
    world.pms_accepts_jwt = True
    manager = world.signed_in()
    first = manager.connection()
    for _ in range(4 * 20):
        world.advance(DAY / 4)
        manager.tick()
        connection = manager.connection()
        assert world.tokens[connection.token]['exp'] > world.server_time
    assert manager.connection().token != first.token
    assert world.count('resources') < 10


def test_server_that_learns_jwts_is_upgraded_by_itself(world: Any) -> None:
    manager = world.signed_in()
    assert not is_jwt(manager.connection().token)
    world.pms_accepts_jwt = True
    world.advance(DAY + 60)
    manager.tick()
    assert is_jwt(manager.connection().token)


def test_server_that_stops_accepting_jwts_while_running_gets_a_legacy_token(world: Any) -> None:
    world.pms_accepts_jwt = True
    manager = world.signed_in()
    connection = manager.connection()
    world.pms_accepts_jwt = False
    world.advance(60)
    manager.report_failure(connection, PlexUnauthorized(401, 'GET /library'))
    assert not is_jwt(manager.connection().token)


def test_expired_server_token_is_replaced_at_once(world: Any) -> None:
    world.pms_accepts_jwt = True
    manager = world.signed_in()
    connection = manager.connection()
    world.advance(8 * DAY)
    manager.report_failure(connection, PlexTokenExpired(498, 'GET /library'))
    assert world.tokens[manager.connection().token]['exp'] > world.server_time


def test_revoked_legacy_token_is_obtained_anew_silently(world: Any) -> None:
    manager = world.signed_in()
    connection = manager.connection()
    world.revoke_legacy()
    world.advance(60)
    manager.report_failure(connection, PlexUnauthorized(401, 'GET /library'))
    assert manager.connection().token != connection.token


def test_single_401_does_not_throw_the_connection_away(world: Any) -> None:
    manager = world.signed_in()
    connection = manager.connection()
    before = len(world.requests)
    manager.report_failure(connection, PlexUnauthorized(401, 'GET /some/admin/page'))
    assert manager.connection() is connection
    assert len(world.requests) == before


def test_home_switch_helps_when_the_own_pin_may_not_be_linked(world: Any) -> None:
    world.link_refused, world.home_gives = True, 'legacy'
    assert not is_jwt(world.signed_in().connection().token)


def test_second_code_is_the_last_resort_and_then_works(world: Any) -> None:
    world.link_refused = True
    manager = world.signed_in()
    with pytest.raises(NeedsSecondPin):
        manager.connection()
    assert manager.status().message_key == 'second_pin_needed'
    before = len(world.requests)
    with pytest.raises(NeedsSecondPin):
        manager.connection()
    assert len(world.requests) == before
    attempt = manager.begin_second_sign_in()
    world.link(attempt.code)
    assert attempt.poll() == 'linked'
    assert not is_jwt(manager.connection().token)
    assert manager.status().message_key == ''


def test_second_code_of_another_user_is_not_taken(world: Any) -> None:
    manager = world.signed_in()
    attempt = manager.begin_second_sign_in()
    world.user_id = 8
    world.link(attempt.code)
    with pytest.raises(WrongUser):
        attempt.poll()
    assert manager.status().user_name == 'Ann'


def test_server_that_refuses_everything_is_asked_ever_more_rarely(world: Any) -> None:
    manager = world.signed_in()
    world.pms_refuses_all = True
    before = len(world.requests)
    for _ in range(24 * 60):
        with pytest.raises(ServerRefused):
            manager.connection()
        world.advance(60)
    assert len(world.requests) - before < 400
    assert manager.status().state == 'signed_in'


def test_moved_server_is_found_again(world: Any) -> None:
    manager = world.signed_in()
    connection = manager.connection()
    world.pms_at = NEW_LAN
    manager.report_failure(connection, PlexConnectionError('lost'))
    assert manager.connection().base_url == NEW_LAN


def test_another_server_at_the_old_address_gets_no_token(world: Any) -> None:
    manager = world.signed_in()
    manager.connection()
    world.identity = 'somebody-else'
    before = world.count('pms/library')
    with pytest.raises(ServerUnreachable):
        manager.connection(force=True)
    assert world.count('pms/library') == before


def test_starting_server_is_no_reason_to_ask_plex_tv(world: Any) -> None:
    manager = world.signed_in()
    manager.connection()
    world.pms_status = 503
    before = world.count('plex.tv')
    with pytest.raises(PlexServerError):
        manager.connection(force=True)
    assert world.count('plex.tv') == before
    assert manager.status().message_key == 'server_starting'


def test_sleeping_server_does_not_make_us_flood_plex_tv(world: Any) -> None:
    manager = world.signed_in()
    connection = manager.connection()
    world.pms_at = 'http://192.168.1.99:32400'
    manager.report_failure(connection, PlexConnectionError('lost'))
    world.fail = {'/resources': 503}
    before = world.count('plex.tv')
    for _ in range(24 * 60):
        with pytest.raises(PlexConnectionError):
            manager.connection()
        world.advance(60)
    assert world.count('plex.tv') - before < 250


def test_works_from_the_store_when_plex_tv_is_down_at_start(world: Any) -> None:
    world.signed_in().connection()
    world.plex_tv_down = True
    manager = world.manager()
    assert manager.connection().base_url == LAN
    assert 0 < manager.tick() <= 60
    status = manager.status()
    assert (status.state, status.message_key) == ('signed_in', 'plex_tv_unreachable')
    before = world.count('plex.tv')
    manager.tick()
    assert world.count('plex.tv') == before


# refreshing

def test_after_a_start_the_account_is_refreshed_once(world: Any) -> None:
    world.signed_in()
    manager = world.manager()
    assert manager.tick() > 3600
    manager.tick()
    assert world.count('auth/token') == 1


def test_refresh_comes_when_less_than_a_day_is_left(world: Any) -> None:
    manager = world.signed_in()
    world.advance(5.9 * DAY)
    manager.tick()
    assert world.count('auth/token') == 0
    world.advance(0.2 * DAY)
    manager.tick()
    assert world.count('auth/token') == 1


def test_ten_threads_with_an_expired_token_make_one_refresh(world: Any) -> None:
    manager = world.signed_in()
    world.advance(8 * DAY)
    results: List[Any] = []
    start = threading.Barrier(10)

    def work() -> None:
        start.wait()
        results.append(manager.servers()[0].machine_identifier)
    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [MACHINE] * 10
    assert world.count('auth/token') == 1


def test_ten_threads_want_a_connection_and_one_finds_it(world: Any) -> None:
    manager = world.signed_in()
    results: List[Any] = []
    start = threading.Barrier(10)

    def work() -> None:
        start.wait()
        results.append(manager.connection())
    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, results))) == 1
    assert world.count('pins/link') == 1


@pytest.mark.parametrize('status', [429, 500, 503])
def test_busy_plex_tv_is_asked_ever_more_rarely_for_a_nonce(world: Any, status: int) -> None:
    world.signed_in()
    manager = world.manager()
    world.fail = {'auth/nonce': status}
    waited = []
    for _ in range(200):
        pause = manager.tick()
        waited.append(pause)
        world.advance(pause)
    nonces = world.count('auth/nonce')
    assert nonces <= 201
    assert max(waited) > 1700
    assert sum(waited[:3]) < 300
    assert manager.status().state == 'signed_in'
    world.advance(8 * DAY)
    for _ in range(50):
        with pytest.raises((PlexRateLimited, PlexServerError)):
            manager.servers()
    assert world.count('auth/nonce') == nonces + 1
    world.fail = {}
    world.advance(3600)
    manager.tick()
    assert manager.servers()


def test_revoked_device_asks_for_a_new_sign_in_and_stops_asking_plex_tv(world: Any) -> None:
    manager = world.signed_in()
    connection = manager.connection()
    world.revoke_device()
    before = world.count('plex.tv')
    for _ in range(100):
        world.advance(DAY / 2)
        manager.tick()
        with pytest.raises(SignInAgain):
            if manager.status().state == 'sign_in_again':
                manager.servers()
            else:
                raise SignInAgain('not yet')
    assert world.count('plex.tv') - before <= 6
    assert (manager.status().state, manager.status().message_key) == ('sign_in_again', 'device_revoked')
    assert manager.connection(force=True).token == connection.token
    again = world.manager()
    again.tick()
    assert again.status().state == 'sign_in_again'
    assert world.count('plex.tv') - before <= 6


def test_new_sign_in_after_a_revoked_device_heals_everything(world: Any) -> None:
    manager = world.signed_in()
    manager.connection()
    world.revoke_device()
    world.advance(7 * DAY)
    manager.tick()
    assert manager.status().state == 'sign_in_again'
    attempt = manager.begin_sign_in()
    world.link(attempt.code)
    assert attempt.poll() == 'linked'
    assert manager.status().state == 'signed_in'
    assert manager.status().machine_identifier == MACHINE
    assert manager.servers()


def test_one_refusal_alone_is_not_believed(world: Any) -> None:
    manager = world.signed_in()
    world.advance(7 * DAY)
    refusals = [1]

    def refuse_once(path: str) -> None:
        world.fail = {'auth/token': 422} if refusals and path.endswith('auth/token') else {}
        if world.fail:
            refusals.pop()
    world.before = refuse_once
    manager.tick()
    assert manager.status().state == 'signed_in'
    assert world.count('auth/token') == 2


def test_bad_request_and_captive_portal_do_not_sign_the_user_out(world: Any) -> None:
    manager = world.signed_in()
    for status in (400, 403, 404):
        world.fail = {'auth/token': status}
        world.advance(7 * DAY)
        manager.tick()
        assert manager.status().state == 'signed_in'


@pytest.mark.parametrize('damage', ['lost', 'garbage'])
def test_lost_key_is_told_clearly_and_the_server_goes_on_working(world: Any, damage: str) -> None:
    world.signed_in().connection()
    path = world.folder + '/device_key.pem'
    if damage == 'lost':
        os.remove(path)
    else:
        with open(path, 'w', encoding='utf-8') as file:
            file.write('-----BEGIN PRIVATE KEY-----\n!!!\n')
    manager = world.manager()
    before = world.count('plex.tv')
    manager.tick()
    assert (manager.status().state, manager.status().message_key) == ('sign_in_again', 'key_lost')
    assert world.count('plex.tv') == before
    assert manager.connection().base_url == LAN


def test_disk_that_does_not_give_the_key_now_is_no_reason_to_sign_in_again(
        world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world.signed_in()
    manager = world.manager()

    def broken(_: Any) -> None:
        raise OSError(5, 'Input/output error')
    monkeypatch.setattr('resources.lib.auth.key_file.KeyFile.load', broken)
    manager.tick()
    assert manager.status().state == 'signed_in'
    monkeypatch.undo()
    world.advance(3600)
    manager.tick()
    assert world.count('auth/token') == 1


def test_endpoint_that_always_says_401_does_not_cause_a_refresh_each_time(world: Any) -> None:
    manager = world.signed_in()
    world.fail = {'/resources': 401}
    for _ in range(20):
        with pytest.raises(PlexUnauthorized):
            manager.servers()
    assert world.count('auth/token') == 1
    assert manager.status().state == 'signed_in'


# signing out, and what is left where

def test_sign_out_revokes_and_leaves_no_secret(world: Any) -> None:
    manager = world.signed_in()
    manager.connection()
    account = [text for text, token in world.tokens.items() if text.startswith('leg-')]
    manager.sign_out()
    assert manager.status().state == 'signed_out'
    assert files(world) == ['credentials.json']
    with open(world.folder + '/credentials.json', encoding='utf-8') as file:
        content = file.read()
    assert [secret for secret in world.secrets if secret in content] == []
    assert account and account[0] not in world.tokens
    with pytest.raises(NotSignedIn):
        manager.connection()


def test_sign_out_works_without_internet(world: Any) -> None:
    manager = world.signed_in()
    world.plex_tv_down = True
    manager.sign_out()
    assert manager.status().state == 'signed_out'


def test_nobody_signed_in_means_no_request(world: Any) -> None:
    manager = world.manager()
    with pytest.raises(NotSignedIn):
        manager.connection()
    assert manager.tick() > 600
    assert world.requests == []


def test_errors_and_their_tracebacks_name_no_token_and_no_address(world: Any) -> None:
    world.link_refused = True
    manager = world.signed_in()
    texts = [repr(manager.servers()), repr(manager.status())]
    for change in ({}, {'pms_at': NEW_LAN}, {'pms_at': 'http://192.168.1.99:1', 'plex_tv_down': True}):
        vars(world).update(change)
        for call in (lambda: manager.connection(force=True), manager.servers):
            try:
                texts.append(repr(call()))
            except Exception as error:
                texts.append(''.join(traceback.format_exception(type(error), error, error.__traceback__)))
    text = '\n'.join(texts)
    assert 'NeedsSecondPin' in text and 'ServerUnreachable' in text
    assert [word for word in world.secrets | {'192.168.1'} if word in text] == []
