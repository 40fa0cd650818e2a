"""Which libraries a sync takes, how thoroughly, and what it waits for."""
from __future__ import annotations

from typing import Any

from resources.lib.cancellation import Cancelled
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service.library.history import SyncHistory
from resources.lib.service.library.requests import RETRY, USER
from tests.unit.service.library.sync_thread_environment import MINUTES, SyncThreadEnvironment, broken, fine

# ---- libraries with an interval of their own -----------------------------------------------------------------------

def test_a_daily_library_is_looked_at_once_a_day_and_then_thoroughly(thread_env: SyncThreadEnvironment) -> None:
    thread_env.set(sync_interval=6 * 60, library_intervals={'films': 'daily', 'series': 'weekly'})
    thread_env.start()
    for count in range(1, 10):
        thread_env.after(count)
        thread_env.pass_time(6 * 60 * MINUTES + 1)
    assert [names.count('films') for names in thread_env.not_due[:9]] == [0, 1, 1, 1, 0, 1, 1, 1, 0]
    assert all('series' in names for names in thread_env.not_due[1:9])
    assert thread_env.modes[4] == 'sweep' and thread_env.modes[1] == 'delta'


def test_by_hand_means_by_hand(thread_env: SyncThreadEnvironment) -> None:
    thread_env.set(library_intervals={'films': 'by_hand'})
    thread_env.start()
    thread_env.after(1)
    thread_env.wait(lambda: not thread_env.thread.running)
    thread_env.request()
    thread_env.after(2)
    thread_env.pass_time(15 * MINUTES + 1)
    thread_env.after(3)
    assert thread_env.not_due == [('films',), (), ('films',)]


def test_what_the_user_asked_for_is_made_up_for_when_the_server_comes_back(thread_env: SyncThreadEnvironment) -> None:
    thread_env.set(library_intervals={'films': 'by_hand'})
    thread_env.start()
    thread_env.after(1)
    thread_env.wait(lambda: not thread_env.thread.running)
    thread_env.clients.error = PlexConnectionError('away')
    thread_env.request()
    thread_env.after(2)
    thread_env.clients.error = None
    thread_env.pass_time(21)
    assert thread_env.after(3)[2] == RETRY
    assert thread_env.not_due[-1] == () and thread_env.modes[-1] == 'sweep'


def test_another_user_gets_a_whole_sync_although_the_server_was_away_at_first(
        thread_env: SyncThreadEnvironment) -> None:
    """What changed lately is not what differs between two users."""
    thread_env.start()
    thread_env.after(1)
    thread_env.wait(lambda: not thread_env.thread.running)
    thread_env.clients.error = PlexConnectionError('away')
    thread_env.restart()
    thread_env.after(2)
    thread_env.clients.error = None
    thread_env.pass_time(21)
    thread_env.after(3)
    assert thread_env.modes == ['sweep', 'sweep']


def test_a_library_that_was_seen_while_another_failed_is_not_asked_for_again(thread_env: SyncThreadEnvironment) -> None:
    thread_env.set(library_intervals={'films': 'daily', 'series': 'daily'})
    thread_env.outcome = lambda _env, _cancellation: SyncReport(error='listing', libraries=['films'])
    thread_env.start()
    thread_env.after(1)
    thread_env.pass_time(21)
    thread_env.after(2)
    assert thread_env.not_due == [(), ('films',)]


# ---- what home screens show ----------------------------------------------------------------------------------------

def test_what_home_shows_comes_first_after_a_long_absence_and_for_another_user(
        thread_env: SyncThreadEnvironment) -> None:
    thread_env.set(sync_interval=30)
    thread_env.start()
    thread_env.after(1)
    thread_env.pass_time(31 * MINUTES)
    thread_env.after(2)
    thread_env.pass_time(13 * 60 * MINUTES)
    thread_env.after(3)
    thread_env.wait(lambda: not thread_env.thread.running)
    thread_env.restart()
    thread_env.after(4)
    assert thread_env.home_first == [True, False, True, True]


def test_a_sync_that_did_not_get_to_its_end_shows_home_first_once_more(thread_env: SyncThreadEnvironment) -> None:
    thread_env.outcome = broken
    thread_env.start()
    thread_env.after(1)
    thread_env.outcome = fine
    thread_env.pass_time(21)
    thread_env.after(2)
    assert thread_env.home_first == [True, True]


def test_when_the_last_complete_sync_was_is_known_after_a_start_of_kodi(thread_env: SyncThreadEnvironment) -> None:
    history = SyncHistory(thread_env.shared.profile)
    assert history.last_complete() == 0.0
    history.add('timer', SyncReport(complete=True, finished_at=5000.0))
    history.add('timer', SyncReport(error='no answer', finished_at=9000.0))
    assert history.last_complete() == 5000.0


# ---- questions -----------------------------------------------------------------------------------------------------

def test_no_sync_begins_while_a_question_is_on_screen(thread_env: SyncThreadEnvironment) -> None:
    thread_env.thread.hold()
    thread_env.start()
    thread_env.request()
    assert thread_env.quiet()
    thread_env.thread.release()
    assert thread_env.after(1) == [USER] and thread_env.quiet(), 'the sync at start is done with it'


def test_a_migration_that_the_user_cancels_is_a_cancelled_sync(thread_env: SyncThreadEnvironment) -> None:
    def cancelled(*_: Any) -> None:
        raise Cancelled()
    thread_env.migrate = cancelled
    thread_env.start()
    thread_env.after(1)
    assert thread_env.done[0][1].cancelled and thread_env.modes == []
