"""What the users of a Plex Home live through: each with their own name, PIN, tokens and fate."""
from __future__ import annotations

import os
import traceback
from typing import Any, Dict, Optional

import pytest

from resources.lib.auth.account.tokens import is_jwt
from resources.lib.auth.credentials.record import HomeMember
from resources.lib.auth.credentials.store import CredentialStore
from resources.lib.auth.errors import ChooseUserAgain, NotSignedIn, ServerRefused, WrongPin
from resources.lib.plex_errors import (
    PlexBadAnswer,
    PlexConnectionError,
    PlexRateLimited,
    PlexServerError,
    PlexUnauthorized,
)
from tests.unit.auth.conftest import DAY, LAN, MACHINE

PIN, WRONG = '8431', '9999'
ANN = {'id': 7, 'uuid': 'u7', 'title': 'Ann', 'pin': '5520'}
BEN = {'id': 8, 'uuid': 'u8', 'title': 'Ben', 'pin': PIN}
KID = {'id': 9, 'uuid': 'u9', 'title': 'Kid', 'pin': ''}


@pytest.fixture
def home(plex: Any) -> Any:
    """A Home of three. The fixture ``plex`` looks for Ben's PIN in the log at the end."""
    plex.home = [dict(KID), dict(ANN), dict(BEN)]
    return plex


def member(plex: Any) -> Optional[HomeMember]:
    """As a restart would find it."""
    return CredentialStore(plex.folder).load().member


def user_of(plex: Any, token: str) -> int:
    return int(plex.tokens[token]['user'])


# choosing

def test_account_without_a_home_is_not_asked_anything(plex: Any) -> None:
    assert plex.signed_in().home_users() == []


@pytest.mark.parametrize('status', [401, 403, 404])
def test_account_that_may_not_see_the_home_is_not_asked_anything(home: Any, status: int) -> None:
    manager = home.signed_in()
    home.fail = {'home/users$': status}
    assert manager.home_users() == []
    assert manager.status().state == 'signed_in'


@pytest.mark.parametrize(('status', 'error'), [(429, PlexRateLimited), (503, PlexServerError)])
def test_busy_plex_tv_is_not_taken_for_an_account_without_home(home: Any, status: int, error: Any) -> None:
    manager = home.signed_in()
    home.fail = {'home/users$': status}
    with pytest.raises(error):
        manager.home_users()


def test_accounts_own_user_comes_first_and_needs_no_pin(home: Any) -> None:
    users = home.signed_in().home_users()
    assert [(user.title, user.protected) for user in users] == [('Ann', False), ('Kid', False), ('Ben', True)]


def test_accounts_own_user_can_be_chosen_when_plex_tv_forgets_to_list_it(home: Any) -> None:
    home.home = [dict(KID)]
    assert [user.title for user in home.signed_in().home_users()] == ['Ann', 'Kid']


