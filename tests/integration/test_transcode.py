"""The server converts what is played: over real sockets, against the simulated PMS, as the player reads it."""
from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple
from urllib.parse import urljoin

import pytest

from resources.lib.local_server.server import LocalServer
from resources.lib.local_server.streams import PART, SUBTITLE, StreamRegistry, StreamRoute
from resources.lib.local_server.transcode import TranscodeRoute
from resources.lib.playback.direct_play import DirectPlay
from resources.lib.playback.errors import TranscodeRefused
from resources.lib.playback.methods import PlayRequest
from resources.lib.playback.resolve import Playable, Resolver
from resources.lib.playback.session import DIRECT_PLAY, TRANSCODE, SessionRegistry
from resources.lib.playback.transcode import needs
from resources.lib.playback.transcode.method import Terms, TranscodeMethod
from resources.lib.playback.transcode.quality import Quality
from resources.lib.playback.transcode.registry import Transcodes
from resources.lib.playback.transcode.stream import Transcode
from resources.lib.plex_errors import PlexNotFound
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from tests.support.waiting import NoWaiting
from tools import plexsim
from tools.plexsim.formats import mpegts
from tools.plexsim.pms.encoder import SECONDS

SMALL = Quality(2000, 1280, 720)
DURATION_S = 5400
MINUTES = 60


def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, 'did not happen'
        time.sleep(0.01)


class Player:
    """Kodi's player, as far as it reads a transcode."""

    def __init__(self, sim: Any) -> None:
        self.sim = sim
        self.mid = sim.machine_identifier
        self.terms = Terms()
        self.streams, self.transcodes, self.sessions = StreamRegistry(), Transcodes(), SessionRegistry()
        self.failures: List[Exception] = []
        session = PlexSession(ClientIdentity('box', '4.0.0'), cancellation=NoWaiting())
        self.client = PMSClient(session, sim.pms_url, sim.owner_token)
        self.server = LocalServer(0, {
            'stream': StreamRoute(PART, self.streams, self.get, self.fail),
            'subtitle': StreamRoute(SUBTITLE, self.streams, self.get, self.fail),
            'transcode': TranscodeRoute(self.transcodes, self.fail)})
        self.server.start()
        port = self.server.port
        direct_play = DirectPlay(port, self.streams)
        transcode = TranscodeMethod(port, self.transcodes, self.get, lambda _mid: self.terms, direct_play.subtitles)
        self.resolver = Resolver(self.get, [transcode, direct_play], self.sessions)
        self.movie = next(item for item in sim.library.items('movie') if len(sim.library.medias(item)) == 1)
        self.key = str(self.movie.rating_key)
        self.describe()

    def get(self, machine_identifier: str) -> PMSClient:
        if machine_identifier != self.mid:
            raise LookupError(machine_identifier)
        return self.client

    def fail(self, _machine_identifier: str, error: Exception) -> None:
        self.failures.append(error)

    def describe(self, video: Optional[Dict[str, Any]] = None, audio: str = 'aac', *more: Dict[str, Any],
                 **media: Any) -> None:
        """Say what the film's file is: H.264 in 1080p with 8 Mbit/s, if nothing else is said."""
        first = self.movie.rating_key * 10000
        picture = dict({'id': first, 'streamType': 1, 'codec': 'h264', 'bitDepth': 8, 'index': 0}, **(video or {}))
        sound = {'id': first + 1, 'streamType': 2, 'codec': audio, 'channels': 6, 'index': 1, 'selected': True}
        streams = [picture, sound] + [dict(one, id=first + 2 + number) for number, one in enumerate(more)]
        part = {'id': self.movie.rating_key * 100, 'key': '/library/parts/%s00/1/file.mkv' % self.key,
                'container': 'mkv', 'file': '/films/Film.mkv', 'size': 1000, 'Stream': streams}
        described = dict({'id': self.movie.rating_key * 10, 'width': 1920, 'height': 1080, 'bitrate': 8000,
                          'videoCodec': picture['codec'], 'audioCodec': audio, 'Part': [part]}, **media)
        self.movie.fields['duration'] = DURATION_S * 1000
        self.movie.elements = dict(self.sim.library.stored(self.movie), Media=[described])
        self.movie.drop_cache()

    def play(self, method: str = '', quality: Quality = SMALL, **more: Any) -> Playable:
        return self.resolver.resolve(PlayRequest(self.mid, self.key, method=method, quality=quality, **more))

    def transcode(self, playable: Playable) -> Transcode:
        found = self.transcodes.find(playable.url.split('/')[4])
        assert found is not None
        return found

    def read(self, url: str, **headers: str) -> bytes:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(url, headers=headers), timeout=25) as answer:
            return bytes(answer.read())

    def names(self, url: str) -> List[str]:
        """The URLs that a playlist names."""
        lines = self.read(url).decode().splitlines()
        return [urljoin(url, line) for line in lines if line and not line.startswith('#')]

    def segments(self, playable: Playable) -> List[str]:
        media, = self.names(playable.url)
        return self.names(media)

    def asked(self, what: str) -> List[Dict[str, str]]:
        """The queries of requests to the transcoder."""
        return [dict(part.partition('=')[::2] for part in entry.query.split('&'))
                for entry in self.sim.requests.find('/transcode/universal/%s$' % what)]

    def close(self) -> None:
        self.transcodes.stop(2.0)
        self.server.stop()


