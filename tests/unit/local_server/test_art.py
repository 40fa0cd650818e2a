"""Posters, backgrounds and logos for Kodi's texture cache, and nothing else."""
from __future__ import annotations

import threading
import tracemalloc
from multiprocessing.pool import ThreadPool

import pytest

from resources.lib.local_server import picture_limits
from resources.lib.local_server.pictures import Sizes
from resources.lib.plex_functions import PMSClient
from tests.unit.local_server import raw
from tests.unit.local_server.conftest import LoopbackEnvironment
from tests.unit.local_server.fake_pms import TOKEN
from tests.unit.local_server.raw import until

JPEG = b'\xff\xd8\xff' + b'j' * 200_000
TRANSCODE = '/photo/:/transcode'


@pytest.fixture(autouse=True)
def _pictures(env: LoopbackEnvironment) -> None:
    env.pms.files[TRANSCODE] = JPEG
    env.pms.mime = 'image/jpeg'


@pytest.mark.parametrize(('kind', 'url', 'width', 'height'), [
    ('thumb', '/library/metadata/7/thumb/1700000000', '480', '720'),
    ('art', '/library/metadata/7/art/1700000000', '1920', '1080'),
    ('clearLogo', '/library/metadata/7/clearLogo/1700000000', '1000', '400'),
    ('composite', '/library/collections/7/composite/1700000000', '480', '720'),
    ('playlist', '/playlists/7/composite/1700000000', '720', '720')])
def test_a_picture(env: LoopbackEnvironment, kind: str, url: str, width: str, height: str) -> None:
    status, headers, body = env.ask('/art/mid/7/%s/1700000000' % kind)
    assert (status, body) == (200, JPEG)
    assert headers['content-type'] == 'image/jpeg'
    assert 'max-age=31536000' in headers['cache-control']
    query = env.pms.seen[0][3]
    assert query['url'] == [url]
    assert (query['width'], query['height']) == ([width], [height])
    assert (query['minSize'], query['upscale']) == (['1'], ['0'])
    assert query.get('format') == (['png'] if kind == 'clearLogo' else None)


@pytest.mark.parametrize(('sizes', 'kind', 'width', 'height'), [
    (Sizes(720, 1080), 'banner', 1280, 240), (Sizes(720, 1080), 'squareArt', 720, 720),
    (Sizes(1080, 2160), 'thumb', 720, 1080), (Sizes(1080, 2160), 'art', 3840, 2160),
    (Sizes(360, 540), 'poster', 240, 360), (Sizes(360, 540), 'background', 960, 540),
    (Sizes(1, 1), 'banner', 1, 1)])
def test_a_picture_is_as_large_as_kodi_stores_it(env: LoopbackEnvironment, sizes: Sizes, kind: str, width: int,
                                                 height: int) -> None:
    env.sizes = sizes
    assert env.ask('/art/mid/7/%s/1' % kind)[0] == 200
    query = env.pms.seen[0][3]
    assert (query['width'], query['height']) == ([str(width)], [str(height)])


def test_who_wants_originals_gets_them(env: LoopbackEnvironment) -> None:
    env.sizes = None
    env.pms.files = {'/library/metadata/7/thumb/1': b'as large as can be'}
    assert env.ask('/art/mid/7/thumb/1')[::2] == (200, b'as large as can be')
    assert env.ask('/art/mid/7/thumb/2')[0] == 404
    assert [path for _, path, _, _ in env.pms.seen] == ['/library/metadata/7/thumb/1', '/library/metadata/7/thumb/2']


@pytest.mark.parametrize('status', [400, 404, 500])
def test_what_the_server_does_not_scale_is_shown_as_it_is(env: LoopbackEnvironment, status: int) -> None:
    """It is asked to scale three pictures in vain, then not for ten minutes."""
    env.pms.refused[TRANSCODE] = status
    for stamp in range(1, 6):
        env.pms.files['/library/metadata/7/thumb/%d' % stamp] = b'original'
        assert env.ask('/art/mid/7/thumb/%d' % stamp)[::2] == (200, b'original')
    assert [path for _, path, _, _ in env.pms.seen].count(TRANSCODE) == 3
    assert not env.failures
    env.pms.refused.clear()
    env.now += 601
    assert env.ask('/art/mid/7/thumb/1')[2] == JPEG
    assert env.ask('/art/mid/7/thumb/2')[2] == JPEG


def test_a_server_that_may_not_scale_for_us_is_asked_once(env: LoopbackEnvironment) -> None:
    env.pms.refused[TRANSCODE] = 403
    env.pms.files['/library/metadata/7/thumb/1'] = b'original'
    for _ in range(3):
        assert env.ask('/art/mid/7/thumb/1')[2] == b'original'
    assert [path for _, path, _, _ in env.pms.seen].count(TRANSCODE) == 1


def test_a_few_broken_pictures_do_not_end_scaling(env: LoopbackEnvironment) -> None:
    env.pms.files['/library/metadata/7/thumb/1'] = b'original'
    for _ in range(4):
        for _ in range(2):
            env.pms.refused[TRANSCODE] = 500
            assert env.ask('/art/mid/7/thumb/1')[2] == b'original'
        env.pms.refused.clear()
        assert env.ask('/art/mid/7/thumb/2')[2] == JPEG


