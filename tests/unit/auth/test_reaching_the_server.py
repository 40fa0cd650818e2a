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
