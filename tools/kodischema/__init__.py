"""Empty Kodi video databases as Kodi 19 (119), 20 (121) and 21 (131) create them, for tests, demo and benchmark."""
from __future__ import annotations

import os
import re
import sqlite3

VERSIONS = (119, 121, 131)
_FOLDER = os.path.dirname(os.path.abspath(__file__))


def create(folder: str, version: int = 121) -> str:
    """Create ``MyVideosNNN.db`` in a folder; returns its path."""
    path = os.path.join(folder, 'MyVideos%d.db' % version)
    with open(os.path.join(_FOLDER, 'MyVideos%d.sql' % version), encoding='utf-8') as handle:
        script = handle.read()
    # The rows that Kodi itself inserts are comments in the dump.
    rows = '\n'.join(re.findall(r'^-- (INSERT INTO .*)$', script, re.MULTILINE))
    connection = sqlite3.connect(path)
    try:
        connection.executescript(script)
        connection.executescript(rows)
        connection.commit()
    finally:
        connection.close()
    return path
