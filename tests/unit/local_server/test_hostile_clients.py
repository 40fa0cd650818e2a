"""What a web page, a neighbour or another program may do to the loopback server without the secret: nothing lasting."""
from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import ExitStack
from typing import List, Optional

import pytest

from resources.lib.local_server import rules
from resources.lib.local_server.art import ArtRoute
from resources.lib.local_server.request import RequestReader
from resources.lib.local_server.server import LocalServer
from tests.unit.local_server import raw
from tests.unit.local_server.conftest import LoopbackEnvironment
from tests.unit.local_server.fake_pms import FakePMS

PICTURE = '/art/mid/7/thumb/1'
LARGE = os.urandom(3_000_000)


@pytest.fixture(autouse=True)
def _picture(env: LoopbackEnvironment) -> None:
    env.pms.files['/photo/:/transcode'] = LARGE
    env.pms.mime = 'image/jpeg'


def status(answer: bytes) -> int:
    return int(answer.split(b' ', 2)[1]) if answer else 0


# ---- whoever does not read -----------------------------------------------------------------------------------------

def test_answers_that_nobody_reads_do_not_lock_the_others_out(env: LoopbackEnvironment, pms: FakePMS) -> None:
    """As many sockets as there are threads, each asking for thirty pictures and reading none of them."""
    server = LocalServer(0, {'art': ArtRoute(pms.get_client, lambda picture: True, env.fail)})
    server.start()
    with ExitStack() as open_sockets:
        for _ in range(rules.MAX_CONNECTIONS):
            one = open_sockets.enter_context(raw.connect(server.port, 2048))
            one.sendall(raw.get(server.port, PICTURE) * 30)
        raw.until(lambda: raw.unread(server) >= ArtRoute.rules.parallel)
        pms.files['/photo/:/transcode'] = b'small'
        for _ in range(10):
            started = time.monotonic()
            assert raw.exchange(server.port, raw.get(server.port, PICTURE, 'Connection: close')).endswith(b'small')
            assert time.monotonic() - started < 8.0
    server.stop()


def test_a_picture_that_is_not_read_in_time_ends_its_connection(env: LoopbackEnvironment,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ArtRoute, 'rules', ArtRoute.rules._replace(read_seconds=0.3))
    env.pms.files['/photo/:/transcode'] = bytes(12_000_000)
    with raw.connect(env.server.port, 2048) as connection:
        connection.sendall(raw.get(env.server.port, PICTURE))
        raw.until(lambda: raw.unread(env.server) == 1)
        raw.until(lambda: not env.open_connections())


