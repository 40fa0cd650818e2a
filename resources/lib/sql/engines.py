"""Which engine a database is in. Today all are files of SQLite, and a location is a path."""
from __future__ import annotations

import os
from typing import Optional

from . import sqlite
from .connection import Connection


def exists(location: str) -> bool:
    """Whether there is a database."""
    return os.path.exists(location)


def open_reader(location: str, patience: float) -> Connection:
    """A connection that only reads, for any thread. ``patience`` in seconds, for locks."""
    return sqlite.connect_reader(location, patience)


def open_writer(location: str, patience: float) -> Connection:
    """A connection that reads and writes a database that is there."""
    return sqlite.connect_writer(location, patience)


def change_token(location: str) -> Optional[object]:
    """A value that is another one after the database was changed, found out without opening it; None when it is too
    soon after a change to tell.
    """
    return sqlite.change_token(location)
