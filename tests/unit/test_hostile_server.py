"""A hostile server, or somebody who answers in its place, costs neither memory nor time, and learns nothing."""
from __future__ import annotations

import gzip
import threading
import time
import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Iterator, List

import pytest

from resources.lib import plex_connections, plex_http, plex_limits, plex_watchdog
from resources.lib.auth.servers import discovery
from resources.lib.local_server import picture_source
from resources.lib.plex_answers import loads
from resources.lib.plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexConnectionError,
    PlexError,
    PlexNotFound,
    PlexServerError,
    PlexTooSlow,
)
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.plex_limits import LISTING, PICTURE, SMALL, STREAM, TABLE, Limits
from resources.lib.retry import RetryPolicy
from tests.support.tls import TlsProxy, certificate, names_lead_here, trust
from tests.support.waiting import NoWaiting
from tests.unit.local_server.conftest import LoopbackEnvironment
from tests.unit.local_server.conftest import env as env
from tests.unit.local_server.conftest import pms as pms
from tools.attack.hostile import MIB, HostileServer, Script, answer, endless, head_of, once, zeros, zeros_twice

BAD = '/bad'
GOOD = b'{"MediaContainer": {"size": 1}}'
PACKED = gzip.compress(GOOD)
GZIP = 'Content-Encoding: gzip'
CHUNKED = 'Transfer-Encoding: chunked'
TYPE = 'Content-Type: image/jpeg'
PHOTO = '/photo/:/transcode'
ART = '/art/mid/7/thumb/1700000000'


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as made:
        yield made


@pytest.fixture
def session() -> Iterator[PlexSession]:
    made = PlexSession(ClientIdentity('me', '4.0.0'), timeout=(2.0, 3.0), retries=0, cancellation=NoWaiting())
    yield made
    made.close()


@pytest.fixture
def drawing(env: LoopbackEnvironment, server: HostileServer, session: PlexSession) -> LoopbackEnvironment:
    """A loopback server whose pictures come from the hostile server."""
    env.pms.client = PMSClient(session, server.url, 'token')
    return env


