"""Where the server is: it moves, sleeps, starts, is typed in by hand, or found in the network without plex.tv."""
from __future__ import annotations

import logging
import socket
import threading
from pathlib import Path
from typing import Any, Iterator, List
from urllib.parse import urlsplit

import pytest
from urllib3.util import connection as urllib3_connection

from resources.lib.auth.errors import BadAddress, ServerUnreachable, UnknownServer
from resources.lib.auth.servers import addresses, discovery
from resources.lib.plex_errors import PlexServerError
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from tests.support.auth_environment import AuthEnvironment
from tests.support.waiting import NoWaiting
from tools import plexsim
from tools.plexsim.plextv.handlers.resources import connection

HASH = '0123456789abcdef0123456789abcdef'
DEAD = 'http://127.0.0.1:9'


@pytest.fixture
def sim() -> Iterator[plexsim.PlexSim]:
    with plexsim.PlexSim(config=plexsim.SimConfig()) as made:
        yield made


@pytest.fixture
def env(sim: plexsim.PlexSim, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[AuthEnvironment]:
    caplog.set_level(logging.DEBUG, 'pkc')
    made = AuthEnvironment(sim, tmp_path / 'addon_data')
    made.options = {'discover': lambda: discovery.search(0.5)}
    yield made
    lines = '\n'.join(record.getMessage() for record in caplog.records if record.name.startswith('pkc'))
    assert [secret for secret in made.secrets() | {'127.0.0.1'} if secret in lines] == []


@pytest.fixture(autouse=True)
def network(sim: plexsim.PlexSim, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions go to the simulator, not to the network of whoever runs the tests."""
    monkeypatch.setattr(discovery, 'TARGETS', (sim.gdm.address,))


def no_plex_tv(sim: plexsim.PlexSim) -> None:
    sim.faults.add('.*', 'drop', server='plextv')


# ---- found in the network ----------------------------------------------------------------------------------------

def test_server_that_moved_while_plex_tv_is_away_is_found_in_the_network(
        sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    before = manager.connection()
    no_plex_tv(sim)
    sim.move_pms()
    found = manager.connection(force=True)
    assert found.base_url == sim.pms_url != before.base_url
    assert found.token == before.token
    assert sim.gdm.asked == 1


def test_network_is_not_asked_while_plex_tv_knows_the_way(sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    manager.connection()
    sim.move_pms()
    assert manager.connection(force=True).base_url == sim.pms_url
    assert sim.gdm.asked == 0


def test_server_whose_address_plex_tv_has_wrong_is_found_in_the_network(
        sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    sim.config.connections = [connection(DEAD)]
    assert env.sign_in().connection().base_url == sim.pms_url


def test_other_server_in_the_network_is_not_taken_for_ours_and_gets_no_token(
        sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    manager.connection()
    no_plex_tv(sim)
    sim.move_pms()
    sim.reset_stats()
    sim.config.machine_identifier = 'somebody-elses'
    with pytest.raises(ServerUnreachable):
        manager.connection(force=True)
    assert [entry for entry in sim.requests if entry.server == 'pms'] == []


def test_http_that_is_not_allowed_is_not_used_for_a_found_server_either(
        sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    manager.connection()
    no_plex_tv(sim)
    sim.move_pms()
    env.allow_http = False
    with pytest.raises(ServerUnreachable):
        manager.connection(force=True)


def test_sleeping_server_makes_no_storm_of_questions(sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    env.options = {'discover': lambda: discovery.search(0.02)}  # the answers are of no use here
    manager = env.sign_in()
    manager.connection()
    no_plex_tv(sim)
    sim.config.machine_identifier = 'not the one'
    sim.move_pms()
    manager = env.start()
    for _ in range(6 * 60):
        sim.clock.advance(60)
        try:
            manager.connection()
        except ServerUnreachable:
            pass
    assert 3 < sim.gdm.asked < 30


def test_answers_of_the_network_are_read_as_hints() -> None:
    good = (b'HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nHost: %s.plex.direct\r\nName: Attic\r\n'
            b'Port: 32400\r\nResource-Identifier: m1\r\n\r\n' % HASH.encode())
    found = discovery.parse(good, '192.168.1.2')
    assert found == discovery.FoundServer('m1', 'Attic', '192.168.1.2', 32400, HASH + '.plex.direct')
    for bad in (b'', b'\xff\xfe', b'HTTP/1.0 404 No', good.replace(b'server', b'player'), good.replace(b'm1', b''),
                good.replace(b'32400', b'0'), good.replace(b'32400', b'http'), good.replace(b'200 OK', b'')):
        assert discovery.parse(bad, '192.168.1.2') is None
    for place in range(len(good)):
        discovery.parse(good[:place], '192.168.1.2')


def test_found_server_is_tried_by_its_certificate_first_and_never_by_a_made_up_one() -> None:
    near = addresses.found_addresses('192.168.1.2', 32400, HASH + '.plex.direct')
    assert [one.uri for one in near] == ['https://192-168-1-2.%s.plex.direct:32400' % HASH, '']
    assert [one.uri for one in addresses.found_addresses('192.168.1.2', 32400, 'evil.example.org')] == ['']


def test_without_any_network_the_search_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, 'TARGETS', (('no such host', 1),))
    assert discovery.search(0.1) == []

    def none(*_: Any) -> None:
        raise OSError(97, 'Address family not supported')
    monkeypatch.setattr(discovery.socket, 'socket', none)
    assert discovery.search(0.1) == []


# ---- IPv6 --------------------------------------------------------------------------------------------------------

@pytest.fixture
def ipv6_only(sim: plexsim.PlexSim, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server is only at an IPv6 address; not every machine that runs the tests has such a network."""
    wanted = ('fd00::9', 32400)
    served = urlsplit(sim.pms_url)
    real = urllib3_connection.create_connection

    def connect(address: Any, *more: Any, **named: Any) -> Any:
        return real((served.hostname, served.port) if address == wanted else address, *more, **named)

    monkeypatch.setattr(urllib3_connection, 'create_connection', connect)
    return 'http://[fd00::9]:32400'


def test_server_with_nothing_but_an_ipv6_address(sim: plexsim.PlexSim, env: AuthEnvironment, ipv6_only: str) -> None:
    sim.config.connections = [connection(DEAD), connection(ipv6_only)]
    manager = env.sign_in()
    found = manager.connection()
    assert found.base_url == ipv6_only
    client = PMSClient(PlexSession(ClientIdentity('test', '4.0.0')), found.base_url, found.token)
    assert client.identity().machine_identifier == sim.machine_identifier
    assert env.start().connection().base_url == ipv6_only, 'remembered'


@pytest.mark.parametrize('text', ['fd00::9', '[fd00::9]', '[fd00::9]:32400', 'http://[fd00::9]:32400/'])
def test_ipv6_address_that_was_typed(sim: plexsim.PlexSim, env: AuthEnvironment, ipv6_only: str, text: str) -> None:
    sim.config.connections = [connection(DEAD)]
    manager = env.sign_in()
    manager.add_server(text)
    assert manager.connection().base_url == ipv6_only


# ---- typed in ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(('text', 'host', 'port'), [
    ('192.168.1.2', '192.168.1.2', 32400), (' 192.168.1.2:1234 ', '192.168.1.2', 1234), ('nas', 'nas', 32400),
    ('http://192.168.1.2', '192.168.1.2', 32400), ('https://plex.example.org', 'plex.example.org', 443),
    ('https://plex.example.org:32400/web', 'plex.example.org', 32400), ('fd00::2', 'fd00::2', 32400),
    ('[fd00::2]:1234', 'fd00::2', 1234)])
