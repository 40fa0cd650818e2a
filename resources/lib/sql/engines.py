"""Opening a database with the engine of its location. At present all are SQLite files, and a location is a path."""
from __future__ import annotations

import os
from typing import Optional

from . import sqlite
from .connection import Connection


def exists(location: str) -> bool:
    """Whether there is a database at the location."""
    return os.path.exists(location)


def open_reader(location: str, patience: float) -> Connection:
    """A connection for reading, from any thread. ``patience``: seconds to wait for a lock."""
    return sqlite.connect_reader(location, patience)


def open_writer(location: str, patience: float) -> Connection:
    """A connection for reading and writing an existing database. ``patience``: seconds to wait for a lock."""
    return sqlite.connect_writer(location, patience)


def change_token(location: str) -> Optional[object]:
    """A value that differs after any change of the database, found without opening it; None shortly after a change,
    when that is not certain.
    """
    return sqlite.change_token(location)
