"""The watched marks in the state database, for the thread that sends them."""
from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import Callable, Dict, Iterable, NamedTuple, Sequence, Tuple

from ... import state_db
from ...state_db import StateDb

#: Seconds that a write waits for a sync's transaction.
_LOCK_PATIENCE = 2.0


class Change(NamedTuple):
    """What the user ``user_id`` did to a row of Kodi's library."""

    plex_type: str
    kodi_id: int
    watched: bool
    user_id: str


class MarkStore:
    """Opened anew for each use, so that it never stands in a sync's way. Without the file there are no marks."""

    def __init__(self, path: str) -> None:
        self._path = path

    def prepare(self) -> None:
        """Bring an older version's file up to date, once and before a sync begins. Raises :class:`sqlite3.Error`."""
        if self._exists():
            state_db.prepare(self._path)

    def put(self, changes: Sequence[Change], viewer: Callable[[str, str], str]) -> None:
        """Keep the marks of items that are ours. Raises :class:`sqlite3.Error`.

        ``viewer(ratingKey, user_id)`` says whose mark it is.

        Kodi's rows now differ from what we last wrote. They are to be written anew even if the server, or another
        user's view of it, is still as it was.
        """
        if not self._exists():
            return
        reader, connection = state_db.open_reader(self._path)
        with closing(connection):
            rows = [(reader.by_kodi_id(one.plex_type, one.kodi_id), one) for one in changes]
        ours = [(row.server_id, viewer(row.rating_key, one.user_id), row.rating_key, one.watched)
                for row, one in rows if row is not None]
        if ours:
            with closing(self._open()) as connection:
                _write(connection, lambda state: _put(state, ours))

    def played(self, items: Sequence[Tuple[str, str]]) -> None:
        """Kodi has kept a resume point of its own for (machineIdentifier, ratingKey). Raises :class:`sqlite3.Error`."""
        if self._exists():
            with closing(self._open()) as connection:
                _write(connection, lambda state: _look_again(state, items))

    def unsent(self, user_id: str) -> Dict[str, Dict[str, bool]]:
        """A user's marks (ratingKey: watched) by machineIdentifier. Raises :class:`sqlite3.Error`."""
        if not self._exists():
            return {}
        reader, connection = state_db.open_reader(self._path)
        with closing(connection):
            found = {reader.machine_identifier(server): reader.unsent_marks(server, user_id)
                     for server in reader.servers()}
        return {machine: marks for machine, marks in found.items() if marks}

    def done(self, machine_identifier: str, user_id: str, sent: Iterable[str], refused: Iterable[str]) -> None:
        """The server knows ``sent`` and will never take ``refused``. Raises :class:`sqlite3.Error`."""
        def write(state: StateDb) -> None:
            server_id = state.server_id(machine_identifier)
            state.marks_sent(server_id, user_id, sent)
            state.drop_marks(server_id, user_id, refused)
        with closing(self._open()) as connection:
            _write(connection, write)

    def drop_sent(self) -> None:
        """What the servers know may be asked of them again. Raises :class:`sqlite3.Error`."""
        if not self._exists():
            return
        with closing(self._open()) as connection:
            if StateDb(connection).has_sent_marks():
                _write(connection, lambda state: state.drop_sent_marks())

    def _exists(self) -> bool:
        return os.path.exists(self._path)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=_LOCK_PATIENCE, isolation_level=None)


def _write(connection: sqlite3.Connection, work: Callable[[StateDb], None]) -> None:
    connection.execute('BEGIN IMMEDIATE')
    try:
        work(StateDb(connection))
        connection.execute('COMMIT')
    except BaseException:
        connection.execute('ROLLBACK')
        raise


def _put(state: StateDb, rows: Sequence[Tuple[int, str, str, bool]]) -> None:
    state.put_marks(rows)
    for server_id, _, rating_key, _ in rows:
        state.look_again(server_id, [rating_key])


def _look_again(state: StateDb, items: Sequence[Tuple[str, str]]) -> None:
    for machine, rating_key in items:
        state.look_again(state.server_id(machine), [rating_key])
