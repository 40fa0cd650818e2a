"""Kodi's video database and its transactions, which must be short: Kodi waits for them."""
from __future__ import annotations

import time
from contextlib import contextmanager
from typing import Callable, Iterator, List, Optional

from ..cancellation import Cancellation
from ..sql import engines
from ..sql.connection import Connection
from ..sql.errors import DatabaseLocked
from ..sql.location import Location
from ..sql.statements import Row, Statements
from . import location as locations
from . import schema
from .errors import DatabaseMissing, SchemaUnknown
from .tables import ItemTable

__all__ = ['LOCK_PATIENCE', 'Row', 'VideoDatabase', 'change_token', 'open_reader']

#: Seconds that a transaction waits for another writer before it fails with DatabaseLocked.
LOCK_PATIENCE = 45.0
#: Seconds that the database engine itself waits for a lock at each attempt.
_POLL = 2.0
#: Seconds that a reader waits for a lock: a user may be waiting for it, as for a list.
_READER_PATIENCE = 1.0


class VideoDatabase(Statements):
    """Kodi's video database, opened by its location. Not safe to use from two threads at once.

    Once ``cancellation`` is cancelled it no longer waits for locks. Another database can take part in its
    transactions: see :meth:`attach` and :meth:`join`.
    """

    def __init__(self, location: Location, cancellation: Optional[Cancellation] = None) -> None:
        if not engines.exists(location):
            raise DatabaseMissing('Kodi has no video database yet')
        super().__init__(engines.open_writer(location, _POLL))
        self._cancellation = cancellation or Cancellation()
        self._joined: List[Connection] = []
        self._checks: List[Callable[[], None]] = []
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
        """Raise :class:`SchemaUnknown` unless this database has the table with the columns that we write."""
        schema.require(self, self.profile.version, table.name, table.columns)

    # ---- transactions ------------------------------------------------------------------------------------------

    def attach(self, location: str, schema_name: str) -> bool:
        """Include another database, under the name ``schema_name``, in the transactions of this one. Returns false
        where the database engine cannot do that.
        """
        return self.connection.attach(location, schema_name)

    def join(self, other: Connection) -> None:
        """Begin, commit and roll back another connection together with this one; it is committed right after this one.

        If the process ends between the two commits, only Kodi's rows are saved. So the caller must be able to make the
        other database's changes again.
        """
        self._joined.append(other)

    def check_first(self, check: Callable[[], None]) -> None:
        """Call this at the beginning of each transaction from now on; what it raises ends the transaction."""
        self._checks.append(check)

    @contextmanager
    def transaction(self, patience: float = LOCK_PATIENCE) -> Iterator[None]:
        """A context whose changes are all committed, or none. Raises :class:`DatabaseLocked` or :class:`DiskFull`."""
        connections = [self.connection, *self._joined]
        try:
            for connection in reversed(connections):  # Kodi's last, to lock it as briefly as possible
                self._wait(connection.begin, patience)
            for check in self._checks:
                check()
            yield
            for connection in connections:
                connection.finish()
            for connection in connections:
                self._wait(connection.commit, patience)
        except BaseException:
            for connection in connections:
                if connection.in_transaction:
                    connection.rollback()
            raise

    def _wait(self, act: Callable[[], None], patience: float) -> None:
        """Repeat ``act`` (a begin or commit) until no other connection's lock prevents it, for ``patience`` seconds."""
        end = time.monotonic() + patience
        while True:
            try:
                act()
                return
            except DatabaseLocked:
                if time.monotonic() > end or self._cancellation.cancelled:
                    raise


@contextmanager
def open_reader(location: Location) -> Iterator[Statements]:
    """Open Kodi's video database for reading. Raises :class:`DatabaseError`."""
    reader = Statements(engines.open_reader(location, _READER_PATIENCE))
    try:
        yield reader
    finally:
        reader.close()


def change_token(location: Location) -> Optional[object]:
    """A value that differs after any change of the video database, found without opening it; None shortly after a
    change, when that is not certain.
    """
    return engines.change_token(location)
