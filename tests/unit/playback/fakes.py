"""A PMS in memory that counts views as a real one does, and breaks on demand."""
from __future__ import annotations

import threading
import time
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from resources.lib import plex_model
from resources.lib.plex_errors import PlexConnectionError, PlexError
from resources.lib.plex_model import ItemSummary, PlayableItem
from resources.lib.plex_preferences import PlayedRule
from resources.lib.plex_transcode import Decision


class FakeClient:
    """``errors`` holds what the next timeline calls raise (None: nothing); ``hold`` makes them wait."""

    def __init__(self) -> None:
        self.rows: Dict[str, Dict[str, Any]] = {'7': {'ratingKey': '7', 'type': 'movie', 'duration': 100_000}}
        self.calls: List[Tuple[str, int, int]] = []
        self.sessions: List[str] = []
        #: Item, state and further parameters of what arrived, in the order of the answers.
        self.reports: List[Tuple[str, str, Dict[str, Any]]] = []
        self.waiting = 0
        self.scrobbles = 0
        self.asked = 0
        self.errors: List[Optional[PlexError]] = []
        self.lost_answers = 0
        self.lost_scrobble_answers = 0
        self.counts = True
        self.counts_late = 0
        self.offline = False
        self.hold: Optional[threading.Event] = None
        self.rule = PlayedRule(known=True)
        self.base_url = 'http://plex:32400'
        self.ends_with = ''
        self.decision = Decision(1001, 'Conversion OK.')
        self.decisions: List[Tuple[Dict[str, Any], str]] = []
        self.told: List[str] = []
        self._counted = False
        self._late: List[int] = []

    def get(self, machine_identifier: str) -> FakeClient:
        if machine_identifier != 'mid':
            raise LookupError(machine_identifier)
        if self.offline:
            raise PlexConnectionError('offline')
        return self

    def playable(self, rating_key: str) -> Optional[PlayableItem]:
        row = self.rows.get(rating_key, {})
        return plex_model.playable_item(row) if plex_model.rating_key(row) == rating_key else None

    def summaries(self, rating_keys: Sequence[str]) -> List[ItemSummary]:
        self.asked += 1
        if self._late:
            self._late[0] -= 1
            if self._late[0] <= 0:
                self._late.clear()
                self._count()
        found = (plex_model.summary(self.rows[key]) for key in rating_keys if key in self.rows)
        return [one for one in found if one]

    def played_rule(self) -> PlayedRule:
        return self.rule

    def timeline(self, rating_key: str, state: str, time_ms: int, duration_ms: int, session_id: str,
                 **extra: Any) -> str:
        if self.hold is not None:
            self.waiting += 1
            self.hold.wait(60)
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        self.calls.append((state, time_ms, duration_ms))
        self.reports.append((rating_key, state, extra))
        self.sessions.append(session_id)
        if self.counts and duration_ms and time_ms >= 0.9 * duration_ms and not self._counted:
            self._counted = True
            if self.counts_late:
                self._late.append(self.counts_late)
            else:
                self._count()
        if state == 'stopped':
            self._counted = False  # a second report would be another session
        if self.lost_answers:
            self.lost_answers -= 1
            raise PlexConnectionError('no answer in time')
        words, self.ends_with = self.ends_with, ''
        return words

    def transcode_decision(self, params: Any, session_id: str) -> Decision:
        self.decisions.append((dict(params), session_id))
        return self.decision

    def ping_transcode(self, transcode_id: str) -> None:
        self.told.append('ping')

    def stop_transcode(self, transcode_id: str) -> None:
        self.told.append('stop')

    def scrobble(self, rating_key: str) -> None:
        self.scrobbles += 1
        self._count()
        if self.lost_scrobble_answers:
            self.lost_scrobble_answers -= 1
            raise PlexConnectionError('no answer in time')

    def open(self, path: str, limits: Any, *, params: Any = None, headers: Any = None, timeout: Any = None,
             retries: int = 1) -> Any:
        raise NotImplementedError

    def has_told(self, time_ms: int) -> bool:
        return self.calls[-1][1] == time_ms

    @property
    def view_count(self) -> int:
        return int(self.rows['7'].get('viewCount', 0))

    def _count(self) -> None:
        self.rows['7']['viewCount'] = self.view_count + 1


def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait for another thread."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, 'did not happen'
        time.sleep(0.002)
