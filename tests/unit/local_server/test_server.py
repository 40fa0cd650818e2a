"""Who may talk to the loopback server, and how it ends."""
from __future__ import annotations

import socket
import time
from typing import List

import pytest

from resources.lib.local_server.handler import split_path
from resources.lib.local_server.server import LocalServer
from resources.lib.retry import RetryPolicy
from tests.unit.local_server.conftest import LoopbackEnvironment


def raw(env: LoopbackEnvironment, request: bytes) -> bytes:
    with socket.create_connection(('127.0.0.1', env.server.port), 5) as connection:
        connection.sendall(request)
        pieces: List[bytes] = []
        while True:
            piece = connection.recv(65536)
            if not piece:
                return b''.join(pieces)
            pieces.append(piece)


def test_only_loopback_listens(env: LoopbackEnvironment) -> None:
    http = env.server._http
    assert http is not None
    assert http.socket.getsockname()[0] == '127.0.0.1'


@pytest.mark.parametrize('host', ['evil.example', '127.0.0.1', 'localhost', '127.0.0.1:1', '[::1]:80', ''])
def test_a_web_page_cannot_reach_it_by_dns_rebinding(env: LoopbackEnvironment, host: str) -> None:
    assert env.ask('/art/mid/7/thumb/1', headers={'Host': host})[0] == 403


def test_two_host_headers_are_refused(env: LoopbackEnvironment) -> None:
    good = b'Host: 127.0.0.1:%d\r\n' % env.server.port
    assert b' 403 ' in raw(env, b'GET /x HTTP/1.1\r\nHost: evil\r\n' + good + b'\r\n')
    assert b' 403 ' in raw(env, b'GET /x HTTP/1.1\r\n\r\n')


def test_localhost_is_us_too(env: LoopbackEnvironment) -> None:
    assert env.ask('/nothing', headers={'Host': 'localhost:%d' % env.server.port})[0] == 404


@pytest.mark.parametrize(('method', 'path'), [
    ('POST', '/art/mid/7/thumb/1'), ('PUT', '/api/x'), ('GET', '/api/x'), ('DELETE', '/stream/mid/7/11/film.mkv'),
    ('OPTIONS', '/api/x'), ('CONNECT', '/api/x'), ('TRACE', '/api/x')])
def test_no_other_methods(env: LoopbackEnvironment, method: str, path: str) -> None:
    status, _, body = env.ask(path, method)
    assert (status, body) == (405, b'')


@pytest.mark.parametrize('target', [
    b'http://127.0.0.1/art/x', b'//evil/x', b'*', b'/art/../x', b'/art/%2e%2e/x', b'/art/a%2fb/thumb/1',
    b'/art//thumb', b'/art/a%00b', b'/art/a%5cb', b'/stream/mid/7/11/'])
def test_odd_paths_are_refused(env: LoopbackEnvironment, target: bytes) -> None:
    host = b'Host: 127.0.0.1:%d\r\n' % env.server.port
    answer = raw(env, b'GET ' + target + b' HTTP/1.1\r\n' + host + b'\r\n')
    assert answer.split()[1] in (b'400', b'404'), answer


def test_over_long_lines_and_headers_are_refused(env: LoopbackEnvironment) -> None:
    assert b' 414 ' in raw(env, b'GET /' + b'a' * 5000 + b' HTTP/1.1\r\n\r\n')[:20]
    host = b'Host: 127.0.0.1:%d\r\n' % env.server.port
    many = b''.join(b'X-%d: y\r\n' % i for i in range(200))
    assert b' 431 ' in raw(env, b'GET /x HTTP/1.1\r\n' + host + many + b'\r\n')[:20]
    assert b' 400 ' in raw(env, b'\x16\x03\x01 hello there you\r\n\r\n')[:20]


def test_connections_are_kept_alive(env: LoopbackEnvironment) -> None:
    env.handlers['status'] = lambda args: {'ok': True}
    connection = env.connect()
    sockets, taken = set(), []
    for _ in range(100):
        started = time.monotonic()
        connection.request('POST', '/api/status', b'{}', env.proven('/api/status', b'{}'))
        assert connection.getresponse().read() == b'{"ok":true}'
        taken.append(time.monotonic() - started)
        sockets.add(connection.sock.getsockname())
    assert len(sockets) == 1
    assert min(taken) < 0.03, 'a delayed acknowledgement takes 40 ms each time'


def test_more_connections_than_threads_do_not_lock_kodi_out(env: LoopbackEnvironment) -> None:
    """Idle connections are closed for the sake of new ones."""
    idle = [socket.create_connection(('127.0.0.1', env.server.port), 5) for _ in range(12)]
    time.sleep(0.1)
    assert env.ask('/nothing')[0] == 404
    for connection in idle:
        connection.close()


def test_stop_is_quick_with_open_and_busy_connections(env: LoopbackEnvironment) -> None:
    path = env.add(b'x' * 30_000_000)
    idle = socket.create_connection(('127.0.0.1', env.server.port), 5)
    busy = env.connect()
    busy.request('GET', path)
    busy.getresponse()  # and then read nothing: a paused player
    env.pms.delay = 60.0
    waiting = env.connect()
    waiting.request('GET', path)
    time.sleep(0.1)
    started = time.monotonic()
    env.server.stop()
    assert time.monotonic() - started < 20.0
    assert not env.server.running
    with pytest.raises(OSError):
        socket.create_connection(('127.0.0.1', env.server.port or 1), 0.2)
    for connection in (idle, busy, waiting):
        connection.close()


def test_a_busy_port_is_taken_as_soon_as_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an update the old service may still hold the port."""
    monkeypatch.setattr('resources.lib.local_server.server._PORT_RETRY', RetryPolicy(0.02, 0.02))
    old = LocalServer(0, {})
    old.start()
    new = LocalServer(old.port, {})
    new.start()
    assert (old.running, new.running) == (True, False)
    old.stop()
    deadline = time.monotonic() + 20
    while not new.running and time.monotonic() < deadline:
        time.sleep(0.01)
    assert new.running
    socket.create_connection(('127.0.0.1', new.port), 1).close()
    new.stop()
    new.stop()


def test_stop_while_the_port_is_busy_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    old = LocalServer(0, {})
    old.start()
    new = LocalServer(old.port, {})
    new.start()
    thread = new._thread
    new.stop()
    assert thread is not None
    assert not thread.is_alive()
    old.stop()


def test_start_after_stop_works(env: LoopbackEnvironment) -> None:
    env.server.stop()
    env.server.start()
    assert env.ask('/nothing')[0] == 404


def test_split_path_decodes() -> None:
    assert split_path('/stream/a/Der%20Film%20%C3%BC.mkv?x=1') == ('stream', 'a', 'Der Film ü.mkv')
