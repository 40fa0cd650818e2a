"""Choosing how many items are written in one transaction: as many as fit into a short time."""
from __future__ import annotations

_FEWEST, _MOST = 20, 300


class Pace:
    """Chooses the size of the next transaction from the duration of the last; it should take ``hold`` seconds.

    Where a commit alone takes most of that time (a memory card, a disk that others use too), smaller transactions would
    only be more of them: then the items get as long as the commit takes, ``hold`` seconds at most.
    """

    def __init__(self, hold: float) -> None:
        self._hold = hold
        #: Items that the next transaction may hold.
        self.size = 100

    def took(self, items: int, seconds: float, commit: float = 0.0) -> None:
        """Report a transaction: the number of its items, for how many seconds they were written, and how long the
        commit took.
        """
        if items < min(_FEWEST, self.size):
            return  # too few to learn from
        ideal = int(items * max(self._hold - commit, min(commit, self._hold)) / max(seconds, 1e-6))
        # Down at once but up in steps, since a disk becomes slow suddenly.
        self.size = max(_FEWEST, min(_MOST, ideal, self.size * 2))
