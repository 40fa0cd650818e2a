"""Posters, backgrounds and logos for Kodi's texture cache, and nothing else."""
from __future__ import annotations

import threading
import time

import pytest

from tests.unit.local_server.conftest import LoopbackEnvironment

JPEG = b'\xff\xd8\xff' + b'j' * 200_000
TRANSCODE = '/photo/:/transcode'


@pytest.fixture(autouse=True)
def _pictures(box: LoopbackEnvironment) -> None:
    box.pms.files[TRANSCODE] = JPEG
    box.pms.mime = 'image/jpeg'


@pytest.mark.parametrize(('kind', 'url', 'width', 'height'), [
    ('thumb', '/library/metadata/7/thumb/1700000000', '1000', '1500'),
    ('art', '/library/metadata/7/art/1700000000', '1920', '1080'),
    ('clearLogo', '/library/metadata/7/clearLogo/1700000000', '1000', '400'),
    ('composite', '/library/collections/7/composite/1700000000', '1000', '1500'),
    ('playlist', '/playlists/7/composite/1700000000', '1000', '1000')])
def test_a_picture(box: LoopbackEnvironment, kind: str, url: str, width: str, height: str) -> None:
    status, headers, body = box.ask('/art/mid/7/%s/1700000000' % kind)
    assert (status, body) == (200, JPEG)
    assert headers['content-type'] == 'image/jpeg'
    assert 'max-age=31536000' in headers['cache-control']
    query = box.pms.seen[0][3]
    assert query['url'] == [url]
    assert (query['width'], query['height']) == ([width], [height])
    assert (query['minSize'], query['upscale']) == (['1'], ['0'])
    assert query.get('format') == (['png'] if kind == 'clearLogo' else None)


def test_kodi_sees_whether_it_changed_without_asking_the_server(box: LoopbackEnvironment) -> None:
    """Kodi's texture cache compares Last-Modified of a HEAD."""
    status, headers, body = box.ask('/art/mid/7/thumb/1700000000', 'HEAD')
    assert (status, body) == (200, b'')
    assert headers['last-modified'] == 'Tue, 14 Nov 2023 22:13:20 GMT'
    assert box.ask('/art/mid/7/thumb/1700000000', headers={'If-None-Match': headers['etag']})[0] == 304
    assert box.ask('/art/mid/7/thumb/99999999999999999999', 'HEAD')[0] == 200
    assert not box.pms.seen


@pytest.mark.parametrize('path', [
    '/art/mid/8/thumb/1', '/art/other/7/thumb/1', '/art/mid/7/theme/1', '/art/mid/7/thumb/1a', '/art/mid/7/thumb/',
    '/art/mid/7/thumb/1/x', '/art/mid/7/thumb', '/art/mid/7%3Fx/thumb/1', '/art/mid/7/THUMB/1', '/art',
    '/art/mid/7/thumb/%D9%A1', '/art/http:%2F%2Fevil/7/thumb/1', '/art/mid/7/thumb/' + '1' * 30])
def test_it_is_no_proxy_for_anything_else(box: LoopbackEnvironment, path: str) -> None:
    for method in ('GET', 'HEAD'):
        assert box.ask(path, method)[0] in (400, 404)
    assert not box.pms.seen


def test_a_missing_picture_is_missing(box: LoopbackEnvironment) -> None:
    box.pms.files.clear()
    assert box.ask('/art/mid/7/thumb/1')[::2] == (404, b'')


@pytest.mark.parametrize('status', [401, 500, 503])
def test_a_server_in_trouble(box: LoopbackEnvironment, status: int) -> None:
    box.pms.status = status
    got, headers, body = box.ask('/art/mid/7/thumb/1')
    assert (got, body, headers['cache-control']) == (503, b'', 'no-store')
    assert len(box.failures) == 1


def test_an_unreachable_server_is_left_in_peace_for_a_while(box: LoopbackEnvironment) -> None:
    """A wall of posters must not wait for one time-out each."""
    box.pms.close()
    for _ in range(3):
        assert box.ask('/art/mid/7/thumb/1')[::2] == (503, b'')
    assert len(box.failures) == 1
    box.now += 6
    assert box.ask('/art/mid/7/thumb/1')[0] == 503
    assert len(box.failures) == 2


def test_half_a_picture_is_never_cached(box: LoopbackEnvironment) -> None:
    box.pms.breaks = [1000]
    assert box.ask('/art/mid/7/thumb/1')[::2] == (503, b'')
    assert box.ask('/art/mid/7/thumb/1')[2] == JPEG


def test_a_login_page_is_no_picture(box: LoopbackEnvironment) -> None:
    box.pms.mime = 'text/html'
    assert box.ask('/art/mid/7/thumb/1')[::2] == (404, b'')


def test_a_picture_of_unknown_length(box: LoopbackEnvironment) -> None:
    box.pms.no_length = True
    status, headers, body = box.ask('/art/mid/7/thumb/1')
    assert (status, body, headers['content-length']) == (200, JPEG, str(len(JPEG)))


def test_the_server_scales_few_pictures_at_a_time(box: LoopbackEnvironment) -> None:
    box.pms.delay = 0.1
    done = []
    threads = [threading.Thread(target=lambda: done.append(box.ask('/art/mid/7/thumb/1')[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.06)
    assert len(box.pms.seen) <= 4
    for thread in threads:
        thread.join()
    assert done == [200] * 8
