"""Kodi's video database and its transactions. One writer at a time, short transactions, no network inside."""
from __future__ import annotations

import time
from contextlib import contextmanager
from typing import Callable, Iterator, List, Optional

from ..cancellation import Cancellation
from ..sql import engines
from ..sql.connection import Connection
from ..sql.errors import DatabaseLocked
from ..sql.statements import Row, Statements
from . import location as locations
from . import schema
from .errors import DatabaseMissing, SchemaUnknown
from .tables import ItemTable

__all__ = ['LOCK_PATIENCE', 'Row', 'VideoDatabase', 'change_token', 'open_reader']

#: Seconds that one transaction waits for another writer before its batch is put off.
LOCK_PATIENCE = 45.0
#: Seconds that the engine itself waits for a lock; a reader of ours is content with that.
_POLL = 2.0
#: Seconds that a reader waits which somebody else waits for, such as a list.
_READER_PATIENCE = 1.0


class VideoDatabase(Statements):
    """Kodi's video database, opened by its location. Not safe to use from two threads at once.

    A cancelled one does not wait for a lock any longer. Another database may change in its transactions:
    see :meth:`attach` and :meth:`join`.
    """

    def __init__(self, location: str, cancellation: Optional[Cancellation] = None) -> None:
        if not engines.exists(location):
            raise DatabaseMissing('Kodi has no video database yet')
        super().__init__(engines.open_writer(location, _POLL))
        self._cancellation = cancellation or Cancellation()
        self._joined: List[Connection] = []
        try:
            self.profile = schema.profile(self)
            if locations.version_of(location) not in (0, self.profile.version):
                # Kodi copies the old file to the new name and converts it there; it may have been interrupted.
                raise SchemaUnknown('the video database is still that of version %d, Kodi has not converted it'
                                    % self.profile.version)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> VideoDatabase:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def require(self, table: ItemTable) -> None:
        """Raise :class:`SchemaUnknown` when this Kodi does not have the table as we write it."""
        schema.require(self, self.profile.version, table.name, table.columns)

    # ---- transactions ------------------------------------------------------------------------------------------

    def attach(self, location: str, schema_name: str) -> bool:
        """Have another database, whose tables then have this schema, change with Kodi's in one commit. False where
        the engine cannot do that.
        """
        return self.connection.attach(location, schema_name)

    def join(self, other: Connection) -> None:
        """Have what another connection changes in a transaction of this one be committed right after it.

        In between Kodi's rows may be there and the other database's not, if the process ends just then. So whoever
        joins must be able to do the same again.
        """
        self._joined.append(other)

    @contextmanager
    def transaction(self, patience: float = LOCK_PATIENCE) -> Iterator[None]:
        """All of the block or nothing. Raises :class:`DatabaseLocked` or :class:`DiskFull`."""
        connections = [self.connection, *self._joined]
        try:
            for connection in reversed(connections):  # Kodi's last: nobody is to wait for it longer than he must
                self._wait(connection.begin, patience)
            yield
            for connection in connections:
                self._wait(connection.commit, patience)
        except BaseException:
            for connection in connections:
                if connection.in_transaction:
                    connection.rollback()
            raise

    def _wait(self, act: Callable[[], None], patience: float) -> None:
        """Begin, or commit: other writers, and readers of Kodi's, may hold it up for a moment."""
        end = time.monotonic() + patience
        while True:
            try:
                act()
                return
            except DatabaseLocked:
                if time.monotonic() > end or self._cancellation.cancelled:
                    raise


@contextmanager
def open_reader(location: str) -> Iterator[Statements]:
    """Kodi's video database, only to read it. Raises :class:`DatabaseError`."""
    reader = Statements(engines.open_reader(location, _READER_PATIENCE))
    try:
        yield reader
    finally:
        reader.close()


def change_token(location: str) -> Optional[object]:
    """A value that is another one after somebody changed the video database, found out without opening it; None when
    it is too soon after a change to tell.
    """
    return engines.change_token(location)
