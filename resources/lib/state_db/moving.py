"""What a device has to tell the servers, when Kodi's library moves from its files to a database server, or back.

Then our database is another one too. What nobody but this device knows goes along: marks and playbacks that the servers
have not been told of, the versions that the user chose, and preserved dates. Our database beside the library in files,
and the device's own file of a shared one, have the same tables.
"""
from __future__ import annotations

import os
from typing import Dict, List, Sequence

from ..sql import sqlite
from ..sql.connection import Values
from ..sql.statements import Statements
from . import file as files
from .reports import PlaybackReport
from .shared import FILE_NAME as BOX_FILE_NAME
from .shared import Location, SharedState, box_of

_PATIENCE = 10.0
#: The name of the other file in the connection.
_BEFORE = 'before.'
_MARK = ('server_id', 'user_id', 'rating_key', 'action', 'value', 'made_at', 'sequence', 'sent')
_REPORT = (*PlaybackReport._fields, 'open')
_VERSION = ('machine_identifier', 'rating_key', 'media_id')
_DATE = ('server_id', 'rating_key', 'added_at', 'date_added')


def earlier(location: Location) -> str:
    """The file in which those things are while Kodi's library is in the other place."""
    here = box_of(location)
    return os.path.join(os.path.dirname(here),
                        files.FILE_NAME if isinstance(location, SharedState) else BOX_FILE_NAME)


def bring_over(location: Location) -> None:
    """Move them to where they are looked for now. Can be repeated. Raises :class:`DatabaseError`, OSError."""
    here, before = box_of(location), earlier(location)
    if not files.exists(before):
        return
    files.prepare(before)
    files.prepare(here)
    database = Statements(sqlite.connect(here, _PATIENCE))
    try:
        database.connection.attach(before, _BEFORE[:-1])
        with files.transaction(database):
            _Move(database).run(isinstance(location, SharedState))
    finally:
        database.close()


class _Move:

    def __init__(self, database: Statements) -> None:
        self._database = database
        self._servers: Dict[int, int] = {}

    def run(self, to_server: bool) -> None:
        """What comes is the newer; only of versions none is chosen in a file that is not in use."""
        last = max(int(row[0] or 0) for table in ('mark', 'playback_report')
                   for row in self._database.rows('SELECT max(sequence) FROM main.%s' % table))
        self._marks(last)
        self._reports(last)
        self._database.insert_missing('version_choice', _VERSION, self._read('version_choice', _VERSION))
        self._database.run('DELETE FROM %sversion_choice' % _BEFORE)
        if to_server:  # where a sync shares them; beside the files they stay true
            self._database.replace('kept_date', _DATE, [
                (self._server(row[0]), *row[1:]) for row in self._read('kept_date', _DATE)])

    def _marks(self, last: int) -> None:
        rows = [row for row in self._read('mark', _MARK) if self._server(row[0])]
        self._database.replace('mark', _MARK, [
            (self._server(row[0]), *row[1:-2], row[-2] + last, 0) for row in rows if not row[-1]])
        self._database.delete(_BEFORE + 'mark', ('server_id',), [(server,) for server in {row[0] for row in rows}])

    def _reports(self, last: int) -> None:
        self._database.replace('playback_report', _REPORT, [
            (*row[:-2], row[-2] + last, 0) for row in self._read('playback_report', _REPORT)])
        self._database.run('DELETE FROM %splayback_report' % _BEFORE)

    def _read(self, table: str, columns: Sequence[str]) -> List[Values]:
        return self._database.rows('SELECT %s FROM %s%s' % (', '.join(columns), _BEFORE, table))

    def _server(self, before: int) -> int:
        """The id here of a server with that id there, which gets one; 0 for one that is not known there either."""
        if before not in self._servers:
            row = self._database.one('SELECT machine_identifier FROM %sserver WHERE server_id = ?' % _BEFORE, (before,))
            self._servers[before] = self._add(str(row[0])) if row else 0
        return self._servers[before]

    def _add(self, machine_identifier: str) -> int:
        row = self._database.one('SELECT server_id FROM main.server WHERE machine_identifier = ?',
                                 (machine_identifier,))
        return int(row[0]) if row else self._database.insert_row('main.server', {
            'machine_identifier': machine_identifier})
