"""Creating and updating the file, and setting a damaged one aside."""
from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Iterator, Optional

from ..sql import sqlite
from ..sql.errors import DatabaseError, DatabaseLocked
from ..sql.statements import Statements
from . import schema

FILE_NAME = 'state.db'
#: Seconds to wait for a lock when the version is read or tables are created.
_PATIENCE = 10.0


def prepare(path: str) -> bool:
    """Make sure that there is a usable file. Returns false when a damaged one had to be set aside.

    The file is opened for writing only when something must change.
    Raises :class:`DatabaseError`.
    """
    intact = True
    if os.path.exists(path) and not _is_current(path):
        intact = 0 <= _version(path) < schema.VERSION
        if not intact:
            os.replace(path, path + '.damaged')
    if not os.path.exists(path) or not _is_current(path):
        _bring_up_to_date(path)
        os.chmod(path, 0o600)
    return intact


def exists(path: str) -> bool:
    """Whether there is a file."""
    return os.path.exists(path)


def change_token(path: str) -> Optional[object]:
    """A value that differs after any change of the file; None shortly after a change, when that is not certain."""
    return sqlite.change_token(path)


def _bring_up_to_date(path: str) -> None:
    """Create missing tables and convert those of an older version, in one transaction."""
    connection = sqlite.connect(path, _PATIENCE)
    try:
        with transaction(Statements(connection)):
            version = connection.get_version()  # another process may have updated it meanwhile
            script = (schema.TO_VERSION_3 if version < 3 else '') + schema.TABLES + (
                schema.TO_VERSION_4 if version < 4 else '') + (schema.TO_VERSION_5 if version < 5 else '')
            for statement in script.split(';'):
                connection.run(statement)
            connection.set_version(schema.VERSION)
    finally:
        connection.close()


@contextmanager
def transaction(database: Statements) -> Iterator[None]:
    """A context whose changes are all committed, or none. Raises :class:`DatabaseLocked`."""
    connection = database.connection
    connection.begin()
    try:
        yield
        connection.finish()
        connection.commit()
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise


def _is_current(path: str) -> bool:
    return _version(path) == schema.VERSION


def _version(path: str) -> int:
    """The file's schema version, -1 when it cannot be read or lacks tables."""
    try:
        connection = sqlite.connect(path, _PATIENCE)
        try:
            version = connection.get_version()
            connection.rows(schema.COUNT_TABLES)
            if version == schema.VERSION:
                connection.rows('SELECT user_rating FROM item LIMIT 1')
            return version
        finally:
            connection.close()
    except DatabaseLocked:
        return schema.VERSION  # in use, so not damaged
    except DatabaseError:
        return -1
