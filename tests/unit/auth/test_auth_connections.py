"""The fastest safe way to the server is found, and nobody but the server gets its token."""
from __future__ import annotations

import json
import threading
import time
from typing import Any, Dict, List, Optional

import pytest
import requests
import responses

from resources.lib.auth.errors import ServerUnreachable
from resources.lib.auth.servers import connections
from resources.lib.auth.servers.connections import (
    LOCAL_HTTPS,
    REMOTE_HTTPS,
    ConnectionProbe,
    Verdict,
    candidates,
)
from resources.lib.plex_errors import PlexBadAnswer, PlexConnectionError, PlexServerError
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.plex_tv import ServerAddress, ServerResource
from tests.support.waiting import NoWaiting


def address(uri: str, host: str, local: bool = False, relay: bool = False, port: int = 32400,
            ipv6: bool = False) -> ServerAddress:
    return ServerAddress(uri, host, port, uri.partition(':')[0], local, relay, ipv6)


LAN = address('https://lan.plex.direct:32400', '192.168.1.2', local=True)
LAN6 = address('https://lan6.plex.direct:32400', 'fd00::2', local=True, ipv6=True)
WAN = address('https://wan.plex.direct:443', '8.8.4.4', port=443)
RELAY = address('https://relay.plex.direct:8443', '9.9.9.9', relay=True, port=8443)


def server(*connections: ServerAddress, **changes: Any) -> ServerResource:
    fields: Dict[str, Any] = {
        'machine_identifier': 'm1', 'name': 'Attic', 'version': '1', 'owned': True, 'home': False, 'source_title': '',
        'presence': True, 'https_required': False, 'public_address_matches': True, 'connections': connections}
    fields.update(changes)
    return ServerResource(**fields)


def urls(*args: Any, allow_http: bool = True, **changes: Any) -> List[str]:
    return [one.url for one in candidates(server(*args, **changes), allow_http)]


def test_order_is_local_https_local_http_remote_relay_and_ipv4_first() -> None:
    assert urls(RELAY, WAN, LAN6, LAN) == [
        'https://lan.plex.direct:32400', 'https://lan6.plex.direct:32400', 'http://192.168.1.2:32400',
        'http://[fd00::2]:32400', 'https://wan.plex.direct:443', 'https://relay.plex.direct:8443']


@pytest.mark.parametrize(('host', 'plain'), [
    ('10.1.2.3', True), ('172.18.0.3', True), ('127.0.0.1', True), ('localhost', True), ('fe80::1', True),
    ('8.8.8.8', False), ('example.org', False), ('', False), ('2001:4860::1', False), ('172.32.0.1', False)])
def test_plain_http_goes_to_private_addresses_only(host: str, plain: bool) -> None:
    found = urls(address('http://%s:32400' % ('[%s]' % host if ':' in host else host), host, local=True))
    assert bool(found) is plain


def test_plain_http_is_left_out_when_forbidden_required_or_somebody_elses_network() -> None:
    https = ['https://lan.plex.direct:32400']
    assert urls(LAN, allow_http=False) == https
    assert urls(LAN, https_required=True) == https
    assert urls(LAN, owned=False, public_address_matches=False) == https
    assert len(urls(LAN, owned=False, public_address_matches=True)) == 2


@pytest.mark.parametrize('odd', [address('http://[broken', '', local=True), address('ftp://x', '10.0.0.1', port=0),
                                 address('http://10.0.0.1:99999', '10.0.0.1'), address('', '10.0.0.1', port=-4)])
def test_odd_addresses_are_left_out(odd: ServerAddress) -> None:
    assert urls(odd) == []


#: Set at the end of a test, so that nobody waits for hosts that do not answer.
NEVER = threading.Event()


