"""Which items play or have played until a moment ago, and who watched: Kodi changes their rows by itself."""
from __future__ import annotations

import time
from typing import Callable, Dict, Tuple

#: Playback reports its own end. Marks for the same item wait this long after it, then the server is compared, unless
#: Kodi's row was settled before.
_PLAYBACK_SECONDS = 20.0
#: In place of the time of the last report, while an item plays.
_PLAYING = float('inf')

#: machineIdentifier and ratingKey.
Item = Tuple[str, str]


class JustPlayed:
    """``user()`` is the id of the Plex user who watches now."""

    def __init__(self, user: Callable[[], str]) -> None:
        self._user = user
        self._played: Dict[Item, float] = {}
        self._viewers: Dict[Item, str] = {}

    def __contains__(self, item: Item) -> bool:
        return time.monotonic() - self._played.get(item, -1e9) < _PLAYBACK_SECONDS

    def began(self, item: Item) -> None:
        """It plays, for the user who watches now."""
        self._viewers[item] = self._user()
        self._played[item] = _PLAYING

    def ended(self, item: Item) -> None:
        """It does not play any more."""
        self._played[item] = time.monotonic()

    def plays(self, item: Item) -> bool:
        """Whether it plays now."""
        return self._played.get(item) == _PLAYING

    def settled(self, item: Item) -> None:
        """What Kodi announces of it from now on is the user's doing."""
        self._played.pop(item, None)

    def viewer(self, item: Item, user_id: str) -> str:
        """Whose mark it is, when Kodi announces it while ``user_id`` watches."""
        return self._viewers.get(item) or user_id if item in self else user_id
