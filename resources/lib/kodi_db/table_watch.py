"""Seeing that tables of a library on a server were written to, with one small question and no look at their rows."""
from __future__ import annotations

from typing import Optional, Sequence, Tuple

from ..sql import engines
from ..sql.connection import Connection
from ..sql.errors import DatabaseError
from ..sql.location import Location

#: Seconds to wait for the server.
_PATIENCE = 1.0
#: The server notes the second of the last change, so within it and the next another change may leave the same time.
_SQL = ('SELECT table_name, update_time, update_time >= NOW() - INTERVAL 1 SECOND FROM information_schema.tables '
        'WHERE table_schema = DATABASE() AND table_name IN (%s)')


class TableWatch:
    """Keeps a connection open. Not for two threads at once."""

    def __init__(self, tables: Sequence[str]) -> None:
        self._tables = tables
        self._location: Optional[Location] = None
        self._connection: Optional[Connection] = None
        self._opened = 0

    def token(self, location: Location) -> Optional[Tuple[object, ...]]:
        """A value that differs after any change of the tables; None shortly after a change, when that is not certain.

        Raises :class:`DatabaseError`.
        """
        if self._connection is None or self._location != location:
            self.close()
            self._connection, self._location = engines.open_reader(location, _PATIENCE), location
            self._opened += 1  # a server that was started anew has forgotten when the tables changed
        try:
            rows = self._connection.rows(_SQL % ', '.join('?' * len(self._tables)), self._tables)
        except DatabaseError:
            self.close()
            raise
        times = sorted((str(row[0]), str(row[1])) for row in rows)
        return None if any(row[2] for row in rows) else (self._opened, *times)

    def close(self) -> None:
        """Close the connection; it is opened again when it is needed."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
