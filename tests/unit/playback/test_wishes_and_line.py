"""Wishes for one playback, and whether a line is fast enough."""
from __future__ import annotations

from typing import List

from resources.lib.playback.line import LineMeter, SlowLine
from resources.lib.playback.session import PlaybackSession, SessionRegistry
from resources.lib.playback.state import BUFFERING, PAUSED, PLAYING, PlaybackState
from resources.lib.playback.wishes import Wish, Wishes


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_wish_goes_for_one_playback_of_one_item_and_not_for_long() -> None:
    clock = Time()
    wishes = Wishes(clock)
    wishes.put('mid', '7', Wish('transcode'))
    assert wishes.take('mid', '8') is None and wishes.take('other', '7') is None
    assert wishes.take('mid', '7') == Wish('transcode') and wishes.take('mid', '7') is None
    wishes.put('mid', '7', Wish('transcode'))
    clock.now += 3600
    assert wishes.take('mid', '7') is None


def test_a_session_waits_until_the_player_begins_it() -> None:
    sessions = SessionRegistry()
    assert sessions.take_waiting() is None
    first, second = PlaybackSession('mid', '7'), PlaybackSession('mid', '8')
    sessions.register('http://127.0.0.1/a', first)
    sessions.register('http://127.0.0.1/b', second)
    assert sessions.take_waiting() is second and sessions.take_waiting() is None
    sessions.register('http://127.0.0.1/b', second)
    sessions.begin('http://127.0.0.1/b|User-Agent=Kodi')
    assert sessions.take_waiting() is None


def test_only_waiting_for_the_server_counts() -> None:
    clock = Time()
    meter = LineMeter(clock)
    assert meter.kbps() == 0
    for _ in range(10):  # a player that reads slowly finds everything there already
        clock.now += 1
        meter.add(250_000, 0.01)
    assert meter.kbps() == 0  # it cannot be said
    for _ in range(10):
        clock.now += 1
        meter.add(250_000, 1.0)
    assert 2000 <= meter.kbps() <= 4100
    clock.now += 600
    assert meter.kbps() == 0


def test_a_read_is_measured_by_the_time_that_it_takes() -> None:
    clock = Time()
    meter = LineMeter(clock)

    def read(size: int) -> bytes:
        clock.now += 2.0
        return bytes(size)
    assert len(meter.read(read, 1_000_000)) == 1_000_000 and meter.kbps() == 4000


class Player:
    """A player on a line of ``kbps``, playing a file of 8000 kbit/s."""

    def __init__(self, kbps: int) -> None:
        self.clock, self.kbps = Time(), kbps
        self.switched: List[int] = []
        self.feature = SlowLine(8000, lambda: self.kbps, lambda playback, kbps: self.switched.append(kbps), self.clock)

    def at(self, state: str) -> PlaybackState:
        return PlaybackState(PlaybackSession('mid', '7'), 'x', state, 60.0, 600.0)

    def stalls(self, seconds: float) -> None:
        self.feature.on_playback_changed(self.at(BUFFERING))
        for _ in range(int(seconds)):
            self.clock.now += 1
            self.feature.on_tick(self.at(BUFFERING))
        self.feature.on_playback_changed(self.at(PLAYING))


def test_one_long_stall_is_enough_and_it_is_told_once() -> None:
    player = Player(5000)
    player.stalls(4)
    assert not player.switched
    player.stalls(30)
    player.stalls(30)
    assert player.switched == [5000]


def test_several_short_stalls_are_too_but_not_over_an_evening() -> None:
    player = Player(5000)
    for _ in range(5):
        player.stalls(2)
        player.clock.now += 600
    assert not player.switched
    for _ in range(3):
        player.stalls(2)
    assert player.switched == [5000]


def test_a_fast_line_and_one_that_nobody_measured_are_not_slow() -> None:
    for kbps in (20000, 0):
        player = Player(kbps)
        player.stalls(60)
        assert not player.switched


def test_a_pause_is_no_stall() -> None:
    player = Player(5000)
    for state in (PAUSED, PLAYING) * 5:
        player.feature.on_playback_changed(player.at(state))
    player.clock.now += 100
    player.feature.on_tick(player.at(PLAYING))
    assert not player.switched
