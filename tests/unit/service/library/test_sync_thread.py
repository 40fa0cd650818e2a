"""When the library is synchronised. The clock is the test's; nothing here waits for real minutes."""
from __future__ import annotations

import time
from typing import List, Tuple

import pytest

from resources.lib.cancellation import Cancellation
from resources.lib.kodi_db.errors import DatabaseMissing
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service.library import runner
from resources.lib.service.library.history import SyncHistory
from resources.lib.service.library.requests import (
    DELTA,
    EVENT,
    FULL_CHECK,
    REFRESH,
    RETRY,
    START,
    SWEEP,
    TIMER,
    USER,
    Scope,
    SyncRequest,
)
from tests.fakes import FakeKodi
from tests.unit.service.library.sync_thread_environment import MINUTES, Bar, SyncThreadEnvironment, broken, fine, long


def test_the_library_is_synced_at_start_and_then_by_the_timer(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    assert thread_env.after(1) == [START]
    thread_env.pass_time(14.9 * MINUTES)
    assert thread_env.quiet()
    thread_env.pass_time(0.2 * MINUTES)
    assert thread_env.after(2) == [START, TIMER]
    thread_env.pass_time(15.1 * MINUTES)
    assert thread_env.after(3)[2] == TIMER


def test_the_sync_at_the_start_waits_for_what_is_asked_when_pushes_begin(thread_env: SyncThreadEnvironment) -> None:
    thread_env.thread.request(SyncRequest(START, Scope(SWEEP)), 2.0)
    thread_env.thread.start()
    assert thread_env.quiet()
    thread_env.thread.request(SyncRequest(EVENT, Scope(DELTA)))
    assert thread_env.after(1) == [START]
    thread_env.pass_time(10.0)
    assert thread_env.runs == 1 and thread_env.quiet()


@pytest.mark.parametrize('pushes_known', [True, False])
def test_the_sync_at_the_start_waits_no_longer_than_it_must(
        thread_env: SyncThreadEnvironment, pushes_known: bool) -> None:
    thread_env.thread.request(SyncRequest(START, Scope(SWEEP)), 2.0)
    thread_env.thread.start()
    assert thread_env.quiet()
    if pushes_known:
        thread_env.thread.pushes_known()
    else:
        thread_env.pass_time(2.1)
    assert thread_env.after(1) == [START]


def test_a_user_who_wants_no_sync_at_start_gets_the_first_by_the_timer(thread_env: SyncThreadEnvironment) -> None:
    thread_env.thread.start()
    assert thread_env.quiet()
    thread_env.pass_time(15.1 * MINUTES)
    assert thread_env.after(1) == [TIMER]


def test_a_user_who_wants_no_timer_gets_none(thread_env: SyncThreadEnvironment) -> None:
    thread_env.set(sync_interval=0)
    thread_env.start()
    thread_env.after(1)
    thread_env.pass_time(10000 * MINUTES)
    assert thread_env.quiet()


def test_sync_now_starts_at_once(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    assert thread_env.request()
    assert thread_env.after(2) == [START, USER]


def test_a_second_sync_is_not_started_beside_the_first(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    thread_env.running()
    assert thread_env.thread.running
    assert not thread_env.request()
    assert thread_env.runs == 2


def test_cancelling_ends_the_sync_and_the_next_is_the_timers(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    thread_env.running()
    assert thread_env.thread.cancel()
    thread_env.after(2)
    assert thread_env.done[1][1].cancelled and not thread_env.thread.running
    thread_env.outcome = fine
    thread_env.pass_time(60)
    assert thread_env.quiet()
    thread_env.pass_time(15 * MINUTES)
    assert thread_env.after(3)[2] == TIMER


def test_cancelling_when_nothing_runs_says_so_and_does_not_spoil_the_next(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    assert not thread_env.thread.cancel()
    thread_env.request()
    thread_env.after(2)
    assert not thread_env.done[1][1].cancelled


def test_a_sync_is_paused_for_a_film_and_goes_on_after_it(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    thread_env.running()
    thread_env.playing = True
    thread_env.thread.playback_started()
    thread_env.after(2)
    assert thread_env.done[1][1].cancelled
    thread_env.outcome = fine
    thread_env.pass_time(120 * MINUTES)
    assert thread_env.quiet()
    thread_env.playing = False
    thread_env.thread.playback_ended()
    assert thread_env.quiet(), 'some seconds of peace'
    thread_env.pass_time(6)
    assert thread_env.after(3)[2] == RETRY


def test_a_film_given_up_after_a_second_does_not_cost_the_sync(thread_env: SyncThreadEnvironment) -> None:
    """The sync stops at the end of its batch; by then the user may have stopped the film already."""
    thread_env.set(sync_interval=0)
    thread_env.start()
    thread_env.after(1)

    def stopped_too_late(_env: SyncThreadEnvironment, cancellation: Cancellation) -> SyncReport:
        report = long(thread_env, cancellation)
        thread_env.playing = False
        thread_env.thread.playback_ended()
        return report
    thread_env.outcome = stopped_too_late
    thread_env.request()
    thread_env.wait(thread_env.going.is_set)
    thread_env.playing = True
    thread_env.thread.playback_started()
    thread_env.after(2)
    thread_env.outcome = fine
    thread_env.pass_time(30)
    assert len(thread_env.after(3)) == 3


def test_nothing_starts_during_a_film(thread_env: SyncThreadEnvironment) -> None:
    thread_env.playing = True
    thread_env.start()
    assert thread_env.quiet()
    thread_env.playing = False
    thread_env.thread.playback_ended()
    thread_env.pass_time(6)
    assert thread_env.after(1) == [START]


def test_a_user_who_wants_no_pause_gets_none(thread_env: SyncThreadEnvironment) -> None:
    thread_env.set(pause_during_playback=False)
    thread_env.playing = True
    thread_env.start()
    assert thread_env.after(1) == [START]
    thread_env.running()
    thread_env.thread.playback_started()
    assert thread_env.thread.running


def test_a_server_that_is_away_is_tried_again_less_and_less_often(thread_env: SyncThreadEnvironment) -> None:
    thread_env.outcome = broken
    thread_env.start()
    thread_env.after(1)
    for number, pause in enumerate((20, 60, 180, 540, 600), 2):
        thread_env.pass_time(pause - 1)
        assert thread_env.quiet()
        thread_env.pass_time(2)
        assert thread_env.after(number)[-1] == RETRY
    assert len(thread_env.clients.failures) == 6
    thread_env.outcome = fine
    thread_env.pass_time(601)
    thread_env.after(7)
    thread_env.outcome = broken
    thread_env.pass_time(15.1 * MINUTES)
    assert thread_env.after(8)[-1] == TIMER
    thread_env.pass_time(21)
    assert thread_env.after(9)[-1] == RETRY


def test_the_user_need_not_wait_for_the_next_try(thread_env: SyncThreadEnvironment) -> None:
    thread_env.outcome = broken
    thread_env.start()
    thread_env.after(1)
    thread_env.outcome = fine
    assert thread_env.request()
    assert thread_env.after(2) == [START, USER]


def test_a_server_that_cannot_be_reached_is_a_failed_sync_not_the_end(thread_env: SyncThreadEnvironment) -> None:
    thread_env.clients.error = PlexConnectionError('no route')
    thread_env.start()
    thread_env.after(1)
    assert thread_env.done[0][1].failure is thread_env.clients.error
    assert thread_env.runs == 0 and thread_env.bars[0].closed
    thread_env.clients.error = None
    thread_env.pass_time(21)
    assert thread_env.after(2) == [START, RETRY]


@pytest.mark.parametrize('error', [DatabaseMissing('none yet'), RuntimeError('a defect')])
def test_even_a_defect_does_not_end_syncing(thread_env: SyncThreadEnvironment, error: Exception) -> None:
    thread_env.places_error = error
    thread_env.start()
    thread_env.after(1)
    assert thread_env.done[0][1].failure is error and not thread_env.thread.running and thread_env.bars[0].closed
    thread_env.places_error = None
    thread_env.pass_time(21)
    assert thread_env.after(2) == [START, RETRY]


def test_a_progress_bar_that_kodi_took_away_does_not_block_sync_now(thread_env: SyncThreadEnvironment) -> None:
    thread_env.bar_error = RuntimeError('the dialog is gone')
    thread_env.start()
    thread_env.after(1)
    thread_env.bar_error = None
    assert not thread_env.thread.running
    assert thread_env.request()


def test_a_progress_bar_that_cannot_be_made_does_not_block_sync_now(
        thread_env: SyncThreadEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_bar(*_: object) -> Bar:
        raise RuntimeError('no window')
    monkeypatch.setattr(runner, 'SyncProgress', no_bar)
    thread_env.start()
    thread_env.after(1)
    assert not thread_env.thread.running
    assert thread_env.request()


def test_nobody_signed_in_means_no_sync_until_somebody_is(thread_env: SyncThreadEnvironment) -> None:
    thread_env.auth.usable = False
    thread_env.start()
    thread_env.pass_time(100 * MINUTES)
    assert thread_env.quiet() and thread_env.bars == []
    thread_env.auth.usable = True
    thread_env.request()
    assert thread_env.after(1) == [USER]


@pytest.mark.parametrize(('before', 'now'), [(15.0, 5.0), (60.0, 5.0), (0.0, 5.0)])
def test_a_shorter_interval_counts_from_now(thread_env: SyncThreadEnvironment, before: float, now: float) -> None:
    thread_env.set(sync_interval=before)
    thread_env.start()
    thread_env.after(1)
    thread_env.set(sync_interval=now)
    thread_env.thread.settings_changed()
    thread_env.pass_time((now + 0.1) * MINUTES)
    assert thread_env.after(2) == [START, TIMER]


def test_other_settings_do_not_put_the_timer_off(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    thread_env.pass_time(10 * MINUTES)
    thread_env.set(show_progress=False)
    thread_env.thread.settings_changed()
    thread_env.pass_time(5.1 * MINUTES)
    assert thread_env.after(2) == [START, TIMER]


def test_an_interval_that_changes_during_a_sync_counts_after_it(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    thread_env.running()
    thread_env.set(sync_interval=5)
    thread_env.thread.settings_changed()
    thread_env.outcome = fine
    assert thread_env.thread.cancel()
    thread_env.after(2)
    thread_env.pass_time(5.1 * MINUTES)
    assert thread_env.after(3)[2] == TIMER


def test_switching_the_timer_off_takes_back_the_next_sync(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    thread_env.set(sync_interval=0)
    thread_env.thread.settings_changed()
    thread_env.pass_time(1000 * MINUTES)
    assert thread_env.quiet()


def test_changing_a_setting_does_not_drop_a_retry(thread_env: SyncThreadEnvironment) -> None:
    thread_env.outcome = broken
    thread_env.start()
    thread_env.after(1)
    thread_env.thread.settings_changed()
    thread_env.pass_time(21)
    assert thread_env.after(2) == [START, RETRY]


def test_switching_the_pause_off_during_a_film_starts_what_waited(thread_env: SyncThreadEnvironment) -> None:
    thread_env.playing = True
    thread_env.start()
    assert thread_env.quiet()
    thread_env.set(pause_during_playback=False)
    thread_env.thread.settings_changed()
    assert thread_env.after(1) == [START]


def test_kodis_end_stops_a_running_sync_quickly(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    thread_env.running()
    started = time.monotonic()
    thread_env.thread.stop()
    assert time.monotonic() - started < 5.0 and not thread_env.thread._thread.is_alive()
    assert thread_env.done[-1][1].cancelled


def test_stopping_what_never_started_is_fine(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    SyncThreadEnvironment(monkeypatch).thread.stop()


def test_libraries_chosen_during_a_sync_are_synced_at_once(thread_env: SyncThreadEnvironment) -> None:
    """Not after the sync that still believes in the old choice, and not at the next timer."""
    thread_env.start()
    thread_env.after(1)
    thread_env.running()
    thread_env.outcome = fine
    thread_env.restart()
    assert thread_env.after(3)[2] == USER


def test_libraries_chosen_while_nothing_runs_are_synced_at_once(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    thread_env.restart()
    assert thread_env.after(2)[1] == USER


def test_a_film_stopped_without_word_from_kodi_does_not_hold_syncs_up_for_ever(
        thread_env: SyncThreadEnvironment) -> None:
    thread_env.playing = True
    thread_env.start()
    assert thread_env.quiet()
    thread_env.playing = False
    assert thread_env.after(1) == [START]


def test_a_sync_that_broke_down_during_a_film_leaves_no_pause_behind(thread_env: SyncThreadEnvironment) -> None:
    """A later sync that the user cancels would start again by itself."""
    def breaks(_env: SyncThreadEnvironment, cancellation: Cancellation) -> SyncReport:
        long(thread_env, cancellation)
        raise RuntimeError('defect')
    thread_env.start()
    thread_env.after(1)
    thread_env.running()
    thread_env.thread.cancel()
    thread_env.after(2)
    thread_env.outcome = breaks
    thread_env.going.clear()
    thread_env.request()
    thread_env.wait(thread_env.going.is_set)
    thread_env.playing = True
    thread_env.thread.playback_started()
    thread_env.after(3)
    thread_env.playing = False
    thread_env.running()
    thread_env.thread.cancel()
    thread_env.after(4)
    thread_env.outcome = fine
    thread_env.pass_time(60)
    assert thread_env.quiet()


def test_the_timer_asks_for_what_changed_and_twice_a_day_for_everything(thread_env: SyncThreadEnvironment) -> None:
    thread_env.outcome = lambda _env, _cancellation: SyncReport(complete=True)
    thread_env.start()
    thread_env.after(1)
    for count in range(2, 52):
        thread_env.pass_time(15 * MINUTES + 1)
        thread_env.after(count)
    assert thread_env.modes[0] == 'sweep' and set(thread_env.modes[1:40]) == {'delta'}
    assert thread_env.modes.count('sweep') == 2


def test_after_a_sync_that_was_not_complete_everything_is_looked_at_again(thread_env: SyncThreadEnvironment) -> None:
    thread_env.outcome = lambda _env, _cancellation: SyncReport(complete=False)
    thread_env.start()
    thread_env.after(1)
    thread_env.pass_time(15 * MINUTES + 1)
    thread_env.after(2)
    assert thread_env.modes == ['sweep', 'sweep']


def test_who_asks_for_a_sync_gets_a_whole_one(thread_env: SyncThreadEnvironment) -> None:
    thread_env.outcome = lambda _env, _cancellation: SyncReport(complete=True)
    thread_env.start()
    thread_env.after(1)
    thread_env.wait(lambda: not thread_env.thread.running)
    thread_env.request()
    thread_env.after(2)
    assert thread_env.modes == ['sweep', 'sweep']


def test_what_is_asked_for_during_a_sync_comes_after_it(thread_env: SyncThreadEnvironment) -> None:
    """It used to be forgotten."""
    thread_env.start()
    thread_env.after(1)
    thread_env.running()
    assert not thread_env.request(FULL_CHECK)
    thread_env.outcome = fine
    thread_env.restart()
    assert thread_env.after(3)[1:] == [USER, FULL_CHECK]
    assert thread_env.modes[-1] == 'check' and thread_env.quiet()


def test_the_timer_takes_nothing_away_from_a_user_who_waits(thread_env: SyncThreadEnvironment) -> None:
    """A user's wish that waits for the end of a film keeps its scope, and its user is told."""
    thread_env.thread.start()
    thread_env.playing = True
    thread_env.request(FULL_CHECK)
    thread_env.pass_time(16 * MINUTES)
    thread_env.request(TIMER)
    assert thread_env.quiet()
    thread_env.playing = False
    assert thread_env.after(1) == [FULL_CHECK] and thread_env.modes == ['check']
    assert thread_env.quiet()


def test_cancelling_is_meant_for_all_that_the_user_asked_for(thread_env: SyncThreadEnvironment) -> None:
    thread_env.start()
    thread_env.after(1)
    thread_env.running()
    thread_env.request()
    thread_env.thread.cancel()
    thread_env.after(2)
    assert thread_env.quiet()


def test_a_server_that_is_back_is_not_kept_waiting(thread_env: SyncThreadEnvironment) -> None:
    thread_env.outcome = broken
    thread_env.start()
    thread_env.after(1)
    thread_env.outcome = fine
    assert thread_env.quiet()
    thread_env.thread.server_reachable()
    assert thread_env.after(2) == [START, RETRY]


def test_one_item_written_anew_is_neither_a_sync_nor_in_its_way(
        thread_env: SyncThreadEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: List[Tuple[str, int]] = []

    class Repair:
        def __init__(self, *_: object) -> None:
            """The arguments are those of a sync."""

        def repair(self, plex_type: str, kodi_id: int) -> SyncReport:
            rows.append((plex_type, kodi_id))
            return SyncReport(changed=1, complete=True)
    monkeypatch.setattr(runner, 'LibrarySync', Repair)
    thread_env.thread.hold()
    thread_env.thread.start()
    for kodi_id in (7, 8, 7):
        thread_env.thread.request(SyncRequest(REFRESH, Scope(SWEEP, rows=frozenset({('movie', kodi_id)}))))
    thread_env.thread.release()
    assert thread_env.after(1) == [REFRESH] and rows == [('movie', 7), ('movie', 8)]
    assert SyncHistory(thread_env.shared.profile).runs() == []
    thread_env.thread.hold()
    thread_env.thread.request(SyncRequest(REFRESH, Scope(SWEEP, rows=frozenset({('movie', 9)}))))
    thread_env.request(TIMER)
    thread_env.thread.release()
    assert sorted(cause.name for cause in thread_env.after(3)[1:]) == ['refresh', 'timer']


def test_requests_that_are_no_more_work_together_are_one() -> None:
    whole, changed = Scope(SWEEP), Scope(DELTA)
    some = Scope(SWEEP, sections=frozenset({'1'}))
    assert whole.merged(changed) == changed.merged(whole) == whole
    assert some.merged(Scope(SWEEP, sections=frozenset({'2'}))) == Scope(SWEEP, sections=frozenset({'1', '2'}))
    assert some.merged(whole) == whole
    assert some.merged(changed) is None, 'all libraries would be read because of one'
    assert Scope(rows=frozenset({('movie', 1)})).merged(whole) is None