def memory_of(work: Callable[[], object]) -> float:
    """The most memory that Python's objects took meanwhile, in MB."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()


def error_of(work: Callable[[], object]) -> PlexError:
    with pytest.raises(PlexError) as caught:
        work()
    return caught.value


# ---- bodies without end --------------------------------------------------------------------------------------------

@pytest.mark.parametrize(('status', 'kind'), [(404, PlexNotFound), (500, PlexServerError)])
def test_an_endless_error_is_that_error_and_takes_no_memory(server: HostileServer, session: PlexSession, status: int,
                                                           kind: type) -> None:
    server.scripts[BAD] = endless(head_of(status))
    errors: List[PlexError] = []
    assert memory_of(lambda: errors.append(error_of(lambda: session.get_json(server.url + BAD)))) < 10
    assert type(errors[0]) is kind
    assert server.sent[BAD] < 20 * MIB  # what fits into the buffers of the system


def test_the_body_of_a_redirect_is_not_read(server: HostileServer, session: PlexSession) -> None:
    server.scripts[BAD] = endless(head_of(302, 'Location: /good'))
    assert memory_of(lambda: session.get_json(server.url + BAD)) < 10
    assert server.sent[BAD] < 20 * MIB
    assert len(server.requests) == 2


@pytest.mark.parametrize('head', [
    head_of(200), head_of(200, 'Content-Length: 300000000'),
    head_of(200, CHUNKED) + b'fffffff\r\n', head_of(200, CHUNKED) + b'-1\r\n'])
def test_an_endless_listing_is_cut_off(server: HostileServer, session: PlexSession, head: bytes) -> None:
    """http.client takes a chunk of the length -1 for a wish to read everything."""
    server.scripts[BAD] = endless(head + b'{"a": "')
    assert memory_of(lambda: error_of(lambda: session.get_json(server.url + BAD))) < 10
    assert server.sent[BAD] < 20 * MIB


@pytest.mark.parametrize('bomb', [zeros, zeros_twice])
@pytest.mark.parametrize('status', [200, 500])
@pytest.mark.parametrize('encoding', ['gzip', 'gzip, gzip'])
def test_a_gzip_bomb_does_not_go_off(server: HostileServer, session: PlexSession, bomb: Callable[[int], bytes],
                                     status: int, encoding: str) -> None:
    server.scripts[BAD] = once(answer(status, bomb(200 * MIB), 'Content-Encoding: ' + encoding))
    assert memory_of(lambda: error_of(lambda: session.get_json(server.url + BAD))) < 20


def test_confirmations_and_plex_tvs_answers_are_bounded_too(server: HostileServer, session: PlexSession) -> None:
    server.scripts[BAD] = endless(head_of(200))
    assert memory_of(lambda: session.send('PUT', server.url + BAD)) < 10
    assert server.sent[BAD] < 20 * MIB


@pytest.mark.parametrize(('begin', 'piece', 'count', 'end'), [
    (b'[', b'[],', 4 * MIB, b'[]]'), (b'{"MediaContainer": {"Metadata": [', b'{},', 4 * MIB, b'{}]}}'),
    (b'<MediaContainer>', b'<a/>', MIB, b'</MediaContainer>'),
    (b'<MediaContainer>', b'<a b="" c="" d="" e=""/>', 100_000, b'</MediaContainer>')])
def test_a_body_of_nothing_but_brackets_does_not_fill_the_memory(begin: bytes, piece: bytes, count: int,
                                                                 end: bytes) -> None:
    """Each pair takes some thirty times its length."""
    body = begin + piece * count + end

    def read() -> None:
        with pytest.raises(ValueError, match='too many'):
            loads(body)
    assert memory_of(read) < 10


def test_headers_have_a_limit_together(server: HostileServer, session: PlexSession) -> None:
    """http.client would take 6 MB, and begins anew after each "100 Continue"."""
    lines = [b'X-%d: ' % number + b'a' * 60000 + b'\r\n' for number in range(90)]
    server.scripts[BAD] = once(b'HTTP/1.1 100 Continue\r\n\r\n', b'HTTP/1.1 200 OK\r\n', *lines,
                               b'Content-Length: 2\r\n\r\n{}')
    assert memory_of(lambda: error_of(lambda: session.get_json(server.url + BAD))) < 5


# ---- bodies that drip ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize('head', [
    head_of(200, 'Content-Length: 100000'), head_of(200), head_of(200, 'Content-Length: 100000', GZIP),
    head_of(200, CHUNKED) + b'fffff\r\n', head_of(200, CHUNKED)])
def test_a_body_that_drips_is_given_up(server: HostileServer, session: PlexSession, head: bytes) -> None:
    """Each byte begins the socket's own time-out anew."""
    server.scripts[BAD] = server.dripping(head, 0.05)
    began = time.monotonic()
    assert isinstance(error_of(lambda: session.get_json(server.url + BAD, limits=SMALL._replace(seconds=0.4))),
                      PlexTooSlow)
    assert time.monotonic() - began < 10
    assert session.get_json(server.url + '/good') == {'MediaContainer': {}}


def test_a_body_that_drips_is_given_up_long_before_its_time_is_over(server: HostileServer,
                                                                    session: PlexSession) -> None:
    server.scripts[BAD] = server.dripping(head_of(200), 0.05)
    slow = SMALL._replace(seconds=60.0, pause=0.3, slowest=MIB)
    assert isinstance(error_of(lambda: session.get_json(server.url + BAD, limits=slow)), PlexTooSlow)


