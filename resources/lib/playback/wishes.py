"""How the next playback of an item is to be, told before Kodi asks for it: its URL in the library stays as it is."""
from __future__ import annotations

import threading
from typing import Callable, Dict, NamedTuple, Optional, Tuple

from .transcode.quality import ORIGINAL, Quality

#: Seconds within which Kodi has to ask.
_LASTS_S = 60.0


class Wish(NamedTuple):
    """As :class:`~.methods.PlayRequest` has it. ``copy``: (machineIdentifier, ratingKey) of the same title at another
    server, which is to be played instead.
    """

    method: str = ''
    quality: Quality = ORIGINAL
    media_id: str = ''
    original: bool = False
    without: str = ''
    copy: Tuple[str, str] = ('', '')

    @property
    def by_user(self) -> bool:
        """Whether the user has chosen this version: it is not that of a playback that goes on in another way."""
        return bool(self.media_id) and not self.method and not self.without


class Wishes:
    """Thread-safe. A wish goes for one playback. ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_item: Dict[Tuple[str, str], Tuple[float, Wish]] = {}

    def put(self, machine_identifier: str, rating_key: str, wish: Wish) -> None:
        """Wish it; an older wish for the item is forgotten."""
        with self._lock:
            self._by_item[machine_identifier, rating_key] = (self._clock() + _LASTS_S, wish)

    def take(self, machine_identifier: str, rating_key: str) -> Optional[Wish]:
        """The wish for an item, which is forgotten; None without one."""
        if not self._by_item:
            return None
        with self._lock:
            until, wish = self._by_item.pop((machine_identifier, rating_key), (0.0, None))
        return wish if self._clock() < until else None
