"""Kodi's player gets every byte, wherever it jumps and whatever the PMS does."""
from __future__ import annotations

import os
import threading
import time

import pytest

from resources.lib.local_server import ranges, stream_proxy
from resources.lib.playback.stream_registry import SUBTITLE, StreamRegistry, StreamSource
from resources.lib.plex_errors import PlexUnauthorized
from resources.lib.plex_requests import Access
from resources.lib.retry import RetryPolicy
from tests.unit.local_server.conftest import LoopbackEnvironment
from tests.unit.local_server.fake_pms import TOKEN
from tests.unit.local_server.raw import until

FILM = os.urandom(3_000_000)


@pytest.fixture(autouse=True)
def _no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_proxy, '_REOPEN_RETRY', RetryPolicy(0.001, 0.01))
    monkeypatch.setattr(stream_proxy, 'REOPEN_SECONDS', 0.03)


def test_a_whole_film(env: LoopbackEnvironment) -> None:
    status, headers, body = env.ask(env.add(FILM))
    assert (status, body) == (200, FILM)
    assert headers['content-length'] == str(len(FILM))
    assert headers['accept-ranges'] == 'bytes'
    assert headers['content-type'] == 'video/x-matroska'


@pytest.mark.parametrize(('asked', 'first', 'end'), [
    ('bytes=0-', 0, 3_000_000), ('bytes=1000000-', 1_000_000, 3_000_000), ('bytes=5-9', 5, 10),
    ('bytes=-100', 2_999_900, 3_000_000), ('bytes=2999999-', 2_999_999, 3_000_000),
    ('bytes=2999990-9999999', 2_999_990, 3_000_000)])
@pytest.mark.parametrize('ignores', [False, True])
def test_seeking(env: LoopbackEnvironment, asked: str, first: int, end: int, ignores: bool) -> None:
    """Also on a server (or a proxy before it) that ignores Range."""
    env.pms.ignore_range = ignores
    status, headers, body = env.ask(env.add(FILM), headers={'Range': asked})
    assert status == 206
    assert body == FILM[first:end]
    assert headers['content-range'] == 'bytes %d-%d/3000000' % (first, end - 1)


@pytest.mark.parametrize('asked', ['bytes=1-2,5-6', 'bytes=9-1', 'lines=1-2', 'bytes=-', 'bytes=x-', ''])
def test_a_senseless_range_is_ignored(env: LoopbackEnvironment, asked: str) -> None:
    assert env.ask(env.add(b'abc'), headers={'Range': asked})[::2] == (200, b'abc')


@pytest.mark.parametrize('ignores', [False, True])
def test_a_range_behind_the_end(env: LoopbackEnvironment, ignores: bool) -> None:
    env.pms.ignore_range = ignores
    assert env.ask(env.add(b'abc'), headers={'Range': 'bytes=3-'})[0] == 416


def test_if_range_is_passed_on(env: LoopbackEnvironment) -> None:
    """The file was replaced: Kodi must get the new one from its start."""
    path = env.add(b'abcdef')
    assert env.ask(path, headers={'Range': 'bytes=3-', 'If-Range': '"one"'})[::2] == (206, b'def')
    assert env.ask(path, headers={'Range': 'bytes=3-', 'If-Range': '"old"'})[::2] == (200, b'abcdef')


def test_an_empty_file(env: LoopbackEnvironment) -> None:
    assert env.ask(env.add(b''))[::2] == (200, b'')


def test_head_tells_the_length_without_the_film(env: LoopbackEnvironment) -> None:
    status, headers, body = env.ask(env.add(FILM), 'HEAD')
    assert (status, headers['content-length'], body) == (200, '3000000', b'')
    assert env.pms.sent <= 1


def test_a_broken_connection_goes_unnoticed(env: LoopbackEnvironment) -> None:
    env.pms.breaks = [700_000, 900_000, 0]
    status, _, body = env.ask(env.add(FILM))
    assert (status, body) == (200, FILM)
    assert env.pms.ranges() == ['', 'bytes=700000-2999999', 'bytes=1600000-2999999', 'bytes=1600000-2999999']
    assert env.pms.seen[1][2]['If-Range'] == '"one"'