def test_what_came_too_slowly_is_not_asked_for_again(server: HostileServer) -> None:
    session = PlexSession(ClientIdentity('me', '4.0.0'), retries=3, cancellation=NoWaiting())
    server.scripts[BAD] = server.dripping(head_of(200), 0.05)
    error_of(lambda: session.get_json(server.url + BAD, limits=SMALL._replace(seconds=0.2)))
    assert len(server.requests) == 1
    session.close()


def test_an_error_that_drips_is_that_error(server: HostileServer, session: PlexSession,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plex_http, 'ERROR', plex_http.ERROR._replace(seconds=0.3))
    server.scripts[BAD] = server.dripping(head_of(404), 0.05)
    assert isinstance(error_of(lambda: session.get_json(server.url + BAD)), PlexNotFound)


@pytest.mark.parametrize('head', [b'', b'HTTP/1.1 200 OK\r\nX: ', b'HTTP/1.1 100 Continue\r\n\r\n'])
def test_headers_that_drip_are_given_up(server: HostileServer, monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    monkeypatch.setattr(plex_connections, 'HEADER_SECONDS', 0.2)
    session = PlexSession(ClientIdentity('me', '4.0.0'), timeout=(0.3, 0.3), retries=0)
    server.scripts[BAD] = server.dripping(head, 0.05)
    assert isinstance(error_of(lambda: session.get_json(server.url + BAD)), PlexConnectionError)
    session.close()


def test_the_end_of_the_service_ends_what_drips(server: HostileServer, session: PlexSession) -> None:
    server.scripts[BAD] = server.dripping(head_of(200), 0.05)
    errors: List[PlexError] = []
    reader = threading.Thread(target=lambda: errors.append(error_of(lambda: session.get_json(server.url + BAD))))
    reader.start()
    while not server.requests:
        time.sleep(0.01)
    session.close()
    reader.join(20)
    assert errors
    assert isinstance(error_of(lambda: session.get_json(server.url + '/good')), PlexCancelled)


def test_a_stream_may_stand_still_between_two_reads_but_not_within_one(
        server: HostileServer, session: PlexSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paused player reads nothing; a server that sends nothing is another matter."""
    server.scripts[BAD] = server.dripping(head_of(200) + b'x' * 300_000, 0.05)
    stream = session.request('GET', server.url + BAD, limits=STREAM._replace(slowest=MIB))
    assert stream.read(100_000) == b'x' * 100_000
    monkeypatch.setattr(plex_watchdog, 'time', SimpleNamespace(monotonic=lambda: time.monotonic() + 3600.0))
    assert stream.read(200_000) == b'x' * 200_000
    stream._limits = stream._limits._replace(pause=0.3)
    assert isinstance(error_of(lambda: stream.read(100_000)), PlexTooSlow)
    stream.close()


@pytest.mark.parametrize('head', [head_of(200), head_of(200, 'Content-Length: 100000'), b'HTTP/1.1 200 OK\r\nX: '])
def test_what_drips_inside_of_tls_is_given_up_too(server: HostileServer, tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    monkeypatch.setattr(plex_connections, 'HEADER_SECONDS', 0.1)
    folder = certificate(tmp_path)
    trust(monkeypatch, folder)
    names_lead_here(monkeypatch)
    tls_proxy = TlsProxy(folder, server.url)
    session = PlexSession(ClientIdentity('me', '4.0.0'), timeout=(2.0, 0.4), cancellation=NoWaiting())
    server.scripts[BAD] = server.dripping(head, 0.05)
    assert session.get_json(tls_proxy.url + '/good', retries=9) == {'MediaContainer': {}}
    began = time.monotonic()
    error_of(lambda: session.get_json(tls_proxy.url + BAD, retries=0, limits=SMALL._replace(seconds=0.4)))
    assert time.monotonic() - began < 10
    assert session.get_json(tls_proxy.url + '/good', retries=9) == {'MediaContainer': {}}
    session.close()
    tls_proxy.close()


# ---- headers that lie ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize('length', ['²', '9' * 5000, '9' * 16, '-1', '+2', '1_0', '2, 2', '0x2', '', '2.0', '2 2'])
@pytest.mark.parametrize('status', [200, 404])
def test_a_length_that_is_no_number_is_a_typed_error(server: HostileServer, session: PlexSession, length: str,
                                                     status: int) -> None:
    server.scripts[BAD] = once(head_of(status, 'Content-Length: ' + length) + b'{}')
    error = error_of(lambda: session.get_json(server.url + BAD))
    assert isinstance(error, (PlexBadAnswer, PlexConnectionError) if status == 200 else (PlexError,))


def test_two_lengths_are_refused(server: HostileServer, session: PlexSession) -> None:
    server.scripts[BAD] = once(head_of(200, 'Content-Length: 2', 'Content-Length: 3') + b'{}')
    error_of(lambda: session.get_json(server.url + BAD))


@pytest.mark.parametrize('encoding', ['gzip, gzip', 'deflate', 'br', 'zstd', 'identity, gzip', 'x'])
def test_an_encoding_that_was_not_asked_for_is_refused(server: HostileServer, session: PlexSession,
                                                       encoding: str) -> None:
    server.scripts[BAD] = once(answer(200, GOOD, 'Content-Encoding: ' + encoding))
    assert isinstance(error_of(lambda: session.get_json(server.url + BAD)), PlexBadAnswer)


@pytest.mark.parametrize('limits', [one for one in TABLE if not one.gzip])
def test_gzip_is_refused_where_the_bytes_are_wanted_as_they_are(server: HostileServer, session: PlexSession,
                                                                limits: Limits) -> None:
    server.scripts[BAD] = once(answer(200, gzip.compress(b'x'), GZIP))
    assert isinstance(error_of(lambda: session.request('GET', server.url + BAD, limits=limits)), PlexBadAnswer)
    assert b'Accept-Encoding: identity' in server.requests[0]


@pytest.mark.parametrize(('body', 'kind'), [
    (PACKED, None), (b'', PlexBadAnswer), (GOOD, PlexBadAnswer), (PACKED[:-6], PlexConnectionError),
    (PACKED + b'more', PlexBadAnswer), (PACKED * 2, PlexBadAnswer)],
    ids=['gzip', 'nothing', 'plain', 'cut', 'more behind it', 'two'])
def test_gzip_is_read_when_it_is_gzip(server: HostileServer, session: PlexSession, body: bytes, kind: Any) -> None:
    server.scripts[BAD] = once(answer(200, body, 'Content-Encoding: GZip'))
    if kind is None:
        assert session.get_json(server.url + BAD) == {'MediaContainer': {'size': 1}}
    else:
        assert isinstance(error_of(lambda: session.get_json(server.url + BAD)), kind)


def test_a_large_listing_in_gzip_arrives_whole(server: HostileServer, session: PlexSession) -> None:
    body = b'{"MediaContainer": {"a": "%s"}}' % (b'0123456789' * 300_000)
    server.scripts[BAD] = once(answer(200, gzip.compress(body), GZIP))
    assert session.get_body(server.url + BAD, limits=LISTING) == body


def test_no_cookie_is_kept_or_sent(server: HostileServer, session: PlexSession) -> None:
    server.scripts[BAD] = once(answer(200, GOOD, 'Set-Cookie: who=you; Path=/'))
    session.get_json(server.url + BAD)
    session.get_json(server.url + BAD, retries=3)  # the server hangs up after each, perhaps while we ask again
    assert len(server.requests) >= 2
    assert not any(b'cookie' in head.lower() for head in server.requests)


@pytest.mark.parametrize('port', ['²', '٣', '9' * 4000, '-1', '', '65536', '0'])
def test_a_neighbours_answer_with_a_senseless_port_is_no_server(port: str) -> None:
    told = 'HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nResource-Identifier: mid\r\nPort: %s\r\n' % port
    assert discovery.parse(told.encode('utf-8'), '192.168.1.2') is None


# ---- through the loopback server -----------------------------------------------------------------------------------

def art_answers(drawing: LoopbackEnvironment, count: int = 1) -> List[int]:
    """Statuses of so many pictures that are asked for at the same time."""
    found: List[int] = []
    threads = [threading.Thread(target=lambda: found.append(drawing.ask(ART)[0])) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize(('script', 'told'), [
    (lambda: endless(head_of(200, TYPE)), 503), (lambda: endless(head_of(404)), 404),
    (lambda: endless(head_of(302, 'Location: /x')), 404),
    (lambda: once(answer(200, zeros_twice(200 * MIB), TYPE, GZIP + ', gzip')), 503),
    (lambda: once(answer(200, zeros(200 * MIB), TYPE, GZIP)), 503),
    (lambda: once(head_of(200, TYPE, 'Content-Length: ²') + b'x'), 503),
    (lambda: once(head_of(200, TYPE, 'Content-Length: ' + '9' * 5000) + b'x'), 503)],
    ids=['endless', '404', 'redirect', 'gzip twice', 'gzip', 'odd length', 'long length'])
def test_a_hostile_picture_takes_little_memory(drawing: LoopbackEnvironment, server: HostileServer,
                                              script: Callable[[], Script], told: int) -> None:
    server.scripts[PHOTO] = script()
    statuses: List[int] = []
    assert memory_of(lambda: statuses.extend(art_answers(drawing))) < 60
    assert statuses == [told]


def test_pictures_that_drip_do_not_keep_the_others_waiting(drawing: LoopbackEnvironment, server: HostileServer,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_source, 'PICTURE', PICTURE._replace(seconds=0.4))
    server.scripts[PHOTO] = server.dripping(head_of(200, TYPE, 'Content-Length: 1000'), 0.05)
    began = time.monotonic()
    assert art_answers(drawing, 8) == [503] * 8
    assert time.monotonic() - began < 8
    assert drawing.failures, 'the connection manager was not told'
    del server.scripts[PHOTO]
    server.scripts[PHOTO] = once(answer(200, b'jpeg', TYPE))
    drawing.now += 6
    assert drawing.ask(ART)[::2] == (200, b'jpeg')


@pytest.mark.parametrize('headers', [
    ['Content-Range: bytes 0-1/²'], ['Content-Range: bytes 0-1/' + '9' * 5000], ['Content-Range: bytes 0-¹/3'],
    ['Content-Range: bytes 2-1/3'], ['Content-Range: bytes 0-3/3'], ['Content-Length: ²'],
    ['Content-Length: ' + '9' * 5000], [GZIP]])
def test_a_film_with_senseless_headers_is_refused(drawing: LoopbackEnvironment, server: HostileServer,
                                                  headers: List[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('resources.lib.local_server.stream_proxy._REOPEN_RETRY', RetryPolicy(0.001, 0.01))
    path = drawing.add(b'abc')
    server.scripts['/library/parts/11/1600000000/file.mkv'] = once(
        head_of(206, *headers) + b'abc')
    for method in ('GET', 'HEAD'):
        assert drawing.ask(path, method, {'Range': 'bytes=0-'})[0] in (502, 503)


# ---- the table -----------------------------------------------------------------------------------------------------

def test_only_what_kodi_plays_is_without_a_limit() -> None:
    """Whoever adds a purpose gives it limits, and a place in the table."""
    rows = [value for value in vars(plex_limits).values() if isinstance(value, Limits)]
    assert set(rows) == set(TABLE)
    assert len({limits.purpose for limits in TABLE}) == len(TABLE) == len(rows)
    for limits in TABLE:
        if limits is STREAM:
            assert not limits.gzip
        else:
            assert limits.wire is not None and limits.wire <= 32 * MIB
            assert limits.decoded is not None and limits.decoded <= 32 * MIB
            assert limits.seconds is not None and limits.seconds <= 120
        assert 0 < limits.seconds_for(65536) < 60