def test_a_paused_player_may_stand_still(env: LoopbackEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than a picture may, and while everybody else wants in."""
    film = os.urandom(30_000_000)
    path = env.add(film)
    player = env.connect()
    player.request('GET', path)
    answer = player.getresponse()
    raw.until(lambda: raw.unread(env.server) == 1)
    others = [raw.connect(env.server.port) for _ in range(20)]
    assert env.ask('/nothing')[0] == 404
    assert answer.read() == film
    for connection in others:
        connection.close()


def test_no_route_can_take_all_the_room(env: LoopbackEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ArtRoute, 'rules', ArtRoute.rules._replace(parallel=3))
    env.pms.held = threading.Event()
    found: List[int] = []
    threads = [threading.Thread(target=lambda: found.append(env.ask(PICTURE)[0])) for _ in range(6)]
    for thread in threads:
        thread.start()
    raw.until(lambda: len(found) == 3)
    assert found == [503] * 3, 'nobody of those that are served could go'
    env.pms.held.set()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200] * 3 + [503] * 3


def test_few_requests_are_taken_in_advance(env: LoopbackEnvironment) -> None:
    env.pms.files['/photo/:/transcode'] = b'small'
    answer = raw.exchange(env.server.port, raw.get(env.server.port, PICTURE) * 30)
    assert answer.count(b'HTTP/1.1 200') == rules.MAX_PIPELINED + 1
    assert answer.count(b'Connection: close') == 1


# ---- whoever sends too much, or too slowly -------------------------------------------------------------------------

@pytest.mark.parametrize(('headers', 'expected'), [
    (b'X: ' + b'y' * 20_000 + b'\r\n', 431), (b''.join(b'X%d: y\r\n' % n for n in range(60)), 431),
    (b'X: ' + b'y' * 60_000 + b'\r\n' * 1, 431)])
def test_headers_are_bounded_in_bytes_and_number(env: LoopbackEnvironment, headers: bytes, expected: int) -> None:
    host = b'Host: 127.0.0.1:%d\r\n' % env.server.port
    assert status(raw.exchange(env.server.port, b'GET /x HTTP/1.1\r\n' + host + headers + b'\r\n')) == expected


def test_endless_headers_take_no_memory(env: LoopbackEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of a hundred lines was allowed 64 KiB."""
    held: List[int] = []
    receive = RequestReader._receive

    def received(reader: RequestReader, size: int, seconds: Optional[float] = None) -> bool:
        found = receive(reader, size, seconds)
        held.append(len(reader._buffer))
        return found
    monkeypatch.setattr(RequestReader, '_receive', received)
    with raw.connect(env.server.port) as connection, pytest.raises(ConnectionError):
        connection.sendall(b'GET /x HTTP/1.1\r\n')
        for n in range(10_000):
            connection.sendall(b'X%d: %s\r\n' % (n, b'y' * 60_000))
    assert 0 < max(held) <= 2 * rules.MAX_HEAD


def test_a_request_must_be_sent_in_time(env: LoopbackEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, 'REQUEST_SECONDS', 0.4)
    with raw.connect(env.server.port) as connection:
        started = time.monotonic()
        with pytest.raises(OSError):
            for byte in raw.get(env.server.port, '/nothing', 'X: ' + 'y' * 5000):
                connection.sendall(bytes((byte,)))
                time.sleep(0.02)
        assert time.monotonic() - started < 30.0


def test_a_body_must_be_sent_in_time(env: LoopbackEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, 'REQUEST_SECONDS', 0.3)
    lines = ['POST /api/x HTTP/1.1', 'Host: 127.0.0.1:%d' % env.server.port, 'Content-Length: 10', '', '{']
    started = time.monotonic()
    assert raw.exchange(env.server.port, '\r\n'.join(lines).encode()) == b''
    assert time.monotonic() - started < 8.0


def test_slow_senders_make_room(env: LoopbackEnvironment) -> None:
    with ExitStack() as open_sockets:
        for _ in range(30):
            one = open_sockets.enter_context(raw.connect(env.server.port))
            one.sendall(b'GET /x HTTP/1.1\r\nX: ')
        assert env.ask('/nothing')[0] == 404


# ---- requests that can be read in two ways -------------------------------------------------------------------------

@pytest.mark.parametrize(('headers', 'expected'), [
    (('Content-Length: 0', 'Content-Length: 5'), 400), (('Content-Length: 5', 'content-length: 0'), 400),
    (('Content-Length: 0', 'Content-Length: 0'), 400), (('Content-Length : 0',), 400), (('X: a', ' folded: b'), 400),
    (('no colon',), 400), (('X: a\0b',), 400), (('X: a\nHost: evil',), 400), (('X: a\rb',), 400), ((': x',), 400),
    (('Content-Length: +1',), 400), (('Content-Length: 1, 1',), 400), (('Content-Length: ' + '9' * 5000,), 400),
    (('Transfer-Encoding: chunked', 'Transfer-Encoding: identity'), 400)])
def test_ambiguous_headers_are_refused(env: LoopbackEnvironment, headers: List[str], expected: int) -> None:
    assert status(raw.exchange(env.server.port, raw.get(env.server.port, PICTURE, *headers))) == expected
    assert not env.pms.seen


@pytest.mark.parametrize(('line', 'expected'), [
    (b'GET /x', 400), (b'GET  /x HTTP/1.1', 400), (b'GET /x HTTP/2.0', 505), (b'GET /x HTTP/1.1 ', 400),
    (b'GET /x FTP/1.1', 400), (b'G\xcbT /x HTTP/1.1', 400), (b'', 400), (b'GET\t/x HTTP/1.1', 400)])
def test_odd_request_lines_are_refused(env: LoopbackEnvironment, line: bytes, expected: int) -> None:
    host = b'\r\nHost: 127.0.0.1:%d\r\n\r\n' % env.server.port
    assert status(raw.exchange(env.server.port, line + host)) == expected


# ---- web pages -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('header', [
    'Origin: https://evil.example', 'Origin: null', 'Origin: http://127.0.0.1:8080', 'Origin:',
    'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Site: same-site', 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: x'])
@pytest.mark.parametrize('path', [PICTURE, '/api/x', '/stream/mid/7/11/film.mkv', '/subtitle/mid/7/5/a.srt', '/no'])
def test_no_web_page_gets_anything(env: LoopbackEnvironment, header: str, path: str) -> None:
    env.add(b'film')
    assert status(raw.exchange(env.server.port, raw.get(env.server.port, path, header))) == 403
    assert not env.pms.seen


def test_a_typed_address_and_kodi_get_their_picture(env: LoopbackEnvironment) -> None:
    for headers in ((), ('Sec-Fetch-Site: none',)):
        assert status(raw.exchange(env.server.port, raw.get(env.server.port, PICTURE, 'Connection: close',
                                                            *headers))) == 200


@pytest.mark.parametrize('path', [PICTURE, '/art/mid/7/thumb/x', '/stream/mid/7/11/film.mkv', '/no', '/api/x'])
def test_every_answer_says_that_it_is_for_nobody_else(env: LoopbackEnvironment, path: str) -> None:
    env.add(b'film')
    for method in ('GET', 'HEAD', 'POST'):
        headers = env.ask(path, method)[1]
        assert headers['cross-origin-resource-policy'] == 'same-origin'
        assert headers['x-content-type-options'] == 'nosniff'


# ---- a server that answers with something else than a picture ------------------------------------------------------

@pytest.mark.parametrize('mime', [
    'image/svg+xml', 'IMAGE/SVG+XML; charset=utf-8', 'image/', 'image/x', 'text/html', 'image/jpeg\x01',
    'image/png,text/html', ''])
def test_only_pictures_are_passed_on(env: LoopbackEnvironment, mime: str) -> None:
    env.pms.mime = mime
    assert env.ask(PICTURE)[::2] == (404, b'')


@pytest.mark.parametrize(('mime', 'told'), [('image/jpeg', 'image/jpeg'), ('image/PNG; x=y', 'image/png'),
                                            ('image/webp', 'image/webp')])
def test_pictures_keep_their_type(env: LoopbackEnvironment, mime: str, told: str) -> None:
    env.pms.mime = mime
    assert env.ask(PICTURE)[1]['content-type'] == told


def test_a_folded_content_type_reaches_nobody(env: LoopbackEnvironment) -> None:
    env.pms.mime = 'image/jpeg;\r\n x=y'
    headers = env.ask(PICTURE)[1]
    assert headers.get('content-type', 'image/jpeg') == 'image/jpeg'


def test_a_header_never_ends_its_line(env: LoopbackEnvironment) -> None:
    class Splitting:
        rules = ArtRoute.rules

        def answer(self, exchange: object) -> None:
            exchange.reply(200, {'Content-Type': 'a\r\nSet-Cookie: b'})  # type: ignore[attr-defined]

    server = LocalServer(0, {'art': Splitting()})
    server.start()
    answer = raw.exchange(server.port, raw.get(server.port, '/art'))
    server.stop()
    assert status(answer) == 500 and b'Set-Cookie' not in answer


# ---- pictures that nobody was shown --------------------------------------------------------------------------------

@pytest.mark.parametrize('method', ['GET', 'HEAD'])
@pytest.mark.parametrize('path', ['/art/other/7/thumb/1', '/art/mid/8/thumb/1'])
def test_no_oracle(env: LoopbackEnvironment, method: str, path: str) -> None:
    """The answer for what is not known is the same as for what does not exist."""
    nothing = env.ask('/art/mid/7/thumb/x', method)
    found = env.ask(path, method)
    assert (found[0], found[2]) == (nothing[0], nothing[2]) == (404, b'')
    assert not env.pms.seen


def test_a_connection_that_is_closed_at_once_is_no_error(env: LoopbackEnvironment) -> None:
    for _ in range(50):
        socket.create_connection(('127.0.0.1', env.server.port), 5).close()
    assert env.ask('/nothing')[0] == 404
