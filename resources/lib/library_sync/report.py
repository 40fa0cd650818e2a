"""The report of a sync, for the log, the settings and the user; and its progress."""
from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Protocol

LOG = logging.getLogger('pkc.sync')


class Progress(Protocol):
    """Shows the user the progress of a sync."""

    def update(self, title: str, done: int, total: int) -> None:
        """``done`` of ``total`` items are done, at present in the library ``title``. Called often: must be fast."""

    def home_ready(self) -> None:
        """What home screens show is in Kodi's library; the rest follows. Called by the thread of the sync."""


class Silent:
    """Shows no progress."""

    def update(self, title: str, done: int, total: int) -> None:
        """Does nothing."""

    def home_ready(self) -> None:
        """Does nothing."""


@dataclass
class SyncReport:
    """Counts of items. ``complete``: all chosen libraries were listed to the end without an error.

    ``rewritten`` are those that were as we knew them, and that a full check wrote all the same.
    ``hopeless``: trying again soon changes nothing. ``replaced_texts``: texts with characters that the database
    cannot hold.
    ``look_again``: a library that this sync was about seems to be gone, which is to be seen a second time.
    ``home_seconds`` is the time after which what home screens show was written, 0.0 if that did not come first.
    ``left_to_others``: items that have lost their row, and are at other servers too, which are to write one.
    ``libraries`` are those (by uuid, or key) that were seen to their end and written without a gap.
    """

    added: int = 0
    changed: int = 0
    watched: int = 0
    removed: int = 0
    unchanged: int = 0
    rewritten: int = 0
    complete: bool = False
    cancelled: bool = False
    paused: bool = False
    look_again: bool = False
    hopeless: bool = False
    replaced_texts: int = 0
    error: str = ''
    failure: Optional[Exception] = field(default=None, repr=False)
    skipped: Dict[str, int] = field(default_factory=dict)
    libraries: List[str] = field(default_factory=list)
    seconds: float = 0.0
    home_seconds: float = 0.0
    requests: int = 0
    received: int = 0
    finished_at: float = 0.0
    left_to_others: int = 0
    _started: float = field(default_factory=time.monotonic, repr=False)

    @property
    def wrote(self) -> bool:
        """Whether Kodi's library was changed."""
        return bool(self.added or self.changed or self.watched or self.removed or self.rewritten)

    @property
    def total(self) -> int:
        """The number of items that were compared."""
        return self.added + self.changed + self.watched + self.unchanged + self.rewritten

    def skip(self, reason: str, count: int = 1) -> None:
        """Count items that were left out for this reason."""
        if count:
            self.skipped[reason] = self.skipped.get(reason, 0) + count

    def fail(self, error: Exception) -> None:
        """Record an error; only the first one is kept."""
        if self.failure is None:
            self.error, self.failure = str(error), error

    def include(self, other: SyncReport) -> None:
        """Add another report to this one, which then is complete only if both are."""
        for name in ('added', 'changed', 'watched', 'removed', 'unchanged', 'rewritten', 'requests', 'received'):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, count in other.skipped.items():
            self.skip(reason, count)
        if other.failure is not None:
            self.fail(other.failure)
        self.cancelled = self.cancelled or other.cancelled
        self.complete = self.complete and other.complete

    def home_ready(self) -> None:
        """Record the time at which what home screens show was written."""
        self.home_seconds = time.monotonic() - self._started
        LOG.info('sync: %d items for home screens written after %.2f s', self.added + self.changed + self.watched,
                 self.home_seconds)

    def finish(self) -> None:
        """Record the duration and the time of the end."""
        self.seconds = time.monotonic() - self._started
        self.finished_at = time.time()

    def as_dict(self) -> Dict[str, Any]:
        """The fields for a JSON file."""
        return {name: value for name, value in self.__dict__.items()
                if not name.startswith('_') and name not in ('failure', 'left_to_others')}

    def __str__(self) -> str:
        words = '%d added, %d changed, %d watch states, %d removed, %d unchanged in %.2f s (%d requests, %.1f MB)' % (
            self.added, self.changed, self.watched, self.removed, self.unchanged + self.rewritten, self.seconds,
            self.requests, self.received / 1e6)
        if self.skipped:
            words += ', skipped: ' + ', '.join('%d %s' % (n, why) for why, n in sorted(self.skipped.items()))
        if self.error:
            words += ', ended early: ' + self.error
        return words + (', cancelled' if self.cancelled else '')
