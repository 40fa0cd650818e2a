"""Which libraries a sync takes, how thoroughly, and what it waits for."""
from __future__ import annotations

from typing import Any

import pytest

from resources.lib.cancellation import Cancelled
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service.library.sync_thread import RETRY, USER
from tests.unit.service.sync_box import MINUTES, Box

# ---- libraries with an interval of their own -----------------------------------------------------------------------

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
        raise Cancelled()
    monkeypatch.setattr(box.thread, '_host', box.thread._host._replace(before=cancelled))
    box.start()
    box.after(1)
    assert box.done[0][1].cancelled and box.modes == [] and box.failed == []
