"""The part of our database that several devices share: beside Kodi's library on its server.

One commit there covers Kodi's rows and ours. Marks, reports of playbacks and the user's choice of versions are of one
device and stay in a file of it. Each version of Kodi's library has a database of ours of its own, as it has other rows.
"""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Union
from uuid import uuid4

from ..sql import engines
from ..sql.errors import DatabaseError, NewerState, NoSuchDatabase
from ..sql.lazy import LazyConnection
from ..sql.location import ServerDatabase
from ..sql.statements import Statements
from . import file as files
from . import shared_schema

#: The device's own file.
FILE_NAME = 'state-shared.db'
#: What follows the name of Kodi's library in the name of ours. A user who may use all databases whose names begin like
#: that of the library, as Kodi's manual has it, may use ours too.
SUFFIX = '_plexkodiconnect'
#: Seconds to wait for another device that creates the tables at the same moment.
_PATIENCE = 10.0


@dataclass(frozen=True)
class SharedState:
    """Where both parts are: the device's own file, and the database on the server. ``device`` tells the present process
    from those of other devices.
    """

    box: str
    shared: ServerDatabase
    device: str = field(default_factory=lambda: uuid4().hex, compare=False)

    @property
    def schema(self) -> str:
        """The prefix of the tables on the server, for a connection to any of its databases."""
        return '`%s`.' % self.shared.name


#: The path of the whole database, or both parts of a shared one.
Location = Union[str, SharedState]


def beside(box: str, video: ServerDatabase) -> SharedState:
    """Our database beside Kodi's library."""
    return SharedState(box, ServerDatabase(video.server, video.name + SUFFIX, video.group))


def box_of(location: Location) -> str:
    """The file of this device."""
    return location.box if isinstance(location, SharedState) else location


def connect_lazily(location: SharedState, patience: float) -> LazyConnection:
    """A connection to the server for when it is needed: much is only about the device's own file."""
    return LazyConnection(lambda: engines.open_writer(location.shared, patience))


def prepare(location: SharedState) -> bool:
    """As :func:`.file.prepare`, for both parts."""
    intact = files.prepare(location.box)
    database = Statements(engines.open_writer(replace(location.shared, name=''), _PATIENCE))
    try:
        version = _version(database, location.schema)
        if version > shared_schema.VERSION:
            raise NewerState('the common database is of version %d' % version)
        if version < shared_schema.VERSION:
            _bring_up_to_date(database, location)
    finally:
        database.close()
    return intact


def _version(database: Statements, schema: str) -> int:
    """The version of the tables; 0 for none."""
    try:
        row = database.one('SELECT version FROM %sschema_version' % schema)
    except NoSuchDatabase:
        return 0
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise
        return 0  # no such table
    return int(row[0]) if row else 0


def _bring_up_to_date(database: Statements, location: SharedState) -> None:
    """Create what is missing. The server commits each of these statements by itself, so all of them can be repeated;
    the lock of a transaction keeps other devices away only until the first, and does not have to do more.
    """
    try:
        database.rows('SHOW TABLES FROM `%s`' % location.shared.name)
    except NoSuchDatabase:
        database.run('CREATE DATABASE IF NOT EXISTS `%s` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'
                     % location.shared.name)
    for statement in shared_schema.TABLES:
        database.run(statement % location.schema)
    table = location.schema + 'schema_version'
    database.replace(table, ('one', 'version'), [(1, shared_schema.VERSION)])