@pytest.fixture
def player() -> Iterator[Player]:
    library = plexsim.Library.generate(movies=6, shows=1, oddities=False)
    with plexsim.PlexSim(library, plexsim.SimConfig()) as sim:
        made = Player(sim)
        yield made
        made.close()


def body(number: int) -> bytes:
    return mpegts.segment(number, SECONDS)


def test_a_film_is_played_converted(player: Player) -> None:
    found = player.play(TRANSCODE)
    assert found.url.endswith('/start.m3u8') and found.mime == 'application/vnd.apple.mpegurl'
    assert found.duration_ms == DURATION_S * 1000 and player.sim.owner_token not in str(found)
    session = player.sessions.begin(found.url)
    assert session is not None and session.method == TRANSCODE and session.transcode is not None
    assert not player.sim.transcoder.running()  # until the player opens it
    segments = player.segments(found)
    assert len(segments) == DURATION_S / SECONDS
    assert [player.read(url) for url in segments[:12]] == [body(number) for number in range(12)]
    running, = player.sim.transcoder.running()
    assert (running.identifier, running.starts) == (session.session_id, [0.0])
    assert (running.answer['width'], running.answer['height'], running.answer['bitrate']) == (1280, 720, 2000)


def test_neither_token_nor_address_is_in_what_the_player_gets(player: Player) -> None:
    found = player.play(TRANSCODE)
    media, = player.names(found.url)
    for text in (found.url, player.read(found.url).decode(), media, player.read(media).decode()):
        assert player.sim.owner_token not in text and player.sim.pms_url.split('//')[1] not in text


def test_only_what_belongs_to_the_transcode_is_served(player: Player) -> None:
    found = player.play(TRANSCODE)
    base = found.url[:-len('start.m3u8')]
    transcode = player.transcode(found)
    inside = 'session/%s/base/' % transcode.transcode_id
    for name in (inside + '00000.ts', inside + 'index.m3u8'):  # nothing has begun
        with pytest.raises(urllib.error.HTTPError, match='404'):
            player.read(base + name)
    player.segments(found)
    player.read(base + inside + '00000.ts')
    other = player.play(TRANSCODE)
    for url in (base + inside + '99999.ts', base + 'decision', base + 'session/other/base/00000.ts',
                other.url[:-len('start.m3u8')] + inside + '00000.ts',
                base.replace(transcode.local_id, 'f' * 32) + 'start.m3u8'):
        with pytest.raises(urllib.error.HTTPError, match='404'):
            player.read(url)


def test_a_jump_begins_the_transcode_there(player: Player) -> None:
    segments = player.segments(player.play(TRANSCODE))
    player.read(segments[0])
    assert player.read(segments[700]) == body(700)
    assert [player.read(segments[number]) for number in (701, 702, 703)] == [body(n) for n in (701, 702, 703)]
    running, = player.sim.transcoder.running()
    assert running.starts == [0.0, 2800.0]
    assert player.read(segments[100]) == body(100)  # back, before the place where the encoder began
    assert running.starts == [0.0, 2800.0, 400.0]
    assert player.read(segments[102]) == body(102)
    assert len(running.starts) == 3


def test_a_little_forward_waits_for_the_encoder(player: Player) -> None:
    segments = player.segments(player.play(TRANSCODE))
    assert [player.read(segments[number]) for number in (0, 2, 4)] == [body(n) for n in (0, 2, 4)]
    assert player.sim.transcoder.running()[0].starts == [0.0]