def test_a_broken_connection_within_a_range(env: LoopbackEnvironment) -> None:
    env.pms.breaks = [100_000]
    _, _, body = env.ask(env.add(FILM), headers={'Range': 'bytes=1000-2000000'})
    assert body == FILM[1000:2000001]


def test_a_break_on_a_server_without_range(env: LoopbackEnvironment) -> None:
    env.pms.ignore_range = True
    env.pms.breaks = [700_000, 100_000]
    assert env.ask(env.add(FILM))[2] == FILM


def test_tries_are_bounded_and_the_cut_is_seen(env: LoopbackEnvironment) -> None:
    """Kodi must not take half a film for a whole one."""
    env.pms.breaks = [700_000] + [0] * 100
    connection = env.connect()
    connection.request('GET', env.add(FILM))
    answer = connection.getresponse()
    with pytest.raises(Exception, match='IncompleteRead'):
        answer.read()
    assert 3 <= len(env.pms.seen) <= 11


def test_progress_renews_the_tries(env: LoopbackEnvironment) -> None:
    film = os.urandom(30_000_000)
    env.pms.breaks = [2_000_000] * 14
    assert env.ask(env.add(film))[2] == film


def test_a_replaced_file_is_not_spliced(env: LoopbackEnvironment) -> None:
    path = env.add(FILM)
    env.pms.breaks = [500_000]
    connection = env.connect()
    connection.request('GET', path)
    answer = connection.getresponse()
    env.pms.etag = '"two"'
    with pytest.raises(Exception, match='IncompleteRead'):
        answer.read()


def test_an_expired_token_is_reported_and_survived(env: LoopbackEnvironment) -> None:
    """The next try goes through get_client and so gets the fresh token."""
    path = env.add(FILM)
    env.pms.breaks = [500_000]
    connection = env.connect()
    client = env.pms.client

    def fail(machine_identifier: str, error: Exception) -> None:
        LoopbackEnvironment.fail(env, machine_identifier, error)
        client._access = Access(client.base_url, TOKEN)
    for route in env.server._routes.values():
        if hasattr(route, '_report_failure'):
            route._report_failure = fail
    connection.request('GET', path)
    answer = connection.getresponse()
    client._access = Access(client.base_url, 'revoked')
    assert answer.read() == FILM
    assert all(isinstance(error, PlexUnauthorized) for _, error in env.failures)


@pytest.mark.parametrize(('status', 'told'), [(401, 503), (403, 503), (404, 404), (500, 503), (503, 503)])
def test_what_kodi_is_told(env: LoopbackEnvironment, status: int, told: int) -> None:
    path = env.add(b'abc')
    env.pms.status = status
    assert env.ask(path)[::2] == (told, b'')
    assert env.ask(path, 'HEAD')[0] == told


def test_an_unreachable_server(env: LoopbackEnvironment) -> None:
    path = env.add(b'abc')
    env.pms.close()
    assert env.ask(path)[::2] == (503, b'')
    assert env.failures[0][0] == 'mid'


def test_only_what_was_handed_out_is_served(env: LoopbackEnvironment) -> None:
    """Also not the names that Kodi tries beside a film."""
    env.add(FILM)
    for path in ('/stream/mid/7/11/film.edl', '/stream/mid/7/12/film.mkv', '/stream/mid/8/11/film.mkv',
                 '/stream/other/7/11/film.mkv', '/stream/mid/7/11', '/stream/mid/7/11/film.mkv/x',
                 '/subtitle/mid/7/11/film.mkv'):
        assert env.ask(path)[0] == 404
    assert not env.pms.seen


