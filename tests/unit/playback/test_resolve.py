"""Which file is played, under which name, and what the user is told when none can be."""
from __future__ import annotations

from typing import Any, Dict
from urllib.parse import unquote

import pytest

from resources.lib.playback import stacks
from resources.lib.playback.direct_play import DirectPlay
from resources.lib.playback.errors import FileInaccessible, FileMissing, ItemGone, NotPlayable, UnknownServer
from resources.lib.playback.methods import PlayRequest
from resources.lib.playback.resolve import Playable, Resolver
from resources.lib.playback.session import SessionRegistry
from resources.lib.playback.stream_registry import PART, SUBTITLE, StreamRegistry
from resources.lib.plex_errors import PlexConnectionError
from tests.unit.playback.fakes import FakeClient


def part(number: int = 11, file: str = '/films/Der Film (2001).mkv', **more: Any) -> Dict[str, Any]:
    return dict({'id': number, 'key': '/library/parts/%d/1600000000/file.mkv' % number, 'file': file}, **more)


def movie(*media: Dict[str, Any]) -> Dict[str, Any]:
    return {'ratingKey': '7', 'type': 'movie', 'title': 'Der Film', 'duration': 5_400_000, 'viewOffset': '61000',
            'Media': list(media)}


class Bench:
    def __init__(self) -> None:
        self.client = FakeClient()
        self.registry = StreamRegistry()
        self.sessions = SessionRegistry()
        self.resolver = Resolver(self.client.get, [DirectPlay(57310, self.registry)], self.sessions)

    def resolve(self, row: Dict[str, Any]) -> Playable:
        self.client.rows = {'7': row}
        return self.resolver.resolve(PlayRequest('mid', '7'))

    def name(self, **more: Any) -> str:
        return unquote(self.resolve(movie({'Part': [part(**more)]})).url.rsplit('/', 1)[1])


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_movie(bench: Bench) -> None:
    found = bench.resolve(movie({'Part': [part()]}))
    assert found == Playable(
        'http://127.0.0.1:57310/stream/mid/7/11/Der%20Film%20%282001%29.mkv', 'Der Film', 'movie', 5_400_000, 61_000,
        '11', 'video/x-matroska', ())
    source = bench.registry.find(PART, 'mid', '7', '11', 'Der Film (2001).mkv')
    assert source is not None
    assert source.key == '/library/parts/11/1600000000/file.mkv'


def test_what_is_handed_to_kodi_is_known_by_its_url_when_it_plays(bench: Bench) -> None:
    bench.client.rows = {'7': dict(_two(), Marker=[{'type': 'intro', 'startTimeOffset': 5, 'endTimeOffset': 9}])}
    found = bench.resolver.resolve(PlayRequest('mid', '7', '2'))
    session = bench.sessions.begin(found.url + '|User-Agent=Kodi')
    assert session is not None
    assert (session.machine_identifier, session.rating_key, session.media_id, session.part_id) == (
        'mid', '7', '2', '12')
    assert session.method == 'direct play'
    assert session.playable is not None and session.playable.item.title == 'Der Film'
    assert [marker.kind for marker in session.playable.markers] == ['intro']
    assert session.media is not None and session.media.resolution == '4k'
    assert session.part is not None and session.part.key == '/library/parts/12/1/4k.mkv'


def test_a_version_in_several_files_is_one_video(bench: Bench) -> None:
    found = bench.resolve(movie({'id': 1, 'Part': [part(11, 'Film, pt1.mkv'), part(12, 'Film, pt2.mkv')]}))
    first, second = (source.url(57310) for source in bench.registry._entries.values())
    assert found.url == 'stack://%s , %s' % (first, second) and stacks.is_stack(found.url)
    assert found.item is not None and found.item.title == 'Der Film' and found.mime == ''
    sessions = [bench.sessions.begin(url) for url in (first, second)]
    assert [one.part_id for one in sessions if one] == ['11', '12']


def test_commas_in_the_name_of_a_file_do_not_part_a_stack() -> None:
    assert stacks.join(['/a, b.mkv', '/c.mkv']) == 'stack:///a,, b.mkv , /c.mkv'
    assert stacks.join(['/a, b.mkv']) == '/a, b.mkv' and not stacks.is_stack('/a, b.mkv')


def test_versions_that_are_only_named_are_no_playback(bench: Bench) -> None:
    bench.client.rows = {'7': _two()}
    bench.resolver.resolve(PlayRequest('mid', '7', ask=True))
    assert not bench.sessions._sessions


def test_a_trailer_from_the_net_that_the_server_passes_on(bench: Bench) -> None:
    key = '/services/iva/assets/600/video.mp4?fmt=4&bitrate=5000'
    found = bench.resolve(dict(movie({'Part': [{'id': 600, 'key': key, 'container': 'mkv'}]}), type='clip'))
    assert found.url.endswith('/stream/mid/7/600/video.mp4')
    source = bench.registry.find(PART, 'mid', '7', '600', 'video.mp4')
    assert source is not None and source.key == key


