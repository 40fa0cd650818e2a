"""What is asked for while something else runs or waits: what comes after what, and what becomes one."""
from __future__ import annotations

from typing import List, Tuple

import pytest

from resources.lib.library_sync.report import SyncReport
from resources.lib.service.library import runner
from resources.lib.service.library.history import SyncHistory
from resources.lib.service.library.requests import (
    DELTA,
    FULL_CHECK,
    REFRESH,
    SWEEP,
    TIMER,
    USER,
    Scope,
    SyncRequest,
)
from tests.unit.service.library.sync_thread_environment import MINUTES, SyncThreadEnvironment, fine


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
