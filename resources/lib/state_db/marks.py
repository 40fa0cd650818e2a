"""Watched marks that the user set in Kodi, on their way to the server."""
from __future__ import annotations

from typing import Dict, Iterable, Tuple

from .queries import Queries
from .schema import OLDEST_FIRST

_KEY = ('server_id', 'user_id', 'rating_key')


class Marks(Queries):
    """Queries about marks. Each belongs to the Plex user who made it; the last one for an item counts.

    A mark that the server was told of is kept as sent until the next sync begins: one that is under way may have
    asked the server before.
    """

    def unsent_marks(self, server_id: int, user_id: str) -> Dict[str, bool]:
        """Marks (ratingKey: watched) of a user that the server was not told yet."""
        return {row[0]: bool(row[1]) for row in self._database.rows(
            'SELECT rating_key, watched FROM %s WHERE server_id = ? AND user_id = ? AND sent = 0 %s' % (
                self._pending, OLDEST_FIRST), (server_id, user_id))}

    def marks(self, server_id: int, user_id: str) -> Dict[str, bool]:
        """All marks (ratingKey: watched) of a user that what the server says must not undo yet."""
        return {row[0]: bool(row[1]) for row in self._database.rows(
            'SELECT rating_key, watched FROM %s WHERE server_id = ? AND user_id = ?' % self._pending,
            (server_id, user_id))}

    def put_marks(self, rows: Iterable[Tuple[int, str, str, bool]]) -> None:
        """Remember (server, user, ratingKey, watched)."""
        self._database.replace(self._pending, _KEY + ('watched', 'sent'), [row + (0,) for row in rows])

    def marks_sent(self, server_id: int, user_id: str, rating_keys: Iterable[str]) -> None:
        """The server knows these."""
        self._database.many(
            'UPDATE %s SET sent = 1 WHERE server_id = ? AND user_id = ? AND rating_key = ?' % self._pending,
            [(server_id, user_id, key) for key in rating_keys])

    def drop_marks(self, server_id: int, user_id: str, rating_keys: Iterable[str]) -> None:
        """Forget marks that the server will never take."""
        self._database.delete(self._pending, _KEY, [(server_id, user_id, key) for key in rating_keys])

    def has_sent_marks(self) -> bool:
        """Whether :meth:`drop_sent_marks` would find one."""
        return self._database.one('SELECT 1 FROM %s WHERE sent = 1 LIMIT 1' % self._pending) is not None

    def drop_sent_marks(self) -> None:
        """Forget what the servers know, before a sync asks them."""
        self._database.run('DELETE FROM %s WHERE sent = 1' % self._pending)
