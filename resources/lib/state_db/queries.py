"""The base class of all queries: a connection and the names of our tables in it."""
from __future__ import annotations

from ..sql.statements import Statements


class Queries:
    """Queries on a connection; ``schema`` is the prefix (with a dot) of our tables where they are attached."""

    def __init__(self, statements: Statements, schema: str = '') -> None:
        self._database = statements
        self._origin = schema + 'origin'
        self._item = schema + 'item'
        self._section = schema + 'section'
        self._server = schema + 'server'
        self._doubt = schema + 'doubt'
        self._cursor = schema + 'cursor'
        self._collection = schema + 'collection'
        self._member = schema + 'member'
        self._kept = schema + 'kept_date'
        self._pending = schema + 'mark'
        self._report = schema + 'playback_report'
        self._version = schema + 'version_choice'
