"""The figures of an attack, and measuring them."""
from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Callable, NamedTuple


class Figures(NamedTuple):
    """``seconds`` until the attack was over; ``served``: number of harmless requests that were answered meanwhile."""

    outcome: str
    seconds: float
    served: int


#: Carries out one attack.
Attack = Callable[[], Figures]


def peak_memory() -> float:
    """The peak memory of this process in MB; ``ru_maxrss`` would include the parent's."""
    found = re.search(r'VmHWM:\s+(\d+) kB', Path('/proc/self/status').read_text(encoding='ascii'))
    return int(found.group(1)) / 1024.0 if found else 0.0


def measure(attack: Callable[[], str], other: Callable[[], object]) -> Figures:
    """Carry out ``attack``, which returns its outcome, while ``other`` (a harmless request) is called repeatedly."""
    over = threading.Event()
    served = [0]

    def ask() -> None:
        while not over.is_set():
            other()
            served[0] += 1
            over.wait(0.01)
    asking = threading.Thread(target=ask)
    began = time.monotonic()
    asking.start()
    try:
        outcome = attack()
        seconds, count = time.monotonic() - began, served[0]
    finally:
        over.set()
        asking.join()
    return Figures(outcome, seconds, count)
