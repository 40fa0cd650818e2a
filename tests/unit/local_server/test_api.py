"""The plugin's calls, and how they fail."""
from __future__ import annotations

import json
import logging
import os
import socket
import stat
import sys
import threading
from pathlib import Path
from subprocess import run
from typing import Any, Dict, List

import pytest

from resources.lib.local_server import endpoint, proof
from resources.lib.local_server.api import ApiError
from resources.lib.local_server.client import ServiceClient, ServiceError, ServiceUnavailable
from resources.lib.plex_errors import PlexConnectionError
from tests.unit.local_server.conftest import LoopbackEnvironment
from tools.ports import free_port


@pytest.fixture
def client(env: LoopbackEnvironment, tmp_path: Path) -> ServiceClient:
    endpoint.write(str(tmp_path), env.endpoint)
    return ServiceClient(str(tmp_path))


def test_a_call_reaches_its_handler_with_unicode(env: LoopbackEnvironment, client: ServiceClient) -> None:
    env.handlers['echo'] = lambda args: {'got': args}
    assert client.call('echo', {'a': 'ü 📺', 'n': [1, None]}) == {'got': {'a': 'ü 📺', 'n': [1, None]}}


def test_a_big_answer_arrives_whole(env: LoopbackEnvironment, client: ServiceClient) -> None:
    env.handlers['big'] = lambda args: {'x': 'y' * 3_000_000}
    assert len(client.call('big', {})['x']) == 3_000_000


def test_without_the_secret_nothing_happens(env: LoopbackEnvironment) -> None:
    called: List[Dict[str, Any]] = []

    def note(args: Dict[str, Any]) -> Dict[str, Any]:
        called.append(args)
        return {}
    env.handlers['x'] = note
    for headers in ({}, {proof.HEADER: 'wrong'}, {proof.HEADER: 'sésame'}, {'X-PKC-Secret': env.endpoint.secret}):
        assert env.ask('/api/x', 'POST', headers, b'{}')[0] == 403
    assert not called


@pytest.mark.parametrize(('error', 'key', 'status'), [
    (ApiError('no_server', 'none chosen'), 'no_server', 409),
    (ApiError('bad_request', 'limit', 400), 'bad_request', 400),
    (PlexConnectionError('GET /x: no answer'), 'PlexConnectionError', 500)])
def test_errors_carry_the_name_of_a_text(env: LoopbackEnvironment, client: ServiceClient, error: Exception, key: str,
                                         status: int) -> None:
    def fail(args: Dict[str, Any]) -> Dict[str, Any]:
        raise error
    env.handlers['x'] = fail
    with pytest.raises(ServiceError) as caught:
        client.call('x', {})
    assert caught.value.key == key
    assert env.post('/api/x')[0] == status


def test_a_bug_in_a_handler_is_logged_and_shows_no_details(env: LoopbackEnvironment, client: ServiceClient,
                                                           caplog: pytest.LogCaptureFixture) -> None:
    def fail(args: Dict[str, Any]) -> Dict[str, Any]:
        raise ZeroDivisionError('https://1-2-3-4.plex.direct/?X-Plex-Token=abc')
    env.handlers['x'] = fail
    with caplog.at_level(logging.ERROR), pytest.raises(ServiceError) as caught:
        client.call('x', {})
    assert (caught.value.key, caught.value.detail) == ('ZeroDivisionError', 'ZeroDivisionError')
    assert caplog.records[0].exc_info


@pytest.mark.parametrize(('body', 'status'), [
    (b'[1]', 400), (b'{', 400), (b'\xff', 400), (b'[' * 60000, 400), (b'', 200), (b' ' * 65537, 413)])
def test_bad_bodies(env: LoopbackEnvironment, body: bytes, status: int) -> None:
    env.handlers['x'] = lambda args: {}
    assert env.post('/api/x', body)[0] == status


def test_chunked_and_senseless_lengths_are_refused(env: LoopbackEnvironment) -> None:
    env.handlers['x'] = lambda args: {}
    for headers, status in (({'Transfer-Encoding': 'chunked'}, 411), ({'Content-Length': '-1'}, 400),
                            ({'Expect': '100-continue'}, 417)):
        assert env.ask('/api/x', 'POST', {**env.proven('/api/x'), **headers})[0] == status


def test_unknown_calls(env: LoopbackEnvironment) -> None:
    for path in ('/api/nope', '/api/x/y', '/api'):
        status, _, body = env.post(path)
        assert (status, json.loads(body)['error']) == (404, 'unknown_call')


def test_no_service(tmp_path: Path) -> None:
    client = ServiceClient(str(tmp_path))
    with pytest.raises(ServiceUnavailable):
        client.call('status', {})
    (tmp_path / 'service.json').write_text('{"port": ')
    with pytest.raises(ServiceUnavailable):
        client.call('status', {})
    endpoint.write(str(tmp_path), endpoint.Endpoint(free_port(), 's'))
    with pytest.raises(ServiceUnavailable):
        client.call('status', {})


def test_a_stale_secret_means_no_service(env: LoopbackEnvironment, tmp_path: Path) -> None:
    endpoint.write(str(tmp_path), endpoint.Endpoint(env.server.port, 'old'))
    with pytest.raises(ServiceUnavailable):
        ServiceClient(str(tmp_path)).call('status', {})


def test_a_silent_service_is_a_timeout(env: LoopbackEnvironment, client: ServiceClient) -> None:
    release = threading.Event()
    env.handlers['slow'] = lambda args: {'late': release.wait(60)}
    with pytest.raises(ServiceError) as caught:
        client.call('slow', {}, timeout=0.1)
    assert caught.value.key == 'timeout'
    release.set()


def test_a_service_that_stops_in_the_middle(tmp_path: Path) -> None:
    listener = socket.create_server(('127.0.0.1', 0))
    endpoint.write(str(tmp_path), endpoint.Endpoint(listener.getsockname()[1], 's'))

    def half() -> None:
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"a":')
        connection.close()
    threading.Thread(target=half, daemon=True).start()
    with pytest.raises(ServiceUnavailable):
        ServiceClient(str(tmp_path)).call('status', {})
    listener.close()


def test_service_json_is_private_and_whole(tmp_path: Path) -> None:
    folder = tmp_path / 'new'
    mine = endpoint.Endpoint(57310, endpoint.new_secret())
    endpoint.write(str(folder), mine)
    assert endpoint.read(str(folder)) == mine
    if os.name == 'posix':
        assert stat.S_IMODE((folder / 'service.json').stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ['service.json']
    assert json.loads((folder / 'service.json').read_text()) == {'port': 57310, 'secret': mine.secret}


def test_an_old_service_does_not_remove_the_new_ones_file(tmp_path: Path) -> None:
    old, new = endpoint.Endpoint(1, 'old'), endpoint.Endpoint(2, 'new')
    endpoint.write(str(tmp_path), new)
    endpoint.remove(str(tmp_path), old)
    assert endpoint.read(str(tmp_path)) == new
    endpoint.remove(str(tmp_path), new)
    endpoint.remove(str(tmp_path), new)
    assert endpoint.read(str(tmp_path)) is None


def test_the_plugins_client_imports_nothing_slow() -> None:
    """Every plugin call pays for every import."""
    code = ('import sys; import resources.lib.local_server.client; '
            'print(sorted({"http", "email", "ssl", "requests", "urllib", "secrets", "random"} & set(sys.modules)))')
    done = run([sys.executable, '-S', '-c', code], capture_output=True, text=True, check=True,
               cwd=str(Path(__file__).parents[3]))
    assert done.stdout.strip() == '[]'
