"""What anybody in the network may send to the player while remote control is on, and what the server passes on."""
from __future__ import annotations

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any, List, Mapping
from urllib.parse import quote

from hypothesis import strategies as st

from resources.lib.plex_errors import PlexError
from resources.lib.remote_control.commands import Command
from resources.lib.remote_control.companion import Companion, Question
from resources.lib.remote_control.controllers import Controller, Controllers
from resources.lib.remote_control.identity import PlayerIdentity
from resources.lib.remote_control.listener import Listener
from resources.lib.remote_control.proxy import CompanionProxy
from resources.lib.remote_control.subscribers import Subscribers
from resources.lib.remote_control.timeline import Timeline
from tools.fuzz import inputs
from tools.fuzz.peers import exchange
from tools.fuzz.target import Reader, Target
from tools.fuzz.targets.loopback import Tracebacks

_HOST = b'127.0.0.1:PORT'
_IDENTITY = PlayerIdentity('our-player', 'Kodi', '4.0.0', 'Linux', '20.1')
_NAMES = ('playMedia', 'createPlayQueue', 'seekTo', 'skipTo', 'setParameters', 'setStreams', 'pause', 'subscribe',
          'unsubscribe', 'poll', 'home', 'setText', 'refreshPlayQueue', '..', '')
_PARAMETERS = ('key', 'containerKey', 'machineIdentifier', 'offset', 'commandID', 'type', 'uri', 'playlistID',
               'volume', 'repeat', 'shuffle', 'audioStreamID', 'subtitleStreamID', 'port', 'protocol', 'text',
               'complete', 'token', 'paused', 'wait', 'X-Plex-Token', '')
_VALUES = ('', '0', '1', '-1', '7', '/library/metadata/7', '/playQueues/1?own=1', 'a' * 40, '9' * 30, '²', '\0',
           '../..', 'server://%s/com.plexapp.plugins.library/library/metadata/7' % ('a' * 40), 'http', 'video',
           'x' * 3000, '&=%')


class _Player:
    """Plays nothing."""

    def now(self) -> Timeline:
        return Timeline()

    def wait(self, known: Timeline, seconds: float) -> Timeline:
        return known

    def submit(self, command: Command) -> int:
        return 200

    def changed(self) -> None:
        pass


def _companion() -> Companion:
    return Companion(_IDENTITY, Controllers(lambda token: token == 'sesame'),
                     Subscribers(_IDENTITY.identifier, lambda url, body: None), _Player())


@st.composite
def _questions(draw: st.DrawFn) -> bytes:
    """A request of a controller, with the right token more often than not."""
    pairs = draw(st.lists(st.tuples(st.sampled_from(_PARAMETERS), st.sampled_from(_VALUES) | st.text(max_size=9)),
                          max_size=8))
    path = '/player/%s/%s' % (draw(st.sampled_from(('playback', 'timeline', 'navigation', 'application', 'x'))),
                              draw(st.sampled_from(_NAMES)))
    query = '&'.join('%s=%s' % (name, quote(value.encode('utf-8', 'replace'), safe='')) for name, value in pairs)
    headers = [b'Host: ' + _HOST, b'X-Plex-Client-Identifier: phone', b'X-Plex-Token: sesame', b'Connection: close']
    del headers[draw(st.sampled_from((4, 4, 4, 2, 1, 0))):]
    line = ('GET %s?%s HTTP/1.1' % (path, query)).encode('ascii')
    return b'\r\n'.join([line, *headers, b'', b''])


def _listener(stack: ExitStack, _folder: Path) -> Reader:
    listener = Listener(_companion(), '127.0.0.1', 0)
    listener.open()
    stack.callback(listener.close)
    seen = Tracebacks()
    log = logging.getLogger('pkc.remote')
    log.addHandler(seen)
    stack.callback(log.removeHandler, seen)
    host = b'127.0.0.1:%d' % listener.port

    def read(sent: bytes) -> None:
        exchange(listener.port, sent.replace(_HOST, host))
        texts, seen.texts[:] = list(seen.texts), []
        assert not texts, texts[0]
        answer = exchange(listener.port, b'GET /resources HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' % host)
        assert b'our-player' in answer, 'the next request was answered %r' % answer
    return read


class _Answer:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def whole(self) -> bytes:
        return self._body


class _Session:
    body = b''

    def request(self, method: str, url: str, **options: Any) -> _Answer:
        return _Answer(self.body)


def _passed_on(_stack: ExitStack, _folder: Path) -> Reader:
    session: Any = _Session()
    proxy, companion = CompanionProxy(session, 'http://pms:32400', 'secret'), _companion()

    def read(body: bytes) -> None:
        session.body = body
        try:
            commands: List[Any] = proxy.poll()
        except PlexError:
            return
        for command in commands:
            parameters: Mapping[str, str] = command.parameters
            companion.obey(Question(command.path, parameters, Controller(command.controller, '')))
    return read


_COMMANDS = {'MediaContainer': {'size': 1, 'Command': [{
    'path': '/player/playback/playMedia', 'commandID': '17', 'clientIdentifier': 'phone', 'queryOffset': '1000',
    'queryKey': '/library/metadata/7', 'queryMachineIdentifier': 'a' * 40, 'queryContainerKey': '/playQueues/1'}]}}

TARGETS = (Target('player', _questions() | inputs.requests(_HOST), _listener),
           Target('passed on', inputs.documents(_COMMANDS), _passed_on))
