"""Which token the server takes, and where it is: it moves, sleeps, refuses, changes its mind."""
from __future__ import annotations

from typing import Any

import pytest

from resources.lib.auth.account.tokens import is_jwt
from resources.lib.auth.errors import (
    NeedsSecondPin,
    ServerRefused,
    ServerUnreachable,
    WrongUser,
)
from resources.lib.plex_errors import (
    PlexConnectionError,
    PlexServerError,
    PlexTokenExpired,
    PlexUnauthorized,
)
from tests.unit.auth.conftest import DAY, LAN, MACHINE, NEW_LAN


def test_server_that_refuses_jwts_is_reached_without_asking_the_user_again(plex: Any) -> None:
    manager = plex.signed_in()
    connection = manager.connection()
    assert (connection.base_url, connection.machine_identifier, connection.name) == (LAN, MACHINE, 'Attic')
    assert not is_jwt(connection.token)
    assert plex.count('pins/link') == 1
    assert manager.status().server_name == 'Attic'


def test_server_that_accepts_jwts_needs_no_legacy_token(plex: Any) -> None:
    plex.pms_accepts_jwt = True
    manager = plex.signed_in()
    assert is_jwt(manager.connection().token)
    assert plex.count('pins/link') == 0


def test_server_token_survives_months_of_account_refreshes(plex: Any) -> None:
    manager = plex.signed_in()
    token = manager.connection().token
    for _ in range(60):
        plex.advance(DAY)
        manager.tick()
    plex.before = None
    assert manager.connection(force=True).token == token
    assert plex.count('auth/token') < 12
    assert plex.count('pins/link') == 1


def test_jwt_of_the_server_is_renewed_before_it_runs_out(plex: Any) -> None:
    plex.pms_accepts_jwt = True
    manager = plex.signed_in()
    first = manager.connection()
    for _ in range(4 * 20):
        plex.advance(DAY / 4)
        manager.tick()
        connection = manager.connection()
        assert plex.tokens[connection.token]['exp'] > plex.server_time
    assert manager.connection().token != first.token
    assert plex.count('resources') < 10


def test_server_that_learns_jwts_is_upgraded_by_itself(plex: Any) -> None:
    manager = plex.signed_in()
    assert not is_jwt(manager.connection().token)
    plex.pms_accepts_jwt = True
    plex.advance(DAY + 60)
    manager.tick()
    assert is_jwt(manager.connection().token)


def test_server_that_stops_accepting_jwts_while_running_gets_a_legacy_token(plex: Any) -> None:
    plex.pms_accepts_jwt = True
    manager = plex.signed_in()
    connection = manager.connection()
    plex.pms_accepts_jwt = False
    plex.advance(60)
    manager.report_failure(connection, PlexUnauthorized(401, 'GET /library'))
    assert not is_jwt(manager.connection().token)


def test_expired_server_token_is_replaced_at_once(plex: Any) -> None:
    plex.pms_accepts_jwt = True
    manager = plex.signed_in()
    connection = manager.connection()
    plex.advance(8 * DAY)
    manager.report_failure(connection, PlexTokenExpired(498, 'GET /library'))
    assert plex.tokens[manager.connection().token]['exp'] > plex.server_time


def test_revoked_legacy_token_is_obtained_anew_silently(plex: Any) -> None:
    manager = plex.signed_in()
    connection = manager.connection()
    plex.revoke_legacy()
    plex.advance(60)
    manager.report_failure(connection, PlexUnauthorized(401, 'GET /library'))
    assert manager.connection().token != connection.token


def test_a_page_that_is_refused_for_good_costs_one_look_at_the_token_every_some_seconds(plex: Any) -> None:
    manager = plex.signed_in()
    connection = manager.connection()
    before = len(plex.requests)
    for _ in range(50):
        manager.report_failure(manager.connection(), PlexUnauthorized(401, 'GET /some/admin/page'))
        assert manager.connection() == connection
    assert len(plex.requests) - before == 2, 'is it the server, and does it take the token'


