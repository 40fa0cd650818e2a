"""A sync and a film: paused, put off, and gone on with."""
from __future__ import annotations

from resources.lib.cancellation import Cancellation
from resources.lib.library_sync.report import SyncReport
from resources.lib.service.library.requests import RETRY, START
from tests.unit.service.library.sync_thread_environment import MINUTES, SyncThreadEnvironment, fine, long


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


def test_switching_the_pause_off_during_a_film_starts_what_waited(thread_env: SyncThreadEnvironment) -> None:
    thread_env.playing = True
    thread_env.start()
    assert thread_env.quiet()
    thread_env.set(pause_during_playback=False)
    thread_env.thread.settings_changed()
    assert thread_env.after(1) == [START]


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