def test_choosing_the_accounts_own_user_switches_nothing(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u7')
    assert manager.status().user_name == 'Ann'
    assert user_of(home, manager.connection().token) == 7
    assert home.count('/switch') == 0


def test_chosen_user_is_shown_and_the_server_gets_their_own_token(home: Any) -> None:
    manager = home.signed_in()
    owner = manager.connection()
    manager.select_user('u9')
    assert (manager.status().user_name, manager.status().user_id) == ('Kid', '9')
    connection = manager.connection()
    assert (connection.machine_identifier, connection.base_url) == (MACHINE, LAN)
    assert user_of(home, connection.token) == 9
    manager.select_user('u7')
    assert manager.status().user_name == 'Ann'
    assert manager.connection().token == owner.token
    assert home.count('/switch') == 1


def test_servers_are_those_of_the_chosen_user(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u9')
    assert {user_of(home, server.access_token) for server in manager.servers()} == {9}


def test_protected_user_needs_the_right_pin(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u8', PIN)
    assert manager.status().user_name == 'Ben'
    assert user_of(home, manager.connection().token) == 8


@pytest.mark.parametrize('status', [401, 403])
@pytest.mark.parametrize('pin', [WRONG, ''])
def test_wrong_pin_is_told_and_changes_nothing(home: Any, pin: str, status: int) -> None:
    manager = home.signed_in()
    manager.select_user('u9')
    home.home[2]['refusal'] = status
    for attempt in range(3):
        with pytest.raises(WrongPin) as caught:
            manager.select_user('u8', pin)
        assert WRONG not in ''.join(traceback.format_exception(WrongPin, caught.value, caught.value.__traceback__))
        assert home.count('/switch') == 2 + attempt
    assert home.count('auth/token') == 0
    assert (manager.status().user_name, manager.status().state) == ('Kid', 'signed_in')


@pytest.mark.parametrize('status', [401, 403])
def test_wrong_pin_is_told_where_plex_tv_gives_no_legacy_token(home: Any, status: int) -> None:
    manager = home.signed_in()
    home.link_refused = True
    home.home[2]['refusal'] = status
    with pytest.raises(WrongPin):
        manager.select_user('u8', WRONG)
    assert (home.count('/switch'), home.count('auth/token')) == (1, 0)
    manager.select_user('u8', PIN)
    assert user_of(home, manager.connection().token) == 8


def test_legacy_sign_in_switches_users_too(home: Any) -> None:
    manager = home.signed_in(modern=lambda: False)
    manager.select_user('u8', PIN)
    assert user_of(home, manager.connection().token) == 8
    with pytest.raises(WrongPin):
        manager.select_user('u8', WRONG)
    assert home.count('/auth/') == 0


def test_too_many_switches_are_told_and_change_nothing(home: Any) -> None:
    manager = home.signed_in()
    home.fail = {'/switch$': 429}
    with pytest.raises(PlexRateLimited):
        manager.select_user('u9')
    assert home.count('/switch') == 1
    assert manager.status().user_name == 'Ann'
    home.fail = {}
    manager.select_user('u9')
    assert manager.status().user_name == 'Kid'


def test_without_internet_the_active_user_stays(home: Any) -> None:
    manager = home.signed_in()
    home.plex_tv_down = True
    with pytest.raises(PlexConnectionError):
        manager.select_user('u9')
    assert manager.status().user_name == 'Ann'


def test_answer_about_another_user_is_not_taken(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = home.signed_in()
    monkeypatch.setattr(home, '_switch', lambda *_: {'id': 7, 'uuid': 'u7', 'title': 'Ann', 'authToken': 'anything'})
    with pytest.raises(PlexBadAnswer):
        manager.select_user('u9')
    assert manager.status().user_name == 'Ann'


def test_nobody_signed_in_means_no_request(home: Any) -> None:
    with pytest.raises(NotSignedIn):
        home.manager().select_user('u9')
    assert home.requests == []


def test_dead_legacy_token_of_the_account_does_not_look_like_a_wrong_pin(home: Any) -> None:
    manager = home.signed_in()
    manager.connection()
    home.revoke_legacy()
    manager.select_user('u8', PIN)
    assert manager.status().user_name == 'Ben'


# living with it

def test_chosen_user_watches_on_after_a_restart_without_plex_tv(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u8', PIN)
    token = manager.connection().token
    home.plex_tv_down = True
    manager = home.manager()
    assert manager.connection().token == token
    status = manager.status()
    assert (status.user_name, status.state, status.usable) == ('Ben', 'signed_in', True)


def test_months_of_account_refreshes_need_no_pin(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u8', PIN)
    token = manager.connection().token
    for _ in range(60):
        home.advance(DAY)
        manager.tick()
        assert manager.status().message_key == ''
    assert user_of(home, manager.servers()[0].access_token) == 8
    assert manager.connection(force=True).token == token
    assert (home.count('/switch'), home.count('resources') < 5) == (1, True)


def test_legacy_token_that_died_is_replaced_without_asking(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u9')
    manager.connection()
    home.revoke_legacy()
    assert user_of(home, manager.servers()[0].access_token) == 9
    assert home.count('/switch') == 3  # one of them with the account's legacy token, which died too


def test_protected_user_whose_token_died_must_be_chosen_again_and_sync_goes_on(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u8', PIN)
    token = manager.connection().token
    home.tokens = {text: one for text, one in home.tokens.items() if one['jwt'] or text == token}
    before = home.count('plex.tv')
    for _ in range(20):
        with pytest.raises(ChooseUserAgain):
            manager.servers()
        manager.tick()
    assert home.count('plex.tv') - before <= 2
    again = home.manager()
    status = again.status()
    assert (status.state, status.usable, status.message_key) == ('signed_in', True, 'choose_user_again')
    assert again.connection().token == token
    again.select_user('u8', PIN)
    assert again.status().message_key == ''
    assert again.servers()


def test_passing_401_does_not_throw_the_users_token_away(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u8', PIN)
    home.fail = {'/resources': 401}
    for _ in range(5):
        with pytest.raises(PlexUnauthorized):
            manager.servers()
    home.fail = {}
    assert manager.servers()
    assert home.count('/switch') == 1


def test_user_who_got_a_pin_or_left_the_home_must_be_chosen_again(home: Any) -> None:
    for change in ({'pin': '7777'}, {'uuid': 'elsewhere'}):
        home.home = [dict(KID), dict(ANN)]
        manager = home.signed_in()
        manager.select_user('u9')
        home.home[0].update(change)
        home.revoke_legacy()
        with pytest.raises(ChooseUserAgain):
            manager.servers()
        before = home.count('plex.tv')
        with pytest.raises(ChooseUserAgain):
            manager.servers()
        assert home.count('plex.tv') == before
        assert (manager.status().user_name, manager.status().message_key) == ('Kid', 'choose_user_again')


def test_users_server_that_refuses_them_does_not_ask_for_a_second_code(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u9')
    home.pms_refuses_all = True
    with pytest.raises(ServerRefused):
        manager.connection()


# a token that is a JWT

@pytest.fixture
def modern(home: Any) -> Any:
    """A plex.tv that gives switched users JWTs, and a server that takes them."""
    home.switch_gives_jwt = home.pms_accepts_jwt = True
    return home


def test_jwt_of_a_user_is_renewed_by_another_switch_before_it_runs_out(modern: Any) -> None:
    manager = modern.signed_in()
    manager.select_user('u9')
    first = member(modern)
    assert first is not None and is_jwt(first.token) and first.expires - modern.server_time == 7 * DAY
    for _ in range(4 * 20):
        modern.advance(DAY / 4)
        manager.tick()
        current = member(modern)
        assert current is not None and current.expires > modern.server_time
        assert user_of(modern, manager.connection().token) == 9
        assert modern.tokens[manager.connection().token]['exp'] > modern.server_time
    assert modern.count('/switch') <= 7


def test_jwt_of_a_user_is_renewed_at_once_when_the_box_was_off_for_long(modern: Any) -> None:
    modern.signed_in().select_user('u9')
    modern.advance(30 * DAY)
    manager = modern.manager()
    assert user_of(modern, manager.connection().token) == 9
    assert modern.count('/switch') == 3  # the JWT had killed the legacy token that the second one was tried with


def test_jwt_of_a_protected_user_that_runs_out_is_told_and_sync_goes_on(modern: Any) -> None:
    manager = modern.signed_in()
    manager.select_user('u8', PIN)
    modern.pms_accepts_jwt = False
    server_token = manager.connection().token
    assert not is_jwt(server_token) and user_of(modern, server_token) == 8
    found = member(modern)
    assert found is not None and not is_jwt(found.token)  # and what the PIN of the code gave, lasts
    modern.advance(30 * DAY)
    manager.tick()
    assert manager.servers()
    assert manager.status().message_key == ''


def test_jwt_of_a_protected_user_for_a_server_that_takes_jwts_needs_the_pin_each_week(modern: Any) -> None:
    manager = modern.signed_in()
    manager.select_user('u8', PIN)
    token = manager.connection().token
    modern.advance(6.2 * DAY)
    manager.tick()
    assert manager.status().message_key == 'choose_user_again'
    assert manager.connection(force=True).machine_identifier == MACHINE
    modern.advance(8 * DAY)
    manager.tick()
    before = modern.count('plex.tv')
    for _ in range(10):
        with pytest.raises(ChooseUserAgain):
            manager.connection(force=True)
        manager.tick()
    assert modern.count('plex.tv') - before <= 2
    assert modern.count('/switch') == 1
    assert manager.status().state == 'signed_in'
    manager.select_user('u8', PIN)
    assert manager.connection().token != token
    assert manager.status().message_key == ''


@pytest.mark.parametrize('status', [429, 503])
def test_busy_plex_tv_is_asked_ever_more_rarely_for_a_switch(modern: Any, status: int) -> None:
    manager = modern.signed_in()
    manager.select_user('u9')
    manager.tick()
    modern.fail = {'/switch$': status}
    modern.advance(6.5 * DAY)
    before = modern.count('/switch')
    for _ in range(24 * 60):
        manager.tick()
        modern.advance(60)
    assert 5 < modern.count('/switch') - before < 60
    modern.fail = {}
    modern.advance(3600)
    manager.tick()
    current = member(modern)
    assert current is not None and current.expires - modern.server_time > 6 * DAY


def test_wrong_clock_does_not_ask_for_the_pin(modern: Any) -> None:
    modern.signed_in().select_user('u8', PIN)
    modern.clock_error = 300 * DAY
    assert modern.manager().servers()
    assert modern.count('/switch') == 1


# signing in and out

def test_same_account_signing_in_again_keeps_the_chosen_user(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u9')
    home.revoke_device()
    attempt = manager.begin_sign_in()
    home.link(attempt.code)
    assert attempt.poll() == 'linked'
    assert manager.status().user_name == 'Kid'
    assert user_of(home, manager.connection().token) == 9


def test_another_account_signing_in_starts_as_its_own_user(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u9')
    home.user_id = 21
    attempt = manager.begin_sign_in()
    home.link(attempt.code)
    assert attempt.poll() == 'linked'
    assert manager.status().user_id == '21'
    assert member(home) is None


def test_second_code_is_the_accounts_also_while_another_user_watches(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u9')
    attempt = manager.begin_second_sign_in()
    home.link(attempt.code)
    assert attempt.poll() == 'linked'
    assert manager.status().user_name == 'Kid'


def test_sign_out_leaves_nothing_of_any_user(home: Any) -> None:
    manager = home.signed_in()
    manager.connection()
    manager.select_user('u8', PIN)
    manager.connection()
    chosen = member(home)
    assert chosen is not None
    manager.sign_out()
    assert chosen.token not in home.tokens
    assert member(home) is None
    with open(os.path.join(home.folder, 'credentials.json'), encoding='utf-8') as file:
        content = file.read()
    assert [word for word in home.secrets | {PIN, 'Ben'} if word in content] == []


def test_pin_is_kept_nowhere(home: Any) -> None:
    manager = home.signed_in()
    manager.select_user('u8', PIN)
    manager.connection()
    texts: Dict[str, str] = {}
    for name in os.listdir(home.folder):
        with open(os.path.join(home.folder, name), encoding='utf-8') as file:
            texts[name] = file.read()
    assert [name for name, text in texts.items() if '"%s"' % PIN in text] == []
