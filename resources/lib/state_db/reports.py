"""Queries about playbacks whose end has not been sent to the server yet."""
from __future__ import annotations

from typing import List, NamedTuple

from .marks import WATCHED, Marks


class PlaybackReport(NamedTuple):
    """The last known state of a playback. Positions in milliseconds, ``made_at`` in Unix seconds (Kodi's clock).

    ``watched``: it counts as watched. ``views_before``: the item's view count before the playback, -1 if not known.
    ``tried``: it was sent, but the answer did not come.
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
    """Queries about reports. An ``open`` one is of a playback that is still running."""

    def put_report(self, report: PlaybackReport, is_open: bool) -> None:
        """Store the present state of a playback (``is_open``), or its end."""
        row = report._replace(sequence=report.sequence or self.next_sequence())
        self._box.replace(self._report, PlaybackReport._fields + ('open',), [tuple(row) + (int(is_open),)])

    def close_reports(self) -> None:
        """Close all open reports. Call when Kodi has started: no playback is running.

        Unsent marks as watched of their items are deleted, since Kodi set them at the end of the playback.
        """
        self._box.run('UPDATE %s SET open = 0 WHERE open = 1' % self._report)
        played = self._box.rows('SELECT machine_identifier, rating_key FROM %s' % self._report)
        servers = {machine: self._machine_in_box(machine) for machine in sorted({row[0] for row in played})}
        self._box.many(
            'DELETE FROM %s WHERE action = ? AND value > 0 AND sent = 0 AND server_id = ? AND rating_key = ?' %
            self._pending, [(WATCHED, servers[machine], key) for machine, key in played])

    def has_reports(self) -> bool:
        """Whether there is a report, open or not."""
        return self._box.one('SELECT 1 FROM %s LIMIT 1' % self._report) is not None

    def ended_reports(self, machine_identifier: str, user_id: str) -> List[PlaybackReport]:
        """The reports to send to a server as this user, the oldest first."""
        rows = self._box.rows(
            'SELECT %s FROM %s WHERE machine_identifier = ? AND user_id = ? AND open = 0 ORDER BY sequence' % (
                ', '.join(PlaybackReport._fields), self._report), (machine_identifier, user_id))
        return [PlaybackReport(*row)._replace(watched=bool(row[6]), tried=bool(row[8])) for row in rows]

    def count_ended_reports(self) -> int:
        """The number of reports, of all users, that have not been sent yet."""
        row = self._box.one('SELECT count(*) FROM %s WHERE open = 0' % self._report)
        return int(row[0]) if row else 0

    def reporting_servers(self) -> List[str]:
        """The machineIdentifiers of the servers to which reports must be sent."""
        return [str(row[0]) for row in self._box.rows(
            'SELECT DISTINCT machine_identifier FROM %s WHERE open = 0' % self._report)]

    def drop_report(self, session_id: str) -> None:
        """Delete a report, after it was sent or can never be."""
        self._box.run('DELETE FROM %s WHERE session_id = ?' % self._report, (session_id,))
