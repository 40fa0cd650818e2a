"""What the user marked and played, in the state database, for the thread that tells the servers."""
from __future__ import annotations

from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from ... import state_db
from ...plex_kinds import PlexType
from ...state_db import POSITION, RATING, WATCHED, Mark, PlaybackReport, StateFile
from ..library_user import LibraryUser

#: Seconds that a write waits for a sync's transaction.
_LOCK_PATIENCE = 2.0
_COLUMNS = {WATCHED: 'view_count', RATING: 'user_rating', POSITION: 'view_offset'}


class Change(NamedTuple):
    """What the user ``user_id`` did to a row of Kodi's library; ``action`` and ``value`` as of :class:`Mark`.

    ``made_at`` is Kodi's clock in Unix seconds.
    """

    plex_type: str
    kodi_id: int
    value: float
    user_id: str
    action: str = WATCHED
    made_at: int = 0


class Unsent(NamedTuple):
    """What one server is to be told, the oldest first."""

    marks: Sequence[Mark]
    reports: Sequence[PlaybackReport]


#: A mark for an item of this server, in the name of this user.
Copied = Tuple[str, str, Mark]
#: (machineIdentifier, ratingKey) of the same title at other servers.
Copies = Callable[[str, str], Sequence[Tuple[str, str]]]


def no_copies(_machine_identifier: str, _rating_key: str) -> Sequence[Tuple[str, str]]:
    """Each server is for itself."""
    return ()


