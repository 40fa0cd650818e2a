"""Playbacks whose end the server does not know yet."""
from __future__ import annotations

from typing import List, NamedTuple

from .marks import WATCHED, Marks


class PlaybackReport(NamedTuple):
    """Where a playback was when it was last seen. Times in milliseconds, ``made_at`` in Unix seconds (Kodi's clock).

    ``watched``: it counts as watched. ``views_before``: how often the item counted as watched before it, -1 if that is
    not known. ``tried``: the server may have been told, but its answer did not come.
    """

    session_id: str
    machine_identifier: str
    user_id: str
    rating_key: str
    position_ms: int
    duration_ms: int
    watched: bool
    views_before: int
    tried: bool
    made_at: int
    sequence: int = 0


class Reports(Marks):
    """Queries about reports. One that is ``open`` belongs to whoever follows the playback."""

    def put_report(self, report: PlaybackReport, is_open: bool) -> None:
        """Remember where a playback is (``is_open``), or how it ended."""
        row = report._replace(sequence=report.sequence or self.next_sequence())
        self._database.replace(self._report, PlaybackReport._fields + ('open',), [tuple(row) + (int(is_open),)])

    def close_reports(self) -> None:
        """Nobody follows a playback any more: Kodi has just started. That such an item is marked as watched was Kodi's
        own doing at its end.
        """
        self._database.run('UPDATE %s SET open = 0 WHERE open = 1' % self._report)
        self._database.run(
            'DELETE FROM {mark} WHERE action = ? AND value > 0 AND sent = 0 AND EXISTS (SELECT 1 FROM {report} r JOIN '
            '{server} s ON s.machine_identifier = r.machine_identifier WHERE s.server_id = {mark}.server_id AND '
            'r.rating_key = {mark}.rating_key)'.format(mark=self._pending, report=self._report, server=self._server),
            (WATCHED,))

    def has_reports(self) -> bool:
        """Whether there is a report, open or not."""
        return self._database.one('SELECT 1 FROM %s LIMIT 1' % self._report) is not None

    def ended_reports(self, machine_identifier: str, user_id: str) -> List[PlaybackReport]:
        """What a server is to be told in the name of a user, the oldest first."""
        rows = self._database.rows(
            'SELECT %s FROM %s WHERE machine_identifier = ? AND user_id = ? AND open = 0 ORDER BY sequence' % (
                ', '.join(PlaybackReport._fields), self._report), (machine_identifier, user_id))
        return [PlaybackReport(*row)._replace(watched=bool(row[6]), tried=bool(row[8])) for row in rows]

    def reporting_servers(self) -> List[str]:
        """The machineIdentifiers of the servers that are to be told something."""
        return [str(row[0]) for row in self._database.rows(
            'SELECT DISTINCT machine_identifier FROM %s WHERE open = 0' % self._report)]

    def drop_report(self, session_id: str) -> None:
        """The server knows, or never will."""
        self._database.run('DELETE FROM %s WHERE session_id = ?' % self._report, (session_id,))
