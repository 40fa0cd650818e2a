"""The server knows where the user is, and counts a film once: not twice, and not never."""
from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from functools import partial
from typing import Any, Iterator, List, Tuple

import pytest

from resources.lib.playback.journal import Progress
from resources.lib.playback.queue_place import QueuePlace
from resources.lib.playback.session import PlaybackSession, SessionRegistry
from resources.lib.playback.state import ENDED, STOPPED, PlaybackState
from resources.lib.playback.timeline import Timeline, TimelineFeature
from resources.lib.playback.watched import is_watched
from resources.lib.plex_errors import PlexConnectionError, PlexNotFound, PlexUnauthorized
from resources.lib.plex_model import PlayableItem, item
from resources.lib.plex_preferences import PlayedRule
from tests.unit.playback.fakes import FakeClient, until

SESSION = PlaybackSession('mid', '7')


def at(position_s: float, state: str = 'playing', total_s: float = 100.0) -> PlaybackState:
    return PlaybackState(SESSION, 'file', state, position_s, total_s)


class Bench:
    def __init__(self) -> None:
        self.client = FakeClient()
        self.now = 1000.0
        self.finished: List[Tuple[str, str, int, bool]] = []
        self.failures: List[Any] = []
        self.waits: List[float] = []
        self.on_wait: Any = None
        self.timeline = Timeline(self.client.get, lambda mid, error: self.failures.append(error),
                                 lambda *args: self.finished.append(args), lambda: self.now, self.wait)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.waits.append(seconds)
        if self.on_wait is not None:
            self.on_wait(event, seconds)
        return event.is_set()

    def play(self, position_s: float = 0.0) -> TimelineFeature:
        feature = self.timeline.feature(SESSION)
        feature.on_playback_started(at(position_s))
        until(lambda: self.client.calls)
        return feature

    def end(self, feature: TimelineFeature, position_s: float, reason: str = STOPPED, total_s: float = 100.0) -> None:
        feature.on_playback_stopped(at(position_s, total_s=total_s), reason)
        until(lambda: self.finished)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.timeline.stop(2.0)


def test_every_ten_seconds_and_on_every_change(bench: Bench) -> None:
    feature = bench.play()
    for second in range(1, 31):
        bench.now += 1
        feature.on_tick(at(float(second)))
        if second % 10 == 0:
            until(partial(bench.client.has_told, second * 1000))
    feature.on_playback_changed(at(31.0, 'paused'))
    until(lambda: bench.client.calls[-1] == ('paused', 31000, 100000))
    bench.end(feature, 31.0)
    assert [call[:2] for call in bench.client.calls] == [
        ('playing', 0), ('playing', 10000), ('playing', 20000), ('playing', 30000), ('paused', 31000),
        ('stopped', 31000)]
    assert set(bench.client.sessions) == {SESSION.session_id}
    assert bench.finished == [('mid', '7', 31000, False)]


def test_a_slow_server_never_blocks_and_gets_the_newest_state(bench: Bench) -> None:
    feature = bench.play()
    bench.client.hold = threading.Event()
    for second in range(50):
        feature.on_playback_changed(at(float(second), 'paused'))
    assert len(bench.client.calls) == 1, 'the server has not answered yet, and nobody has waited for it'
    bench.client.hold.set()
    until(lambda: bench.client.calls[-1][1] == 49000)
    assert len(bench.client.calls) <= 4


def test_kodi_without_a_length_uses_plexs(bench: Bench) -> None:
    feature = bench.timeline.feature(SESSION)
    feature.on_playback_started(at(1.0, total_s=0.0))
    until(lambda: bench.client.calls)
    assert bench.client.calls == [('playing', 1000, 100000)]
    bench.end(feature, 50.0, total_s=0.0)
    assert bench.client.calls[-1] == ('stopped', 50000, 100000)


@pytest.mark.parametrize(('position', 'reason'), [(100.0, ENDED), (99.0, ENDED), (95.0, STOPPED), (90.0, STOPPED)])
@pytest.mark.parametrize('before', [0, 3])
@pytest.mark.parametrize(('counts', 'late', 'scrobbles'), [(True, 0, 0), (True, 2, 0), (False, 0, 1)])
def test_watched_counts_exactly_once(bench: Bench, position: float, reason: str, before: int, counts: bool, late: int,
                                     scrobbles: int) -> None:
    """Whether the server counts by the timeline, a moment after it, or only by a scrobble."""
    if before:
        bench.client.rows['7']['viewCount'] = before
    bench.client.counts, bench.client.counts_late = counts, late
    bench.end(bench.play(), position, reason)
    assert bench.client.calls[-1] == ('stopped', 100000, 100000)
    assert (bench.client.view_count, bench.client.scrobbles) == (before + 1, scrobbles)
    assert bench.finished == [('mid', '7', 100000, True)]


