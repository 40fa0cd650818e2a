"""Requests of any program or web page on this machine to the loopback server."""
from __future__ import annotations

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Dict, List

from resources.lib.local_server.api import ApiError, ApiRoute
from resources.lib.local_server.art import ArtRoute
from resources.lib.local_server.client import ServiceClient
from resources.lib.local_server.server import LocalServer
from resources.lib.local_server.service_file import ServiceFile
from resources.lib.local_server.streams import PART, SUBTITLE, StreamRegistry, StreamRoute
from resources.lib.playback.stream_registry import StreamSource
from resources.lib.plex_errors import PlexNotFound
from resources.lib.plex_functions import PMSClient
from tools.fuzz import inputs
from tools.fuzz.peers import exchange
from tools.fuzz.target import Reader, Target

_HOST = b'127.0.0.1:PORT'


class Tracebacks(logging.Handler):
    """Collects tracebacks in the log: each is an unexpected error."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: List[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text of a traceback."""
        if record.exc_info and record.exc_info[0] is not None:
            self.texts.append('%s: %s' % (record.getMessage(), logging.Formatter().formatException(record.exc_info)))


def _client(machine_identifier: str) -> PMSClient:
    if machine_identifier != 'mid':
        raise LookupError(machine_identifier)
    raise PlexNotFound(404, 'no such thing')


def _fail(_arguments: Dict[str, Any]) -> Dict[str, Any]:
    raise ApiError('refused', 'for a reason')


def _server(stack: ExitStack, folder: Path) -> Reader:
    streams = StreamRegistry()
    streams.register(StreamSource(PART, 'mid', '7', '11', 'film.mkv', '/library/parts/11/1/file.mkv',
                                  'video/x-matroska'))
    server = LocalServer(0, {
        'api': ApiRoute({'echo': lambda arguments: {'names': sorted(arguments)}, 'fail': _fail},
                        lambda _: 'internal_error'),
        'art': ArtRoute(_client, lambda *_: True, lambda *_: None),
        'stream': StreamRoute(PART, streams, _client, lambda *_: None),
        'subtitle': StreamRoute(SUBTITLE, streams, _client, lambda *_: None)}, ServiceFile(str(folder), lambda _: None))
    server.start()
    client = ServiceClient(str(folder))
    stack.callback(server.stop)
    seen = Tracebacks()
    log = logging.getLogger('pkc.local')
    log.addHandler(seen)
    stack.callback(log.removeHandler, seen)
    host = b'127.0.0.1:%d' % server.port

    def read(sent: bytes) -> None:
        exchange(server.port, sent.replace(_HOST, host))
        texts, seen.texts[:] = list(seen.texts), []
        assert not texts, texts[0]
        answer = client.call('echo', {'a': 1}, 5.0)
        assert answer == {'names': ['a']}, 'the next call was answered %r' % answer
    return read


TARGETS = (Target('loopback', inputs.requests(_HOST), _server),)
