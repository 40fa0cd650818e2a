"""When the library is synchronised: start, timer, errors and settings.

The clock is the test's; nothing here waits for real minutes.
"""
from __future__ import annotations

import time

import pytest

from resources.lib.kodi_db.errors import DatabaseMissing
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service.library import runner
from resources.lib.service.library.requests import (
    DELTA,
    EVENT,
    RETRY,
    START,
    SWEEP,
    TIMER,
    USER,
    Scope,
    SyncRequest,
)
from tests.fakes import FakeKodi
from tests.unit.service.library.sync_thread_environment import MINUTES, Bar, SyncThreadEnvironment, broken, fine


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


def test_a_server_that_is_back_is_not_kept_waiting(thread_env: SyncThreadEnvironment) -> None:
    thread_env.outcome = broken
    thread_env.start()
    thread_env.after(1)
    thread_env.outcome = fine
    assert thread_env.quiet()
    thread_env.thread.server_reachable()
    assert thread_env.after(2) == [START, RETRY]
