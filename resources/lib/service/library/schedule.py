"""How often each library is synchronised, where the user wants it otherwise than the others."""
from __future__ import annotations

import time
from typing import Callable, Dict, Iterable, Mapping, Set

from ...plex_values import number
from .. import profile_file

FILE_NAME = 'library_times.json'
#: Seconds between two syncs of a library; libraries of none of these words go with all the others.
DAILY, WEEKLY, BY_HAND = 'daily', 'weekly', 'by_hand'
INTERVALS = {DAILY: 24 * 3600.0, WEEKLY: 7 * 24 * 3600.0, BY_HAND: float('inf')}
#: A daily sync may be this much early (seconds), so that it does not wander through the day with the timer.
_EARLY = 1800.0


class LibrarySchedule:
    """Remembers when the libraries with an interval of their own were seen to their end.

    ``path`` is the file for it; ``now`` is Kodi's clock in Unix seconds: if it was set back, a library is due.
    """

    def __init__(self, path: str, now: Callable[[], float] = time.time) -> None:
        self._path = path
        self._now = now

    def not_due(self, intervals: Mapping[str, str]) -> Set[str]:
        """Those libraries (by uuid or key) whose time has not come."""
        times = self._times()
        now = self._now()
        waiting = set()
        for name, interval in intervals.items():
            seconds = INTERVALS.get(interval, 0.0)
            last = times.get(name)
            if interval == BY_HAND or last is not None and seconds and 0 <= now - last < seconds - _EARLY:
                waiting.add(name)
        return waiting

    def seen(self, intervals: Mapping[str, str], names: Iterable[str]) -> None:
        """A sync saw these libraries to their end."""
        times = {name: when for name, when in self._times().items() if name in intervals}
        found = set(names) & set(intervals)
        if found:
            times.update(dict.fromkeys(found, self._now()))
            profile_file.write(self._path, times)

    def _times(self) -> Dict[str, float]:
        found = profile_file.read(self._path)
        if not isinstance(found, dict):
            return {}
        return {name: number(found, name) for name in found if number(found, name) > 0}
