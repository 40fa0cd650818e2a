"""Many rows into SQLite by few statements: faster than one by one, and other threads run while SQLite works."""
from __future__ import annotations

import sqlite3
from itertools import chain
from typing import Any, Sequence

#: Most parameters that one statement may carry; SQLite before 3.32 allows 999.
MAX_PARAMETERS = 900


def insert(connection: sqlite3.Connection, head: str, columns: int, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows. ``head`` is the statement up to VALUES; ``columns`` the number of values in a row."""
    one = '(%s)' % ', '.join('?' * columns)
    start, most = 0, MAX_PARAMETERS // columns
    # Few different lengths, so that SQLite's prepared statements are used again.
    for step in (most, most // 8, most // 40):
        while 1 < step <= len(rows) - start:
            connection.execute('%s VALUES %s' % (head, ', '.join((one,) * step)),
                               list(chain.from_iterable(rows[start:start + step])))
            start += step
    connection.executemany('%s VALUES %s' % (head, one), rows[start:])
