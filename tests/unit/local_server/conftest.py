"""A loopback server with all routes before a fake PMS."""
from __future__ import annotations

import http.client
import threading
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple

import pytest

from resources.lib.local_server import proof
from resources.lib.local_server.api import ApiRoute
from resources.lib.local_server.art import ArtRoute
from resources.lib.local_server.endpoint import Endpoint
from resources.lib.local_server.pictures import Sizes
from resources.lib.local_server.server import LocalServer
from resources.lib.local_server.stream_ahead import ReadAhead, StreamAhead
from resources.lib.local_server.streams import PART, SUBTITLE, StreamRegistry, StreamRoute
from resources.lib.local_server.subtitles_ahead import SubtitlesAhead
from resources.lib.playback.stream_registry import StreamSource
from tests.unit.local_server import raw
from tests.unit.local_server.fake_pms import FakePMS


class LoopbackEnvironment:
    """The server, what it stands on, and a client."""

    def __init__(self, pms: FakePMS) -> None:
        self.pms = pms
        self.failures: List[Tuple[str, Exception]] = []
        self.known: Set[Tuple[str, str]] = {('mid', '7')}
        self.now = 0.0
        self.sizes: Optional[Sizes] = Sizes()
        self.registry = StreamRegistry()
        self.ahead = SubtitlesAhead(pms.get_client, lambda: self.now)
        self.stream_ahead = StreamAhead(pms.get_client, kept_s=0.3)
        ahead = ReadAhead(self.stream_ahead, self.ahead)
        self.handlers: Dict[str, Callable[[Dict[str, Any]], Dict[str, Any]]] = {}
        self.art = ArtRoute(pms.get_client, lambda picture: picture[:2] in self.known, self.fail, lambda: self.now,
                       lambda: self.sizes)
        self.server = LocalServer(0, {
            'art': self.art, 'api': ApiRoute(self.handlers, lambda error: type(error).__name__),
            'stream': StreamRoute(PART, self.registry, pms.get_client, self.fail, ahead=ahead),
            'subtitle': StreamRoute(SUBTITLE, self.registry, pms.get_client, self.fail, ahead=ahead)},
            max_connections=8)
        self.server.start()

    @property
    def endpoint(self) -> Endpoint:
        found = self.server.endpoint
        assert found is not None
        return found

    def proven(self, path: str, body: bytes = b'', method: str = 'POST') -> Dict[str, str]:
        """The headers by which a caller that knows the secret is recognised."""
        return {proof.HEADER: proof.ask(self.endpoint.secret, method, path, body)[1]}

    def post(self, path: str, body: bytes = b'{}') -> Tuple[int, Dict[str, str], bytes]:
        """Ask as the plugin does."""
        return self.ask(path, 'POST', self.proven(path, body), body)

    def fail(self, machine_identifier: str, error: Exception) -> None:
        self.failures.append((machine_identifier, error))

    def add(self, body: bytes, name: str = 'film.mkv') -> str:
        """Put a film on the PMS, hand it out, and give its path."""
        key = '/library/parts/11/1600000000/file.mkv'
        self.pms.files[key] = body
        assert self.registry.register(StreamSource(PART, 'mid', '7', '11', name, key, 'video/x-matroska'))
        return '/stream/mid/7/11/' + name

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection('127.0.0.1', self.server.port, timeout=10)

    def open_connections(self) -> List[Any]:
        """The connections that the server holds."""
        http_server = self.server._http
        return list(http_server._open) if http_server is not None else []

    def ask(self, path: str, method: str = 'GET', headers: Optional[Dict[str, str]] = None,
            body: Optional[bytes] = None) -> Tuple[int, Dict[str, str], bytes]:
        connection = self.connect()
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@pytest.fixture
def pms() -> Iterator[FakePMS]:
    fake = FakePMS()
    yield fake
    fake.close()


@pytest.fixture
def env(pms: FakePMS) -> Iterator[LoopbackEnvironment]:
    made = LoopbackEnvironment(pms)
    yield made
    made.server.stop()  # which waits for its thread for a moment only
    raw.until(lambda: not [one for one in threading.enumerate() if one.name == 'pkc-local-server'])