class Net:
    """Answers by host: seconds to wait, then an identity, a status, or nothing."""

    def __init__(self, mock: responses.RequestsMock, hosts: Dict[str, Any]) -> None:
        NEVER.clear()
        self.hosts = hosts
        self.asked: List[str] = []
        self.tokens: List[Optional[str]] = []
        mock.add_callback('GET', __import__('re').compile('.*'), callback=self.answer)

    def answer(self, request: Any) -> Any:
        host = request.url.split('/')[2]
        self.asked.append(host)
        self.tokens.append(request.headers.get('X-Plex-Token'))
        wait, what = self.hosts.get(host, (0, None))
        NEVER.wait(wait)
        if what is None:
            raise requests.ConnectTimeout
        if isinstance(what, int):
            return what, {}, '<html>'
        return 200, {}, json.dumps({'MediaContainer': {'machineIdentifier': what, 'version': '1.43'}})


@pytest.fixture
def mock() -> Any:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as made:
        yield made
    NEVER.set()
    for thread in threading.enumerate():
        if thread.name == 'pkc-probe':
            thread.join(20)


def probe() -> ConnectionProbe:
    return ConnectionProbe(PlexSession(ClientIdentity('me', '4'), cancellation=NoWaiting()))


def test_best_address_wins_even_when_another_is_a_little_faster(mock: Any) -> None:
    net = Net(mock, {'lan.plex.direct:32400': (0.03, 'm1'), 'wan.plex.direct:443': (0, 'm1')})
    reached = probe().reach(server(LAN, WAN))
    assert (reached.candidate.rank, reached.version) == (LOCAL_HTTPS, '1.43')
    assert net.tokens.count(None) == len(net.tokens)


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Better addresses get hardly more time than the first one that answers."""
    monkeypatch.setattr(connections, '_GRACE', 0.05)


def test_slow_dead_local_address_does_not_keep_the_user_waiting(mock: Any, no_grace: None) -> None:
    Net(mock, {'lan.plex.direct:32400': (60, None), '192.168.1.2:32400': (60, None), 'wan.plex.direct:443': (0, 'm1')})
    begun = time.monotonic()
    assert probe().reach(server(LAN, WAN)).candidate.rank == REMOTE_HTTPS
    assert time.monotonic() - begun < 30


def test_relay_waits_for_every_better_address(mock: Any, no_grace: None) -> None:
    Net(mock, {'relay.plex.direct:8443': (0, 'm1'), 'wan.plex.direct:443': (0.3, 'm1')})
    assert probe().reach(server(WAN, RELAY)).candidate.rank == REMOTE_HTTPS


def test_another_machine_at_the_address_is_not_our_server(mock: Any) -> None:
    Net(mock, {'lan.plex.direct:32400': (0, 'other'), 'wan.plex.direct:443': (0.1, 'm1')})
    assert probe().reach(server(LAN, WAN)).candidate.rank == REMOTE_HTTPS


def test_nothing_answers(mock: Any) -> None:
    Net(mock, {})
    with pytest.raises(ServerUnreachable) as caught:
        probe().reach(server(LAN, WAN, RELAY))
    assert isinstance(caught.value, PlexConnectionError)
    assert 'plex.direct' not in str(caught.value)
    with pytest.raises(ServerUnreachable):
        probe().reach(server())


def test_starting_server_is_told_apart_from_an_absent_one(mock: Any) -> None:
    Net(mock, {'lan.plex.direct:32400': (0, 503)})
    with pytest.raises(PlexServerError):
        probe().reach(server(LAN, WAN))


@pytest.mark.parametrize(('status', 'verdict'), [
    (401, Verdict.REFUSED), (403, Verdict.REFUSED), (498, Verdict.EXPIRED)])
def test_verdict_of_the_server_about_a_token(mock: Any, status: int, verdict: Verdict) -> None:
    Net(mock, {'lan.plex.direct:32400': (0, status)})
    assert probe().verdict('https://lan.plex.direct:32400', 'token') is verdict


def test_proxy_page_and_server_error_are_no_verdict(mock: Any) -> None:
    mock.add('GET', 'https://one.example/library/sections', body='<html>please log in</html>')
    mock.add('GET', 'https://two.example/library/sections', status=500)
    mock.add('GET', 'https://three.example/library/sections', json=[])
    with pytest.raises(PlexBadAnswer):
        probe().verdict('https://one.example', 'token')
    with pytest.raises(PlexServerError):
        probe().verdict('https://two.example', 'token')
    with pytest.raises(PlexBadAnswer):
        probe().verdict('https://three.example', 'token')
