"""When the library is synchronised. The clock is the test's; nothing here waits for real minutes."""
from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Tuple

import pytest

from resources.lib.kodi_db.errors import DatabaseMissing
from resources.lib.library_sync.engine import Options, Places
from resources.lib.library_sync.pipeline import Stopped
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service import sync_thread
from resources.lib.service.library_schedule import LibrarySchedule
from resources.lib.service.sync_thread import RETRY, START, TIMER, USER, SyncHost, SyncPolicy, SyncThread

MINUTES = 60.0
Outcome = Callable[['Box', Callable[[], bool]], SyncReport]


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Bar:
    """The progress in the corner."""

    def __init__(self, error: Optional[Exception] = None) -> None:
        self.closed, self._error = False, error

    def update(self, title: str, done: int, total: int) -> None:
        """Not looked at."""

    def close(self) -> None:
        self.closed = True
        if self._error:
            raise self._error


def fine(_box: Box, _should_stop: Callable[[], bool]) -> SyncReport:
    return SyncReport(complete=True)


def broken(_box: Box, _should_stop: Callable[[], bool]) -> SyncReport:
    return SyncReport(error='no answer', failure=PlexConnectionError('no answer'))


def long(box: Box, should_stop: Callable[[], bool]) -> SyncReport:
    """Goes on until it is cancelled."""
    while not should_stop():
        box.going.set()
        time.sleep(0.002)
    return SyncReport(cancelled=True)


