"""Every plex.tv call is what the documentation says, and odd answers do not crash anything."""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, Type

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st
from responses import matchers

from resources.lib.plex_errors import (
    PlexBadAnswer,
    PlexForbidden,
    PlexHttpError,
    PlexNotFound,
    PlexRateLimited,
    PlexRejected,
    PlexTokenExpired,
    PlexUnauthorized,
)
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.plex_tv import PlexTV, parse_server, parse_user
from tests.support.waiting import NoWaiting

FIXTURES = Path(__file__).parents[1] / 'fixtures' / 'recorded-plextv'
TOKEN = {'X-Plex-Token': 'tok'}


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as made:
        yield made


@pytest.fixture
def plex_tv() -> PlexTV:
    return PlexTV(PlexSession(ClientIdentity('me', '4.0.0'), cancellation=NoWaiting()))


def headers(**more: str) -> Any:
    return matchers.header_matcher({'X-Plex-Client-Identifier': 'me', **more})


PIN: Dict[str, Any] = {'id': 111222333, 'code': 'AB12', 'expiresIn': 900, 'authToken': None, 'newRegistration': None}


def test_legacy_pin_is_not_strong_and_asks_plex_tv(mock: Any, plex_tv: PlexTV) -> None:
    mock.post('https://plex.tv/api/v2/pins', json=PIN, status=201, match=[headers(), matchers.query_param_matcher({})])
    pin = plex_tv.create_pin()
    assert (pin.id, pin.code, pin.expires_in, pin.auth_token) == ('111222333', 'AB12', 900, '')
    assert not mock.calls[0].request.body
    assert 'AB12' not in repr(pin)


def test_modern_pin_carries_the_jwk_and_nothing_else(mock: Any, plex_tv: PlexTV) -> None:
    mock.post('https://clients.plex.tv/api/v2/pins', json=PIN, status=201,
              match=[headers(), matchers.json_params_matcher({'jwk': {'kty': 'OKP'}})])
    assert plex_tv.create_pin({'kty': 'OKP'}).code == 'AB12'


def test_polling_a_pin_on_the_host_it_belongs_to(mock: Any, plex_tv: PlexTV) -> None:
    claimed = dict(PIN, authToken='tok')
    mock.get('https://plex.tv/api/v2/pins/5', json=PIN, match=[matchers.query_param_matcher({})])
    mock.get('https://clients.plex.tv/api/v2/pins/5', json=claimed,
             match=[matchers.query_param_matcher({'deviceJWT': 'a.b.c'})])
    assert plex_tv.check_pin('5').auth_token == ''
    assert plex_tv.check_pin('5', 'a.b.c').auth_token == 'tok'


def test_linking_a_pin_is_a_form_with_the_account_token(mock: Any, plex_tv: PlexTV) -> None:
    mock.put('https://plex.tv/api/v2/pins/link', status=204,
             match=[headers(**TOKEN), matchers.urlencoded_params_matcher({'code': 'AB12'})])
    plex_tv.link_pin('AB12', 'tok')


def test_nonce_and_exchange(mock: Any, plex_tv: PlexTV) -> None:
    mock.get('https://clients.plex.tv/api/v2/auth/nonce', json={'nonce': 'n'}, match=[headers()])
    mock.post('https://clients.plex.tv/api/v2/auth/token', json={'auth_token': 'x.y.z'},
              match=[headers(), matchers.json_params_matcher({'jwt': 'a.b.c'})])
    assert plex_tv.nonce() == 'n'
    assert plex_tv.exchange('a.b.c') == 'x.y.z'
    assert all('X-Plex-Token' not in call.request.headers for call in mock.calls)


