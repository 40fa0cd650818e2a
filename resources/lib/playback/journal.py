"""Where a playback is, written down so that its end reaches the server even if Kodi does not live to see it."""
from __future__ import annotations

from typing import NamedTuple, Protocol


class Progress(NamedTuple):
    """Where a playback is, in milliseconds.

    ``watched``: it counts. ``views_before``: how often the item counted before, -1 if that is not known. ``tried``:
    the server is being told of the end.
    """

    position_ms: int
    duration_ms: int
    watched: bool
    views_before: int = -1
    tried: bool = False


class Journal(Protocol):
    """Keeps one playback. Called in the reporter's thread; never raises."""

    def keep(self, progress: Progress) -> bool:
        """Write down where it is. False when that cannot be kept."""

    def hand_over(self, progress: Progress) -> bool:
        """It is over, and the server could not be told: somebody else does that later. False as above."""

    def done(self) -> None:
        """The server knows, or never will."""


class NoJournal:
    """Keeps nothing."""

    def keep(self, _progress: Progress) -> bool:
        """Nothing is kept."""
        return False

    def hand_over(self, _progress: Progress) -> bool:
        """Nothing is kept."""
        return False

    def done(self) -> None:
        """Nothing to forget."""
