"""Queries about marks that the user set in Kodi and that are to be sent to the server."""
from __future__ import annotations

from typing import Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

from .queries import Queries

_KEY = ('server_id', 'user_id', 'rating_key', 'action')
#: Actions, with the meaning of a mark's value: watched or not (1, 0), the user's rating (0 to 10, -1 for none), and
#: the resume point in milliseconds (0 for none).
WATCHED, RATING, POSITION = 'watched', 'rating', 'position'


class Mark(NamedTuple):
    """A user's action on an item. ``made_at`` is by Kodi's clock (Unix seconds); of two marks the one with the higher
    ``sequence`` is the newer one.
    """

    rating_key: str
    action: str
    value: float
    made_at: int
    sequence: int = 0


class Marks(Queries):
    """Queries about marks. Each belongs to the Plex user who set it; the last one of each action for an item counts.

    A mark that was sent to the server is kept as sent until the next sync begins, since a running one may have asked
    the server before.
    """

    def unsent_marks(self, server_id: int, user_id: str) -> List[Mark]:
        """Marks of a user that have not been sent yet, the oldest first."""
        return [Mark(*row) for row in self._box.rows(
            'SELECT rating_key, action, value, made_at, sequence FROM %s WHERE server_id = ? AND user_id = ? '
            'AND sent = 0 ORDER BY sequence' % self._pending, (self._in_box(server_id), user_id))]

    def count_unsent_marks(self) -> int:
        """The number of marks, of all users, that have not been sent yet."""
        row = self._box.one('SELECT count(*) FROM %s WHERE sent = 0' % self._pending)
        return int(row[0]) if row else 0

    def marks(self, server_id: int, user_id: str) -> Dict[str, Optional[bool]]:
        """The items with marks of a user, sent or not, which a sync must not undo yet: whether they are marked as
        watched, None if only rating or resume point were changed.
        """
        marks: Dict[str, Optional[bool]] = {}
        for rating_key, action, value in self._box.rows(
                'SELECT rating_key, action, value FROM %s WHERE server_id = ? AND user_id = ?' % self._pending,
                (self._in_box(server_id), user_id)):
            watched = bool(value) if action == WATCHED else None
            marks[rating_key] = marks.get(rating_key) if watched is None else watched
        return marks

    def set_by_user(self, server_id: int, user_id: str) -> Set[str]:
        """The items of which a user changed rating or resume point, sent or not: what a sync was told of them before is
        older.
        """
        return {row[0] for row in self._box.rows(
            'SELECT rating_key FROM %s WHERE server_id = ? AND user_id = ? AND action != ?' % self._pending,
            (self._in_box(server_id), user_id, WATCHED))}

    def put_marks(self, rows: Iterable[Tuple[int, str, Mark]]) -> None:
        """Store marks, given as (server id, user id, mark), in this order.

        Marking an item as watched or unwatched removes its resume point, so an older mark of a resume point is
        deleted, and a later one that removes it is not stored.
        """
        rows = [(self._in_box(server_id, add=True), user_id, mark) for server_id, user_id, mark in rows]
        rows = [row for row in rows if not self._gave_up_position(*row)]
        sequence = self.next_sequence()
        values = []
        for server_id, user_id, mark in rows:
            values.append((server_id, user_id, mark.rating_key, mark.action, mark.value, mark.made_at, sequence, 0))
            sequence += 1
        self._box.delete(self._pending, _KEY, [row[:3] + (POSITION,) for row in values if row[3] == WATCHED])
        self._box.replace(self._pending, _KEY + ('value', 'made_at', 'sequence', 'sent'), values)

    def _gave_up_position(self, server_id: int, user_id: str, mark: Mark) -> bool:
        return mark.action == POSITION and not mark.value and self._box.one(
            'SELECT 1 FROM %s WHERE server_id = ? AND user_id = ? AND rating_key = ? AND action = ?' % self._pending,
            (server_id, user_id, mark.rating_key, WATCHED)) is not None

    def marks_sent(self, server_id: int, user_id: str, marks: Iterable[Mark]) -> None:
        """Record that these marks, not newer ones of the same items, were sent."""
        self._box.many(
            'UPDATE %s SET sent = 1 WHERE server_id = ? AND user_id = ? AND sequence = ?' % self._pending,
            [(self._in_box(server_id), user_id, mark.sequence) for mark in marks])

    def drop_marks(self, server_id: int, user_id: str, marks: Iterable[Mark]) -> None:
        """Delete marks that the server will never accept."""
        self._box.delete(self._pending, ('server_id', 'user_id', 'sequence'),
                              [(self._in_box(server_id), user_id, mark.sequence) for mark in marks])

    def drop_watched_mark(self, server_id: int, rating_key: str) -> None:
        """Delete an item's mark as watched that has not been sent: Kodi set it at the end of a playback."""
        self._box.run('DELETE FROM %s WHERE server_id = ? AND rating_key = ? AND action = ? AND sent = 0 '
                           'AND value > 0' % self._pending, (self._in_box(server_id), rating_key, WATCHED))

    def drop_recent_marks(self, server_id: int, rating_key: str, since: int) -> None:
        """Delete an item's marks that have not been sent and were made since then."""
        self._box.run('DELETE FROM %s WHERE server_id = ? AND rating_key = ? AND sent = 0 AND made_at >= ?'
                      % self._pending, (self._in_box(server_id), rating_key, since))

    def has_sent_marks(self) -> bool:
        """Whether there is a mark that was sent."""
        return self._box.one('SELECT 1 FROM %s WHERE sent = 1 LIMIT 1' % self._pending) is not None

    def drop_sent_marks(self) -> None:
        """Delete the marks that were sent. Call before a sync begins."""
        self._box.run('DELETE FROM %s WHERE sent = 1' % self._pending)

    def next_sequence(self) -> int:
        """A ``sequence`` higher than those of all marks and reports."""
        row = self._box.one('SELECT max((SELECT coalesce(max(sequence), 0) FROM %s), '
                                 '(SELECT coalesce(max(sequence), 0) FROM %s)) + 1' % (self._pending, self._report))
        return int(row[0]) if row else 1
