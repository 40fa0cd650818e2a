"""The lower limit of a sync's time: parsing the same JSON, and adding the same rows to the same tables."""
from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, List, Sequence


def parsing(bodies: Sequence[bytes]) -> float:
    """Processor seconds for ``json.loads`` of these bodies."""
    begun = time.process_time()
    for body in bodies:
        json.loads(body)
    return time.process_time() - begun


def inserting(place: Path, rows: Dict[str, List[Any]]) -> float:
    """Seconds for adding these rows to an empty library with ``executemany``, in one transaction."""
    with closing(sqlite3.connect(str(place / 'MyVideos121.db'), isolation_level=None)) as database:
        database.execute('PRAGMA synchronous = NORMAL')
        for name in rows:
            database.execute('DELETE FROM "%s"' % name)
        begun = time.process_time()
        database.execute('BEGIN')
        for name, values in rows.items():
            if values:
                database.executemany('INSERT INTO "%s" VALUES (%s)' % (name, ', '.join('?' * len(values[0]))), values)
        database.execute('COMMIT')
        return time.process_time() - begun
