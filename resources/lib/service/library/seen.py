"""What was seen of each server before, which decides how much the next sync of it has to ask."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, FrozenSet, Tuple

from ...library_sync.options import AsKnown
from ..events import LibrariesAsKnown
from ..shared import Clock
from .history import SyncHistory

#: Seconds after which a sync of what changed is one of all listings instead.
_SWEEP_AFTER = 12 * 3600.0
#: Seconds for which a look counts; there is another one within two and a half minutes.
_LOOK_COUNTS = 180.0


@dataclass
class Seen:
    """Of one server. 0.0 is never.

    ``swept``: when all listings were last read; ``asked``: when a sync of all libraries last began that asked for all
    (both monotonic). ``completed``: when one last came to its end (Kodi's clock). ``looked``: the libraries that a look
    found unchanged, and when (monotonic).
    """

    completed: float
    swept: float = 0.0
    asked: float = 0.0
    looked: Tuple[FrozenSet[str], float] = (frozenset(), 0.0)


class SeenBefore:
    """Of all servers, '' being the main one."""

    def __init__(self, history: SyncHistory, clock: Clock) -> None:
        self._history = history
        self._clock = clock
        self._seen: Dict[str, Seen] = {}
        self._forgotten = False

    def of(self, machine: str) -> Seen:
        """Of one server; after a start of Kodi the history tells when it was last seen to its end."""
        if machine not in self._seen:
            self._seen[machine] = Seen(0.0 if self._forgotten else self._history.last_complete(machine))
        return self._seen[machine]

    def forget(self) -> None:
        """It says nothing any more: other servers, other libraries, another user."""
        self._seen, self._forgotten = {}, True

    def looked_at(self, event: LibrariesAsKnown) -> None:
        """A look found these libraries as the last sync left them."""
        self.of(event.machine).looked = event.section_keys, self._clock.monotonic()

    def as_known(self, machine: str) -> AsKnown:
        """What the last look spares a sync of the timer."""
        seen, now = self.of(machine), self._clock.monotonic()
        libraries, at = seen.looked
        if not seen.asked or now - at > _LOOK_COUNTS:
            return AsKnown()
        return AsKnown(libraries, now - seen.asked)

    def swept_recently(self, machine: str) -> bool:
        """Whether all listings were read in the last hours."""
        swept = self.of(machine).swept
        return bool(swept) and self._clock.monotonic() - swept < _SWEEP_AFTER