def test_a_segment_that_is_not_ready_is_waited_for(player: Player) -> None:
    segments = player.segments(player.play(TRANSCODE))
    player.sim.faults.add(r'/00001\.ts', 404, times=3)
    assert [player.read(segments[number]) for number in (0, 1)] == [body(0), body(1)]


def test_a_lost_connection_within_a_segment_is_continued(player: Player) -> None:
    segments = player.segments(player.play(TRANSCODE))
    player.sim.faults.add(r'/00000\.ts', 'truncate', times=1)
    assert player.read(segments[0]) == body(0)


def test_the_session_is_kept_alive_and_ended(player: Player) -> None:
    found = player.play(TRANSCODE)
    transcode = player.transcode(found)
    transcode.ping()
    assert not player.asked('ping')  # nothing runs yet
    player.segments(found)
    player.sim.clock.advance(50)
    transcode.ping()
    player.sim.clock.advance(50)
    assert player.sim.transcoder.running()
    transcode.stop()
    transcode.stop()
    assert len(player.asked('stop')) == 1 and not player.sim.transcoder.running()


def test_a_server_without_ping_and_stop_is_told_in_its_own_way(player: Player) -> None:
    player.sim.config.transcode_delete_only = True
    found = player.play(TRANSCODE)
    player.segments(found)
    with pytest.raises(PlexNotFound):
        player.transcode(found).ping()
    player.transcode(found).stop()
    assert not player.sim.transcoder.running()


def test_it_can_be_played_again_after_its_end(player: Player) -> None:
    found = player.play(TRANSCODE)
    player.read(player.segments(found)[0])
    player.transcode(found).stop()
    assert player.read(player.segments(found)[0]) == body(0)
    player.sim.clock.advance(100)  # the server has given it up meanwhile
    assert player.read(player.segments(found)[0]) == body(0)


def test_the_next_one_ends_what_was_left_over(player: Player) -> None:
    first = player.play(TRANSCODE)
    player.segments(first)
    second = player.play(TRANSCODE)
    player.segments(second)
    until(lambda: len(player.sim.transcoder.running()) == 1)
    assert player.sim.transcoder.running()[0].key == player.transcode(second).transcode_id


def test_what_the_service_leaves_behind_when_it_ends(player: Player) -> None:
    player.segments(player.play(TRANSCODE))
    player.transcodes.stop(2.0)
    assert not player.sim.transcoder.running()


def test_decision_and_start_agree_and_state_what_kodi_plays(player: Player) -> None:
    player.terms = Terms(needs.Box(no_video=frozenset({'av1'}), channels=2), remote=True)
    player.segments(player.play(TRANSCODE))
    decision, start = player.asked('decision')[0], player.asked(r'start\.m3u8')[0]
    assert decision == start
    assert {name: start[name] for name in ('location', 'maxVideoBitrate', 'videoResolution', 'audioChannelCount')} == {
        'location': 'wan', 'maxVideoBitrate': '2000', 'videoResolution': '1280x720', 'audioChannelCount': '2'}
    assert 'av1' not in start['X-Plex-Client-Profile-Extra'] and 'hevc' in start['X-Plex-Client-Profile-Extra']


@pytest.mark.parametrize(('described', 'terms', 'video', 'audio'), [
    ({}, Terms(limit=Quality(4000, 1280, 720)), 'transcode', 'copy'),
    ({'video': {'codec': 'hevc'}}, Terms(needs.Box(no_video=frozenset({'hevc'}))), 'transcode', 'copy'),
    ({'video': {'bitDepth': 10}}, Terms(needs.Box(no_h264_10bit=True)), 'transcode', 'copy'),
    ({'audio': 'truehd'}, Terms(needs.Box(no_audio=frozenset({'truehd'}))), 'copy', 'transcode'),
    ({'video': {'codec': 'hevc', 'DOVIPresent': True, 'DOVIProfile': 5}}, Terms(needs.Box(dolby_vision=needs.DV_NOT_5)),
     'transcode', 'copy')])
def test_what_this_box_or_line_cannot_take_is_converted_by_itself(
        player: Player, described: Dict[str, Any], terms: Terms, video: str, audio: str) -> None:
    player.describe(**described)
    assert '/stream/' in player.play(quality=Quality()).url
    player.terms = terms
    player.segments(player.play(quality=Quality()))
    answer = player.sim.transcoder.running()[0].answer
    assert (answer['videoDecision'], answer['audioDecision']) == (video, audio)
    assert '/stream/' in player.play(original=True).url


