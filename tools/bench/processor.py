"""How much of the processor a process takes."""
from __future__ import annotations

import time
from pathlib import Path


def used(pid: int) -> float:
    """Processor seconds of a process and its threads, ended ones too, since its start."""
    fields = Path('/proc/%d/stat' % pid).read_text(encoding='ascii').rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


def share(pid: int, seconds: float) -> float:
    """The share of one core that a process takes during the next seconds."""
    begun, before = time.monotonic(), used(pid)
    time.sleep(seconds)
    return (used(pid) - before) / (time.monotonic() - begun)
