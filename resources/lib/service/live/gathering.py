"""Many notifications in a short time become one."""
from __future__ import annotations

import threading
from typing import Callable, Dict, FrozenSet, NamedTuple, Optional, Set

from ...plex_notifications import LibraryNotification, PlaybackGoesOn, PlaybackStopped, SectionChanged
from ..shared import Clock

#: Seconds of quiet after which what was gathered is passed on, and the longest that anything waits.
QUIET, LONGEST = 0.4, 1.0
#: Seconds after which a player that says nothing any more has stopped.
SILENT = 60.0
#: More items than this are not looked at one by one: then the libraries are, as a whole.
MOST_ITEMS = 400


class Heard(NamedTuple):
    """What to look at: libraries (none: all), and the items among it that were named, by their ratingKeys."""

    sections: FrozenSet[str]
    items: FrozenSet[str]


class Gathering:
    """Collects what notifications name. Filled by one thread, emptied by another.

    Each report of a player changes the item that it plays; that is looked at when the playback stops.
    ``section_of(ratingKey)`` tells the library of an item that we know, '' otherwise.
    """

    def __init__(self, clock: Clock, section_of: Callable[[str], str], quiet: float = QUIET,
                 longest: float = LONGEST) -> None:
        self._clock = clock
        self._section_of = section_of
        self._quiet, self._longest = quiet, longest
        self._changed = threading.Condition()
        self._sections: Set[str] = set()
        self._items: Dict[str, str] = {}  # their libraries, by ratingKey
        self._played: Dict[str, float] = {}  # when that was last said of an item
        self._first = self._last = 0.0
        self._ended = False

    def add(self, notification: LibraryNotification) -> None:
        """Note it; returns at once. The playback of something that is not in Kodi's library is nothing to us."""
        if isinstance(notification, PlaybackGoesOn):
            with self._changed:
                self._played[notification.rating_key] = self._clock.monotonic()
            return
        section = '' if isinstance(notification, PlaybackStopped) else notification.section_key
        if not section and not isinstance(notification, SectionChanged):
            section = self._section_of(notification.rating_key)
        with self._changed:
            if isinstance(notification, PlaybackStopped):
                self._played.pop(notification.rating_key, None)
                if not section:
                    return
            if isinstance(notification, SectionChanged) or len(self._items) > MOST_ITEMS:
                self._sections.add(section)
            else:
                self._items[notification.rating_key] = section
            self._last = self._clock.monotonic()
            self._first = self._first or self._last
            self._changed.notify_all()

    def end(self) -> None:
        """Have :meth:`take` return None from now on."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def take(self) -> Optional[Heard]:
        """Wait for something, and for the quiet after it; None at the end."""
        with self._changed:
            while not self._ended:
                now = self._clock.monotonic()
                due = min(self._last + self._quiet, self._first + self._longest)
                if not self._first:
                    self._clock.wait(self._changed, None)
                elif now < due:
                    self._clock.wait(self._changed, due - now)
                else:
                    heard = self._taken(now)
                    if heard is not None:
                        return heard
            return None

    def _taken(self, now: float) -> Optional[Heard]:
        """All that was gathered; None when it is about nothing but what is being played."""
        self._played = {key: said for key, said in self._played.items() if now - said < SILENT}
        items = {key: section for key, section in self._items.items() if key not in self._played}
        sections = self._sections.union(items.values())
        if len(self._items) > MOST_ITEMS:
            items = {}
        self._sections, self._items, self._first = set(), {}, 0.0
        if not sections:
            return None
        return Heard(frozenset() if '' in sections else frozenset(sections), frozenset(items))
