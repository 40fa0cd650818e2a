"""Telling all servers what the user marked and played: one that cannot be told keeps no other one waiting."""
from __future__ import annotations

from typing import Callable, List, NamedTuple, Optional, Tuple

from ...plex_errors import PlexError
from ...plex_functions import PMSClient
from ...state_db import WATCHED
from .delivery import Delivery, Recipient
from .just_played import JustPlayed
from .mark_store import MarkStore, Unsent

#: Seconds after which it is asked again whether marks can go whose time has not come.
_LOOK_AGAIN = 5.0

#: The client of a server (machineIdentifier), and whose token it has. Raises PlexError; LookupError for another one.
UserClient = Callable[[str], Tuple[PMSClient, str]]
#: Told of a server (machineIdentifier) that cannot be reached.
ReportFailure = Callable[[PlexError, str], None]


def ignore(_error: PlexError, _machine_identifier: str) -> None:
    """Nobody wants to know."""


class Sent(NamedTuple):
    """``pause``: the seconds after which marks can go whose time has not come, None without such. ``failure``: why the
    first server that could not be told was not.
    """

    pause: Optional[float] = None
    failure: Optional[PlexError] = None


class Sender:
    """Used by the thread of the marks. ``user()`` is the id of the Plex user who watches now."""

    def __init__(self, store: MarkStore, delivery: Delivery, get_client: UserClient, user: Callable[[], str],
                 played: JustPlayed) -> None:
        self._store = store
        self._delivery = delivery
        self._get_client = get_client
        self._user = user
        self._played = played
        self.report_failure: ReportFailure = ignore

    def send(self) -> Sent:
        """Tell the servers; one that cannot be told keeps no other one waiting, nor what waits for its time there."""
        pauses: List[float] = []
        failure: Optional[PlexError] = None
        user_id = self._user()
        for machine, unsent in (self._store.unsent(user_id) if user_id else {}).items():
            try:
                pause = self._send_to(machine, unsent, user_id)
            except PlexError as error:
                self.report_failure(error, machine)
                failure = failure or error
                continue
            if pause is not None:
                pauses.append(pause)
        return Sent(min(pauses, default=None), failure)

    def _send_to(self, machine: str, unsent: Unsent, user_id: str) -> Optional[float]:
        """Tell one server; returns the seconds after which to go on, None when nothing is left."""
        ripe = [mark for mark in unsent.marks
                if mark.action != WATCHED or (machine, mark.rating_key) not in self._played]
        early = len(ripe) < len(unsent.marks)
        if ripe or unsent.reports:
            try:
                client, owner = self._get_client(machine)
            except LookupError:
                return _LOOK_AGAIN if early else None  # a server that is not chosen: they wait until it is again
            if owner != user_id:
                return _LOOK_AGAIN  # somebody else is about to watch; whose marks go is asked again
            self._delivery.send(Recipient(client, machine, user_id), unsent._replace(marks=ripe))
        return _LOOK_AGAIN if early else None
