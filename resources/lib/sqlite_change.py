"""Whether somebody changed a database, found out without opening it."""
from __future__ import annotations

import os
from typing import Tuple

#: Where SQLite counts the changes of a database, and how much of the header is read with it.
_COUNTER, _HEADER = slice(24, 28), 32


def mark(path: str) -> Tuple[object, ...]:
    """A value that differs after each commit to the database; () when there is none.

    SQLite's change counter tells it; with a write-ahead log, the log's header, length and time. ("Database File
    Format", 1.3.7 and 4.1.)
    """
    try:
        with open(path, 'rb') as database:
            counter = database.read(_HEADER)[_COUNTER]
    except OSError:
        return ()
    try:
        with open(path + '-wal', 'rb') as log:
            status = os.fstat(log.fileno())
            return counter, log.read(_HEADER), status.st_size, status.st_mtime_ns
    except OSError:
        return (counter,)
