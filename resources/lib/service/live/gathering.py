"""Many notifications in a short time become one."""
from __future__ import annotations

import threading
from typing import Callable, FrozenSet, Optional, Set

from ...plex_notifications import ItemChanged, Notification, PlaybackStopped, SectionChanged
from ..shared import Clock

#: Seconds of quiet after which what was gathered is passed on, and the longest that anything waits.
QUIET, LONGEST = 0.4, 1.0


class Gathering:
    """Collects the libraries that notifications name. Filled by one thread, emptied by another.

    ``section_of(ratingKey)`` tells the library of an item that we know, '' otherwise.
    """

    def __init__(self, clock: Clock, section_of: Callable[[str], str]) -> None:
        self._clock = clock
        self._section_of = section_of
        self._changed = threading.Condition()
        self._sections: Set[str] = set()
        self._everything = False
        self._first = self._last = 0.0
        self._ended = False

    def add(self, notification: Notification) -> None:
        """Note it; returns at once."""
        section = ''
        if isinstance(notification, (ItemChanged, SectionChanged)):
            section = notification.section_key
        if not section and isinstance(notification, (ItemChanged, PlaybackStopped)):
            section = self._section_of(notification.rating_key)
        with self._changed:
            now = self._clock.monotonic()
            self._first = self._first or now
            self._last = now
            if section:
                self._sections.add(section)
            else:
                self._everything = True
            self._changed.notify_all()

    def end(self) -> None:
        """Have :meth:`take` return None from now on."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def take(self) -> Optional[FrozenSet[str]]:
        """Wait for something, and for the quiet after it. The libraries concerned, empty for all; None at the end."""
        with self._changed:
            while not self._ended:
                now = self._clock.monotonic()
                due = min(self._last + QUIET, self._first + LONGEST)
                if not self._first:
                    self._clock.wait(self._changed, None)
                elif now < due:
                    self._clock.wait(self._changed, due - now)
                else:
                    found = frozenset() if self._everything else frozenset(self._sections)
                    self._sections, self._everything, self._first = set(), False, 0.0
                    return found
            return None