def test_counted_during_playback_is_not_counted_again(bench: Bench) -> None:
    feature = bench.play()
    feature.on_playback_changed(at(92.0))
    until(lambda: bench.client.view_count == 1)
    bench.client.counts = False
    bench.end(feature, 100.0, ENDED)
    assert (bench.client.view_count, bench.client.scrobbles) == (1, 0)


@pytest.mark.parametrize(('position', 'reason'), [(89.0, STOPPED), (10.0, ENDED), (0.0, ENDED)])
def test_not_watched(bench: Bench, position: float, reason: str) -> None:
    """A stream that "ends" in the middle lost its connection."""
    bench.end(bench.play(), position, reason)
    assert bench.client.calls[-1] == ('stopped', int(position * 1000), 100000)
    assert bench.client.view_count == 0
    assert bench.finished == [('mid', '7', int(position * 1000), False)]


def test_a_playback_too_short_for_the_server_to_hear_of_it(bench: Bench) -> None:
    bench.client.rows['7']['viewCount'] = 2
    feature = bench.timeline.feature(SESSION)
    bench.end(feature, 100.0, ENDED)
    assert bench.client.view_count == 3


@pytest.mark.parametrize('errors', [
    [PlexConnectionError('x')] * 4, [PlexUnauthorized(401, 'x')], [PlexConnectionError('x')]])
def test_the_stop_survives_an_outage(bench: Bench, errors: List[Any]) -> None:
    feature = bench.play()
    bench.client.errors = list(errors)
    bench.end(feature, 50.0)
    assert bench.client.calls[-1] == ('stopped', 50000, 100000)
    assert len(bench.waits) == len(errors)
    for wait, longest in zip(bench.waits, (1.0, 2.0, 4.0, 8.0)):
        assert longest / 2 <= wait <= longest
    assert len(bench.failures) == len(errors)


def test_a_whole_playback_without_the_server(bench: Bench) -> None:
    """It comes back only after the film."""
    bench.client.offline = True
    bench.client.rows['7']['viewCount'] = 1
    feature = bench.timeline.feature(SESSION)
    feature.on_playback_started(at(0))
    until(lambda: bench.failures)
    bench.on_wait = lambda event, seconds: setattr(bench.client, 'offline', len(bench.waits) < 5)
    bench.end(feature, 100.0, ENDED)
    assert (bench.client.view_count, bench.client.scrobbles) == (2, 0)


@pytest.mark.parametrize('lost', ['lost_answers', 'lost_scrobble_answers'])
@pytest.mark.parametrize('before', [0, 3])
def test_a_lost_answer_does_not_count_twice(bench: Bench, lost: str, before: int) -> None:
    bench.client.rows['7']['viewCount'] = before
    bench.client.counts = lost == 'lost_answers'
    feature = bench.play()
    setattr(bench.client, lost, 1)
    bench.end(feature, 100.0, ENDED)
    assert bench.client.view_count == before + 1


