"""How long a segment is waited for, and what a server that does odd things leads to."""
from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from resources.lib.playback.transcode.needs import Box
from resources.lib.playback.transcode.quality import ORIGINAL
from resources.lib.playback.transcode.stream import START, Transcode
from resources.lib.playback.transcode.target import Target
from resources.lib.plex_errors import PlexBadAnswer, PlexConnectionError, PlexError, PlexNotFound, PlexServerError
from resources.lib.plex_limits import STREAM
from resources.lib.plex_transcode import TRANSCODER, Decision
from tests.unit.playback.fakes import FakeClient

INDEX = 'session/%s/base/index.m3u8'


class Body:
    """An answer."""

    def __init__(self, content: bytes) -> None:
        self.content, self.length, self.closed = content, len(content), False

    def whole(self) -> bytes:
        return self.content

    def close(self) -> None:
        self.closed = True


class Server(FakeClient):
    """A transcoder: ``segments`` holds what there is of them, by number; ``clock`` is the player's patience."""

    def __init__(self) -> None:
        super().__init__()
        self.master: Optional[bytes] = None
        self.count = 200
        #: Seconds of the last segment.
        self.length = 4.0
        self.segments: Dict[int, bytes] = {}
        self.errors_of: Dict[int, PlexError] = {}
        self.starts: List[float] = []
        self.now = 0.0
        self.transcode = Transcode(Target('mid', '7', 0, 0, ORIGINAL, Box()), self.get, lambda: self.now)

    def open(self, path: str, limits: Any, *, params: Any = None, headers: Any = None, timeout: Any = None,
             retries: int = 1) -> Any:
        if path == TRANSCODER + START:
            self.starts.append(float(params['offset']))
            name = INDEX % params['session']
            return Body(b'#EXTM3U\n%s\n' % name.encode() if self.master is None else self.master)
        if path.endswith('.m3u8'):
            lengths = [4.0] * (self.count - 1) + [self.length]
            lines = ''.join('#EXTINF:%g,\n%05d.ts\n' % (length, number) for number, length in enumerate(lengths))
            return Body(b'#EXTM3U\n' + lines.encode())
        number = int(path[-8:-3])
        if number in self.errors_of:
            self.now += 8.0
            raise self.errors_of[number]
        if number not in self.segments:
            raise PlexNotFound(404, 'segment')
        return Body(self.segments[number])

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def come_late(self, number: int, seconds: float, at: float) -> None:
        """Wait; from ``at`` on there is a segment."""
        self.now += seconds
        if self.now >= at:
            self.segments[number] = b'x' * 400

    def begin(self) -> None:
        self.transcode.playlist(START)
        self.transcode.playlist(INDEX % self.transcode.transcode_id)

    def segment(self, number: int) -> bytes:
        name = 'session/%s/base/%05d.ts' % (self.transcode.transcode_id, number)
        assert self.transcode.kind_of(name) == 'segment'
        found = self.transcode.segment(name, self.wait).open('', STREAM)
        return bytes(found.content)  # type: ignore[attr-defined]


@pytest.fixture
def server() -> Server:
    return Server()


def test_a_segment_that_never_comes_is_helped_once_and_given_up_before_kodi_does(server: Server) -> None:
    server.begin()
    with pytest.raises(PlexNotFound):
        server.segment(1)
    assert server.starts == [0.0, 4.0] and 15.0 < server.now < 20.0


def test_a_film_that_is_shorter_than_the_server_says_does_not_stand_still_at_its_end(server: Server) -> None:
    server.count, server.length = 4, 0.023
    server.begin()
    server.segments = dict.fromkeys(range(3), b'x' * 400)
    for number in range(3):
        server.segment(number)
    for most in (4.5, 0.1, 0.1):  # Kodi asks again
        began = server.now
        with pytest.raises(PlexNotFound):
            server.segment(3)
        assert server.now - began < most
    assert server.starts == [0.0]
    server.segment(0)  # somebody jumps back, and forth to the end
    server.segments[3] = b'x' * 400
    assert server.segment(3) == b'x' * 400


