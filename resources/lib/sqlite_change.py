"""Whether somebody changed a database, found out without opening it.

A file of SQLite's must not be opened past SQLite: closing it ends all locks that this process holds on it, Kodi's own
connections included ("How To Corrupt An SQLite Database File", 2.2).
"""
from __future__ import annotations

import os
import time
from typing import Optional, Tuple

#: Seconds for which a change may be followed by another one with the same time; FAT counts in steps of two.
_UNSETTLED = 3.0


def change_token(path: str) -> Optional[Tuple[int, ...]]:
    """A value that differs after each commit to the database, () when there is none. None: too soon to tell."""
    found: Tuple[int, ...] = ()
    for name in (path, path + '-wal'):
        try:
            status = os.stat(name)
        except OSError:
            continue
        if time.time() - status.st_mtime < _UNSETTLED:  # also a time from the future
            return None
        found += (status.st_mtime_ns, status.st_size, status.st_ino)
    return found
