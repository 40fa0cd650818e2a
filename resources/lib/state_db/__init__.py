"""Our own small database: which Plex item is which Kodi row, and what we last knew of it.

It is disposable: all but what the server was not told yet (marks, ends of playbacks) can be had again from Kodi's rows
and the server.
While a sync writes, it changes in the transactions of Kodi's database.
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

__all__ = ['EXPIRED', 'FILE_NAME', 'POSITION', 'RATING', 'WATCHED', 'CollectionState', 'Counts', 'Cursor', 'ItemState',
           'Known', 'Mark', 'PlaybackReport', 'SectionState', 'StateDb', 'StateFile', 'change_token', 'exists',
           'open_reader', 'open_writer', 'prepare']

#: Seconds that a reader waits for a transaction's end.
_READER_PATIENCE = 5.0


class StateDb(Servers, Items, Collections, Reports):
    """All queries; ``schema`` is ``state.`` where the database is part of a connection to Kodi's."""


class StateFile(StateDb):
    """The database, opened by itself; closed at the end of a ``with`` block. May go from one thread to another."""

    def __init__(self, connection: sqlite.SqliteConnection) -> None:
        super().__init__(Statements(connection))
        self.connection = connection

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def transaction(self) -> ContextManager[None]:
        """All of a block or nothing."""
        return transaction(self._database)

    def __enter__(self) -> StateFile:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def open_reader(path: str) -> StateFile:
    """The file that is there, only to be read. Raises :class:`DatabaseError`."""
    return StateFile(sqlite.connect_reader(path, _READER_PATIENCE))


def open_writer(path: str, patience: float) -> StateFile:
    """The file that is there. A write waits ``patience`` seconds for another one. Raises :class:`DatabaseError`."""
    return StateFile(sqlite.connect(path, patience))
