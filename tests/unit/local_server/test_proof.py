"""The plugin believes nobody but the service, the service nobody but the plugin, and the secret stays at home."""
from __future__ import annotations

import hmac
import json
import os
import socket
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import pytest

from resources.lib.local_server import client as client_module
from resources.lib.local_server import endpoint, proof
from resources.lib.local_server.callers import WINDOW, Callers
from resources.lib.local_server.client import ServiceClient, ServiceError, ServiceUnavailable
from resources.lib.local_server.endpoint import Endpoint
from resources.lib.local_server.request import Head
from resources.lib.local_server.server import LocalServer
from resources.lib.local_server.service_file import ServiceFile
from resources.lib.retry import RetryPolicy
from tests.unit.local_server import raw
from tests.unit.local_server.conftest import LoopbackEnvironment

SECRET = 's' * 43


def noting(called: List[Dict[str, Any]]) -> Callable[[Dict[str, Any]], Any]:
    """A call of the plugin that notes its arguments."""
    def handler(arguments: Dict[str, Any]) -> Any:
        called.append(arguments)
        return {}
    return handler


class Squatter:
    """Listens where the service should, and answers as the test says."""

    def __init__(self, answer: Callable[[bytes], bytes], port: int = 0) -> None:
        self._listener = socket.create_server(('127.0.0.1', port))
        self.port: int = self._listener.getsockname()[1]
        self.heard: List[bytes] = []
        self._answer = answer
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                heard = connection.recv(65536)
                self.heard.append(heard)
                try:
                    connection.sendall(self._answer(heard))
                except OSError:
                    pass

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def answer_of(status: int, body: bytes, *headers: str) -> bytes:
    lines = ['HTTP/1.1 %d OK' % status, 'Content-Length: %d' % len(body), *headers, '', '']
    return '\r\n'.join(lines).encode() + body


PLAY = b'{"url":"http://evil.example/film.mkv","resume":0}'


@pytest.mark.parametrize('answer', [
    lambda heard: answer_of(200, PLAY),
    lambda heard: answer_of(200, PLAY, 'X-PKC-Proof: ' + 'a' * 64),
    lambda heard: answer_of(200, PLAY, 'X-PKC-Proof: '),
    lambda heard: answer_of(200, PLAY, 'X-PKC-Proof: \xe4'),
    # What it was sent is no proof when it is sent back.
    lambda heard: answer_of(200, PLAY, 'X-PKC-Proof: ' + heard.split(b'X-PKC-Proof: ')[1].split(b'\r\n')[0].decode()),
    lambda heard: answer_of(200, PLAY, 'X-PKC-Proof: ' + heard.split(b'X-PKC-Proof: ')[1].split(b'\r\n')[0]
                            .decode().split('.')[2]),
    lambda heard: answer_of(200, b'', *('Content-Length: ' + '9' * 5000, 'Content-Length: \xb2')),
    lambda heard: answer_of(409, b'{"error":"no_server"}'), lambda heard: b'', lambda heard: b'220 ftp\r\n',
    lambda heard: b'HTTP/1.1 \xb2\xb2\xb2 OK\r\nX-PKC-Proof: a\r\n\r\n', lambda heard: b'\r\n\r\n' * 1000])
def test_a_squatter_is_not_believed_and_learns_no_secret(tmp_path: Path, answer: Callable[[bytes], bytes]) -> None:
    squatter = Squatter(answer)
    endpoint.write(str(tmp_path), Endpoint(squatter.port, SECRET))
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            ServiceClient(str(tmp_path)).call('play', {'machine_identifier': 'mid', 'rating_key': '7'})
    squatter.close()
    assert len(squatter.heard) == 2
    assert not any(SECRET.encode() in heard for heard in squatter.heard)


def test_a_squatter_that_drips_does_not_keep_kodi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, '_ANSWER_SECONDS', 0.3)
    listener = socket.create_server(('127.0.0.1', 0))
    endpoint.write(str(tmp_path), Endpoint(listener.getsockname()[1], SECRET))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                while True:
                    connection.sendall(b'H')
                    time.sleep(0.02)
            except OSError:
                pass
    threading.Thread(target=drip, daemon=True).start()
    started = time.monotonic()
    with pytest.raises(ServiceError):
        ServiceClient(str(tmp_path)).call('status', {}, timeout=60.0)
    assert time.monotonic() - started < 30.0
    listener.close()


def test_what_a_squatter_heard_is_of_no_use_to_it(env: LoopbackEnvironment, tmp_path: Path) -> None:
    """It kept the plugin's question, and asks the service the same afterwards."""
    squatter = Squatter(lambda heard: b'')
    endpoint.write(str(tmp_path), Endpoint(squatter.port, SECRET))
    with pytest.raises(ServiceUnavailable):
        ServiceClient(str(tmp_path)).call('x', {})
    squatter.close()
    called: List[Dict[str, Any]] = []
    env.handlers['x'] = noting(called)
    again = squatter.heard[0].replace(b':%d' % squatter.port, b':%d' % env.server.port)
    assert raw.exchange(env.server.port, again).startswith(b'HTTP/1.1 403')
    assert not called