def test_user_home_switch_and_sign_out(mock: Any, plex_tv: PlexTV) -> None:
    user = {'id': 7, 'uuid': 'u7', 'title': 'Ann', 'email': 'ann@example.org', 'authToken': 'new'}
    mock.get('https://plex.tv/api/v2/user', json=user, match=[headers(**TOKEN)])
    mock.get('https://clients.plex.tv/api/v2/home/users', match=[headers(**TOKEN)], json={'users': [
        {'id': 7, 'uuid': 'u7', 'title': 'Ann', 'admin': True, 'protected': 1},
        {'id': '8', 'uuid': 'u8', 'title': 'Ben', 'restricted': 'true'}, {}, 'odd']})
    mock.post('https://clients.plex.tv/api/v2/home/users/u8/switch', json=user, status=201,
              match=[headers(**TOKEN), matchers.query_param_matcher({'pin': '1234'})])
    mock.delete('https://plex.tv/api/v2/users/signout', status=204, match=[headers(**TOKEN)])
    found = plex_tv.user('tok')
    assert (found.id, found.uuid, found.title) == ('7', 'u7', 'Ann')
    ann, ben = plex_tv.home_users('tok')
    assert (ann.admin, ann.protected, ann.restricted, ben.admin, ben.restricted) == (True, True, False, False, True)
    switched = plex_tv.switch_user('u8', 'tok', '1234')
    assert switched.token == 'new'
    assert 'new' not in repr(switched)
    plex_tv.sign_out('tok')


def test_resources_ask_for_https_relay_and_ipv6(mock: Any, plex_tv: PlexTV) -> None:
    mock.get('https://clients.plex.tv/api/v2/resources', json=[], match=[headers(**TOKEN), matchers.query_param_matcher(
        {'includeHttps': '1', 'includeRelay': '1', 'includeIPv6': '1'})])
    assert plex_tv.resources('tok') == []


@pytest.mark.parametrize('name', ['resources.json', 'resources-2.json'])
def test_recorded_resources_are_read_and_survive_the_store(name: str) -> None:
    entries = json.loads((FIXTURES / name).read_text(encoding='utf-8'))
    servers = [server for server in map(parse_server, entries) if server]
    assert servers
    for server in servers:
        assert server.access_token and server.version and server.connections
        again = parse_server(json.loads(json.dumps(server.to_json())))
        assert again is not None and again.connections == server.connections
        assert server.access_token not in json.dumps(server.to_json())


CALLS: Dict[str, Callable[[PlexTV], Any]] = {
    'create_pin': lambda it: it.create_pin(), 'nonce': lambda it: it.nonce(), 'exchange': lambda it: it.exchange('a'),
    'user': lambda it: it.user('t'), 'resources': lambda it: it.resources('t'),
    'switch': lambda it: it.switch_user('u', 't')}


@pytest.mark.parametrize('call', CALLS.values(), ids=CALLS.keys())
@pytest.mark.parametrize('body', ['null', '{}', '7', '"x"', '<html></html>', '',
                                  '{"id": null, "nonce": [], "auth_token": {}}'])
def test_answers_without_what_was_asked_for_are_typed_errors(call: Callable[[PlexTV], Any], body: str) -> None:
    with responses.RequestsMock() as mock:
        for method in ('GET', 'POST'):
            mock.add(method, re.compile('.*'), body=body)
        mock.assert_all_requests_are_fired = False
        with pytest.raises(PlexBadAnswer):
            call(PlexTV(PlexSession(ClientIdentity('me', '4'), cancellation=NoWaiting())))


@pytest.mark.parametrize(('status', 'error'), [(401, PlexUnauthorized), (403, PlexForbidden), (404, PlexNotFound),
                                               (422, PlexRejected), (429, PlexRateLimited), (498, PlexTokenExpired)])
def test_refusals_are_typed_and_asked_once(mock: Any, plex_tv: PlexTV, status: int, error: Type[PlexHttpError]) -> None:
    mock.post('https://clients.plex.tv/api/v2/auth/token', status=status, json={'errors': [{'code': 1097}]})
    with pytest.raises(error) as caught:
        plex_tv.exchange('secret-jwt')
    assert caught.value.code == 1097
    assert 'secret-jwt' not in str(caught.value)
    assert len(mock.calls) == 1


def test_one_url_can_replace_both_hosts(mock: Any) -> None:
    session = PlexSession(ClientIdentity('me', '4'), cancellation=NoWaiting())
    mock.post('http://127.0.0.1:9/api/v2/pins', json=PIN)
    PlexTV(session, 'http://127.0.0.1:9/', 'http://127.0.0.1:9/').create_pin({'kty': 'OKP'})


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
                        'clientIdentifier', 'provides', 'connections', 'uri', 'port', 'local', 'id', 'uuid', 'title',
                    ]), inner | st.just('server'), max_size=8), max_leaves=20)


@given(JSON)
def test_no_shape_of_answer_crashes_the_parsers(answer: Any) -> None:
    parse_server(answer)
    parse_user(answer)