def test_kodi_sees_whether_it_changed_without_asking_the_server(env: LoopbackEnvironment) -> None:
    """Kodi's texture cache compares Last-Modified of a HEAD."""
    status, headers, body = env.ask('/art/mid/7/thumb/1700000000', 'HEAD')
    assert (status, body) == (200, b'')
    assert headers['last-modified'] == 'Tue, 14 Nov 2023 22:13:20 GMT'
    for name, value, answer in (
            ('If-None-Match', headers['etag'], 304), ('If-None-Match', '"x", W/' + headers['etag'], 304),
            ('If-None-Match', '*', 304), ('If-Modified-Since', 'Tue, 14 Nov 2023 22:13:20 GMT', 304),
            ('If-Modified-Since', 'Wed, 15 Nov 2023 22:13:20 GMT', 304)):
        got, again, body = env.ask('/art/mid/7/thumb/1700000000', headers={name: value})
        assert (got, again['etag'], body) == (answer, headers['etag'], b'')
    assert env.ask('/art/mid/7/thumb/99999999999999999999', 'HEAD')[0] == 200
    assert not env.pms.seen


def test_a_changed_picture_is_sent(env: LoopbackEnvironment) -> None:
    tag = env.ask('/art/mid/7/thumb/1700000000', 'HEAD')[1]['etag']
    for headers in ({'If-None-Match': '"x"', 'If-Modified-Since': 'Wed, 15 Nov 2023 22:13:20 GMT'},
                    {'If-Modified-Since': 'Tue, 14 Nov 2023 22:13:19 GMT'}, {'If-Modified-Since': 'yesterday'}):
        assert env.ask('/art/mid/7/thumb/1700000000', headers=headers)[2] == JPEG
    assert env.ask('/art/mid/7/thumb/1700000001', headers={'If-None-Match': tag})[2] == JPEG
    env.sizes = Sizes(360, 540)
    assert env.ask('/art/mid/7/thumb/1700000000', headers={'If-None-Match': tag})[2] == JPEG, 'in another size'


@pytest.mark.parametrize('path', [
    '/art/mid/8/thumb/1', '/art/other/7/thumb/1', '/art/mid/7/theme/1', '/art/mid/7/thumb/1a', '/art/mid/7/thumb/',
    '/art/mid/7/thumb/1/x', '/art/mid/7/thumb', '/art/mid/7%3Fx/thumb/1', '/art/mid/7/THUMB/1', '/art',
    '/art/mid/7/thumb/%D9%A1', '/art/http:%2F%2Fevil/7/thumb/1', '/art/mid/7/thumb/' + '1' * 30])
def test_it_is_no_proxy_for_anything_else(env: LoopbackEnvironment, path: str) -> None:
    for method in ('GET', 'HEAD'):
        assert env.ask(path, method)[0] in (400, 404)
    assert not env.pms.seen


def test_a_missing_picture_is_missing(env: LoopbackEnvironment) -> None:
    env.pms.files.clear()
    assert env.ask('/art/mid/7/thumb/1')[::2] == (404, b'')


@pytest.mark.parametrize('status', [401, 500, 503])
def test_a_server_in_trouble(env: LoopbackEnvironment, status: int) -> None:
    env.pms.status = status
    got, headers, body = env.ask('/art/mid/7/thumb/1')
    assert (got, body, headers['cache-control']) == (503, b'', 'no-store')
    assert len(env.failures) == 1


def test_an_unreachable_server_is_left_in_peace_for_a_while(env: LoopbackEnvironment) -> None:
    """A wall of posters must not wait for one time-out each."""
    env.pms.close()
    for _ in range(3):
        assert env.ask('/art/mid/7/thumb/1')[::2] == (503, b'')
        assert env.ask('/art/mid/7/thumb/2', 'HEAD')[0] == 503, 'Kodi need not ask for the picture then'
    for seconds, failures in ((6, 2), (6, 2), (5, 3), (19, 3), (2, 4), (19, 4), (2, 5)):
        env.now += seconds
        assert env.ask('/art/mid/7/thumb/1')[0] == 503
        assert len(env.failures) == failures


def test_pictures_come_as_soon_as_the_server_is_back(env: LoopbackEnvironment) -> None:
    address, env.pms.client = env.pms.client, PMSClient(env.pms.session, 'http://127.0.0.1:9', TOKEN)
    assert env.ask('/art/mid/7/thumb/1')[0] == 503
    assert env.art.is_away('mid') and not env.art.is_away('other')
    env.pms.client = address
    assert env.ask('/art/mid/7/thumb/1')[0] == 503
    env.art.ask_again('mid')
    assert env.ask('/art/mid/7/thumb/1')[2] == JPEG


