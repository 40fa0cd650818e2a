"""Our own small database: which Plex item is which row of Kodi, and the item's state when it was last written.

It can be rebuilt from Kodi's rows and the server, except for what has not been sent to the server yet (marks, ends of
playbacks) and for the versions that the user chose.
A sync changes it in the transactions of Kodi's database. It is a file of SQLite's, or, beside a library that several
devices share, partly on the server of that library (``shared``).
"""
from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import Iterator, Optional

from ..sql import sqlite
from ..sql.connection import Connection
from ..sql.statements import Statements
from . import file as files
from . import moving, shared
from .collections import Collections
from .file import FILE_NAME, transaction
from .items import Items
from .marks import POSITION, RATING, WATCHED, Mark
from .records import EXPIRED, CollectionState, Counts, Cursor, ItemState, Known, SectionState
from .reports import PlaybackReport, Reports
from .servers import Servers
from .shared import FILE_NAME as BOX_FILE_NAME
from .shared import Location, SharedState, beside
from .shown import Shown, seen_as_one
from .versions import Versions

__all__ = ['BOX_FILE_NAME', 'EXPIRED', 'FILE_NAME', 'POSITION', 'RATING', 'WATCHED', 'CollectionState', 'Counts',
           'Cursor', 'ItemState', 'Known', 'Location', 'Mark', 'PlaybackReport', 'SectionState', 'SharedState',
           'StateDb', 'StateFile', 'beside', 'bring_over', 'change_token', 'earlier_exists', 'exists', 'open_box',
           'open_reader', 'open_writer', 'prepare', 'seen_as_one']

#: Seconds that a reader waits for a transaction's end.
_READER_PATIENCE = 5.0


class StateDb(Servers, Items, Shown, Collections, Reports, Versions):
    """All queries; ``schema`` is ``state.`` where the database is attached to a connection to Kodi's."""


class StateFile(StateDb):
    """The database with its own connection, and with another one to the server where it is shared; closed at the end of
    a ``with`` block. Not tied to a thread.
    """

    def __init__(self, connection: Connection, server: Optional[Connection] = None, schema: str = '') -> None:
        if server is None:
            super().__init__(Statements(connection))
        else:
            super().__init__(Statements(server), schema, Statements(connection))
        self.connection = connection
        self._server_connection = server

    def close(self) -> None:
        """Close the file."""
        self.connection.close()
        if self._server_connection is not None:
            self._server_connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A context whose changes are all committed, or none. What is on a server is committed first."""
        with ExitStack() as stack:
            stack.enter_context(transaction(self._box))
            if self._server_connection is not None:
                stack.enter_context(transaction(self._database))
            yield

    def __enter__(self) -> StateFile:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def open_reader(location: Location, patience: float = _READER_PATIENCE) -> StateFile:
    """Open the existing database for reading. ``patience``: seconds to wait for a transaction's end.

    Raises :class:`DatabaseError`.
    """
    return _opened(location, sqlite.connect_reader(shared.box_of(location), patience), patience)


def open_writer(location: Location, patience: float) -> StateFile:
    """Open the database for writing. ``patience``: seconds to wait for a lock. Raises :class:`DatabaseError`."""
    return _opened(location, sqlite.connect(shared.box_of(location), patience), patience)


def open_box(location: SharedState, patience: float) -> Connection:
    """Open only this device's own file, for writing."""
    return sqlite.connect(location.box, patience)


def prepare(location: Location) -> bool:
    """Make sure that there is a usable database. Returns false when a damaged one had to be set aside.

    It is opened for writing only when something must change.
    Raises :class:`DatabaseError`.
    """
    return shared.prepare(location) if isinstance(location, SharedState) else files.prepare(location)


def bring_over(location: Location) -> None:
    """Move what only this device knows from the file that was used while Kodi's library was in its files, or on a
    server, to where it is looked for now. Raises :class:`DatabaseError`, OSError.
    """
    moving.bring_over(location)


def earlier_exists(location: Location) -> bool:
    """Whether this device has ever used our database of the other place."""
    return files.exists(moving.earlier(location))


def exists(location: Location) -> bool:
    """Whether there is a database; of a shared one, whether this device has used it."""
    return files.exists(shared.box_of(location))


def change_token(location: Location) -> Optional[object]:
    """A value that differs after any change of the database; None shortly after a change, when that is not certain, and
    always for a shared one.
    """
    return None if isinstance(location, SharedState) else files.change_token(location)


def _opened(location: Location, box: Connection, patience: float) -> StateFile:
    if isinstance(location, SharedState):
        return StateFile(box, shared.connect_lazily(location, patience), location.schema)
    return StateFile(box)
