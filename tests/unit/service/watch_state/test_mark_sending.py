"""Marks for several servers, of which one cannot be reached."""
from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service.watch_state.just_played import JustPlayed
from resources.lib.service.watch_state.mark_sending import Sender
from resources.lib.service.watch_state.mark_store import Unsent
from resources.lib.state_db import POSITION, WATCHED, Mark

AWAY, HERE = 'away', 'here'


class Books:
    """Stands for the store and the delivery."""

    def __init__(self) -> None:
        self.waiting: Dict[str, Unsent] = {}
        self.told: List[Tuple[str, List[str]]] = []

    def unsent(self, _user_id: str) -> Dict[str, Unsent]:
        return self.waiting

    def send(self, recipient: Any, unsent: Unsent) -> None:
        self.told.append((recipient.machine_identifier, [mark.rating_key for mark in unsent.marks]))


def client(machine: str) -> Tuple[Any, str]:
    if machine == AWAY:
        raise PlexConnectionError('away')
    return object(), 'ann'


@pytest.mark.parametrize('order', [(AWAY, HERE), (HERE, AWAY)])
def test_what_waits_for_its_time_at_one_server_does_not_wait_for_another_one_that_is_away(
        order: Tuple[str, str]) -> None:
    books, played = Books(), JustPlayed(lambda: 'ann')
    played.ended((HERE, '7'))
    marks = {AWAY: [Mark('1', WATCHED, 1.0, 0)], HERE: [Mark('7', WATCHED, 1.0, 0), Mark('8', POSITION, 5.0, 0)]}
    books.waiting = {machine: Unsent(marks[machine], []) for machine in order}
    failed: List[str] = []
    sender = Sender(books, books, client, lambda: 'ann', played)  # type: ignore[arg-type]
    sender.report_failure = lambda _error, machine: failed.append(machine)
    sent = sender.send()
    assert (books.told, failed) == ([(HERE, ['8'])], [AWAY])
    assert sent.failure is not None and sent.pause == 5.0
