"""Attacks by the answers of a hostile server, or of another program that answers in its place."""
from __future__ import annotations

import threading
from typing import Any, Callable, List

from resources.lib.local_server.art import ArtRoute
from resources.lib.local_server.server import LocalServer
from resources.lib.playback.pms import GetClient
from resources.lib.plex_errors import PlexError
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.plex_limits import LISTING, Limits
from tools.attack.client import get
from tools.attack.figures import Attack, Figures, measure
from tools.attack.hostile import MIB, HostileServer, Script, answer, endless, head_of, once, zeros, zeros_twice

_BAD = '/bad'
_PICTURE = '/photo/:/transcode'
_ART = '/art/mid/7/thumb/1700000000'
_READERS = 4
_GZIP = 'Content-Encoding: gzip'
_TYPE = 'Content-Type: image/jpeg'
_LONG = 'Content-Length: 1000000'


def asked(script: Callable[[HostileServer], Script], limits: Limits = LISTING, readers: int = 1) -> Attack:
    """``readers`` threads request this answer, with one try each; meanwhile the session is used for harmless ones."""
    def run() -> Figures:
        with HostileServer() as server:
            server.scripts[_BAD] = script(server)
            session = _session()

            def read() -> str:
                try:
                    session.get_json(server.url + _BAD, retries=0, limits=limits)
                except PlexError as error:
                    return type(error).__name__
                return 'read'
            try:
                return measure(lambda: _side_by_side(read, readers), lambda: session.get_json(server.url + '/good'))
            finally:
                session.close()
    return run


def drawn(script: Callable[[HostileServer], Script]) -> Attack:
    """The limit of parallel picture requests is used up by this answer; meanwhile the loopback server is asked."""
    def run() -> Figures:
        with HostileServer() as server:
            server.scripts[_PICTURE] = script(server)
            session = _session()
            client = PMSClient(session, server.url, 'token')
            loopback = LocalServer(0, {'art': _art(lambda _: client)})
            loopback.start()
            try:
                return measure(lambda: _side_by_side(lambda: str(get(loopback.port, _ART)), _READERS),
                               lambda: get(loopback.port, '/art/mid/7/thumb'))
            finally:
                loopback.stop()
                session.close()
    return run


def _art(get_client: GetClient) -> Any:
    return ArtRoute(get_client, lambda *_: True, lambda *_: None)


def _session() -> PlexSession:
    return PlexSession(ClientIdentity('attack', '4.0.0'), timeout=(4.0, 12.0), retries=1)


def _side_by_side(read: Callable[[], str], count: int) -> str:
    outcomes: List[str] = []
    threads = [threading.Thread(target=lambda: outcomes.append(read())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ', '.join(sorted(set(outcomes)))


ATTACKS = {
    'endless error': asked(lambda _: endless(head_of(404))),
    'endless redirect': asked(lambda _: endless(head_of(302, 'Location: ' + _BAD))),
    'endless listing': asked(lambda _: endless(head_of(200) + b'{"MediaContainer": "')),
    'gzip bomb, error': asked(lambda _: once(answer(500, zeros(1024 * MIB), _GZIP))),
    'gzip bomb, listing': asked(lambda _: once(answer(200, zeros(1024 * MIB), _GZIP))),
    'gzip in gzip, listing': asked(lambda _: once(answer(200, zeros_twice(1024 * MIB), _GZIP + ', gzip'))),
    'many lists, JSON': asked(lambda _: once(answer(200, b'[' + b'[],' * (7 * MIB) + b'[]]'))),
    'many elements, XML': asked(lambda _: once(answer(
        200, b'<MediaContainer>' + b'<a/>' * (5 * MIB) + b'</MediaContainer>'))),
    'headers of 6 MB': asked(lambda _: once(*_many_headers())),
    'chunk of length -1': asked(lambda _: endless(head_of(200, 'Transfer-Encoding: chunked') + b'-1\r\n')),
    'dripping listing': asked(lambda server: server.dripping(head_of(200, _LONG)), readers=_READERS),
    'dripping error': asked(lambda server: server.dripping(head_of(404, _LONG)), readers=_READERS),
    'dripping headers': asked(lambda server: server.dripping(b'HTTP/1.1 200 OK\r\nX: '), readers=_READERS),
    'endless 100 Continue': asked(lambda server: _continues(server), readers=_READERS),
    'endless picture': drawn(lambda _: endless(head_of(200, _TYPE))),
    'picture with an endless 404': drawn(lambda _: endless(head_of(404))),
    'picture, gzip in gzip': drawn(lambda _: once(answer(200, zeros_twice(1024 * MIB), _TYPE, _GZIP + ', gzip'))),
    'dripping picture': drawn(lambda server: server.dripping(head_of(200, _TYPE, _LONG))),
    'picture of senseless length': drawn(lambda _: once(head_of(200, _TYPE, 'Content-Length: ²'))),
}


def _many_headers() -> List[bytes]:
    line = b'X-%03d: ' + b'a' * 65000 + b'\r\n'
    return [b'HTTP/1.1 200 OK\r\n', *(line % number for number in range(95)), b'Content-Length: 2\r\n\r\n{}']


def _continues(server: HostileServer) -> Script:
    def script() -> Any:
        while True:
            yield b'HTTP/1.1 100 Continue\r\n\r\n' * 100
    return script