def test_what_fits_the_limit_is_not_converted(player: Player) -> None:
    player.terms = Terms(limit=Quality(8000, 1920, 1080))
    assert '/stream/' in player.play().url
    assert not player.asked('decision')
    assert len(player.sim.requests.find('/library/metadata/')) == 1


def test_a_refusal_is_told_in_the_servers_words(player: Player) -> None:
    player.sim.config.transcode_refusal = 'The transcoder is on holiday.'
    with pytest.raises(TranscodeRefused, match='on holiday'):
        player.play(TRANSCODE)
    player.terms = Terms(limit=SMALL)
    assert '/stream/' in player.play().url  # what only we wanted


def test_a_server_that_does_not_take_the_question_lets_the_original_play(player: Player) -> None:
    player.sim.faults.add('/decision', 403)
    player.terms = Terms(limit=SMALL)
    assert '/stream/' in player.play().url


SUBTITLES: List[Tuple[Dict[str, Any], int, str, List[str]]] = [
    ({'codec': 'pgs', 'selected': True}, needs.BURN_PICTURES, 'burn', []),
    ({'codec': 'pgs', 'selected': True}, needs.BURN_NEVER, 'none', []),
    ({'codec': 'srt', 'selected': True, 'languageTag': 'de'}, needs.BURN_PICTURES, 'sidecar', ['Film.de.srt']),
    ({'codec': 'srt', 'selected': True}, needs.BURN_ALL, 'burn', []),
    ({'codec': 'srt', 'languageTag': 'de'}, needs.BURN_ALL, 'none', []),
    ({'codec': 'srt', 'key': '/library/streams/7', 'languageTag': 'en', 'forced': True}, needs.BURN_PICTURES, 'none',
     ['Film.en.forced.srt'])]


@pytest.mark.parametrize(('stream', 'burn', 'asked', 'names'), SUBTITLES)
def test_subtitles_come_as_files_or_in_the_picture(player: Player, stream: Dict[str, Any], burn: int, asked: str,
                                                   names: List[str]) -> None:
    number = player.movie.rating_key * 10000 + 2
    if 'key' in stream:
        stream = dict(stream, key='/library/streams/%d' % number)
    player.describe(None, 'aac', dict(stream, streamType=3))
    player.terms = Terms(needs.Box(burn=burn))
    found = player.play(TRANSCODE)
    assert player.asked('decision')[0]['subtitles'] == asked
    assert [url.rsplit('/', 1)[1] for url in found.subtitles] == names
    for url in found.subtitles:
        assert b'Stream %d' % number in player.read(url)


def test_the_reports_of_the_playback_name_the_session_that_is_converted(player: Player) -> None:
    found = player.play(TRANSCODE)
    session = player.sessions.begin(found.url)
    assert session is not None
    player.segments(found)
    assert player.client.timeline(player.key, 'playing', 60000, DURATION_S * 1000, session.session_id) == ''
    row = player.client.container('/status/sessions')['Metadata'][0]
    assert row['TranscodeSession']['key'].endswith(player.transcode(found).transcode_id)
    player.client.act('/status/sessions/terminate', {'sessionId': row['Session']['id'], 'reason': 'Bedtime'}, 'POST')
    words = player.client.timeline(player.key, 'playing', 61000, DURATION_S * 1000, session.session_id)
    assert words == 'Admin terminated playback with reason: Bedtime'


def test_all_files_of_a_version_are_joined(player: Player) -> None:
    part = player.sim.library.medias(player.movie)[0]['Part'][0]
    second = dict(part, id=part['id'] + 1, key=re.sub('00/1', '01/1', part['key']))
    player.movie.elements = dict(player.sim.library.stored(player.movie))
    player.movie.elements['Media'] = [dict(player.sim.library.medias(player.movie)[0], Part=[part, second])]
    player.movie.drop_cache()
    player.segments(player.play(TRANSCODE))
    assert player.asked('decision')[0]['partIndex'] == '-1'


def test_the_original_is_named_as_before(player: Player) -> None:
    session = player.sessions.begin(player.play().url)
    assert session is not None and session.method == DIRECT_PLAY and session.transcode is None
