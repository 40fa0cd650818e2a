"""Commands that the server passes on."""
from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from resources.lib.plex_errors import PlexBadAnswer
from resources.lib.remote_control.proxy import CompanionProxy


class FakeAnswer:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def whole(self) -> bytes:
        return self.body


class FakeSession:
    """Notes what is sent."""

    def __init__(self, body: bytes = b'') -> None:
        self.body = body
        self.sent: List[Dict[str, Any]] = []

    def request(self, method: str, url: str, **kwargs: Any) -> FakeAnswer:
        self.sent.append(dict(kwargs, method=method, url=url))
        return FakeAnswer(self.body)

    send = request


def proxy(body: bytes = b'') -> Tuple[CompanionProxy, FakeSession]:
    session: Any = FakeSession(body)
    return CompanionProxy(session, 'http://pms:32400', 'secret'), session


def test_a_command_as_a_server_was_seen_to_send_it() -> None:
    """Each parameter with ``query`` before its name, the server's own number for the answer."""
    asked, session = proxy(
        b'<?xml version="1.0" encoding="UTF-8"?><MediaContainer size="1"><Command path="/player/playback/playMedia" '
        b'queryKey="/library/metadata/27467" queryOffset="754000" queryContainerKey="/playQueues/20396" '
        b'queryMachineIdentifier="abc" queryType="video" commandID="17" clientIdentifier="phone"/></MediaContainer>')
    command, = asked.poll()
    assert command.path == ('player', 'playback', 'playMedia')
    assert (command.number, command.controller) == ('17', 'phone')
    assert command.parameters == {'key': '/library/metadata/27467', 'offset': '754000', 'type': 'video',
                                  'containerKey': '/playQueues/20396', 'machineIdentifier': 'abc'}
    sent, = session.sent
    assert (sent['method'], sent['url']) == ('GET', 'http://pms:32400/player/proxy/poll')
    assert {'deviceClass', 'protocolCapabilities', 'protocolVersion', 'commandID'} <= set(sent['params'])
    assert sent['token'] == 'secret' and 'secret' not in str(sent['params'])


@pytest.mark.parametrize('body', [b'', b'  \n', b'<Response code="200" status="OK"/>', b'<MediaContainer size="0"/>',
                                  b'{"MediaContainer": {"size": 0}}'])
def test_nothing_has_come(body: bytes) -> None:
    assert proxy(body)[0].poll() == []


@pytest.mark.parametrize('body', [
    b'<!DOCTYPE x [<!ENTITY a "b">]><MediaContainer><Command path="&a;"/></MediaContainer>', b'<MediaContainer',
    b'<MediaContainer><Command></MediaContainer>'])
def test_unsafe_or_broken_answers_are_bad_answers(body: bytes) -> None:
    with pytest.raises(PlexBadAnswer):
        proxy(body)[0].poll()


@pytest.mark.parametrize('path', ['', '/', '/resources', '/:/prefs', '/player/playback', 'http://evil/player/a/b',
                                  '/player/a/b/c'])
def test_what_is_no_command_is_left_out(path: str) -> None:
    assert proxy(b'<MediaContainer><Command path="%s" commandID="1"/></MediaContainer>' % path.encode())[0].poll() == []


def test_a_flood_of_commands_and_endless_values_are_cut() -> None:
    one = b'<Command path="/player/playback/pause" commandID="1" queryX="%s"/>' % (b'x' * 5000)
    found = proxy(b'<MediaContainer>%s</MediaContainer>' % (one * 100))[0].poll()
    assert len(found) == 16 and not found[0].parameters


def test_answers_and_timelines_go_to_the_server_with_the_token_in_a_header() -> None:
    asked, session = proxy()
    asked.respond('17', b'<Response/>')
    asked.report(b'<MediaContainer/>', 18)
    assert [(one['method'], one['url'], one['params']['commandID'], one['data']) for one in session.sent] == [
        ('POST', 'http://pms:32400/player/proxy/response', '17', b'<Response/>'),
        ('POST', 'http://pms:32400/player/proxy/timeline', '18', b'<MediaContainer/>')]
    assert all(one['token'] == 'secret' for one in session.sent)
