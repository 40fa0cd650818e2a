"""Empty Kodi video databases as Kodi 19 (119), 20 (121) and 21 (131) create them, for tests, demo and benchmark.

Those whose name ends in ``.mysql.sql`` are what Kodi creates on a MariaDB server.
"""
from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from contextlib import closing
from functools import lru_cache

from tools.mariadb import MariaDbServer

VERSIONS = (119, 121, 131)
#: The character set of Kodi's databases on a server: Kodi 20 asks for "utf8", which MariaDB 10 takes for this one.
_KODIS_CHARSET = 'utf8mb3'
_FOLDER = os.path.dirname(os.path.abspath(__file__))


def create(folder: str, version: int = 121) -> str:
    """Create ``MyVideosNNN.db`` in a folder; returns its path. Raises FileExistsError."""
    path = os.path.join(folder, 'MyVideos%d.db' % version)
    with open(path, 'xb') as handle:
        handle.write(_content(version))
    return path


@lru_cache(maxsize=None)
def _content(version: int) -> bytes:
    """The file of a new database. It is made once: its hundred statements take longer than many a test."""
    with open(os.path.join(_FOLDER, 'MyVideos%d.sql' % version), encoding='utf-8') as handle:
        script = handle.read()
    # The rows that Kodi itself inserts are comments in the dump.
    rows = '\n'.join(re.findall(r'^-- (INSERT INTO .*)$', script, re.MULTILINE))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'made.db')
        with closing(sqlite3.connect(path)) as connection:
            connection.execute('PRAGMA synchronous = OFF')
            connection.executescript(script)
            connection.executescript(rows)
            connection.commit()
        with open(path, 'rb') as made:
            return made.read()


def create_on_server(server: MariaDbServer, version: int = 121, charset: str = '') -> str:
    """Create ``MyVideosNNN`` on a server as Kodi does it; returns its name. ``charset`` replaces the one of Kodi."""
    name = 'MyVideos%d' % version
    with open(os.path.join(_FOLDER, 'MyVideos%d.mysql.sql' % version), encoding='utf-8') as handle:
        statements = handle.read().split(';\n')
    charset = charset or _KODIS_CHARSET
    server.execute('CREATE DATABASE `%s` CHARACTER SET %s COLLATE %s_general_ci' % (name, charset, charset))
    with server.connected(name) as cursor:
        for statement in statements:
            if statement.strip():
                cursor.execute(statement.replace(_KODIS_CHARSET, charset))
    return name