def test_a_token_that_is_refused_right_after_it_was_found_good_is_looked_at_at_once(plex: Any) -> None:
    plex.pms_accepts_jwt = True
    manager = plex.signed_in()
    connection = manager.connection()
    plex.pms_accepts_jwt = False
    manager.report_failure(connection, PlexUnauthorized(401, 'GET /library'))
    assert not is_jwt(manager.connection().token)


def test_home_switch_helps_when_the_own_pin_may_not_be_linked(plex: Any) -> None:
    plex.link_refused, plex.home_gives = True, 'legacy'
    assert not is_jwt(plex.signed_in().connection().token)


def test_second_code_is_the_last_resort_and_then_works(plex: Any) -> None:
    plex.link_refused = True
    manager = plex.signed_in()
    with pytest.raises(NeedsSecondPin):
        manager.connection()
    assert manager.status().message_key == 'second_pin_needed'
    before = len(plex.requests)
    with pytest.raises(NeedsSecondPin):
        manager.connection()
    assert len(plex.requests) == before
    attempt = manager.begin_second_sign_in()
    plex.link(attempt.code)
    assert attempt.poll() == 'linked'
    assert not is_jwt(manager.connection().token)
    assert manager.status().message_key == ''


def test_second_code_of_another_user_is_not_taken(plex: Any) -> None:
    manager = plex.signed_in()
    attempt = manager.begin_second_sign_in()
    plex.user_id = 8
    plex.link(attempt.code)
    with pytest.raises(WrongUser):
        attempt.poll()
    assert manager.status().user_name == 'Ann'


def test_server_that_refuses_everything_is_asked_ever_more_rarely(plex: Any) -> None:
    manager = plex.signed_in()
    plex.pms_refuses_all = True
    before = len(plex.requests)
    for _ in range(24 * 60):
        with pytest.raises(ServerRefused):
            manager.connection()
        plex.advance(60)
    assert len(plex.requests) - before < 400
    assert manager.status().state == 'signed_in'


def test_moved_server_is_found_again(plex: Any) -> None:
    manager = plex.signed_in()
    connection = manager.connection()
    plex.pms_at = NEW_LAN
    manager.report_failure(connection, PlexConnectionError('lost'))
    assert manager.connection().base_url == NEW_LAN


def test_another_server_at_the_old_address_gets_no_token(plex: Any) -> None:
    manager = plex.signed_in()
    manager.connection()
    plex.identity = 'somebody-else'
    before = plex.count('pms/library')
    with pytest.raises(ServerUnreachable):
        manager.connection(force=True)
    assert plex.count('pms/library') == before


def test_starting_server_is_no_reason_to_ask_plex_tv(plex: Any) -> None:
    manager = plex.signed_in()
    manager.connection()
    plex.pms_status = 503
    before = plex.count('plex.tv')
    with pytest.raises(PlexServerError):
        manager.connection(force=True)
    assert plex.count('plex.tv') == before
    assert manager.status().message_key == 'server_starting'


def test_sleeping_server_does_not_make_us_flood_plex_tv(plex: Any) -> None:
    manager = plex.signed_in()
    connection = manager.connection()
    plex.pms_at = 'http://192.168.1.99:32400'
    manager.report_failure(connection, PlexConnectionError('lost'))
    plex.fail = {'/resources': 503}
    before = plex.count('plex.tv')
    for _ in range(8 * 60):
        with pytest.raises(PlexConnectionError):
            manager.connection()
        plex.advance(60)
    assert plex.count('plex.tv') - before < 250 / 3, 'more than 250 a day'


def test_works_from_the_store_when_plex_tv_is_down_at_start(plex: Any) -> None:
    plex.signed_in().connection()
    plex.plex_tv_down = True
    manager = plex.manager()
    assert manager.connection().base_url == LAN
    assert 0 < manager.tick() <= 60
    status = manager.status()
    assert (status.state, status.message_key) == ('signed_in', 'plex_tv_unreachable')
    before = plex.count('plex.tv')
    manager.tick()
    assert plex.count('plex.tv') == before
