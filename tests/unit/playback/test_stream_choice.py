"""Subtitles in files of their own for a video in several files, of which the player has to be given them."""
from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import pytest

from resources.lib import plex_model
from resources.lib.kodi.streams import KodiStream
from resources.lib.playback.session import PlaybackSession
from resources.lib.playback.state import PLAYING, PlaybackState
from resources.lib.playback.stream_choice import NO_NUMBER, Directions, Player, StreamChoice
from resources.lib.plex_media import AUDIO_STREAM, SUBTITLE_STREAM

#: Of each file: an English subtitle inside it, a German and a French one beside it.
CODES = ('eng', 'deu', 'fra')


class Heard(NamedTuple):
    audio: Tuple[KodiStream, ...]
    subtitles: Tuple[KodiStream, ...]
    audio_number: int
    subtitle_number: int


class FakePlayer:
    """A player that shows each subtitle that it is given, as Kodi does; with a new file it has those inside only."""

    def __init__(self) -> None:
        self.given: List[str] = []
        self.waiting: List[str] = []
        self.slow = False
        self.opens()

    def opens(self) -> None:
        self.subtitles, self.number = [_shown(0, 'eng', '')], NO_NUMBER

    def read(self, _file: str) -> Optional[Heard]:
        if not self.slow:
            for url in self.waiting:
                self.number = len(self.subtitles)
                self.subtitles.append(_shown(self.number, url.split('.')[-2], '(External)'))
            self.waiting = []
        return Heard((KodiStream(0, 'eng', '', 'aac', 2, False, False),), tuple(self.subtitles), 0, self.number)

    def add(self, url: str) -> None:
        self.given.append(url)
        self.waiting.append(url)

    def select(self, number: int) -> None:
        self.number = number

    def language(self) -> str:
        return self.subtitles[self.number].language if self.number >= 0 else ''


def _shown(number: int, code: str, name: str) -> KodiStream:
    return KodiStream(number, code, name, 'subrip', 0, False, False)


class Bench:
    def __init__(self, selected: str, from_plex: bool = True) -> None:
        self.player = FakePlayer()
        self.told: List[Tuple[str, Dict[int, str]]] = []
        row = {'ratingKey': '7', 'type': 'movie', 'Media': [{'id': 1, 'Part': [self._part(number, selected)
                                                                               for number in (1, 2)]}]}
        beside = tuple((str(part), tuple('http://%d.%s.srt' % (part, code) for code in CODES[1:])) for part in (1, 2))
        self.session = PlaybackSession('mid', '7', '1', '1', plex_model.playable_item(row), beside=beside)
        assert self.session.part is not None
        player = Player(self.player.read, self.player.select, self.player.select, self.player.add)
        self.choice = StreamChoice(self.session.part, player, Directions(
            from_plex, lambda part, chosen: self.told.append((part, chosen))))
        self.choice.on_playback_started(self.playback(1))
        self.ticks(1)

    @staticmethod
    def _part(number: int, selected: str) -> Dict[str, Any]:
        streams: List[Dict[str, Any]] = [{'id': number * 10, 'streamType': AUDIO_STREAM, 'codec': 'aac', 'channels': 2,
                                          'languageCode': 'eng', 'selected': True}]
        for place, code in enumerate(CODES, 1):
            streams.append({'id': number * 10 + place, 'streamType': SUBTITLE_STREAM, 'codec': 'srt',
                            'languageCode': code, 'selected': code == selected,
                            **({'key': '/library/streams/1'} if place > 1 else {})})
        return {'id': number, 'key': '/library/parts/%d' % number, 'duration': 1000, 'Stream': streams}

    def playback(self, part: int) -> PlaybackState:
        return PlaybackState(replace(self.session, part_id=str(part)), 'stack://', PLAYING, 1.0, 2.0)

    def ticks(self, part: int, count: int = 10) -> None:
        for _ in range(count):
            self.choice.on_tick(self.playback(part))

    def comes_to_the_second_file(self) -> None:
        self.player.opens()
        self.choice.on_playback_changed(self.playback(2))
        self.ticks(2)


@pytest.mark.parametrize('selected', ['', *CODES])
def test_with_each_file_come_its_subtitles_and_what_is_chosen_in_plex_is_shown(selected: str) -> None:
    bench = Bench(selected)
    assert bench.player.given == ['http://1.deu.srt', 'http://1.fra.srt'] and bench.player.language() == selected
    bench.comes_to_the_second_file()
    assert bench.player.given[2:] == ['http://2.deu.srt', 'http://2.fra.srt'] and bench.player.language() == selected
    assert not bench.told, 'the player took them by itself'


def test_what_the_user_chooses_goes_on_in_the_next_file_and_to_plex() -> None:
    bench = Bench('')
    bench.player.select(2)
    bench.ticks(1)
    assert bench.told == [('1', {SUBTITLE_STREAM: '13'})]
    bench.comes_to_the_second_file()
    assert bench.player.language() == 'fra' and len(bench.told) == 1


def test_where_plex_chooses_nothing_in_kodi_it_stays_as_it_was() -> None:
    bench = Bench('deu', from_plex=False)
    assert bench.player.language() == ''
    bench.player.select(1)
    bench.ticks(1)
    bench.comes_to_the_second_file()
    assert bench.player.language() == 'deu'


def test_a_player_that_takes_none_of_them_is_not_waited_for_long() -> None:
    bench = Bench('eng')
    bench.player.slow = True
    bench.comes_to_the_second_file()
    assert bench.player.language() == 'eng'
    bench.player.select(NO_NUMBER)
    bench.ticks(2)
    assert bench.told == [('2', {SUBTITLE_STREAM: '0'})]
