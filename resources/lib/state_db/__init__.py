"""Our own small database: which Plex item is which row of Kodi, and the item's state when it was last written.

It can be rebuilt from Kodi's rows and the server, except for what has not been sent to the server yet (marks, ends of
playbacks) and for the versions that the user chose.
A sync changes it in the transactions of Kodi's database.
"""
from __future__ import annotations

from typing import ContextManager

from ..sql import sqlite
from ..sql.statements import Statements
from .collections import Collections
from .file import FILE_NAME, change_token, exists, prepare, transaction
from .items import Items
from .marks import POSITION, RATING, WATCHED, Mark
from .records import EXPIRED, CollectionState, Counts, Cursor, ItemState, Known, SectionState
from .reports import PlaybackReport, Reports
from .servers import Servers
from .versions import Versions

__all__ = ['EXPIRED', 'FILE_NAME', 'POSITION', 'RATING', 'WATCHED', 'CollectionState', 'Counts', 'Cursor', 'ItemState',
           'Known', 'Mark', 'PlaybackReport', 'SectionState', 'StateDb', 'StateFile', 'change_token', 'exists',
           'open_reader', 'open_writer', 'prepare']

#: Seconds that a reader waits for a transaction's end.
_READER_PATIENCE = 5.0


class StateDb(Servers, Items, Collections, Reports, Versions):
    """All queries; ``schema`` is ``state.`` where the database is attached to a connection to Kodi's."""


class StateFile(StateDb):
    """The database with its own connection; closed at the end of a ``with`` block. Not tied to a thread."""

    def __init__(self, connection: sqlite.SqliteConnection) -> None:
        super().__init__(Statements(connection))
        self.connection = connection

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def transaction(self) -> ContextManager[None]:
        """A context whose changes are all committed, or none."""
        return transaction(self._database)

    def __enter__(self) -> StateFile:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def open_reader(path: str, patience: float = _READER_PATIENCE) -> StateFile:
    """Open the existing file for reading. ``patience``: seconds to wait for a transaction's end.

    Raises :class:`DatabaseError`.
    """
    return StateFile(sqlite.connect_reader(path, patience))


def open_writer(path: str, patience: float) -> StateFile:
    """Open the file for writing. ``patience``: seconds to wait for a lock. Raises :class:`DatabaseError`."""
    return StateFile(sqlite.connect(path, patience))
