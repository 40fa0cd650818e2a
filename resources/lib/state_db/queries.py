"""The base class of all queries: connections, and the names of our tables in them."""
from __future__ import annotations

from typing import Optional

from ..sql.statements import Statements


class Queries:
    """Queries on a connection; ``schema`` is the prefix (with a dot) of our tables where they are attached.

    Where several devices share Kodi's library, the tables of what is true of it are beside it on the server, and those
    of what this device still has to tell are in ``box``, a file of its own.
    """

    def __init__(self, statements: Statements, schema: str = '', box: Optional[Statements] = None) -> None:
        self._database = statements
        self._box = box or statements
        own = '' if box else schema
        self._origin = schema + 'origin'
        self._item = schema + 'item'
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
