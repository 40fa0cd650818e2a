"""From "play" to "watched" over real sockets: our playback parts against the simulated PMS."""
from __future__ import annotations

import logging
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

import pytest

from resources.lib import item_url
from resources.lib.local_server.art import ArtRoute
from resources.lib.local_server.server import LocalServer
from resources.lib.local_server.streams import PART, SUBTITLE, StreamRegistry, StreamRoute
from resources.lib.playback.direct_play import DirectPlay
from resources.lib.playback.errors import ItemGone, NotPlayable
from resources.lib.playback.methods import PlayRequest
from resources.lib.playback.resolve import Playable, Resolver
from resources.lib.playback.session import SessionRegistry
from resources.lib.playback.timeline import Timeline
from resources.lib.playback.watcher import PlaybackWatcher
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.plex_media import AUDIO_STREAM, CREDITS, VIDEO_STREAM
from resources.lib.plex_model import PlexItem
from tests.support import tls
from tests.support.waiting import NoWaiting
from tools import plexsim
from tools.plexsim.http.file_range import made_up_bytes

SIZE = 3_000_000


def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, 'did not happen'
        time.sleep(0.01)


class PlaybackEnvironment:
    """The service's playback parts, wired as ``service_entry`` does it; ``position`` is Kodi's player's."""

    def __init__(self, sim: Any) -> None:
        self.sim = sim
        self.mid = sim.machine_identifier
        self.position = 0.0
        self.failures: List[Any] = []
        self.finished: List[Tuple[str, str, int, bool]] = []
        session = PlexSession(ClientIdentity('box', '4.0.0'), cancellation=NoWaiting())
        self.client = PMSClient(session, sim.pms_url, sim.owner_token)
        registry = StreamRegistry()
        self.server = LocalServer(0, {
            'art': ArtRoute(self.get, lambda _picture: True, self.fail),
            'stream': StreamRoute(PART, registry, self.get, self.fail),
            'subtitle': StreamRoute(SUBTITLE, registry, self.get, self.fail)})
        self.server.start()
        self.sessions = SessionRegistry()
        self.resolver = Resolver(self.get, [DirectPlay(self.server.port, registry)], self.sessions)
        self.timeline = Timeline(self.get, self.fail, lambda *args: self.finished.append(args))
        self.watcher = PlaybackWatcher(self.sessions, [self.timeline], lambda: self.position, 0.05)
        self.watcher.start()

    def resolve(self, rating_key: str) -> Playable:
        return self.resolver.resolve(PlayRequest(self.mid, rating_key))

    def get(self, machine_identifier: str) -> PMSClient:
        if machine_identifier != self.mid:
            raise LookupError(machine_identifier)
        return self.client

    def fail(self, machine_identifier: str, error: Exception) -> None:
        self.failures.append(error)

    def fetch(self, url: str, **headers: str) -> Tuple[int, Dict[str, str], bytes]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()

    def item(self, key: str) -> PlexItem:
        return self.client.items([key])[0][0]

    def reports(self) -> List[Any]:
        return list(self.sim.requests.find('/:/timeline'))

    def close(self) -> None:
        self.watcher.stop()
        self.timeline.stop()
        self.server.stop()


@pytest.fixture
def env(caplog: pytest.LogCaptureFixture) -> Iterator[PlaybackEnvironment]:
    library = plexsim.Library.generate(movies=30, shows=1, oddities=False)
    with plexsim.PlexSim(library, plexsim.SimConfig(part_bytes=SIZE)) as sim:
        made = PlaybackEnvironment(sim)
        caplog.set_level(logging.DEBUG, logger='pkc')
        yield made
        made.close()
        ours = '\n'.join(record.getMessage() for record in caplog.records if record.name.startswith('pkc'))
        assert sim.owner_token not in ours
        assert sim.pms_url.split('//')[1] not in ours


@pytest.fixture
def key(env: PlaybackEnvironment) -> str:
    return str(next(item for item in env.sim.library.items() if item.type == 'movie').rating_key)


def test_every_byte_reaches_kodi(env: PlaybackEnvironment, key: str) -> None:
    playable = env.resolve(key)
    session = env.sessions.begin(playable.url)
    assert session is not None and (session.machine_identifier, session.rating_key) == (env.mid, key)
    assert playable.duration_ms > 0
    assert env.sim.owner_token not in str(playable)
    whole = made_up_bytes(0, SIZE)
    assert env.fetch(playable.url)[2] == whole
    status, headers, body = env.fetch(playable.url, Range='bytes=1234567-2345678')
    assert (status, body) == (206, whole[1234567:2345679])
    assert headers['Content-Range'] == 'bytes 1234567-2345678/%d' % SIZE


