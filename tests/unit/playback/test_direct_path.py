"""When Kodi opens a file itself, when it is streamed, and which subtitles come along."""
from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from resources.lib.playback.direct_path import DirectPath
from resources.lib.playback.direct_play import DirectPlay
from resources.lib.playback.methods import PlayRequest
from resources.lib.playback.reach import Shares
from resources.lib.playback.resolve import Playable, Resolver
from resources.lib.playback.session import SessionRegistry
from resources.lib.playback.share_paths import Mapping
from resources.lib.playback.stream_registry import StreamRegistry
from tests.unit.playback.fakes import FakeClient

FILE = '/films/Der Film (2001).mkv'
PATH = 'smb://nas/films/Der Film (2001).mkv'


class FakeFiles:
    """The share: ``there`` are its files."""

    def __init__(self) -> None:
        self.there = {PATH}
        self.looks: List[str] = []

    def exists(self, path: str) -> bool:
        self.looks.append(path)
        return path in self.there or path.endswith('/') and any(one.startswith(path) for one in self.there)

    def listed(self, folder: str) -> Tuple[List[str], List[str]]:
        rest = [one[len(folder):] for one in self.there if one.startswith(folder)]
        return sorted({one.split('/')[0] for one in rest if '/' in one}), [one for one in rest if '/' not in one]


class Bench:
    def __init__(self) -> None:
        self.client = FakeClient()
        self.files = FakeFiles()
        self.now = 100.0
        self.mappings = [Mapping('/films', 'smb://nas/films/')]
        self.told: List[str] = []
        streaming = DirectPlay(57310, StreamRegistry())
        way = DirectPath(lambda machine: self.mappings if machine == 'mid' else [],
                         Shares(self.files, clock=lambda: self.now), streaming, self)
        self.sessions = SessionRegistry()
        self.resolver = Resolver(self.client.get, [way, streaming], self.sessions)

    def reached(self, mapping: Mapping) -> None:
        self.told.append('reached')

    def not_reached(self, mapping: Mapping) -> None:
        self.told.append('not reached')

    def play(self, *streams: Dict[str, Any], method: str = '', **part: Any) -> Playable:
        row = {'id': 11, 'key': '/library/parts/11/1/file.mkv', 'file': FILE, 'Stream': list(streams)}
        media = {'id': 1, 'Part': [dict(row, **part)]}
        self.client.rows = {'7': {'ratingKey': '7', 'type': 'movie', 'title': 'Der Film', 'duration': 5400000,
                                  'Media': [media]}}
        return self.resolver.resolve(PlayRequest('mid', '7', method=method))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_kodi_gets_the_file_itself_and_its_playback_is_known_by_it(bench: Bench) -> None:
    found = bench.play()
    assert (found.url, found.part_id, found.subtitles) == (PATH, '11', ())
    for file in (PATH, 'smb://me:secret@nas/films/Der Film (2001).mkv', PATH + '|x=y'):
        session = bench.sessions.begin(file)
        assert session is not None and (session.rating_key, session.part_id, session.method) == (
            '7', '11', 'direct path')
    assert bench.told == ['reached']


@pytest.mark.parametrize('change', ['unmapped', 'elsewhere', 'missing', 'share away'])
def test_everything_else_is_streamed(bench: Bench, change: str) -> None:
    if change == 'unmapped':
        bench.mappings = []
    elif change == 'missing':
        bench.files.there = {'smb://nas/films/another.mkv'}
    elif change == 'share away':
        bench.files.there = set()
    found = bench.play(file='/series/a.mkv' if change == 'elsewhere' else FILE)
    assert found.url.startswith('http://127.0.0.1:57310/stream/mid/7/11/')
    assert bench.told == (['not reached'] if change in ('missing', 'share away') else [])


def test_a_share_that_is_away_is_not_looked_at_for_a_minute(bench: Bench) -> None:
    bench.files.there = set()
    bench.play()
    looks = len(bench.files.looks)
    bench.files.there = {PATH}
    assert bench.play().url.startswith('http:') and len(bench.files.looks) == looks
    bench.now += 61
    assert bench.play().url == PATH


def test_a_single_missing_file_does_not_keep_the_others_from_being_opened(bench: Bench) -> None:
    bench.files.there = {PATH}
    assert bench.play(file='/films/gone.mkv').url.startswith('http:')
    assert bench.play().url == PATH


def test_a_version_in_several_files_is_streamed(bench: Bench) -> None:
    bench.client.rows = {'7': {'ratingKey': '7', 'type': 'movie', 'Media': [{'id': 1, 'Part': [
        {'id': 11, 'key': '/library/parts/11/1/a.mkv', 'file': FILE},
        {'id': 12, 'key': '/library/parts/12/1/b.mkv', 'file': FILE}]}]}}
    assert bench.resolver.resolve(PlayRequest('mid', '7')).url.startswith('stack://http:')


def test_either_way_can_be_demanded(bench: Bench) -> None:
    assert bench.play(method='direct play').url.startswith('http:')
    assert bench.play(method='direct path').url == PATH


def subtitle(number: int, language: str = 'ger', codec: str = 'srt', **more: Any) -> Dict[str, Any]:
    return dict({'id': number, 'streamType': 3, 'codec': codec, 'languageCode': language,
                 'key': '/library/streams/%d' % number}, **more)


def names(found: Playable) -> List[str]:
    return [url.split('/')[-2] for url in found.subtitles]


def beside(*endings: str) -> set[str]:
    return {PATH, *('smb://nas/films/' + ending for ending in endings)}


def test_subtitles_beside_the_video_are_left_to_kodi(bench: Bench) -> None:
    bench.files.there = beside('Der Film (2001).de.srt', 'Der Film (2001).en.forced.srt', 'Subs/der film (2001).fr.srt')
    found = bench.play(subtitle(1), subtitle(2, 'eng', forced=True), subtitle(3, 'fra'))
    assert found.url == PATH and found.subtitles == ()


def test_those_that_only_the_server_has_are_handed_over(bench: Bench) -> None:
    bench.files.there = beside('Der Film (2001).de.srt', 'Other.fr.srt', 'Der Film (2001).nfo', 'Der Film (2001).srt')
    found = bench.play(subtitle(1), subtitle(2), subtitle(3, 'fra'), subtitle(4, 'ger', 'ass'),
                       subtitle(5, 'ger', forced=True), subtitle(6, ''), subtitle(7, ''), {'id': 8, 'streamType': 3})
    assert names(found) == ['2', '3', '4', '5', '7']


def test_without_external_subtitles_the_folder_is_not_listed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.files, 'listed', None)
    assert bench.play({'id': 8, 'streamType': 3}).url == PATH