def test_one_picture_finds_out_whether_the_server_is_back(env: LoopbackEnvironment) -> None:
    """The others do not wait for it."""
    address, env.pms.client = env.pms.client, PMSClient(env.pms.session, 'http://127.0.0.1:9', TOKEN)
    assert env.ask('/art/mid/7/thumb/1')[0] == 503
    env.now += 6
    env.pms.client, env.pms.held = address, threading.Event()
    first = ThreadPool(1)
    found = first.apply_async(env.ask, ('/art/mid/7/thumb/1',))
    until(lambda: bool(env.pms.seen))
    assert [env.ask('/art/mid/7/thumb/2')[0] for _ in range(5)] == [503] * 5
    env.pms.held.set()
    assert found.get(60)[2] == JPEG
    assert env.ask('/art/mid/7/thumb/2')[2] == JPEG
    first.close()


def test_half_a_picture_is_never_cached(env: LoopbackEnvironment) -> None:
    env.pms.breaks = [1000]
    assert env.ask('/art/mid/7/thumb/1')[::2] == (503, b'')
    assert env.ask('/art/mid/7/thumb/1')[2] == JPEG


def test_a_login_page_is_no_picture(env: LoopbackEnvironment) -> None:
    env.pms.mime = 'text/html'
    assert env.ask('/art/mid/7/thumb/1')[::2] == (404, b'')


def test_a_picture_of_unknown_length(env: LoopbackEnvironment) -> None:
    env.pms.no_length = True
    status, headers, body = env.ask('/art/mid/7/thumb/1')
    assert (status, body, headers['content-length']) == (200, JPEG, str(len(JPEG)))


def test_the_server_scales_few_pictures_at_a_time(env: LoopbackEnvironment) -> None:
    env.pms.held = threading.Event()
    pool = ThreadPool(7)
    done = pool.map_async(lambda stamp: env.ask('/art/mid/7/thumb/%d' % stamp)[0], range(1, 8))
    until(lambda: len(env.pms.seen) == 4)
    assert env.ask('/nothing')[0] == 404, 'other requests do not wait for pictures'
    assert len(env.pms.seen) == 4
    env.pms.held.set()
    assert done.get(60) == [200] * 7
    pool.close()


def test_a_picture_waits_for_its_turn_for_a_while_only(env: LoopbackEnvironment,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """Kodi would give up itself, and its thread would have waited in vain."""
    monkeypatch.setattr(picture_limits, '_PATIENCE', 0.3)
    env.pms.held = threading.Event()
    pool = ThreadPool(4)
    done = pool.map_async(lambda stamp: env.ask('/art/mid/7/thumb/%d' % stamp)[0], range(1, 5))
    until(lambda: len(env.pms.seen) == 4)
    status, headers, _ = env.ask('/art/mid/7/thumb/5')
    assert (status, headers['cache-control'], len(env.pms.seen)) == (503, 'no-store', 4)
    env.pms.held.set()
    assert done.get(60) == [200] * 4
    pool.close()


def test_a_picture_that_nobody_waits_for_any_more_is_not_fetched(env: LoopbackEnvironment) -> None:
    env.pms.held = threading.Event()
    pool = ThreadPool(4)
    done = pool.map_async(lambda stamp: env.ask('/art/mid/7/thumb/%d' % stamp)[0], range(1, 5))
    until(lambda: len(env.pms.seen) == 4)
    for stamp in range(5, 8):
        with raw.connect(env.server.port) as connection:
            connection.sendall(raw.get(env.server.port, '/art/mid/7/thumb/%d' % stamp))
            until(lambda: len(env.open_connections()) == 5)
        until(lambda: len(env.open_connections()) == 4)
    env.pms.held.set()
    assert done.get(60) == [200] * 4
    assert len(env.pms.seen) == 4
    pool.close()


def test_a_picture_is_given_up_when_its_reader_goes(env: LoopbackEnvironment) -> None:
    env.pms.files[TRANSCODE] = b'j' * 12_000_000
    env.pms.pause = 0.005
    with raw.connect(env.server.port) as connection:
        connection.sendall(raw.get(env.server.port, '/art/mid/7/thumb/1'))
        until(lambda: env.pms.sent > 300_000)
    until(lambda: not env.open_connections())
    assert env.pms.sent < 12_000_000


def test_large_pictures_are_not_in_memory(env: LoopbackEnvironment) -> None:
    """Originals: eight of them, twelve megabytes each."""
    env.sizes = None
    env.pms.files = {'/library/metadata/7/thumb/%d' % stamp: b'j' * 12_000_000 for stamp in range(1, 9)}
    tracemalloc.start()
    pool = ThreadPool(8)
    try:
        assert pool.map(lambda stamp: _length(env, '/art/mid/7/thumb/%d' % stamp), range(1, 9)) == [12_000_000] * 8
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()
        pool.close()


def _length(env: LoopbackEnvironment, path: str) -> int:
    """The length of an answer's body, which is not kept."""
    connection = env.connect()
    connection.request('GET', path)
    answer = connection.getresponse()
    received = 0
    while True:
        piece = len(answer.read(16384))
        received += piece
        if not piece:
            connection.close()
            return received