def test_every_byte_reaches_kodi_from_a_secure_server(env: PlaybackEnvironment, key: str, tmp_path: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tls.certificate(tmp_path / 'tls')
    tls.trust(monkeypatch, folder)
    tls.names_lead_here(monkeypatch)
    front = tls.TlsProxy(folder, env.sim.pms_url)
    try:
        session = PlexSession(ClientIdentity('box', '4.0.0'), cancellation=NoWaiting())
        env.client = PMSClient(session, front.url, env.sim.owner_token)
        playable = env.resolve(key)
        assert 'plex.direct' not in str(playable)
        assert env.fetch(playable.url)[2] == made_up_bytes(0, SIZE)
    finally:
        front.close()


def test_a_film_starts_although_the_first_connection_is_dropped(env: PlaybackEnvironment, key: str) -> None:
    playable = env.resolve(key)
    env.sim.faults.add('/library/parts/', 'drop', times=1)
    assert env.fetch(playable.url)[2] == made_up_bytes(0, SIZE)
    assert len(env.sim.requests.find('/library/parts/')) == 2


def test_a_server_that_starts_up_is_said_to_be_busy(env: PlaybackEnvironment, key: str) -> None:
    playable = env.resolve(key)
    env.sim.faults.add('/library/parts/', 503)
    with pytest.raises(urllib.error.HTTPError, match='503'):
        env.fetch(playable.url)


def test_external_subtitles(env: PlaybackEnvironment) -> None:
    for item in env.sim.library.items():
        if item.type == 'movie':
            subtitles = env.resolve(str(item.rating_key)).subtitles
            if subtitles:
                break
    assert subtitles
    assert subtitles[0].endswith('.srt')
    assert b'00:00:01,000' in env.fetch(subtitles[0])[2]


def test_artwork(env: PlaybackEnvironment, key: str) -> None:
    url = item_url.art_url(env.server.port, env.mid, env.item(key).thumb)
    status, headers, body = env.fetch(url)
    assert (status, body[:4]) == (200, b'\x89PNG')
    with pytest.raises(urllib.error.HTTPError, match='404'):
        env.fetch(item_url.art_url(env.server.port, env.mid, '/library/metadata/999999/thumb/1'))


def test_a_whole_film_counts_once(env: PlaybackEnvironment, key: str) -> None:
    before = env.item(key).view_count
    playable = env.resolve(key)
    total = playable.duration_ms / 1000.0
    env.watcher.on_started(playable.url, 0.0, total)
    until(env.reports)
    env.position = 0.5 * total
    env.watcher.on_seek(env.position)
    until(lambda: len(env.reports()) == 2)
    assert env.item(key).view_offset == pytest.approx(playable.duration_ms / 2, abs=1)
    env.position = total - 1.0
    env.watcher.on_seek(env.position)
    until(lambda: env.item(key).view_count == before + 1)
    env.watcher.on_ended()
    until(lambda: env.finished)
    assert env.finished == [(env.mid, key, playable.duration_ms, True)]
    assert env.item(key).view_count == before + 1
    assert not env.item(key).view_offset
    assert not env.sim.requests.find('/:/scrobble')
    assert len({report.headers.get('X-Plex-Session-Identifier') for report in env.reports()}) == 1


def test_a_half_film_is_resumed_there(env: PlaybackEnvironment, key: str) -> None:
    playable = env.resolve(key)
    env.position = 300.0
    env.watcher.on_started(playable.url, 300.0, playable.duration_ms / 1000.0)
    env.watcher.on_paused()
    env.watcher.on_stopped()
    until(lambda: env.finished)
    assert env.finished == [(env.mid, key, 300000, False)]
    assert env.resolve(key).resume_ms == 300000


def test_the_stop_reaches_a_server_that_was_away(env: PlaybackEnvironment, key: str) -> None:
    playable = env.resolve(key)
    env.position = 300.0
    env.watcher.on_started(playable.url, 300.0, playable.duration_ms / 1000.0)
    until(env.reports)
    env.sim.faults.add('/:/timeline', 'drop', times=1)
    env.position = 400.0
    env.watcher.on_seek(400.0)
    env.sim.faults.add('/:/timeline', 503, times=1)
    env.watcher.on_stopped()
    until(lambda: env.finished)
    assert env.item(key).view_offset == 400000
    assert all(isinstance(error, PlexConnectionError) for error in env.failures)


def test_what_cannot_be_played(env: PlaybackEnvironment, key: str) -> None:
    env.sim.library.delete(key)
    with pytest.raises(ItemGone):
        env.resolve(key)
    show = next(item for item in env.sim.library.items() if item.type == 'show')
    with pytest.raises(NotPlayable):
        env.resolve(str(show.rating_key))


def test_what_plays_is_known_with_its_streams_markers_and_chapters(env: PlaybackEnvironment, key: str) -> None:
    session = env.sessions.begin(env.resolve(key).url)
    assert session is not None and session.playable is not None and session.media is not None
    assert session.part is not None and session.part.exists and session.part.accessible and session.part.size > 0
    kinds = [stream.kind for stream in session.part.streams]
    assert kinds[:2] == [VIDEO_STREAM, AUDIO_STREAM]
    assert [stream.language_code for stream in session.part.streams if stream.selected] == ['eng']
    credits = session.playable.markers[-1]
    assert (credits.kind, credits.end, credits.final) == (CREDITS, session.playable.item.duration, True)
    chapters = session.playable.chapters
    assert [chapter.chapter_index for chapter in chapters] == list(range(1, len(chapters) + 1)) != []
    assert chapters[0].start == 0 and chapters[0].end == chapters[1].start