def test_no_token_reaches_kodi(env: LoopbackEnvironment) -> None:
    status, headers, _ = env.ask(env.add(b'abc'))
    assert status == 200
    assert TOKEN not in str(headers)
    assert str(env.pms._http.server_port) not in str(headers)


def test_a_file_of_unknown_length(env: LoopbackEnvironment) -> None:
    env.pms.no_length = True
    status, headers, body = env.ask(env.add(FILM))
    assert (status, body) == (200, FILM)
    assert 'content-length' not in headers


def test_kodi_closing_stops_the_download(env: LoopbackEnvironment) -> None:
    film = bytes(200_000_000)
    connection = env.connect()
    connection.request('GET', env.add(film))
    answer = connection.getresponse()
    answer.read(100_000)
    answer.close()
    connection.close()
    http = env.server._http
    assert http is not None
    until(lambda: not http._open)
    until(lambda: not env.pms.sending)
    assert env.pms.sent < 60_000_000


def test_a_pause_holds_the_stream_back(env: LoopbackEnvironment) -> None:
    """Nothing piles up in memory while Kodi does not read."""
    film = bytes(100_000_000)
    connection = env.connect()
    connection.request('GET', env.add(film))
    answer = connection.getresponse()
    time.sleep(0.3)
    assert env.pms.sent < 40_000_000
    assert len(answer.read()) == len(film)


def test_two_players_at_once(env: LoopbackEnvironment) -> None:
    path, bodies = env.add(FILM), []
    threads = [threading.Thread(target=lambda: bodies.append(env.ask(path)[2])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bodies == [FILM] * 4


def test_upstream_connections_are_used_again(env: LoopbackEnvironment) -> None:
    path = env.add(FILM)
    pools = env.pms.session._session.get_adapter('http://x').poolmanager.pools  # type: ignore[attr-defined]
    for _ in range(5):
        env.ask(path, headers={'Range': 'bytes=0-99'})
        # Kodi has its answer a moment before our thread gives the connection back.
        until(lambda: any(pools.get(next(iter(pools.keys()))).pool.queue))
    assert pools.get(next(iter(pools.keys()))).num_connections == 1


def test_a_subtitle(env: LoopbackEnvironment) -> None:
    env.pms.files['/library/streams/5'] = b'1\n00:00:01,000 --> 00:00:02,000\nHi\n'
    env.pms.no_length = True
    source = StreamSource(SUBTITLE, 'mid', '7', '5', 'film.en.srt', '/library/streams/5', 'text/plain')
    assert env.registry.register(source)
    status, headers, body = env.ask('/subtitle/mid/7/5/film.en.srt')
    assert (status, body) == (200, env.pms.files['/library/streams/5'])
    assert headers['content-length'] == str(len(body))
    assert env.ask('/subtitle/mid/7/5/film.en.srt', 'HEAD')[::2] == (200, b'')


@pytest.mark.parametrize('key', [
    'https://evil.example/library/parts/1/file.mkv', '//evil/library/parts/1', '/library/parts/../../x',
    '/library/parts/1?url=x', '/photo/:/transcode', '/library/parts/1/a\r\nX: y', '', '/library/parts//evil/x'])
def test_a_hostile_server_cannot_send_us_elsewhere(key: str) -> None:
    assert not StreamRegistry().register(StreamSource('stream', 'mid', '7', '1', 'a.mkv', key, ''))


def test_the_registry_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('resources.lib.playback.stream_registry._MAX_ENTRIES', 2)
    registry = StreamRegistry()
    for part in '123':
        registry.register(StreamSource('stream', 'm', '7', part, 'a.mkv', '/library/parts/1/1/a.mkv', ''))
    assert registry.find('stream', 'm', '7', '1', 'a.mkv') is None
    assert registry.find('stream', 'm', '7', '3', 'a.mkv')


def test_ranges() -> None:
    assert ranges.parse('bytes=0-') == (0, None)
    wanted = ranges.parse('bytes=-5')
    assert wanted is not None
    assert wanted.resolve(3) == range(3)
    assert wanted.resolve(0) is None
