"""The watched marks in the state database, for the thread that sends them."""
from __future__ import annotations

from typing import Callable, Dict, Iterable, NamedTuple, Sequence, Tuple

from ... import state_db
from ...state_db import StateFile

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
        """Bring an older version's file up to date, once and before a sync begins. Raises :class:`DatabaseError`."""
        if state_db.exists(self._path):
            state_db.prepare(self._path)

    def put(self, changes: Sequence[Change], viewer: Callable[[str, str], str]) -> None:
        """Keep the marks of items that are ours. Raises :class:`DatabaseError`.

        ``viewer(ratingKey, user_id)`` says whose mark it is.

        Kodi's rows now differ from what we last wrote. They are to be written anew even if the server, or another
        user's view of it, is still as it was.
        """
        if not state_db.exists(self._path):
            return
        with state_db.open_reader(self._path) as state:
            rows = [(state.by_kodi_id(one.plex_type, one.kodi_id), one) for one in changes]
        ours = [(row.server_id, viewer(row.rating_key, one.user_id), row.rating_key, one.watched)
                for row, one in rows if row is not None]
        if ours:
            with self._open() as state, state.transaction():
                state.put_marks(ours)
                for server_id, _, rating_key, _ in ours:
                    state.look_again(server_id, [rating_key])

    def played(self, items: Sequence[Tuple[str, str]]) -> None:
        """Kodi has kept a resume point of its own for (machineIdentifier, ratingKey). Raises :class:`DatabaseError`."""
        if state_db.exists(self._path):
            with self._open() as state, state.transaction():
                for machine, rating_key in items:
                    state.look_again(state.server_id(machine), [rating_key])

    def unsent(self, user_id: str) -> Dict[str, Dict[str, bool]]:
        """A user's marks (ratingKey: watched) by machineIdentifier. Raises :class:`DatabaseError`."""
        if not state_db.exists(self._path):
            return {}
        with state_db.open_reader(self._path) as state:
            found = {state.machine_identifier(server): state.unsent_marks(server, user_id)
                     for server in state.servers()}
        return {machine: marks for machine, marks in found.items() if marks}

    def done(self, machine_identifier: str, user_id: str, sent: Iterable[str], refused: Iterable[str]) -> None:
        """The server knows ``sent`` and will never take ``refused``. Raises :class:`DatabaseError`."""
        with self._open() as state, state.transaction():
            server_id = state.server_id(machine_identifier)
            state.marks_sent(server_id, user_id, sent)
            state.drop_marks(server_id, user_id, refused)

    def drop_sent(self) -> None:
        """What the servers know may be asked of them again. Raises :class:`DatabaseError`."""
        if not state_db.exists(self._path):
            return
        with self._open() as state:
            if state.has_sent_marks():
                with state.transaction():
                    state.drop_sent_marks()

    def _open(self) -> StateFile:
        return state_db.open_writer(self._path, _LOCK_PATIENCE)
