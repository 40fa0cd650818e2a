"""Posters, backgrounds and logos for Kodi's texture cache, and nothing else."""
from __future__ import annotations

import threading
import time

import pytest

from tests.unit.local_server.conftest import LoopbackEnvironment

JPEG = b'\xff\xd8\xff' + b'j' * 200_000
TRANSCODE = '/photo/:/transcode'


@pytest.fixture(autouse=True)
def _pictures(env: LoopbackEnvironment) -> None:
    env.pms.files[TRANSCODE] = JPEG
    env.pms.mime = 'image/jpeg'


@pytest.mark.parametrize(('kind', 'url', 'width', 'height'), [
    ('thumb', '/library/metadata/7/thumb/1700000000', '1000', '1500'),
    ('art', '/library/metadata/7/art/1700000000', '1920', '1080'),
    ('clearLogo', '/library/metadata/7/clearLogo/1700000000', '1000', '400'),
    ('composite', '/library/collections/7/composite/1700000000', '1000', '1500'),
    ('playlist', '/playlists/7/composite/1700000000', '1000', '1000')])
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


def test_kodi_sees_whether_it_changed_without_asking_the_server(env: LoopbackEnvironment) -> None:
    """Kodi's texture cache compares Last-Modified of a HEAD."""
    status, headers, body = env.ask('/art/mid/7/thumb/1700000000', 'HEAD')
    assert (status, body) == (200, b'')
    assert headers['last-modified'] == 'Tue, 14 Nov 2023 22:13:20 GMT'
    assert env.ask('/art/mid/7/thumb/1700000000', headers={'If-None-Match': headers['etag']})[0] == 304
    assert env.ask('/art/mid/7/thumb/99999999999999999999', 'HEAD')[0] == 200
    assert not env.pms.seen


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
    assert len(env.failures) == 1
    env.now += 6
    assert env.ask('/art/mid/7/thumb/1')[0] == 503
    assert len(env.failures) == 2


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
    env.pms.delay = 0.8
    done = []
    threads = [threading.Thread(target=lambda: done.append(env.ask('/art/mid/7/thumb/1')[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.4)
    assert len(env.pms.seen) <= 4
    for thread in threads:
        thread.join()
    assert done == [200] * 8
