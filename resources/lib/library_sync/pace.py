"""Choosing how many items are written in one transaction: as many as fit into a short time."""
from __future__ import annotations

#: Pause in seconds after each transaction, so that other writers get the lock.
GAP = 0.01


class Pace:
    """Chooses the size of the next transaction from the duration of the last; it should take ``hold`` seconds.

    Where a commit alone takes most of that time (a memory card, a disk that others use too), smaller transactions would
    only be more of them: then the items get as long as the commit takes, ``hold`` seconds at most.
    """

    def __init__(self, hold: float, first: int = 100, fewest: int = 20, most: int = 300) -> None:
        self._hold = hold
        self._fewest, self._most = fewest, most
        #: Items (or rows) that the next transaction may hold.
        self.size = first

    def took(self, items: int, seconds: float, commit: float = 0.0) -> None:
        """Report a transaction: the number of its items, for how many seconds they were written, and how long the
        commit took.
        """
        if items < min(self._fewest, self.size):
            return  # too few to learn from
        ideal = int(items * max(self._hold - commit, min(commit, self._hold)) / max(seconds, 1e-6))
        # Down at once but up in steps, since a disk becomes slow suddenly.
        self.size = max(self._fewest, min(self._most, ideal, self.size * 2))
