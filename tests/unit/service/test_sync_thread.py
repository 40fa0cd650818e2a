"""When the library is synchronised. The clock is the test's; nothing here waits for real minutes."""
from __future__ import annotations

import time
from pathlib import Path

import pytest

from resources.lib.cancellation import Cancellation
from resources.lib.kodi_db.errors import DatabaseMissing
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service.library import sync_thread
from resources.lib.service.library.sync_thread import RETRY, START, TIMER, USER
from tests.unit.service.sync_box import MINUTES, Bar, Box, broken, fine, long


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

    def stopped_too_late(_box: Box, cancellation: Cancellation) -> SyncReport:
        report = long(box, cancellation)
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
    def breaks(_box: Box, cancellation: Cancellation) -> SyncReport:
        long(box, cancellation)
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
