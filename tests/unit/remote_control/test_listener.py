"""The player's port: what neighbours, web pages and strangers may send, and what they get."""
from __future__ import annotations

import socket
import threading
import time
import xml.etree.ElementTree as ElementTree
from contextlib import ExitStack
from typing import List

import pytest

from resources.lib.local_server import rules
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.remote_control import commands, limits
from resources.lib.remote_control.listener import Listener
from resources.lib.remote_control.timeline import QueuePlace, Timeline
from tests.unit.local_server import raw
from tests.unit.remote_control.conftest import IDENTITY, Neighbourhood, status

PAUSE = '/player/playback/pause?commandID=1&type=video'


def body(answer: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(answer.partition(b'\r\n\r\n')[2])


def test_whoever_has_a_token_of_ours_controls_the_player(env: Neighbourhood) -> None:
    answer = env.get(PAUSE)
    assert status(answer) == 200 and body(answer).attrib == {'code': '200', 'status': 'OK'}
    assert env.player.commands == [commands.Transport('pause')]
    assert b'X-Plex-Client-Identifier: our-player\r\n' in answer


def test_the_token_may_be_a_parameter(env: Neighbourhood) -> None:
    assert status(env.get(PAUSE + '&X-Plex-Token=ours', token='')) == 200


@pytest.mark.parametrize('path', [
    PAUSE, '/player/playback/playMedia?key=/library/metadata/1&machineIdentifier=m', '/player/navigation/home',
    '/player/timeline/poll?wait=0', '/player/timeline/subscribe?port=32400&protocol=http',
    '/player/timeline/unsubscribe', '/player/application/setText?text=x', '/player/mirror/details', '/player/no/such'])
def test_without_a_token_or_with_a_wrong_one_nothing_happens(env: Neighbourhood, path: str) -> None:
    for token in ('', 'wrong', 'ours2', 'OURS'):
        answer = env.get(path, token=token)
        assert status(answer) == 401 and b'Timeline' not in answer
    assert not env.player.commands and not len(env.subscribers) and not env.posts


def test_without_an_identifier_in_a_header_nothing_happens(env: Neighbourhood) -> None:
    assert status(env.get(PAUSE, identifier='')) == 401
    assert status(env.get(PAUSE + '&X-Plex-Client-Identifier=phone', identifier='')) == 401
    assert status(env.get(PAUSE, identifier='x' * 300)) == 401


def test_the_server_is_away_so_nobody_can_be_checked(env: Neighbourhood) -> None:
    def away(token: str) -> bool:
        raise PlexConnectionError('away')
    env.controllers._confirms = away
    assert status(env.get(PAUSE)) == 503 and not env.player.commands


def test_commands_for_another_player_are_not_ours(env: Neighbourhood) -> None:
    assert status(env.get(PAUSE, 'X-Plex-Target-Client-Identifier: somebody')) == 404
    assert status(env.get(PAUSE, 'X-Plex-Target-Client-Identifier: our-player')) == 200


def test_resources_tell_everybody_what_gdm_tells(env: Neighbourhood) -> None:
    answer = env.get('/resources', token='', identifier='')
    player = body(answer)[0]
    assert status(answer) == 200 and player.tag == 'Player'
    assert player.attrib == {
        'title': IDENTITY.name, 'machineIdentifier': 'our-player', 'product': 'PlexKodiConnect', 'version': '4.0.0',
        'platform': 'Linux', 'platformVersion': '20.1', 'protocol': 'plex', 'protocolVersion': '1',
        'protocolCapabilities': 'timeline,playback,navigation,playqueues', 'deviceClass': 'htpc', 'device': 'Linux',
        'provides': 'player'}


# ---- web pages -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('host', ['evil.example', 'localhost', '127.0.0.1', '192.168.1.5:3005', 'evil.example:%d'])
def test_a_name_that_was_made_to_point_here_is_refused(env: Neighbourhood, host: str) -> None:
    host = host % env.listener.port if '%d' in host else host
    request = 'GET /resources HTTP/1.1\r\nHost: %s\r\nX-Plex-Token: ours\r\n\r\n' % host
    assert status(raw.exchange(env.listener.port, request.encode())) == 403


def test_without_a_host_or_with_two_it_is_refused(env: Neighbourhood) -> None:
    assert status(raw.exchange(env.listener.port, b'GET /resources HTTP/1.1\r\n\r\n')) == 403
    port = env.listener.port
    assert status(raw.exchange(port, raw.get(port, '/resources', 'Host: 127.0.0.1:%d' % port))) == 403


@pytest.mark.parametrize('header', ['Origin: https://app.plex.tv', 'Origin: null', 'Sec-Fetch-Site: cross-site',
                                    'Sec-Fetch-Site: same-origin'])
def test_no_page_of_a_browser_gets_anything(env: Neighbourhood, header: str) -> None:
    for path in (PAUSE, '/resources'):
        assert status(env.get(path, header)) == 403
    assert not env.player.commands


def test_no_answer_invites_other_sites(env: Neighbourhood) -> None:
    for path in (PAUSE, '/resources'):
        assert b'Access-Control' not in env.get(path)


@pytest.mark.parametrize('method', ['OPTIONS', 'PUT', 'DELETE', 'HEAD', 'TRACE', 'CONNECT'])
def test_no_other_methods(env: Neighbourhood, method: str) -> None:
    request = raw.get(env.listener.port, PAUSE, 'X-Plex-Token: ours', 'X-Plex-Client-Identifier: phone')
    assert status(raw.exchange(env.listener.port, request.replace(b'GET', method.encode(), 1))) == 405
    assert not env.player.commands


# ---- odd and hostile requests --------------------------------------------------------------------------------------

@pytest.mark.parametrize('path, wanted', [
    ('/', 400), ('/player', 404), ('/player/playback', 404), ('/player/playback/pause/x', 404),
    ('/player/../player/playback/pause', 400), ('//player/playback/pause', 400), ('/:/prefs', 404),
    ('/player/playback/%2e%2e', 400), ('/player/playback/pause%00', 400), ('http://evil.example/', 400),
    ('/resources/x', 404), (PAUSE + '&x=%ff', 400), ('/player/playback/seekTo?offset=x', 400),
    ('/player/playback/pause?commandID=x', 400), (PAUSE + '&' + '&'.join('p%d=1' % n for n in range(99)), 400),
    (PAUSE + '&x=' + 'a' * 3000, 400), (PAUSE + '&x=' + 'a' * 9000, 414)])
def test_odd_paths_and_parameters_are_refused(env: Neighbourhood, path: str, wanted: int) -> None:
    assert status(env.get(path)) == wanted
    assert not env.player.commands


@pytest.mark.parametrize('request_', [
    b'\r\n\r\n', b'GET\r\n\r\n', b'\x00\xff\x16\x03\x01' * 50 + b'\r\n\r\n', b'GET /resources HTTP/9.9\r\n\r\n',
    b'GET /resources HTTP/1.1\r\nBad Header: x\r\n\r\n', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    b'GET /resources HTTP/1.1\r\n' + b'X: y\r\n' * 100 + b'\r\n', b'M-SEARCH * HTTP/1.1\r\n\r\n'])
def test_what_is_no_request_is_refused(env: Neighbourhood, request_: bytes) -> None:
    assert status(raw.exchange(env.listener.port, request_)) >= 400
    assert status(env.get('/resources')) == 200


def test_a_body_has_a_limit_and_is_not_looked_at(env: Neighbourhood) -> None:
    port = env.listener.port
    head = ('POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-Plex-Token: ours\r\nX-Plex-Client-Identifier: phone\r\n'
            'Connection: close\r\nContent-Length: ' % (PAUSE, port)).encode()
    assert status(raw.exchange(port, head + b'4\r\n\r\nabcd')) == 200
    for length in (b'4097', b'99999999999', b'-1', b'x', b'1' * 40):
        assert status(raw.exchange(port, head + length + b'\r\n\r\n')) in (400, 413)
    chunked = head.replace(b'Content-Length: ', b'Transfer-Encoding: chunked') + b'\r\n\r\n5\r\nhello\r\n0\r\n\r\n'
    assert status(raw.exchange(port, chunked)) == 411
    assert len(env.player.commands) == 1


def test_a_slow_client_is_given_up(env: Neighbourhood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, 'REQUEST_SECONDS', 0.3)
    monkeypatch.setattr(rules, 'IDLE_SECONDS', 0.3)
    with raw.connect(env.listener.port) as slow, raw.connect(env.listener.port) as silent:
        slow.sendall(b'GET /resources HT')
        assert raw.read_all(slow) == b'' and raw.read_all(silent) == b''
    raw.until(lambda: not env.listener._open)


def test_one_neighbour_cannot_take_all_connections(env: Neighbourhood, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as held:
        for _ in range(limits.MAX_OF_ONE_ADDRESS):
            held.enter_context(raw.connect(env.listener.port))
        raw.until(lambda: len(env.listener._open) == limits.MAX_OF_ONE_ADDRESS)
        with raw.connect(env.listener.port) as refused:
            assert raw.read_all(refused) == b''
        assert env.listener.verify_request(socket.socket(), ('192.168.1.7', 4000)), 'another one still gets in'
    raw.until(lambda: len(env.listener._open) <= 1)


def test_nobody_from_outside_gets_in(env: Neighbourhood) -> None:
    for address in ('8.8.8.8', '100.64.0.1', '', 'evil'):
        assert not env.listener.verify_request(socket.socket(), (address, 4000))
    for address in ('10.1.2.3', '172.16.0.1', '192.168.178.20', '169.254.1.1', '127.0.0.1'):
        assert limits.in_our_network(address)


def test_several_requests_on_one_connection(env: Neighbourhood) -> None:
    port = env.listener.port
    one = raw.get(port, PAUSE, 'X-Plex-Token: ours', 'X-Plex-Client-Identifier: phone')
    last = one.replace(b'\r\n\r\n', b'\r\nConnection: close\r\n\r\n')
    with raw.connect(port) as connection:
        connection.sendall(one)
        assert connection.recv(4096).startswith(b'HTTP/1.1 200')
        connection.sendall(last)
        assert raw.read_all(connection).startswith(b'HTTP/1.1 200')
    assert len(env.player.commands) == 2


def test_an_unexpected_error_is_a_500_and_the_player_lives_on(env: Neighbourhood) -> None:
    def broken(command: object) -> int:
        raise RuntimeError('broken')
    env.player.submit = broken  # type: ignore[method-assign]
    assert status(env.get(PAUSE)) == 500
    assert status(env.get('/resources')) == 200


def test_when_the_port_is_taken_another_one_is_used(env: Neighbourhood) -> None:
    second = Listener(env.companion, '127.0.0.1', env.listener.port)
    second.open()
    assert second.port not in (0, env.listener.port)
    second.close()


def test_after_closing_nobody_is_served(env: Neighbourhood) -> None:
    port = env.listener.port
    with raw.connect(port) as held:
        raw.until(lambda: bool(env.listener._open))
        env.listener.close()
        assert raw.read_all(held) == b''
    with pytest.raises(OSError):
        raw.connect(port)


# ---- timelines -----------------------------------------------------------------------------------------------------

PLAYING = Timeline('playing', 'm' * 40, '7', 61_000, 5_400_000, 80, False, False, 0, '11', '0',
                   QueuePlace('3', '1001', '1'))


def test_a_poll_tells_what_plays_and_nothing_secret(env: Neighbourhood) -> None:
    env.player.timeline = PLAYING
    found = body(env.get('/player/timeline/poll?wait=0&commandID=5'))
    assert found.attrib['commandID'] == '5' and found.attrib['location'] == 'fullScreenVideo'
    lines = {line.attrib['type']: line.attrib for line in found}
    assert lines['music']['state'] == lines['photo']['state'] == 'stopped'
    video = lines['video']
    assert (video['state'], video['time'], video['duration'], video['volume']) == ('playing', '61000', '5400000', '80')
    assert (video['key'], video['playQueueItemID'], video['containerKey']) == (
        '/library/metadata/7', '1001', '/playQueues/3')
    assert not {'token', 'address', 'port', 'protocol'} & set(video)


def test_a_poll_that_waits_is_answered_at_the_next_change(env: Neighbourhood) -> None:
    found: List[bytes] = []
    thread = threading.Thread(target=lambda: found.append(env.get('/player/timeline/poll?wait=1&commandID=5')))
    thread.start()
    raw.until(lambda: bool(env.player.waits))
    env.player.timeline = PLAYING
    env.player.news.set()
    thread.join(20)
    assert env.player.waits == [limits.POLL_SECONDS] and b'state="playing"' in found[0]


def test_only_some_may_wait_at_a_time(env: Neighbourhood) -> None:
    for _ in range(limits.MAX_WAITING):
        assert env.companion._waiting.acquire(blocking=False)
    started = time.monotonic()
    assert status(env.get('/player/timeline/poll?wait=1')) == 200
    assert not env.player.waits and time.monotonic() - started < 4


def test_a_subscriber_is_told_at_its_own_address(env: Neighbourhood) -> None:
    path = '/player/timeline/subscribe?protocol=http&port=32500&commandID=4&address=10.0.0.9&host=evil.example'
    assert status(env.get(path)) == 200 and env.player.looks == 1
    env.subscribers.send(PLAYING)
    (url, sent), = env.posts
    assert url == 'http://127.0.0.1:32500/:/timeline' and ElementTree.fromstring(sent).attrib['commandID'] == '4'
    env.get('/player/playback/pause?commandID=9')
    env.subscribers.send(PLAYING)
    assert ElementTree.fromstring(env.posts[1][1]).attrib['commandID'] == '9'
    assert status(env.get('/player/timeline/unsubscribe?commandID=10')) == 200
    env.subscribers.send(PLAYING)
    assert len(env.posts) == 2


@pytest.mark.parametrize('query', ['', 'port=0&protocol=http', 'port=99999', 'port=80&protocol=https',
                                   'port=80&protocol=http%3A%2F%2Fevil.example%2F%3F'])
def test_odd_subscriptions_are_refused(env: Neighbourhood, query: str) -> None:
    assert status(env.get('/player/timeline/subscribe?' + query)) == 400 and not len(env.subscribers)


def test_a_subscription_ends_by_itself_unless_it_is_renewed(env: Neighbourhood) -> None:
    path = '/player/timeline/subscribe?protocol=http&port=32500'
    for _ in range(3):
        env.get(path)
        env.now += limits.SUBSCRIPTION_SECONDS - 1
        assert len(env.subscribers) == 1
    env.now += 2
    assert not len(env.subscribers)


def test_there_is_a_limit_of_subscribers(env: Neighbourhood) -> None:
    for number in range(limits.MAX_SUBSCRIBERS + 3):
        env.now += 1
        env.get('/player/timeline/subscribe?protocol=http&port=%d' % (30000 + number), identifier='app %d' % number)
    env.subscribers.send(PLAYING)
    assert [int(url.split(':')[2].split('/')[0]) for url, _ in env.posts] == [
        30003 + number for number in range(limits.MAX_SUBSCRIBERS)]


def test_a_subscriber_that_is_gone_is_forgotten(env: Neighbourhood) -> None:
    env.get('/player/timeline/subscribe?protocol=http&port=32500')
    env.unreachable = True
    for _ in range(limits.MAX_MISSED + 2):
        env.subscribers.send(PLAYING)
    assert len(env.posts) == limits.MAX_MISSED and not len(env.subscribers)
