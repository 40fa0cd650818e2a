"""https with Plex's own certificates: preferred, checked, and never given up for a stranger."""
from __future__ import annotations

import logging
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Iterator

import pytest

from resources.lib.auth.errors import ServerUnreachable
from resources.lib.auth.servers.connections import LOCAL_HTTP, LOCAL_HTTPS
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.plex_notifications import ItemChanged, NotificationSocket
from resources.lib.service.error_texts import text_name
from tests.support.auth_environment import AuthEnvironment
from tests.support.tls import NAME, TlsProxy, certificate, names_lead_here, trust
from tools import plexsim


@pytest.fixture
def sim() -> Iterator[plexsim.PlexSim]:
    with plexsim.PlexSim(config=plexsim.SimConfig()) as made:
        yield made


@pytest.fixture
def env(sim: plexsim.PlexSim, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[AuthEnvironment]:
    caplog.set_level(logging.DEBUG, 'pkc')
    made = AuthEnvironment(sim, tmp_path / 'addon_data')
    made.options = {'discover': list}
    yield made
    lines = '\n'.join(record.getMessage() for record in caplog.records if record.name.startswith('pkc'))
    assert [secret for secret in made.secrets() | {'127.0.0.1', NAME} if secret in lines] == []


def offer(sim: plexsim.PlexSim, tls_proxy: TlsProxy, *, plain: bool) -> None:
    """plex.tv lists the secure address, and the plain one of the same server."""
    def address(uri: str, port: int) -> Any:
        return {'protocol': uri.split(':')[0], 'address': '127.0.0.1', 'port': port, 'uri': uri, 'local': True,
                'relay': False, 'IPv6': False}

    sim.config.connections = [address(tls_proxy.url, tls_proxy.port)]
    if plain:
        sim.config.connections.insert(0, address(sim.pms_url, int(sim.pms_url.rsplit(':', 1)[1])))


@pytest.fixture
def good(tmp_path: Path, sim: plexsim.PlexSim, monkeypatch: pytest.MonkeyPatch) -> Iterator[TlsProxy]:
    folder = certificate(tmp_path / 'good')
    trust(monkeypatch, folder)
    names_lead_here(monkeypatch)
    tls_proxy = TlsProxy(folder, sim.pms_url)
    yield tls_proxy
    tls_proxy.close()


def test_the_secure_address_is_taken_before_the_plain_one(
        sim: plexsim.PlexSim, env: AuthEnvironment, good: TlsProxy) -> None:
    offer(sim, good, plain=True)
    found = env.sign_in().connection()
    assert (found.base_url, found.rank) == (good.url, LOCAL_HTTPS)
    assert found.token.encode() in good.heard
    client = PMSClient(PlexSession(ClientIdentity('box', '4.0.0'), retries=0), found.base_url, found.token)
    assert client.identity().machine_identifier == sim.machine_identifier


def test_the_secure_address_does_without_permission_for_http(sim: plexsim.PlexSim, env: AuthEnvironment,
                                                             good: TlsProxy) -> None:
    offer(sim, good, plain=True)
    env.allow_http = False
    assert env.sign_in().connection().base_url == good.url


@pytest.fixture(params=['a stranger', 'another name', 'ran out'])
def bad(request: pytest.FixtureRequest, tmp_path: Path, sim: plexsim.PlexSim,
        monkeypatch: pytest.MonkeyPatch) -> Iterator[TlsProxy]:
    """Something answers where the server should be, and cannot prove that it is the server."""
    if request.param == 'a stranger':
        folder, believed = certificate(tmp_path / 'bad'), certificate(tmp_path / 'good')
    elif request.param == 'another name':
        folder = believed = certificate(tmp_path / 'bad', '*.ffffffffffffffffffffffffffffffff.plex.direct')
    else:
        folder = believed = certificate(tmp_path / 'bad', start=datetime(2010, 1, 1, tzinfo=timezone.utc))
    trust(monkeypatch, believed)
    names_lead_here(monkeypatch)
    tls_proxy = TlsProxy(folder, sim.pms_url)
    yield tls_proxy
    tls_proxy.close()


def test_who_cannot_prove_to_be_the_server_hears_nothing(
        sim: plexsim.PlexSim, env: AuthEnvironment, bad: TlsProxy) -> None:
    offer(sim, bad, plain=False)
    with pytest.raises(ServerUnreachable) as caught:
        env.sign_in().connection()
    assert text_name(caught.value) == 'server_unreachable'
    assert bad.heard == b''


def test_notifications_come_over_the_checked_connection(sim: plexsim.PlexSim, env: AuthEnvironment,
                                                         good: TlsProxy) -> None:
    offer(sim, good, plain=False)
    found = env.sign_in().connection()
    listener = NotificationSocket(found.base_url, found.token, 'box')
    listener.connect()
    sim.events.send('timeline', {'identifier': 'com.plexapp.plugins.library', 'sectionID': 1, 'itemID': '7',
                                 'state': 5})
    assert next(listener.notifications()) == ItemChanged('7', '1')
    listener.close()


def test_who_cannot_prove_to_be_the_server_is_not_listened_to(bad: TlsProxy) -> None:
    with pytest.raises(PlexConnectionError):
        NotificationSocket(bad.url, 'token', 'box').connect()
    assert bad.heard == b''


def test_a_bad_certificate_leads_to_plain_http_only_where_that_is_allowed(sim: plexsim.PlexSim, env: AuthEnvironment,
                                                                          bad: TlsProxy) -> None:
    offer(sim, bad, plain=True)
    manager = env.sign_in()
    found = manager.connection()
    assert (found.base_url, found.rank) == (sim.pms_url, LOCAL_HTTP)
    env.allow_http = False
    with pytest.raises(ServerUnreachable):
        manager.connection(force=True)
    assert bad.heard == b''


def test_a_router_that_hides_plex_direct_leads_to_plain_http_only_where_that_is_allowed(
        sim: plexsim.PlexSim, env: AuthEnvironment, good: TlsProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    names_lead_here(monkeypatch, known=False)
    offer(sim, good, plain=True)
    manager = env.sign_in()
    assert manager.connection().base_url == sim.pms_url
    env.allow_http = False
    with pytest.raises(ServerUnreachable):
        manager.connection(force=True)


def test_a_server_that_insists_on_https_is_not_asked_by_http(sim: plexsim.PlexSim, env: AuthEnvironment, good: TlsProxy,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    names_lead_here(monkeypatch, known=False)
    offer(sim, good, plain=False)
    sim.reset_stats()
    with pytest.raises(ServerUnreachable):
        env.sign_in().connection()
    assert [entry for entry in sim.requests if entry.server == 'pms'] == []
