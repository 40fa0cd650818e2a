"""The base class of all queries: connections, and the names of our tables in them."""
from __future__ import annotations

from typing import Dict, Optional

from ..sql.statements import Statements


class Queries:
    """Queries on a connection; ``schema`` is the prefix (with a dot) of our tables where they are attached.

    Where several devices share Kodi's library, the tables of what is true of it are beside it on the server, and those
    of what this device still has to tell are in ``box``, a file of its own, with ids of servers of its own: the library
    may be made anew on its server, or be left for one in files.
    """

    def __init__(self, statements: Statements, schema: str = '', box: Optional[Statements] = None) -> None:
        self._database = statements
        self._box = box or statements
        self._machines: Dict[int, str] = {}
        own = '' if box else schema
        self._origin = schema + 'origin'
        self._item = schema + 'item'
        #: Items ``a`` that are found by server and guid of ``k``. Of one table alone SQLite reads all items of a
        #: server, as the index of the guids has not all columns.
        self._by_guid = '{0} k CROSS JOIN {0} a ON a.server_id = k.server_id AND a.rating_key = k.rating_key'.format(
            self._item)
        self._section = schema + 'section'
        self._server = schema + 'server'
        self._doubt = schema + 'doubt'
        self._cursor = schema + 'cursor'
        self._collection = schema + 'collection'
        self._member = schema + 'member'
        self._kept = schema + 'kept_date'
        self._pending = own + 'mark'
        self._report = own + 'playback_report'
        self._version = own + 'version_choice'
        self._box_server = own + 'server'
        self._box_kept = own + 'kept_date'

    def _in_box(self, server_id: int, add: bool = False) -> int:
        """The id of a server in the device's own file, 0 where it has none; ``add``: it gets one."""
        if self._box is self._database:
            return server_id
        if server_id not in self._machines:  # each question costs what the network takes
            row = self._database.one('SELECT machine_identifier FROM %s WHERE server_id = ?' % self._server,
                                     (server_id,))
            if row is None:
                return 0
            self._machines[server_id] = str(row[0])
        return self._machine_in_box(self._machines[server_id]) or self._without_row(server_id, add)

    def _machine_in_box(self, machine_identifier: str) -> int:
        """The id of a server in the device's own file, 0 where it has none."""
        row = self._box.one('SELECT server_id FROM %s WHERE machine_identifier = ?' % self._box_server,
                            (machine_identifier,))
        return int(row[0]) if row else 0

    def _without_row(self, server_id: int, add: bool) -> int:
        """The id of a server that has no row there: files of earlier versions had none, and the common ids."""
        taken = [row[0] for row in self._box.rows('SELECT server_id FROM %s' % self._box_server)]
        if not add:
            return 0 if taken else server_id
        row = {'machine_identifier': self._machines[server_id]}
        return self._box.insert_row(self._box_server, row if server_id in taken else dict(row, server_id=server_id))
