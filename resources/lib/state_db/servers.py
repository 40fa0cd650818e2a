"""Queries about servers, libraries, cursors of listings, and unconfirmed mass deletions."""
from __future__ import annotations

from typing import Dict, List, Optional

from .queries import Queries
from .records import Cursor, SectionState

_SECTION, _CURSOR = SectionState._fields, Cursor._fields
_LISTING = ('server_id', 'section_key', 'plex_type')


class Servers(Queries):
    """Queries about servers and libraries."""

    def origin(self) -> int:
        """The version of Kodi's video database whose ids are stored; 0 before the first sync."""
        row = self._database.one('SELECT video_version FROM %s' % self._origin)
        return int(row[0]) if row and isinstance(row[0], (int, float)) else 0

    def set_origin(self, video_version: int) -> None:
        """Store that version. All that has ids of another version's rows is deleted."""
        if self.origin():
            for table in (self._item, self._collection, self._doubt, self._cursor, self._member):
                self._database.run('DELETE FROM %s' % table)
        self._database.run('DELETE FROM %s' % self._origin)
        self._database.insert_row(self._origin, {'video_version': video_version})

    def server_id(self, machine_identifier: str) -> int:
        """The id of a server in this database, 0 for an unknown one."""
        row = self._database.one('SELECT server_id FROM %s WHERE machine_identifier = ?' % self._server,
                                 (machine_identifier,))
        return int(row[0]) if row else 0

    def add_server(self, machine_identifier: str) -> int:
        """The id of a server, which is added if new."""
        return self.server_id(machine_identifier) or self._database.insert_row(
            self._server, {'machine_identifier': machine_identifier})

    def servers(self) -> List[int]:
        """The ids of all servers."""
        return [int(row[0]) for row in self._database.rows('SELECT server_id FROM %s' % self._server)]

    def forget_server(self, server_id: int) -> None:
        """Delete a server with everything that is stored about it."""
        self._box.delete(self._pending, ('server_id',), [(self._in_box(server_id),)])
        for table in (self._item, self._collection, self._section, self._doubt, self._cursor, self._member, self._kept,
                      self._server):
            self._database.delete(table, ('server_id',), [(server_id,)])

    def sections(self, server_id: int) -> Dict[str, SectionState]:
        """The synced libraries, by key."""
        rows = self._database.rows('SELECT %s FROM %s WHERE server_id = ?' % (', '.join(_SECTION), self._section),
                                   (server_id,))
        return {row[0]: SectionState(*row) for row in rows}

    def put_section(self, server_id: int, section: SectionState) -> None:
        """Store a library."""
        self._database.replace(self._section, ('server_id',) + _SECTION, [(server_id,) + section])

    def drop_section(self, server_id: int, section_key: str) -> None:
        """Delete a library."""
        for table in (self._section, self._cursor, self._doubt):
            self._database.delete(table, ('server_id', 'section_key'), [(server_id, section_key)])

    # ---- cursors of listings -----------------------------------------------------------------------------------

    def cursor(self, server_id: int, section_key: str, plex_type: str) -> Optional[Cursor]:
        """The cursor of one type in a library; None before its first complete sweep."""
        row = self._database.one('SELECT %s FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?' % (
            ', '.join(_CURSOR), self._cursor), (server_id, section_key, plex_type))
        return Cursor(*row) if row else None

    def set_cursor(self, server_id: int, section_key: str, plex_type: str, cursor: Cursor) -> None:
        """Store a cursor."""
        self._database.replace(self._cursor, _LISTING + _CURSOR, [(server_id, section_key, plex_type) + cursor])

    # ---- unconfirmed mass deletions ----------------------------------------------------------------------------

    def doubt(self, server_id: int, section_key: str, plex_type: str) -> str:
        """The fingerprint of a mass deletion that the last sync saw and did not carry out, '' for none."""
        row = self._database.one(
            'SELECT fingerprint FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?' % self._doubt,
            (server_id, section_key, plex_type))
        return str(row[0]) if row else ''

    def set_doubt(self, server_id: int, section_key: str, plex_type: str, fingerprint: str) -> None:
        """Store such a fingerprint; '' deletes it."""
        key = (server_id, section_key, plex_type)
        if fingerprint:
            self._database.replace(self._doubt, _LISTING + ('fingerprint',), [key + (fingerprint,)])
        else:
            self._database.delete(self._doubt, _LISTING, [key])
