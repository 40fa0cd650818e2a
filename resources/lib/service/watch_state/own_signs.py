"""Signs that a row was changed in this Kodi, and not in that of another device that writes into the same library."""
from __future__ import annotations

import threading
import time
from typing import Any, Callable, Dict, Mapping, Optional, Set, Tuple

from ...plex_values import integer

#: Seconds after this Kodi's announcement in which a change is taken for the one that was announced.
_FRESH = 15.0
#: A rating may be this user's if a key was pressed within so many seconds, and if its item had the focus within so
#: many: Kodi's list of stars hides it while a rating is chosen.
_ACTIVE, _BEFORE = 10.0, 30.0

#: Kodi's media type and id of a row.
Row = Tuple[str, int]


def row_of(data: Mapping[str, Any]) -> Row:
    """The row that an announcement is about; ('', 0) for none."""
    item = data.get('item')
    found: Mapping[str, Any] = item if isinstance(item, dict) else data
    return str(found.get('type') or ''), integer(found, 'id')


class OwnSigns:
    """``idle()``: seconds since the user last did something in Kodi. ``focused()``: the item that has the focus."""

    def __init__(self, idle: Callable[[], float], focused: Callable[[], Optional[Row]],
                 monotonic: Callable[[], float] = time.monotonic) -> None:
        self._idle = idle
        self._focused = focused
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._changed: Dict[Row, float] = {}
        self._seen: Dict[Row, float] = {}

    def announced(self, media_type: str, kodi_id: int) -> None:
        """This Kodi announced that it changed a row. Kodi's thread."""
        with self._lock:
            self._changed[media_type, kodi_id] = self._monotonic()

    def changed(self) -> Set[Row]:
        """The rows that were announced a moment ago."""
        oldest = self._monotonic() - _FRESH
        with self._lock:
            self._changed = {row: when for row, when in self._changed.items() if when >= oldest}
            return set(self._changed)

    def look(self) -> None:
        """Remember which item has the focus. Call about once a second."""
        now = self._monotonic()
        row = self._focused()
        self._seen = {one: when for one, when in self._seen.items() if now - when < _BEFORE}
        if row is not None:
            self._seen[row] = now

    def may_have_rated(self, media_type: str, kodi_id: int) -> bool:
        """Whether somebody uses this Kodi, and that item had the focus a moment ago."""
        return (media_type, kodi_id) in self._seen and self._idle() < _ACTIVE