def test_what_people_type(text: str, host: str, port: int) -> None:
    assert addresses.parse_typed(text)[1:] == (host, port)


@pytest.mark.parametrize('text', ['', ' ', 'ftp://host', 'two words', 'host:port', 'host:99999', '[fd00::2', 'a@b',
                                  'http://'])
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(BadAddress):
        addresses.parse_typed(text)


def test_typed_address_is_tried_with_the_certificates_of_the_accounts_servers(
        sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    sim.config.connections = [connection('https://10-0-0-5.%s.plex.direct:32400' % HASH)]
    manager = env.sign_in()
    ways = addresses.typed_addresses(addresses.parse_typed('192.168.1.9'), manager.servers())
    assert [one.uri for one in ways] == ['https://192-168-1-9.%s.plex.direct:32400' % HASH, '']
    ways = addresses.typed_addresses(addresses.parse_typed('https://8.8.8.8'), manager.servers())
    assert [one.uri for one in ways] == ['https://8-8-8-8.%s.plex.direct:32400' % HASH]
    ways = addresses.typed_addresses(addresses.parse_typed('fd00::9'), manager.servers())
    assert ways[0].uri == 'https://fd00--9.%s.plex.direct:32400' % HASH


def test_typed_address_works_where_none_of_the_listed_does_and_stays(
        sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    sim.config.connections = [connection(DEAD)]
    env.options = {'discover': list}
    manager = env.sign_in()
    with pytest.raises(ServerUnreachable):
        manager.connection()
    assert manager.add_server(sim.pms_url).machine_identifier == sim.machine_identifier
    assert manager.connection().base_url == sim.pms_url
    manager.servers()
    manager = env.start()
    no_plex_tv(sim)
    assert manager.connection().base_url == sim.pms_url


def test_server_that_the_account_does_not_have_is_refused_and_gets_no_token(
        sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    manager.connection()
    with plexsim.PlexSim(config=plexsim.SimConfig(machine_identifier='another')) as other:
        with pytest.raises(UnknownServer):
            manager.add_server(other.pms_url)
        assert all('X-Plex-Token' not in entry.headers for entry in other.requests)
    assert manager.connection(force=True).base_url == sim.pms_url


def test_typed_address_where_nobody_answers_changes_nothing(sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    before = manager.connection()
    with pytest.raises(ServerUnreachable):
        manager.add_server('127.0.0.1:9')
    assert manager.connection(force=True) == before


def test_plain_http_to_a_typed_address_only_when_allowed(sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    env.allow_http = False
    with pytest.raises(ServerUnreachable):
        manager.add_server(sim.pms_url)


# ---- starting, asleep --------------------------------------------------------------------------------------------

def test_server_that_is_starting_when_kodi_starts_is_waited_for(sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    manager.connection()
    manager = env.start()
    sim.config.maintenance = True
    asked = env.asked()
    for _ in range(30):
        sim.clock.advance(20)
        with pytest.raises(PlexServerError):
            manager.connection()
        assert manager.status().message_key == 'server_starting'
    assert env.asked() == asked, 'plex.tv knows no better'
    assert len(sim.requests.find('/identity')) < 40
    sim.config.maintenance = False
    sim.clock.advance(60)
    assert manager.connection().base_url == sim.pms_url
    assert manager.status().message_key == ''


def test_server_that_updates_itself_in_the_middle_costs_neither_token_nor_connection(
        sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    manager = env.sign_in()
    found = manager.connection()
    client = PMSClient(PlexSession(ClientIdentity('box', '4'), retries=1, cancellation=NoWaiting()), found.base_url,
                       found.token)
    sim.config.maintenance = True
    with pytest.raises(PlexServerError) as caught:
        client.sections()
    asked = env.asked()
    manager.report_failure(found, caught.value)
    assert manager.connection() == found
    sim.config.maintenance = False
    client.sections()
    assert env.asked() == asked


def test_all_addresses_are_tried_side_by_side(sim: plexsim.PlexSim, env: AuthEnvironment) -> None:
    """Listeners that never answer do not keep the user waiting one after the other."""
    silent: List[socket.socket] = []
    try:
        for _ in range(6):
            listener = socket.socket()
            listener.bind(('127.0.0.1', 0))
            listener.listen()
            silent.append(listener)
        dead = ['http://127.0.0.1:%d' % one.getsockname()[1] for one in silent]
        sim.config.connections = [connection(uri) for uri in (*dead, sim.pms_url)]
        assert env.sign_in().connection().base_url == sim.pms_url
        tried = [thread for thread in threading.enumerate() if thread.name == 'pkc-probe']
        assert len(tried) == len(dead), 'the silent ones are still being tried'
    finally:
        for listener in silent:
            listener.close()
        for thread in threading.enumerate():
            if thread.name == 'pkc-probe':
                thread.join(20)
