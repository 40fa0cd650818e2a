"""A server that pushes without end, or drop by drop, gets no further than the limits."""
from __future__ import annotations

from typing import Callable, Iterator

import pytest

from resources.lib import plex_websocket
from resources.lib.plex_limits import NOTIFICATION
from tools.attack import pushes
from tools.attack.hostile import MIB, HostileServer, Script, endless, head_of


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as made:
        yield made


def _sent(server: HostileServer, script: Script) -> int:
    """The outcome is an error of ours; returns what the server got rid of."""
    server.scripts[pushes.PATH] = script
    assert pushes.listen(server) == 'PlexConnectionError'
    return server.sent[pushes.PATH]


@pytest.mark.parametrize('frames', [endless(pushes.ENDLESS_FRAME), pushes.parts_between_pings])
def test_a_message_without_end_is_not_collected(server: HostileServer, frames: Callable[[], Iterator[bytes]]) -> None:
    assert _sent(server, pushes.upgraded(server, frames)) < 30 * MIB  # 4 MiB, and what the system's buffers took


def test_headers_without_end_are_not_collected(server: HostileServer) -> None:
    assert _sent(server, endless(b'HTTP/1.1 101 Because\r\nX: ')) < 30 * MIB


def test_the_length_of_a_refusal_reserves_no_memory(server: HostileServer) -> None:
    server.scripts[pushes.PATH] = lambda: (head_of(403, 'Content-Length: %d' % 2 ** 40), b'no')
    assert pushes.listen(server) == 'PlexForbidden'


def test_a_frame_that_drips_ends_the_connection(server: HostileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plex_websocket, 'NOTIFICATION', NOTIFICATION._replace(seconds=0.3))
    _sent(server, pushes.upgraded(server, server.dripping(pushes.ENDLESS_FRAME, 0.05)))


def test_headers_that_drip_end_the_connection(server: HostileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('resources.lib.plex_notifications._CONNECT_SECONDS', 0.3)
    monkeypatch.setattr(plex_websocket, 'HEADER_SECONDS', 0.1)
    _sent(server, server.dripping(b'HTTP/1.1 101 Because\r\nX: ', 0.05))