@pytest.mark.parametrize(('file', 'container', 'name'), [
    ('C:\\Films\\A\\b.MP4', 'mp4', 'b.mp4'), ('/x/a?b#c|d%20:e.avi', 'avi', 'a_b_c_d_20_e.avi'),
    ('/x/Fußball – 第1話.mkv', 'mkv', 'Fußball – 第1話.mkv'), ('', 'mkv', 'file.mkv'),
    ('/x/noext', 'mpegts', 'noext.ts'),
    ('/x/Vol. 1', 'mkv', 'Vol. 1.mkv'), ('/x/..mkv', 'mkv', 'video.mkv'),
    ('/x/' + 'a' * 300 + '.mkv', 'mkv', 'a' * 100 + '.mkv'),
    ('/x/a\x07b.mkv', 'mkv', 'a_b.mkv'), ('/x/noext', '../../x', 'noext.mkv')])
def test_the_name_tells_kodi_the_container(bench: Bench, file: str, container: str, name: str) -> None:
    assert bench.name(file=file, container=container) == name


def test_external_subtitles_say_their_language(bench: Bench) -> None:
    def stream(number: int, **more: Any) -> Dict[str, Any]:
        return dict({'id': number, 'streamType': 3, 'codec': 'srt', 'key': '/library/streams/%d' % number}, **more)
    streams = [{'id': 1, 'streamType': 1, 'codec': 'hevc'}, {'id': 2, 'streamType': 3, 'codec': 'pgs'},
               stream(3, languageTag='en', forced=True), stream(4, languageCode='ger', hearingImpaired=1, codec='ass'),
               stream(5), stream(6, codec='vobsub'), stream(7, languageTag='pt-BR', codec='subrip'),
               stream(8, key='https://evil/x'), stream(9, languageTag='../..', format='vtt')]
    found = bench.resolve(movie({'Part': [part(file='/x/Movie.mkv', Stream=streams)]}))
    names = [tuple(url.split('/')[-2:]) for url in found.subtitles]
    assert names == [('3', 'Movie.en.forced.srt'), ('4', 'Movie.ger.sdh.ass'), ('5', 'Movie.srt'),
                     ('7', 'Movie.pt-BR.srt'), ('9', 'Movie.vtt')]
    assert bench.registry.find(SUBTITLE, 'mid', '7', '3', 'Movie.en.forced.srt')


def test_the_first_version_that_plex_can_read(bench: Bench) -> None:
    """The 4K version is on a drive that is not mounted."""
    found = bench.resolve(movie(
        {'Part': [part(1, exists=False, accessible=False)]}, {'deletedAt': 1, 'Part': [part(2)]},
        {'Part': [part(3), part(4, accessible=0)]}, {'Part': []}, {'Part': [part(5, exists='1'), part(6)]}))
    assert found.part_id == '5'


@pytest.mark.parametrize(('row', 'error'), [
    (movie({'Part': [part(exists=False, accessible=False)]}), FileMissing),
    (movie({'Part': [part(exists=True, accessible=False)]}), FileInaccessible),
    (movie(), NotPlayable), (movie({'Part': [{'id': 1}]}), NotPlayable),
    (movie({'Part': [part(key='https://evil/library/parts/1/x')]}), NotPlayable),
    ({'ratingKey': '7', 'type': 'show', 'Media': 'x'}, NotPlayable), ({'ratingKey': '8'}, ItemGone)])
def test_the_user_is_told_why_not(bench: Bench, row: Dict[str, Any], error: type) -> None:
    with pytest.raises(error):
        bench.resolve(row)


def test_gone_unknown_and_unreachable(bench: Bench) -> None:
    with pytest.raises(ItemGone):
        bench.resolver.resolve(PlayRequest('mid', '99'))
    with pytest.raises(UnknownServer):
        bench.resolver.resolve(PlayRequest('other', '7'))
    bench.client.offline = True
    with pytest.raises(PlexConnectionError):
        bench.resolver.resolve(PlayRequest('mid', '7'))


def _two() -> Dict[str, Any]:
    return movie({'id': 1, 'videoResolution': '1080', 'Part': [part()]},
                 {'id': 2, 'videoResolution': '4k', 'Part': [part(id=12, key='/library/parts/12/1/4k.mkv')]})


def test_several_versions_are_named_when_the_user_is_to_choose(bench: Bench) -> None:
    bench.client.rows = {'7': _two()}
    found = bench.resolver.resolve(PlayRequest('mid', '7', ask=True))
    assert not found.url and found.versions == (('1', '1080p'), ('2', '4K'))
    assert bench.resolver.resolve(PlayRequest('mid', '7', '2', ask=True)).part_id == '12'
    assert bench.resolver.resolve(PlayRequest('mid', '7')).part_id == '11'


def test_a_chosen_version_that_is_gone_is_replaced_by_the_first(bench: Bench) -> None:
    bench.client.rows = {'7': _two()}
    assert bench.resolver.resolve(PlayRequest('mid', '7', '99')).part_id == '11'