class Box:
    """A service around the thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.clock = Clock()
        self.befores = 0
        self.not_due: List[Tuple[str, ...]] = []
        monkeypatch.setattr(sync_thread, 'time', self.clock)
        monkeypatch.setattr(sync_thread, 'LibrarySync', self._library_sync)
        self.policy = SyncPolicy(True, 15 * MINUTES, True, Options())
        self.signed_in, self.playing = True, False
        self.connect_error: Optional[Exception] = None
        self.places_error: Optional[Exception] = None
        self.bars: List[Bar] = []
        self.bar_error: Optional[Exception] = None
        self.outcome: Outcome = fine
        self.going = threading.Event()
        self.runs = 0
        self.modes: List[str] = []
        self.done: List[Tuple[str, SyncReport]] = []
        self.failed: List[Tuple[str, Exception]] = []
        self.connection_failures: List[Exception] = []
        self.thread = SyncThread(SyncHost(
            self._connect, self.connection_failures.append, lambda: self.signed_in, self._places, lambda: self.policy,
            LibrarySchedule(lambda: str(folder / 'times.json'), lambda: self.clock.now), self._before, self._make_bar,
            lambda: self.playing, lambda *args: self.done.append(args),
            lambda *args: self.failed.append(args)))

    def _connect(self) -> Any:
        if self.connect_error:
            raise self.connect_error
        return object(), 'mid'

    def _before(self, *_: Any) -> None:
        assert self.thread.running
        self.befores += 1

    def _places(self) -> Places:
        if self.places_error:
            raise self.places_error
        return Places('video', 'state')

    def _make_bar(self) -> Bar:
        self.bars.append(Bar(self.bar_error))
        return self.bars[-1]

    def _library_sync(self, _client: Any, _machine: str, _places: Places, options: Options, _progress: Any,
                      should_stop: Callable[[], bool]) -> Any:
        box = self
        self.modes.append(options.mode)
        self.not_due.append(tuple(options.not_due))
        assert self.befores, 'marks go to the server before it is asked'
        self.befores = 0

        class Sync:
            def run(self) -> SyncReport:
                box.runs += 1
                return box.outcome(box, should_stop)
        return Sync()

    @staticmethod
    def wait(condition: Callable[[], Any]) -> None:
        deadline = time.monotonic() + 2.0
        while not condition():
            assert time.monotonic() < deadline, 'it did not happen'
            time.sleep(0.002)

    def start(self) -> None:
        self.thread.start()

    def after(self, count: int) -> List[str]:
        """The reasons of all syncs, when there were ``count``."""
        self.wait(lambda: len(self.done) + len(self.failed) >= count)
        return [reason for reason, _ in self.done]

    def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds
        with self.thread._wake:
            self.thread._wake.notify_all()

    def quiet(self) -> bool:
        """Whether nothing begins now."""
        before = self.runs
        time.sleep(0.02)
        return self.runs == before and not self.thread.running

    def running(self) -> None:
        """A long sync is under way."""
        self.outcome = long
        self.going.clear()
        self.thread.request(USER)
        self.wait(self.going.is_set)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Box]:
    made = Box(monkeypatch, tmp_path)
    yield made
    started = time.monotonic()
    made.thread.stop()
    assert time.monotonic() - started < 1.0
    assert not made.thread._thread.is_alive()


def test_the_library_is_synced_at_start_and_then_by_the_timer(box: Box) -> None:
    box.start()
    assert box.after(1) == [START]
    box.pass_time(14.9 * MINUTES)
    assert box.quiet()
    box.pass_time(0.2 * MINUTES)
    assert box.after(2) == [START, TIMER]
    box.pass_time(15.1 * MINUTES)
    assert box.after(3)[2] == TIMER


def test_a_user_who_wants_no_sync_at_start_gets_the_first_by_the_timer(box: Box) -> None:
    box.policy = box.policy._replace(at_start=False)
    box.start()
    assert box.quiet()
    box.pass_time(15.1 * MINUTES)
    assert box.after(1) == [TIMER]


def test_a_user_who_wants_no_timer_gets_none(box: Box) -> None:
    box.policy = box.policy._replace(interval=0.0)
    box.start()
    box.after(1)
    box.pass_time(10000 * MINUTES)
    assert box.quiet()


def test_sync_now_starts_at_once(box: Box) -> None:
    box.start()
    box.after(1)
    assert box.thread.request(USER)
    assert box.after(2) == [START, USER]


def test_a_second_sync_is_not_started_beside_the_first(box: Box) -> None:
    box.start()
    box.after(1)
    box.running()
    assert box.thread.running
    assert not box.thread.request(USER)
    assert box.runs == 2


def test_cancelling_ends_the_sync_and_the_next_is_the_timers(box: Box) -> None:
    box.start()
    box.after(1)
    box.running()
    assert box.thread.cancel()
    box.after(2)
    assert box.done[1][1].cancelled and not box.thread.running
    box.outcome = fine
    box.pass_time(60)
    assert box.quiet()
    box.pass_time(15 * MINUTES)
    assert box.after(3)[2] == TIMER


def test_cancelling_when_nothing_runs_says_so_and_does_not_spoil_the_next(box: Box) -> None:
    box.start()
    box.after(1)
    assert not box.thread.cancel()
    box.thread.request(USER)
    box.after(2)
    assert not box.done[1][1].cancelled


def test_a_sync_is_paused_for_a_film_and_goes_on_after_it(box: Box) -> None:
    box.start()
    box.after(1)
    box.running()
    box.playing = True
    box.thread.playback_started()
    box.after(2)
    assert box.done[1][1].cancelled
    box.outcome = fine
    box.pass_time(120 * MINUTES)
    assert box.quiet()
    box.playing = False
    box.thread.playback_ended()
    assert box.quiet(), 'some seconds of peace'
    box.pass_time(6)
    assert box.after(3)[2] == RETRY


def test_a_film_given_up_after_a_second_does_not_cost_the_sync(box: Box) -> None:
    """The sync stops at the end of its batch; by then the user may have stopped the film already."""
    box.policy = box.policy._replace(interval=0.0)
    box.start()
    box.after(1)

    def stopped_too_late(_box: Box, should_stop: Callable[[], bool]) -> SyncReport:
        report = long(box, should_stop)
        box.playing = False
        box.thread.playback_ended()
        return report
    box.outcome = stopped_too_late
    box.thread.request(USER)
    box.wait(box.going.is_set)
    box.playing = True
    box.thread.playback_started()
    box.after(2)
    box.outcome = fine
    box.pass_time(30)
    assert len(box.after(3)) == 3


def test_nothing_starts_during_a_film(box: Box) -> None:
    box.playing = True
    box.start()
    assert box.quiet()
    box.playing = False
    box.thread.playback_ended()
    box.pass_time(6)
    assert box.after(1) == [START]


def test_a_user_who_wants_no_pause_gets_none(box: Box) -> None:
    box.policy = box.policy._replace(pause_during_playback=False)
    box.playing = True
    box.start()
    assert box.after(1) == [START]
    box.running()
    box.thread.playback_started()
    assert box.thread.running


def test_a_server_that_is_away_is_tried_again_less_and_less_often(box: Box) -> None:
    box.outcome = broken
    box.start()
    box.after(1)
    for number, pause in enumerate((20, 60, 180, 600, 600), 2):
        box.pass_time(pause - 1)
        assert box.quiet()
        box.pass_time(2)
        assert box.after(number)[-1] == RETRY
    assert len(box.connection_failures) == 6
    box.outcome = fine
    box.pass_time(601)
    box.after(7)
    box.outcome = broken
    box.pass_time(15.1 * MINUTES)
    assert box.after(8)[-1] == TIMER
    box.pass_time(21)
    assert box.after(9)[-1] == RETRY


def test_the_user_need_not_wait_for_the_next_try(box: Box) -> None:
    box.outcome = broken
    box.start()
    box.after(1)
    box.outcome = fine
    assert box.thread.request(USER)
    assert box.after(2) == [START, USER]


def test_a_server_that_cannot_be_reached_is_a_failed_sync_not_the_end(box: Box) -> None:
    box.connect_error = PlexConnectionError('no route')
    box.start()
    box.after(1)
    assert box.done[0][1].failure is box.connect_error and box.runs == 0 and box.bars[0].closed
    box.connect_error = None
    box.pass_time(21)
    assert box.after(2) == [START, RETRY]


@pytest.mark.parametrize('error', [DatabaseMissing('none yet'), RuntimeError('a defect')])
def test_even_a_defect_does_not_end_syncing(box: Box, error: Exception) -> None:
    box.places_error = error
    box.start()
    box.after(1)
    assert box.failed == [(START, error)] and not box.thread.running and box.bars[0].closed
    box.places_error = None
    box.pass_time(21)
    assert box.after(2) == [RETRY]


def test_a_progress_bar_that_kodi_took_away_does_not_block_sync_now(box: Box) -> None:
    box.bar_error = RuntimeError('the dialog is gone')
    box.start()
    box.after(1)
    box.bar_error = None
    assert not box.thread.running
    assert box.thread.request(USER)


def test_a_progress_bar_that_cannot_be_made_does_not_block_sync_now(
        box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_bar() -> Bar:
        raise RuntimeError('no window')
    box.thread._host = box.thread._host._replace(make_progress=no_bar)
    box.start()
    box.after(1)
    assert not box.thread.running
    assert box.thread.request(USER)


def test_nobody_signed_in_means_no_sync_until_somebody_is(box: Box) -> None:
    box.signed_in = False
    box.start()
    box.pass_time(100 * MINUTES)
    assert box.quiet() and box.bars == []
    box.signed_in = True
    box.thread.request(USER)
    assert box.after(1) == [USER]


@pytest.mark.parametrize(('before', 'now'), [(15.0, 5.0), (60.0, 5.0), (0.0, 5.0)])
def test_a_shorter_interval_counts_from_now(box: Box, before: float, now: float) -> None:
    box.policy = box.policy._replace(interval=before * MINUTES)
    box.start()
    box.after(1)
    box.policy = box.policy._replace(interval=now * MINUTES)
    box.thread.settings_changed()
    box.pass_time((now + 0.1) * MINUTES)
    assert box.after(2) == [START, TIMER]


def test_switching_the_timer_off_takes_back_the_next_sync(box: Box) -> None:
    box.start()
    box.after(1)
    box.policy = box.policy._replace(interval=0.0)
    box.thread.settings_changed()
    box.pass_time(1000 * MINUTES)
    assert box.quiet()


def test_changing_a_setting_does_not_drop_a_retry(box: Box) -> None:
    box.outcome = broken
    box.start()
    box.after(1)
    box.thread.settings_changed()
    box.pass_time(21)
    assert box.after(2) == [START, RETRY]


def test_switching_the_pause_off_during_a_film_starts_what_waited(box: Box) -> None:
    box.playing = True
    box.start()
    assert box.quiet()
    box.policy = box.policy._replace(pause_during_playback=False)
    box.thread.settings_changed()
    assert box.after(1) == [START]


def test_kodis_end_stops_a_running_sync_quickly(box: Box) -> None:
    box.start()
    box.after(1)
    box.running()
    started = time.monotonic()
    box.thread.stop()
    assert time.monotonic() - started < 0.5 and not box.thread._thread.is_alive()
    assert box.done[-1][1].cancelled


def test_stopping_what_never_started_is_fine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Box(monkeypatch, tmp_path).thread.stop()


def test_libraries_chosen_during_a_sync_are_synced_at_once(box: Box) -> None:
    """Not after the sync that still believes in the old choice, and not at the next timer."""
    box.start()
    box.after(1)
    box.running()
    box.thread.restart(USER)
    box.after(2)
    box.outcome = fine
    box.pass_time(1)
    assert box.after(3)[2] == USER


def test_libraries_chosen_while_nothing_runs_are_synced_at_once(box: Box) -> None:
    box.start()
    box.after(1)
    box.thread.restart(USER)
    assert box.after(2)[1] == USER


def test_a_film_stopped_without_word_from_kodi_does_not_hold_syncs_up_for_ever(
        box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_thread, '_LOOK_AGAIN', 0.02)
    box.playing = True
    box.start()
    assert box.quiet()
    box.playing = False
    assert box.after(1) == [START]


def test_a_sync_that_broke_down_during_a_film_leaves_no_pause_behind(box: Box) -> None:
    """A later sync that the user cancels would start again by itself."""
    def breaks(_box: Box, should_stop: Callable[[], bool]) -> SyncReport:
        long(box, should_stop)
        raise RuntimeError('defect')
    box.start()
    box.after(1)
    box.running()
    box.thread.cancel()
    box.after(2)
    box.outcome = breaks
    box.going.clear()
    box.thread.request(USER)
    box.wait(box.going.is_set)
    box.thread.playback_started()
    box.after(3)
    box.running()
    box.thread.cancel()
    box.after(4)
    box.outcome = fine
    box.pass_time(60)
    assert box.quiet()


def test_the_timer_asks_for_what_changed_and_twice_a_day_for_everything(box: Box) -> None:
    box.outcome = lambda _box, _stop: SyncReport(complete=True)
    box.start()
    box.after(1)
    for count in range(2, 52):
        box.pass_time(15 * MINUTES + 1)
        box.after(count)
    assert box.modes[0] == 'sweep' and set(box.modes[1:40]) == {'delta'}
    assert box.modes.count('sweep') == 2


def test_after_a_sync_that_was_not_complete_everything_is_looked_at_again(box: Box) -> None:
    box.outcome = lambda _box, _stop: SyncReport(complete=False)
    box.start()
    box.after(1)
    box.pass_time(15 * MINUTES + 1)
    box.after(2)
    assert box.modes == ['sweep', 'sweep']


def test_who_asks_for_a_sync_gets_a_whole_one(box: Box) -> None:
    box.outcome = lambda _box, _stop: SyncReport(complete=True)
    box.start()
    box.after(1)
    box.wait(lambda: not box.thread.running)
    box.thread.request(USER)
    box.after(2)
    assert box.modes == ['sweep', 'sweep']


# ---- libraries with an interval of their own -----------------------------------------------------------------------

DAYS = 24 * 60 * MINUTES


def test_a_daily_library_is_looked_at_once_a_day_and_then_thoroughly(box: Box) -> None:
    box.policy = box.policy._replace(interval=6 * 60 * MINUTES, intervals={'films': 'daily', 'series': 'weekly'})
    box.start()
    for count in range(1, 10):
        box.after(count)
        box.pass_time(6 * 60 * MINUTES + 1)
    assert [names.count('films') for names in box.not_due[:9]] == [0, 1, 1, 1, 0, 1, 1, 1, 0]
    assert all('series' in names for names in box.not_due[1:9])
    assert box.modes[4] == 'sweep' and box.modes[1] == 'delta'


def test_by_hand_means_by_hand(box: Box) -> None:
    box.policy = box.policy._replace(intervals={'films': 'by_hand'})
    box.start()
    box.after(1)
    box.wait(lambda: not box.thread.running)
    box.thread.request(USER)
    box.after(2)
    box.pass_time(15 * MINUTES + 1)
    box.after(3)
    assert box.not_due == [('films',), (), ('films',)]


def test_what_the_user_asked_for_is_made_up_for_when_the_server_comes_back(box: Box) -> None:
    box.policy = box.policy._replace(intervals={'films': 'by_hand'})
    box.start()
    box.after(1)
    box.wait(lambda: not box.thread.running)
    box.connect_error = PlexConnectionError('away')
    box.thread.request(USER)
    box.after(2)
    box.connect_error = None
    box.pass_time(21)
    assert box.after(3)[2] == RETRY
    assert box.not_due[-1] == () and box.modes[-1] == 'sweep'


def test_another_user_gets_a_whole_sync_although_the_server_was_away_at_first(box: Box) -> None:
    """What changed lately is not what differs between two users."""
    box.start()
    box.after(1)
    box.wait(lambda: not box.thread.running)
    box.connect_error = PlexConnectionError('away')
    box.thread.restart(USER)
    box.after(2)
    box.connect_error = None
    box.pass_time(21)
    box.after(3)
    assert box.modes == ['sweep', 'sweep']


def test_a_library_that_was_seen_while_another_failed_is_not_asked_for_again(box: Box) -> None:
    box.policy = box.policy._replace(intervals={'films': 'daily', 'series': 'daily'})
    box.outcome = lambda _box, _stop: SyncReport(error='listing', libraries=['films'])
    box.start()
    box.after(1)
    box.pass_time(21)
    box.after(2)
    assert box.not_due == [(), ('films',)]


# ---- questions -----------------------------------------------------------------------------------------------------

def test_no_sync_begins_while_a_question_is_on_screen(box: Box) -> None:
    box.thread.hold()
    box.start()
    box.thread.request(USER)
    assert box.quiet()
    box.thread.release()
    assert box.after(1) == [USER]


def test_a_takeover_that_the_user_cancels_is_a_cancelled_sync(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancelled(*_: Any) -> None:
        raise Stopped()
    monkeypatch.setattr(box.thread, '_host', box.thread._host._replace(before=cancelled))
    box.start()
    box.after(1)
    assert box.done[0][1].cancelled and box.modes == [] and box.failed == []