def test_a_question_counts_once(env: LoopbackEnvironment) -> None:
    called: List[Dict[str, Any]] = []
    env.handlers['x'] = noting(called)
    headers = env.proven('/api/x', b'{}')
    assert [env.ask('/api/x', 'POST', headers, b'{}')[0] for _ in range(3)] == [200, 403, 403]
    assert len(called) == 1


@pytest.mark.parametrize(('path', 'body'), [('/api/x', b'{"a":1}'), ('/api/y', b'{}'), ('/api/x?y', b'{}'),
                                            ('/api/x', b'')])
def test_a_proof_is_for_one_question_only(env: LoopbackEnvironment, path: str, body: bytes) -> None:
    env.handlers['x'] = env.handlers['y'] = lambda args: {}
    assert env.ask(path, 'POST', env.proven('/api/x', b'{}'), body)[0] == 403


def test_the_answer_is_proven_and_only_as_it_was_sent(env: LoopbackEnvironment) -> None:
    env.handlers['x'] = lambda args: {'a': 1}
    nonce, value = proof.ask(env.endpoint.secret, 'POST', '/api/x', b'{}')
    status, headers, body = env.ask('/api/x', 'POST', {proof.HEADER: value}, b'{}')
    given = headers['x-pkc-proof']
    assert given == proof.of_answer(env.endpoint.secret, nonce, status, body)
    for other in ((nonce, 500, body), (nonce, 200, body + b' '), (nonce[::-1], 200, body)):
        assert given != proof.of_answer(env.endpoint.secret, *other)


def test_refusals_of_handlers_are_proven_too(env: LoopbackEnvironment, tmp_path: Path) -> None:
    endpoint.write(str(tmp_path), env.endpoint)
    with pytest.raises(ServiceError) as caught:
        ServiceClient(str(tmp_path)).call('nope', {})
    assert caught.value.key == 'unknown_call'


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def question(callers: Callers, moment: float, nonce: Optional[str] = None) -> Head:
    words = (nonce or os.urandom(16).hex(), str(int(moment * 1000)), 'POST', '/api/x')
    value = '.'.join((*words[:2], proof.of_question(callers.secret, words, b'{}')))
    return Head('POST', '/api/x', {'x-pkc-proof': value}, True)


@pytest.mark.parametrize(('late', 'taken'), [(0.0, True), (WINDOW - 1, True), (-WINDOW + 1, True), (WINDOW + 1, False),
                                             (-WINDOW - 1, False)])
def test_an_old_question_is_refused(late: float, taken: bool) -> None:
    callers = Callers(SECRET, Clock())
    assert bool(callers.recognise(question(callers, Clock.now - late), b'{}')) is taken


def test_nonces_are_remembered_as_long_as_they_could_be_used_and_no_longer() -> None:
    clock = Clock()
    callers = Callers(SECRET, clock)
    ahead = question(callers, clock.now + WINDOW - 1)
    assert callers.recognise(ahead, b'{}')
    for _ in range(int(2 * WINDOW)):
        clock.now += 1.0
        assert callers.recognise(question(callers, clock.now), b'{}')
        assert callers.recognise(ahead, b'{}') is None
    for _ in range(1000):
        clock.now += 1.0
        callers.recognise(question(callers, clock.now), b'{}')
    assert len(callers._taken) < 2 * WINDOW + 5


@pytest.mark.parametrize('value', [
    '', '.', '..', 'a.b.c', 'x' * 32 + '.1.y', 'a' * 32 + '.\xb2.' + 'b' * 64, 'a' * 32 + '.' + '9' * 5000 + '.b',
    'a' * 32 + '.1000000.\xe4', 'a' * 32 + '.-1.b', 'a' * 32 + '.1000000.'])
def test_senseless_proofs_are_no_errors(value: str) -> None:
    assert Callers(SECRET, Clock()).recognise(Head('POST', '/api/x', {'x-pkc-proof': value}, True), b'') is None


@pytest.mark.parametrize('with_openssl', [True, False])
def test_the_hmac_is_that_of_the_standard_library(monkeypatch: pytest.MonkeyPatch, with_openssl: bool) -> None:
    if not with_openssl:
        monkeypatch.setattr(proof, '_hmac_digest', None)
    for size in (0, 1, 63, 64, 65, 100_000):
        body = os.urandom(size)
        expected = hmac.new(SECRET.encode(), b'answer\nabc\n200\n' + body, 'sha256').hexdigest()
        assert proof.of_answer(SECRET, 'abc', 200, body) == expected


# ---- service.json: there while the port is ours, and only then -------------------------------------------------------

@pytest.fixture
def hidden() -> List[str]:
    return []


