"""Another writer of the database, in place of Kodi: ``python -m tools.bench.rival MyVideos121.db`` writes a setting
repeatedly until its standard input ends, and then prints its longest wait in seconds.
"""
from __future__ import annotations

import sqlite3
import sys
import threading
import time
from contextlib import closing

_PAUSE = 0.01


def main() -> None:
    """Write, and measure how long each write takes."""
    ended = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    longest = 0.0
    # SQLite itself would sleep for up to 100 ms at a time, which would be measured too.
    with closing(sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)) as database:
        while not ended.is_set():
            begun = time.monotonic()
            _done(database, 'BEGIN IMMEDIATE')
            database.execute('INSERT OR REPLACE INTO bookmark (idBookmark, idFile, type) VALUES (1000000, -1, 9)')
            _done(database, 'COMMIT')
            longest = max(longest, time.monotonic() - begun)
            time.sleep(_PAUSE)
    print(longest)


def _done(database: sqlite3.Connection, statement: str) -> None:
    while True:
        try:
            database.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if 'locked' not in str(error):
                raise
            time.sleep(0.001)


if __name__ == '__main__':
    main()
