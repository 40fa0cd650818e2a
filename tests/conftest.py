"""For all tests: their temporary folders are in memory, where there is room for them."""
from __future__ import annotations

import os
import shutil

_MEMORY = '/dev/shm'
#: Bytes that must be free there. The tests need a tenth of it; Docker's default is 64 MiB, which is too little.
_ENOUGH = 1 << 30


def _use_memory() -> None:
    """Have pytest make its folders in memory: SQLite waits for the disk at each commit, a thousand times in all."""
    try:
        enough = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ENOUGH
    except OSError:
        return
    if enough:
        os.environ.setdefault('PYTEST_DEBUG_TEMPROOT', _MEMORY)  # also for the workers of pytest-xdist


_use_memory()