def started(tmp_path: Path, port: int, hidden: List[str]) -> LocalServer:
    server = LocalServer(port, {}, ServiceFile(str(tmp_path), hidden.append))
    server.start()
    return server


def test_the_file_names_us_while_the_port_is_ours(tmp_path: Path, hidden: List[str]) -> None:
    server = started(tmp_path, 0, hidden)
    first = endpoint.read(str(tmp_path))
    assert first is not None and first == server.endpoint and first.port == server.port
    server.stop()
    assert endpoint.read(str(tmp_path)) is None
    server.start()
    second = endpoint.read(str(tmp_path))
    assert second is not None and second.secret != first.secret and len(second.secret) >= 43
    assert hidden == [first.secret, second.secret], 'the log must know each before it is used'
    server.stop()


def test_a_squatter_on_the_port_gets_no_file(tmp_path: Path, hidden: List[str],
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    """Also not the one that a killed service left; and when the port is free at last, there is a new secret."""
    monkeypatch.setattr('resources.lib.local_server.server._PORT_RETRY', RetryPolicy(0.02, 0.02))
    squatter = Squatter(lambda heard: answer_of(200, PLAY))
    left = Endpoint(squatter.port, SECRET)
    endpoint.write(str(tmp_path), left)
    server = started(tmp_path, squatter.port, hidden)
    assert not server.running and endpoint.read(str(tmp_path)) is None
    time.sleep(0.1)
    assert endpoint.read(str(tmp_path)) is None
    with pytest.raises(ServiceUnavailable):
        ServiceClient(str(tmp_path)).call('play', {})
    assert not squatter.heard
    squatter.close()
    raw.until(lambda: endpoint.read(str(tmp_path)) is not None)
    found = endpoint.read(str(tmp_path))
    assert found == server.endpoint and found != left
    server.stop()
    assert endpoint.read(str(tmp_path)) is None


def test_a_full_disk_is_survived_and_the_file_written_later(tmp_path: Path, hidden: List[str],
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('resources.lib.local_server.server._FILE_RETRY', 0.05)
    write = endpoint.write

    def fail(profile_dir: str, found: Endpoint) -> None:
        raise OSError(28, 'full')
    monkeypatch.setattr(endpoint, 'write', fail)
    server = started(tmp_path, 0, hidden)
    assert server.running and endpoint.read(str(tmp_path)) is None
    monkeypatch.setattr(endpoint, 'write', write)
    raw.until(lambda: endpoint.read(str(tmp_path)) == server.endpoint)
    server.stop()


@pytest.mark.parametrize('content', [
    '', '[', '[]', '{}', 'null', '1', '{"port":Infinity,"secret":"s"}', '{"port":1e999,"secret":"s"}',
    '{"port":NaN,"secret":"s"}', '{"port":57310,"secret":1}', '{"port":57310,"secret":"\\ud800"}',
    '{"port":57310,"secret":""}', '{"port":0,"secret":"s"}', '{"port":65536,"secret":"s"}',
    '{"port":"57310","secret":"s"}', '[' * 100_000, '{"port":57310.5,"secret":"s"}', '\x00' * 100])
def test_a_senseless_file_means_no_service(tmp_path: Path, content: str) -> None:
    Path(endpoint.path(str(tmp_path))).write_text(content)
    assert endpoint.read(str(tmp_path)) is None
    with pytest.raises(ServiceUnavailable):
        ServiceClient(str(tmp_path)).call('status', {})


def test_a_port_that_is_taken_while_the_service_ends_leaves_no_file(tmp_path: Path, hidden: List[str],
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('resources.lib.local_server.server._PORT_RETRY', RetryPolicy(0.01, 0.01))
    for _ in range(10):
        squatter = Squatter(lambda heard: b'')
        server = started(tmp_path, squatter.port, hidden)
        squatter.close()
        server.stop()
        assert endpoint.read(str(tmp_path)) is None


# ---- numbers that are none -----------------------------------------------------------------------------------------

@pytest.mark.parametrize('value', ['Infinity', '-Infinity', 'NaN', '1e999', '-1e999', '9' * 30, '-' + '9' * 30,
                                   '9' * 5000, '9223372036854775808'])
def test_numbers_that_nothing_can_hold_are_refused(env: LoopbackEnvironment, value: str) -> None:
    called: List[Dict[str, Any]] = []
    env.handlers['x'] = noting(called)
    status, _, body = env.post('/api/x', ('{"limit":%s}' % value).encode())
    assert (status, json.loads(body)['error']) == (400, 'bad_request') and not called


def test_other_numbers_arrive(env: LoopbackEnvironment) -> None:
    env.handlers['x'] = lambda args: {'got': args['n']}
    for number in (0, -1, 2 ** 63 - 1, -2 ** 63, 1.5, 1e300):
        assert json.loads(env.post('/api/x', json.dumps({'n': number}).encode())[2]) == {'got': number}
