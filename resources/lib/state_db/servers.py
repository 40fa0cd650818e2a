"""Servers, their libraries, how far the listings of these were seen, and doubts about mass deletions."""
from __future__ import annotations

from typing import Dict, List, Optional

from .queries import Queries
from .records import Cursor, SectionState


class Servers(Queries):
    """Queries about servers and libraries."""

    def origin(self) -> int:
        """The version of Kodi's video database whose rows the items are, 0 before the first sync."""
        row = self._connection.execute('SELECT CAST(video_version AS INTEGER) FROM %s' % self._origin).fetchone()
        return int(row[0]) if row else 0

    def set_origin(self, video_version: int) -> None:
        """Remember that. What was known of another version's rows is forgotten; their numbers may mean others here."""
        if self.origin():
            for table in (self._item, self._collection, self._doubt, self._cursor, self._member):
                self._connection.execute('DELETE FROM %s' % table)
        self._connection.execute('DELETE FROM %s' % self._origin)
        self._connection.execute('INSERT INTO %s VALUES (?)' % self._origin, (video_version,))

    def server_id(self, machine_identifier: str) -> int:
        """The small number of a server, 0 when it is not known yet."""
        row = self._connection.execute('SELECT server_id FROM %s WHERE machine_identifier = ?' % self._server,
                                       (machine_identifier,)).fetchone()
        return int(row[0]) if row else 0

    def add_server(self, machine_identifier: str) -> int:
        """The number of a server, made when it is new."""
        known = self.server_id(machine_identifier)
        return known or int(self._connection.execute(
            'INSERT INTO %s (machine_identifier) VALUES (?)' % self._server, (machine_identifier,)).lastrowid or 0)

    def servers(self) -> List[int]:
        """The numbers of all servers."""
        return [int(row[0]) for row in self._connection.execute('SELECT server_id FROM %s' % self._server)]

    def forget_server(self, server_id: int) -> None:
        """Drop a server with everything that is known of it."""
        for table in (self._item, self._collection, self._section, self._doubt, self._cursor, self._member, self._kept,
                      self._pending, self._server):
            self._connection.execute('DELETE FROM %s WHERE server_id = ?' % table, (server_id,))

    def sections(self, server_id: int) -> Dict[str, SectionState]:
        """The libraries that were synced, by key."""
        rows = self._connection.execute('SELECT section_key, uuid, plex_type, title, missing FROM %s '
                                        'WHERE server_id = ?' % self._section, (server_id,))
        return {row[0]: SectionState(*row) for row in rows}

    def put_section(self, server_id: int, section: SectionState) -> None:
        """Remember a library."""
        self._connection.execute('INSERT OR REPLACE INTO %s (server_id, section_key, uuid, plex_type, title, '
                                 'missing) VALUES (?, ?, ?, ?, ?, ?)' % self._section, (server_id,) + section)

    def drop_section(self, server_id: int, section_key: str) -> None:
        """Forget a library."""
        for table in (self._section, self._cursor, self._doubt):
            self._connection.execute('DELETE FROM %s WHERE server_id = ? AND section_key = ?' % table,
                                     (server_id, section_key))

    # ---- how far listings were seen ------------------------------------------------------------------------------

    def cursor(self, server_id: int, section_key: str, plex_type: str) -> Optional[Cursor]:
        """How far the listing of one type in a library was seen; None before its first complete sweep."""
        row = self._connection.execute(
            'SELECT stamp, total, watched, started FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?'
            % self._cursor, (server_id, section_key, plex_type)).fetchone()
        return Cursor(*row) if row else None

    def set_cursor(self, server_id: int, section_key: str, plex_type: str, cursor: Cursor) -> None:
        """Remember how far a listing was seen."""
        self._connection.execute('INSERT OR REPLACE INTO %s VALUES (?, ?, ?, ?, ?, ?, ?)' % self._cursor,
                                 (server_id, section_key, plex_type) + cursor)

    # ---- doubts about mass deletions ---------------------------------------------------------------------------

    def doubt(self, server_id: int, section_key: str, plex_type: str) -> str:
        """The fingerprint of a mass deletion that was seen once and not carried out, '' for none."""
        row = self._connection.execute(
            'SELECT fingerprint FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?' % self._doubt,
            (server_id, section_key, plex_type)).fetchone()
        return str(row[0]) if row else ''

    def set_doubt(self, server_id: int, section_key: str, plex_type: str, fingerprint: str) -> None:
        """Remember such a deletion, or with '' that there is none any more."""
        key = (server_id, section_key, plex_type)
        if fingerprint:
            self._connection.execute('INSERT OR REPLACE INTO %s VALUES (?, ?, ?, ?)' % self._doubt,
                                     key + (fingerprint,))
        else:
            self._connection.execute('DELETE FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?'
                                     % self._doubt, key)
