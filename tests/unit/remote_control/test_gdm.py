"""The player in the network's discovery."""
from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Dict, Iterator, Tuple

import pytest

from resources.lib.auth.servers import discovery
from resources.lib.remote_control import gdm
from resources.lib.remote_control.gdm import Announcer
from tests.unit.remote_control.conftest import IDENTITY


def fields(message: bytes) -> Tuple[str, Dict[str, str]]:
    first, *lines = message.decode('utf-8').split('\r\n')
    return first, dict(line.split(': ', 1) for line in lines if line)


@pytest.fixture
def clients() -> Iterator[socket.socket]:
    """Whoever listens for players that say hello."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(('127.0.0.1', 0))
        sock.settimeout(20)
        yield sock


@pytest.fixture
def announcer(clients: socket.socket) -> Iterator[Announcer]:
    made = Announcer(IDENTITY, 3005, ('127.0.0.1', 0), clients.getsockname())
    made.open()
    yield made
    made.close()


def search(announcer: Announcer, question: bytes = b'M-SEARCH * HTTP/1.1\r\n\r\n', seconds: float = 20.0) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(seconds)
        sock.sendto(question, ('127.0.0.1', announcer.port))
        return sock.recv(4096)


def test_it_says_hello_and_goodbye(clients: socket.socket, announcer: Announcer) -> None:
    first, hello = fields(clients.recv(4096))
    assert first == 'HELLO * HTTP/1.0'
    announcer.close()
    first, bye = fields(clients.recv(4096))
    assert first == 'BYE * HTTP/1.0' and hello == bye
    assert hello == {
        'Content-Type': 'plex/media-player', 'Device-Class': 'htpc', 'Name': IDENTITY.name, 'Port': '3005',
        'Product': 'PlexKodiConnect', 'Protocol': 'plex', 'Protocol-Version': '1', 'Provides': 'player',
        'Protocol-Capabilities': 'timeline,playback,navigation,playqueues', 'Resource-Identifier': 'our-player',
        'Version': '4.0.0'}


def test_whoever_looks_for_players_finds_it(announcer: Announcer) -> None:
    for question in (b'M-SEARCH * HTTP/1.0', b'M-SEARCH * HTTP/1.1\r\n\r\n'):
        first, found = fields(search(announcer, question))
        assert first == 'HTTP/1.0 200 OK' and found['Port'] == '3005'


def test_it_is_not_taken_for_a_server(announcer: Announcer) -> None:
    assert discovery.parse(search(announcer), '127.0.0.1') is None


def test_a_name_cannot_add_fields() -> None:
    message = IDENTITY._replace(name='Kodi\r\nPort: 80\x00').announcement(3005)
    assert fields(b'HELLO\r\n' + message)[1]['Name'] == 'KodiPort: 80' and message.count(b'\r\nPort:') == 1


def test_noise_gets_no_answer_and_does_no_harm(announcer: Announcer) -> None:
    for noise in (b'', b'\xff' * 1400, b'HELLO * HTTP/1.0\r\n', b'HTTP/1.0 200 OK\r\n', b'GET / HTTP/1.1\r\n\r\n',
                  b'm-search * http/1.1'):
        with pytest.raises(socket.timeout):
            search(announcer, noise, 0.1)
    assert search(announcer)


def test_a_flood_gets_few_answers(announcer: Announcer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gdm, 'time', SimpleNamespace(monotonic=lambda: 1000.0))  # all of it comes within a second
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(50):
            sock.sendto(b'M-SEARCH * HTTP/1.1', ('127.0.0.1', announcer.port))
        sock.settimeout(20.0)
        for _ in range(gdm._ANSWERS_IN_A_SECOND):
            sock.recv(4096)
        sock.settimeout(0.3)
        with pytest.raises(socket.timeout):
            sock.recv(4096)


def test_nobody_outside_our_network_gets_an_answer(announcer: Announcer) -> None:
    assert not announcer._may_answer('8.8.8.8')
    assert announcer._may_answer('192.168.1.9')


def test_a_port_that_cannot_be_had_is_no_end(clients: socket.socket) -> None:
    announcer = Announcer(IDENTITY, 3005, ('192.0.2.1', 1), clients.getsockname())
    announcer.open()
    assert announcer.port == 0
    announcer.close()
