"""Opening a database with the engine of its location: SQLite for a path, MariaDB for a database on a server."""
from __future__ import annotations

import os
from typing import Optional

from . import sqlite
from .connection import Connection
from .location import Location, ServerDatabase


def exists(location: Location) -> bool:
    """Whether there is a database at the location. Of one on a server that is known only when it is opened."""
    return isinstance(location, ServerDatabase) or os.path.exists(location)


def open_reader(location: Location, patience: float) -> Connection:
    """A connection for reading, from any thread. ``patience``: seconds to wait for a lock."""
    if isinstance(location, ServerDatabase):
        from . import mariadb  # with its library, which few users need
        return mariadb.connect(location, patience, writes=False)
    return sqlite.connect_reader(location, patience)


def open_writer(location: Location, patience: float) -> Connection:
    """A connection for reading and writing an existing database. ``patience``: seconds to wait for a lock."""
    if isinstance(location, ServerDatabase):
        from . import mariadb
        return mariadb.connect(location, patience, writes=True)
    return sqlite.connect_writer(location, patience)


def change_token(location: Location) -> Optional[object]:
    """A value that differs after any change of the database, found without opening it; None shortly after a change,
    when that is not certain, and always for one on a server.
    """
    return None if isinstance(location, ServerDatabase) else sqlite.change_token(location)