class MarkStore:
    """Opened anew for each use, so that it never stands in a sync's way. Without the file there are no marks.

    ``user`` knows whose watch state the library shows. What another user does is told to the servers, too, but the
    library's rows stay what they were.
    """

    def __init__(self, path: state_db.Location, user: Optional[LibraryUser] = None) -> None:
        self._path = path
        self._library_user = user or LibraryUser(path)

    def prepare(self) -> None:
        """Bring an older version's file up to date, once and before a sync begins; playbacks of before Kodi's last end
        are over. Raises :class:`DatabaseError`.
        """
        if not state_db.exists(self._path):
            return
        state_db.prepare(self._path)
        with self._open() as state:
            if state.has_reports():
                with state.transaction():
                    state.close_reports()

    def put(self, changes: Sequence[Change], viewer: Callable[[str, str, str], str],
            copies: Copies = no_copies) -> List[Tuple[str, str]]:
        """Keep the marks of items that are ours. Raises :class:`DatabaseError`.

        Returns the items, as (machineIdentifier, ratingKey), whose rows must become again what they were.

        ``viewer(machineIdentifier, ratingKey, user_id)`` says whose mark it is.
        ``copies(machineIdentifier, ratingKey)`` are the items of other servers that get the same mark.

        What we know of Kodi's rows follows, so that a sync sees where the server, or another user's view of it,
        differs.
        """
        if not state_db.exists(self._path):
            return []
        with state_db.open_reader(self._path) as state:
            rows = [(state.by_kodi_id(one.plex_type, one.kodi_id), one) for one in changes]
            machines = {row.server_id: state.machine_identifier(row.server_id) for row, _ in rows if row is not None}
        ours = [(row.server_id, viewer(machines[row.server_id], row.rating_key, one.user_id),
                 Mark(row.rating_key, one.action, one.value, one.made_at)) for row, one in rows if row is not None]
        foreign: List[Tuple[str, str]] = []
        if ours:
            also = [(machine, user_id, mark._replace(rating_key=key)) for server_id, user_id, mark in ours
                    for machine, key in copies(machines[server_id], mark.rating_key)]
            with self._open() as state, state.transaction():
                copied = _known_at(state, also)
                state.put_marks(ours + copied)
                for server_id, user_id, mark in copied:
                    if not self._library_user.is_another(user_id):
                        state.changed_in_shown(server_id, _known(mark))
                for server_id, user_id, mark in ours:
                    if self._library_user.is_another(user_id):
                        state.write_again(server_id, [mark.rating_key])  # should the row not be taken back
                        foreign.append((machines[server_id], mark.rating_key))
                    else:
                        state.changed_in_kodi(server_id, _known(mark))
        return list(dict.fromkeys(foreign))

    def put_copies(self, played: Sequence[Copied], copies: Copies) -> None:
        """Keep marks for the copies of items that were played, not for these. Raises :class:`DatabaseError`."""
        marks = [(machine, user_id, mark._replace(rating_key=key)) for own, user_id, mark in played
                 for machine, key in copies(own, mark.rating_key)]
        if marks and state_db.exists(self._path):
            with self._open() as state, state.transaction():
                state.put_marks(_known_at(state, marks))

    def played(self, items: Sequence[Tuple[str, str]], user_id: str) -> None:
        """Kodi has kept a resume point of its own for (machineIdentifier, ratingKey). Raises :class:`DatabaseError`."""
        if state_db.exists(self._path):
            another = self._library_user.is_another(user_id)
            with self._open() as state, state.transaction():
                for machine, rating_key in items:
                    (state.write_again if another else state.look_again)(state.server_id(machine), [rating_key])

    def unsent(self, user_id: str) -> Dict[str, Unsent]:
        """What the servers are to be told in the name of a user, by machineIdentifier. Raises DatabaseError."""
        if not state_db.exists(self._path):
            return {}
        with state_db.open_reader(self._path) as state:
            numbers = {state.machine_identifier(server): server for server in state.servers()}
            found = {machine: Unsent(state.unsent_marks(numbers[machine], user_id) if machine in numbers else [],
                                     state.ended_reports(machine, user_id))
                     for machine in {*numbers, *state.reporting_servers()}}
        return {machine: one for machine, one in found.items() if one.marks or one.reports}

    def shows_of(self, machine_identifier: str, rating_keys: Sequence[str], episode: PlexType) -> Dict[str, str]:
        """The shows of those of the items that are episodes. Raises :class:`DatabaseError`."""
        with state_db.open_reader(self._path) as state:
            rows = state.find(state.server_id(machine_identifier), rating_keys)
        return {key: row.parent_key for key, row in rows.items() if row.plex_type == episode.name and row.parent_key}

    def done(self, machine_identifier: str, user_id: str, sent: Iterable[Mark], refused: Iterable[Mark]) -> None:
        """The server knows ``sent`` and will never take ``refused``. Raises :class:`DatabaseError`."""
        with self._open() as state, state.transaction():
            server_id = state.server_id(machine_identifier)
            state.marks_sent(server_id, user_id, sent)
            state.drop_marks(server_id, user_id, refused)

    def drop_watched(self, machine_identifier: str, rating_key: str) -> None:
        """That an item is marked as watched was Kodi's own doing, at the end of a playback. Raises DatabaseError."""
        if state_db.exists(self._path):
            with self._open() as state, state.transaction():
                state.drop_watched_mark(state.server_id(machine_identifier), rating_key)

    def drop_recent(self, rows: Sequence[Tuple[str, int]], since: int) -> bool:
        """Drop the unsent marks of rows, given as (Plex type, Kodi's id), that were made since then (Unix seconds).

        The next sync writes the rows anew. False if none of them is ours. Raises :class:`DatabaseError`.
        """
        if not state_db.exists(self._path):
            return False
        with state_db.open_reader(self._path) as state:
            found = [row for row in (state.by_kodi_id(*row) for row in rows) if row is not None]
        if found:
            with self._open() as state, state.transaction():
                for row in found:
                    state.drop_recent_marks(row.server_id, row.rating_key, since)
                    state.write_again(row.server_id, [row.rating_key])
        return bool(found)

    def put_report(self, report: PlaybackReport) -> None:
        """Remember that a report is being tried. Raises :class:`DatabaseError`."""
        with self._open() as state, state.transaction():
            state.put_report(report, False)

    def drop_report(self, report: PlaybackReport) -> None:
        """The server knows it. Raises :class:`DatabaseError`."""
        with self._open() as state, state.transaction():
            state.drop_report(report.session_id)

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


def _known(mark: Mark) -> List[Tuple[str, str, float]]:
    """What Kodi's row says of an item after a mark. Who marks it as watched or not gives up its resume point."""
    value = max(0.0, mark.value)
    known = [(mark.rating_key, _COLUMNS[mark.action], value if mark.action == RATING else int(value))]
    return known + [(mark.rating_key, _COLUMNS[POSITION], 0)] if mark.action == WATCHED else known


def _known_at(state: StateFile, marks: Sequence[Copied]) -> List[Tuple[int, str, Mark]]:
    """Marks by the ids of their servers in our database, for those that are there."""
    numbered = [(state.server_id(machine), user_id, mark) for machine, user_id, mark in marks]
    return [one for one in numbered if one[0]]
