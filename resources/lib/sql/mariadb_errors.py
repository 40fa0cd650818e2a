"""Our errors for those of PyMySQL. They name neither the server nor the user, and never a password."""
from __future__ import annotations

import struct
from typing import Tuple, Type

import pymysql

from .errors import (
    AccessDenied,
    ConnectionLost,
    DatabaseDamaged,
    DatabaseError,
    DatabaseLocked,
    DiskFull,
    NoSuchDatabase,
    UnfitValue,
)

#: What PyMySQL raises: OSError from TLS, RuntimeError when a way to sign in needs a library that is not there, the
#: others for answers that are not those of a database server.
ERRORS = (pymysql.err.Error, OSError, RuntimeError, ValueError, IndexError, AssertionError, struct.error)

#: Numbers of errors: those of the client (2000 and up) and of the server ("Error reference" of MariaDB).
_CLASSES: Tuple[Tuple[Type[DatabaseError], str, Tuple[int, ...]], ...] = (
    (ConnectionLost, 'the database server cannot be reached',
     (0, 1040, 1053, 1077, 1152, 1159, 1160, 1161, 1184, 1203, 1226, 1317, 1927, 2002, 2003, 2005, 2006, 2013, 2014,
      2026, 2055, 4031)),
    (AccessDenied, 'the database server refuses the user',
     (1044, 1045, 1130, 1142, 1143, 1227, 1251, 1275, 1290, 1370, 1410, 1419, 1524, 1698, 1792, 1820, 1836, 1862, 2059,
      2061, 3118, 3159, 4151)),
    (DatabaseLocked, 'the database is in use by another writer', (1020, 1099, 1205, 1213, 1412, 3058, 3572)),
    (NoSuchDatabase, 'the server has no such database', (1049,)),
    (DiskFull, 'the disk of the database server is full', (28, 1021, 1114, 1713)),
    (DatabaseDamaged, 'the database is damaged', (126, 127, 144, 145, 1034, 1035, 1194, 1195, 1712, 1877)),
    (UnfitValue, 'the database does not accept a value',
     (1048, 1062, 1118, 1153, 1264, 1267, 1292, 1300, 1364, 1366, 1406, 1451, 1452, 1526, 1586, 1690, 4025)),
)
_BY_NUMBER = {number: (kind, text) for kind, text, numbers in _CLASSES for number in numbers}


def translated(error: Exception) -> DatabaseError:
    """Our error for one of PyMySQL's."""
    if not isinstance(error, pymysql.err.Error):
        if isinstance(error, RuntimeError):  # "'cryptography' package is required for …"
            return AccessDenied('the way in which the database server wants to know the user is not possible here')
        return ConnectionLost('the database server cannot be reached (%s)' % type(error).__name__)
    number = error.args[0] if error.args and isinstance(error.args[0], int) else -1
    if number in _BY_NUMBER:
        kind, text = _BY_NUMBER[number]
        return kind('%s (error %d)' % (text, number))
    if isinstance(error, (pymysql.err.DataError, pymysql.err.IntegrityError)):
        return UnfitValue('the database does not accept a value (error %d)' % number)
    return DatabaseError('error %d of the database server: %s' % (number, error.args[-1] if number > 0 else ''))