def test_a_long_last_segment_is_waited_for_as_a_slow_server_needs(server: Server) -> None:
    server.count = 2
    server.begin()
    server.segments = {0: b'x' * 400}
    server.segment(0)
    server.wait = lambda seconds: server.come_late(1, seconds, 12.0)  # type: ignore[method-assign]
    assert server.segment(1) == b'x' * 400


def test_the_first_segment_is_waited_for_without_beginning_anew(server: Server) -> None:
    server.begin()
    server.wait = lambda seconds: server.segments.update({0: b'x' * 400})  # type: ignore[method-assign]
    assert server.segment(0) == b'x' * 400 and server.starts == [0.0]
    server.segments[150] = b'x' * 188
    server.wait = lambda seconds: server.segments.update({150: b'y' * 400})  # type: ignore[method-assign]
    assert server.segment(150) == b'y' * 400 and server.starts == [0.0, 600.0]


@pytest.mark.parametrize('error', [PlexServerError(503, 'x'), PlexConnectionError('silent')])
def test_a_segment_that_is_held_back_is_asked_for_again(server: Server, error: PlexError) -> None:
    server.begin()
    server.segments = dict.fromkeys(range(3), b'x' * 400)
    server.segment(0)
    server.errors_of[1] = error
    with pytest.raises(type(error)):
        server.segment(1)
    assert server.starts == [0.0, 4.0] and server.now <= 20.0
    server.errors_of.clear()
    assert server.segment(1) == b'x' * 400


def test_an_empty_segment_is_none(server: Server) -> None:
    server.begin()
    server.segments = {0: b'x' * 188, 1: b'y' * 400}
    assert server.segment(1) == b'y' * 400
    with pytest.raises(PlexNotFound):
        server.segment(0)


def test_what_was_played_already_and_is_gone_is_made_anew_at_once(server: Server) -> None:
    server.begin()
    server.segments = dict.fromkeys(range(20), b'x' * 400)
    for number in range(20):
        server.segment(number)
    del server.segments[15]
    server.wait = lambda seconds: server.segments.update({15: b'z' * 400})  # type: ignore[method-assign]
    assert server.segment(15) == b'z' * 400 and server.starts == [0.0, 60.0]


def test_decision_and_start_are_asked_in_pairs(server: Server) -> None:
    server.transcode.decide()
    server.begin()
    server.segments = {150: b'x' * 400}
    server.segment(150)
    assert [params['offset'] for params, _ in server.decisions] == ['0', '600']
    assert {session for _, session in server.decisions} == {server.transcode.session_id}


def test_a_server_that_refuses_meanwhile(server: Server) -> None:
    server.begin()
    server.decision = Decision(2000, 'No.')
    with pytest.raises(PlexNotFound):
        server.segment(150)


def test_after_the_servers_end_nothing_is_asked_for(server: Server) -> None:
    server.begin()
    server.transcode.refuse()
    for ask in (lambda: server.segment(1), server.begin):
        with pytest.raises(PlexNotFound):
            ask()
    assert server.starts == [0.0]


@pytest.mark.parametrize('master', [b'', b'<html>', b'#EXTM3U\n', b'#EXTM3U\nhttp://elsewhere/x.m3u8\n'])
def test_what_is_no_playlist_is_not_passed_on(server: Server, master: bytes) -> None:
    server.master = master
    with pytest.raises(PlexBadAnswer):
        server.transcode.playlist(START)


def test_a_server_that_sends_the_segments_at_once(server: Server) -> None:
    name = 'session/%s/base/00000.ts' % server.transcode.transcode_id
    server.master = b'#EXTM3U\n#EXTINF:4,\n%s\n' % name.encode()
    server.segments = {0: b'x' * 400}
    assert name.encode() in server.transcode.playlist(START)
    assert server.segment(0) == b'x' * 400


def test_its_end_never_fails(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_transcode_id: str) -> None:
        raise PlexConnectionError('away')
    server.transcode.stop()
    assert not server.told
    server.begin()
    monkeypatch.setattr(server, 'stop_transcode', fail)
    server.transcode.stop()
    assert not server.transcode.running