def test_minutes_later_it_gives_up(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    feature = bench.play()
    bench.client.offline = True
    with caplog.at_level(logging.WARNING):
        bench.end(feature, 50.0)
    assert sum(bench.waits) == pytest.approx(360)
    assert max(bench.waits) <= 90
    assert bench.finished == [('mid', '7', 50000, False)]
    assert 'not reported' in caplog.text


def test_a_deleted_item_is_not_tried_again(bench: Bench) -> None:
    feature = bench.play()
    bench.client.errors = [PlexNotFound(404, 'x')]
    bench.end(feature, 50.0)
    assert bench.waits == []


def test_playing_it_again_is_not_overwritten_by_the_old_stop(bench: Bench) -> None:
    feature = bench.play(0.0)
    bench.client.errors = [PlexConnectionError('x')]
    again: List[TimelineFeature] = []

    def replay(event: threading.Event, seconds: float) -> None:
        again.append(bench.timeline.feature(SESSION))
    bench.on_wait = replay
    bench.end(feature, 50.0)
    assert [call[0] for call in bench.client.calls] == ['playing']


FIRST = PlaybackSession('mid', '7', place=QueuePlace('1', '58'))
NEXT = PlaybackSession('mid', '8', place=QueuePlace('1', '59'))


def test_the_end_of_an_entry_of_a_queue_is_told_before_the_beginning_of_the_next(bench: Bench) -> None:
    first = bench.timeline.feature(FIRST)
    first.on_playback_started(at(0.0))
    until(lambda: bench.client.reports)
    slow = bench.client.hold = threading.Event()
    first.on_playback_stopped(at(50.0), STOPPED)
    until(lambda: bench.client.waiting)
    bench.client.hold = None
    following = bench.timeline.feature(NEXT)
    following.on_playback_started(at(0.0))
    time.sleep(0.1)  # in which it would be told
    slow.set()
    until(lambda: len(bench.client.reports) == 3)
    assert [report[:2] for report in bench.client.reports] == [('7', 'playing'), ('7', 'stopped'), ('8', 'playing')]
    assert [report[2]['playQueueItemID'] for report in bench.client.reports] == ['58', '58', '59']


def test_an_end_that_is_told_after_the_beginning_of_the_next_entry_does_not_move_the_queue(bench: Bench) -> None:
    first = bench.timeline.feature(FIRST)
    first.on_playback_started(at(0.0))
    until(lambda: bench.client.reports)
    bench.client.errors = [PlexConnectionError('x')]

    def meanwhile(_event: threading.Event, _seconds: float) -> None:
        bench.timeline.feature(NEXT).on_playback_started(at(0.0))
        until(lambda: ('8', 'playing') in [report[:2] for report in bench.client.reports])
    bench.on_wait = meanwhile
    bench.end(first, 50.0)
    assert bench.client.reports[-1] == ('7', 'stopped', {})


def test_a_playback_whose_end_is_not_known_holds_up_no_other(bench: Bench) -> None:
    bench.timeline.feature(FIRST).on_playback_started(at(0.0))
    until(lambda: bench.client.reports)
    bench.timeline.feature(NEXT).on_playback_started(at(0.0))
    until(lambda: bench.client.reports[-1][:2] == ('8', 'playing'))


def test_kodi_stopping_tries_once_and_ends(bench: Bench) -> None:
    feature = bench.play()
    bench.client.offline = True
    entered = threading.Event()

    def block(event: threading.Event, seconds: float) -> None:
        entered.set()
        event.wait(60)
    bench.on_wait = block
    feature.on_playback_stopped(at(50.0), STOPPED)
    assert entered.wait(20)
    started = time.monotonic()
    bench.timeline.stop(1.0)
    assert time.monotonic() - started < 30.0
    assert bench.finished


def test_a_stop_right_before_kodi_stops_is_sent(bench: Bench) -> None:
    feature = bench.play()
    feature.on_playback_stopped(at(50.0), STOPPED)
    bench.timeline.stop(1.0)
    assert bench.client.calls[-1] == ('stopped', 50000, 100000)


def test_an_unknown_server_is_no_crash(bench: Bench) -> None:
    playback = PlaybackState(PlaybackSession('other', '7'), 'file', 'playing', 0.0, 100.0)
    feature = bench.timeline.feature(playback.session)
    feature.on_playback_started(playback)
    feature.on_playback_stopped(playback, STOPPED)
    until(lambda: bench.finished)


@pytest.mark.parametrize(('position', 'total', 'length', 'ended', 'watched'), [
    (90, 100, 100, False, True), (89.9, 100, 100, False, False), (100, 100, 0, True, True), (0, 0, 0, True, False),
    (5, 0, 0, True, True), (5, 0, 0, False, False), (0.5, 2, 2, True, True),
    (3000, 3000, 6000, True, False),  # first of two files
    (2975, 3000, 3000, True, True), (1500, 3000, 3000, True, False)])
def test_when_it_counts(position: float, total: float, length: float, ended: bool, watched: bool) -> None:
    assert is_watched(position, max(total, length), 0.9 * max(total, length), ended) is watched


def test_what_play_has_just_asked_is_not_asked_again(bench: Bench) -> None:
    playable = PlayableItem(item({'ratingKey': '7', 'type': 'movie', 'duration': 100_000, 'viewCount': 2}), (), (), ())
    feature = bench.timeline.feature(replace(SESSION, playable=playable))
    feature.on_playback_started(at(0.0))
    until(lambda: bench.client.calls)
    assert bench.client.asked == 0


def test_a_film_that_kodi_begins_again_by_itself_is_asked_for(bench: Bench) -> None:
    """Its count is that of before the first playback; the second would not be counted."""
    sessions = SessionRegistry()
    playable = PlayableItem(item({'ratingKey': '7', 'type': 'movie', 'duration': 100_000, 'viewCount': 2}), (), (), ())
    sessions.register('url', replace(SESSION, playable=playable))
    first, again = sessions.begin('url'), sessions.begin('url')
    assert first and again and first.asked_now and not again.asked_now
    bench.timeline.feature(again).on_playback_started(at(0.0))
    until(lambda: bench.client.calls)
    assert bench.client.asked == 1


# ---- what is written down ------------------------------------------------------------------------------------------

class Kept:
    """A journal that remembers."""

    def __init__(self) -> None:
        self.progress: List[Progress] = []
        self.state = 'open'

    def keep(self, progress: Progress) -> bool:
        self.progress.append(progress)
        return True

    def hand_over(self, progress: Progress) -> bool:
        self.progress.append(progress)
        self.state = 'later'
        return True

    def done(self) -> None:
        self.state = 'done'


def _kept(bench: Bench) -> Tuple[Kept, TimelineFeature]:
    journal = Kept()
    feature = bench.timeline.feature(SESSION, None, journal)
    feature.on_playback_started(at(10.0))
    until(lambda: bench.client.calls)
    return journal, feature


def test_each_report_is_written_down_and_forgotten_when_the_end_was_told(bench: Bench) -> None:
    journal, feature = _kept(bench)
    bench.end(feature, 95.0)
    assert [(one.position_ms, one.watched, one.tried) for one in journal.progress] == [
        (10_000, False, False), (95_000, True, True)]
    assert journal.state == 'done'


def test_an_end_that_is_written_down_is_handed_over_after_seconds(bench: Bench) -> None:
    journal, feature = _kept(bench)
    bench.client.offline = True
    bench.end(feature, 70.0)
    assert journal.state == 'later' and journal.progress[-1].position_ms == 70_000
    assert sum(bench.waits) <= 3.0 + 1e-6


def test_an_end_that_the_server_will_never_take_is_forgotten(bench: Bench) -> None:
    journal, feature = _kept(bench)
    bench.client.errors = [PlexNotFound(404, 'x')]
    bench.end(feature, 70.0)
    assert journal.state == 'done'


def test_the_servers_rule_decides_what_counts(bench: Bench) -> None:
    bench.client.rule = PlayedRule(0.95, '0', True)
    bench.end(bench.play(), 92.0)
    assert bench.client.calls[-1] == ('stopped', 92_000, 100_000) and bench.client.scrobbles == 0
    assert bench.finished == [('mid', '7', 92_000, False)]


def test_where_the_server_does_not_tell_its_rule_it_decides_itself(bench: Bench) -> None:
    bench.client.rule = PlayedRule()
    bench.client.counts = False
    bench.end(bench.play(), 92.0)
    assert bench.client.calls[-1] == ('stopped', 92_000, 100_000) and bench.client.scrobbles == 0


# ---- another program plays -----------------------------------------------------------------------------------------

@pytest.mark.parametrize(('ran_s', 'watched'), [(3.0, False), (599.0, False), (899.0, False), (901.0, True),
                                                (4000.0, True)])
def test_what_another_program_played_is_watched_if_it_ran_long_enough(bench: Bench, ran_s: float,
                                                                      watched: bool) -> None:
    """Where it was nobody knows, so the resume point stays."""
    bench.client.rows['7'].update(duration=1_000_000, viewOffset=300_000)
    session = replace(SESSION, external=True)
    feature = bench.timeline.feature(session)
    state = replace(at(300.0, total_s=1000.0), session=session)
    feature.on_playback_started(state)
    until(lambda: bench.client.calls)
    bench.now += ran_s
    feature.on_tick(state)
    feature.on_playback_stopped(state, STOPPED)
    until(lambda: bench.finished)
    assert {call[1] for call in bench.client.calls[:-1]} == {300_000}
    assert bench.client.calls[-1] == ('stopped', 1_000_000 if watched else 300_000, 1_000_000)
    assert (bench.client.view_count, bench.finished) == (int(watched), [
        ('mid', '7', 1_000_000 if watched else 300_000, watched)])
