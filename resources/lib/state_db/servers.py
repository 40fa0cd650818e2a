"""Servers, their libraries, how far the listings of these were seen, and doubts about mass deletions."""
from __future__ import annotations

from typing import Dict, List, Optional

from .queries import Queries
from .records import Cursor, SectionState

_SECTION, _CURSOR = SectionState._fields, Cursor._fields
_LISTING = ('server_id', 'section_key', 'plex_type')


class Servers(Queries):
    """Queries about servers and libraries."""

    def origin(self) -> int:
        """The version of Kodi's video database whose rows the items are, 0 before the first sync."""
        row = self._database.one('SELECT CAST(video_version AS INTEGER) FROM %s' % self._origin)
        return int(row[0]) if row else 0

    def set_origin(self, video_version: int) -> None:
        """Remember that. What was known of another version's rows is forgotten; their numbers may mean others here."""
        if self.origin():
            for table in (self._item, self._collection, self._doubt, self._cursor, self._member):
                self._database.run('DELETE FROM %s' % table)
        self._database.run('DELETE FROM %s' % self._origin)
        self._database.insert_row(self._origin, {'video_version': video_version})

    def server_id(self, machine_identifier: str) -> int:
        """The small number of a server, 0 when it is not known yet."""
        row = self._database.one('SELECT server_id FROM %s WHERE machine_identifier = ?' % self._server,
                                 (machine_identifier,))
        return int(row[0]) if row else 0

    def add_server(self, machine_identifier: str) -> int:
        """The number of a server, made when it is new."""
        return self.server_id(machine_identifier) or self._database.insert_row(
            self._server, {'machine_identifier': machine_identifier})

    def servers(self) -> List[int]:
        """The numbers of all servers."""
        return [int(row[0]) for row in self._database.rows('SELECT server_id FROM %s' % self._server)]

    def forget_server(self, server_id: int) -> None:
        """Drop a server with everything that is known of it."""
        for table in (self._item, self._collection, self._section, self._doubt, self._cursor, self._member, self._kept,
                      self._pending, self._server):
            self._database.delete(table, ('server_id',), [(server_id,)])

    def sections(self, server_id: int) -> Dict[str, SectionState]:
        """The libraries that were synced, by key."""
        rows = self._database.rows('SELECT %s FROM %s WHERE server_id = ?' % (', '.join(_SECTION), self._section),
                                   (server_id,))
        return {row[0]: SectionState(*row) for row in rows}

    def put_section(self, server_id: int, section: SectionState) -> None:
        """Remember a library."""
        self._database.replace(self._section, ('server_id',) + _SECTION, [(server_id,) + section])

    def drop_section(self, server_id: int, section_key: str) -> None:
        """Forget a library."""
        for table in (self._section, self._cursor, self._doubt):
            self._database.delete(table, ('server_id', 'section_key'), [(server_id, section_key)])

    # ---- how far listings were seen ------------------------------------------------------------------------------

    def cursor(self, server_id: int, section_key: str, plex_type: str) -> Optional[Cursor]:
        """How far the listing of one type in a library was seen; None before its first complete sweep."""
        row = self._database.one('SELECT %s FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?' % (
            ', '.join(_CURSOR), self._cursor), (server_id, section_key, plex_type))
        return Cursor(*row) if row else None

    def set_cursor(self, server_id: int, section_key: str, plex_type: str, cursor: Cursor) -> None:
        """Remember how far a listing was seen."""
        self._database.replace(self._cursor, _LISTING + _CURSOR, [(server_id, section_key, plex_type) + cursor])

    # ---- doubts about mass deletions ---------------------------------------------------------------------------

    def doubt(self, server_id: int, section_key: str, plex_type: str) -> str:
        """The fingerprint of a mass deletion that was seen once and not carried out, '' for none."""
        row = self._database.one(
            'SELECT fingerprint FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?' % self._doubt,
            (server_id, section_key, plex_type))
        return str(row[0]) if row else ''

    def set_doubt(self, server_id: int, section_key: str, plex_type: str, fingerprint: str) -> None:
        """Remember such a deletion, or with '' that there is none any more."""
        key = (server_id, section_key, plex_type)
        if fingerprint:
            self._database.replace(self._doubt, _LISTING + ('fingerprint',), [key + (fingerprint,)])
        else:
            self._database.delete(self._doubt, _LISTING, [key])
