"""How many items go into one transaction: few commits on a fast machine, short ones on a slow one."""
from __future__ import annotations

#: Seconds for which a transaction of ours may keep Kodi from writing.
_HOLD = 0.09
_FEWEST, _MOST = 20, 300


class Pace:
    """Learns from each transaction how large the next may be."""

    def __init__(self) -> None:
        #: Items that the next transaction may hold.
        self.size = 100

    def took(self, items: int, seconds: float) -> None:
        """A transaction with so many items held the lock for so long."""
        if items < min(_FEWEST, self.size):
            return  # too few to learn from
        ideal = int(items * _HOLD / max(seconds, 1e-6))
        # Down at once, up by steps, for what slows a disk down comes suddenly.
        self.size = max(_FEWEST, min(_MOST, ideal, self.size * 2))
