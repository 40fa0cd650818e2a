"""Statements and errors of the engine for a server, without a server."""
from __future__ import annotations

from typing import Any, List

import pymysql
import pytest

from resources.lib.sql import mariadb
from resources.lib.sql.errors import (
    AccessDenied,
    ConnectionLost,
    DatabaseDamaged,
    DatabaseError,
    DatabaseLocked,
    DiskFull,
    NoSuchDatabase,
    UnfitCharset,
    UnfitValue,
)
from resources.lib.sql.lazy import LazyConnection
from resources.lib.sql.location import Server, ServerDatabase
from resources.lib.sql.mariadb import MariaDbConnection
from resources.lib.sql.mariadb_errors import translated


class Recorded:
    """Stands for PyMySQL's connection and cursor; ``answers`` are given one after the other."""

    open = True
    lastrowid = 0

    def __init__(self, *answers: Any) -> None:
        self.sent: List[str] = []
        self.answers = list(answers)

    def cursor(self) -> Recorded:
        return self

    def __enter__(self) -> Recorded:
        return self

    def __exit__(self, *_exc: object) -> None:
        pass

    def execute(self, sql: str) -> None:
        self.sent.append(sql)
        self.rows = self.answers.pop(0) if self.answers else ()
        if isinstance(self.rows, Exception):
            raise self.rows

    def fetchall(self) -> Any:
        return self.rows

    def nextset(self) -> bool:
        return False

    def close(self) -> None:
        self.open = False


def opened(recorded: Recorded) -> MariaDbConnection:
    return MariaDbConnection(lambda: recorded, 'x', 1.0)


def sent(sql: str, parameters: Any, charset: str = 'utf8mb4') -> str:
    recorded = Recorded([(charset,)])
    opened(recorded).run(sql, parameters)
    return recorded.sent[-1]


def test_values_in_a_statement() -> None:
    assert sent("SELECT ? FROM a WHERE b LIKE 'x%' AND c = ?", ('%s ?', 5)) == (
        "SELECT '%s ?' FROM a WHERE b LIKE 'x%' AND c = 5")
    assert sent('?, ?, ?, ?', (None, True, 1.5, 10 ** 20)) == 'NULL, 1, 1.5, 100000000000000000000'
    assert sent('?', ("'\\\0\n\"",)) == "'\\'\\\\\\0\\n\\\"'"


@pytest.mark.parametrize('value', [float('nan'), float('-inf'), '\ud800', b'x', [1]])
def test_what_is_no_value(value: Any) -> None:
    with pytest.raises(UnfitValue):
        sent('?', (value,))


def test_letters_that_the_library_cannot_hold() -> None:
    smile = '\U0001f600'
    assert sent('UPDATE movie SET c00 = ?', ('ä' + smile,), 'utf8mb3') == "UPDATE movie SET c00 = 'ä\ufffd'"
    assert sent('UPDATE movie SET c00 = ?', (smile,)) == "UPDATE movie SET c00 = '%s'" % smile
    assert sent('UPDATE `ours`.item SET guid = ?', (smile,), 'utf8mb3') == "UPDATE `ours`.item SET guid = '%s'" % smile
    with pytest.raises(UnfitCharset):
        sent('?', (1,), 'latin1')


def test_many_rows_are_few_packets(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded()
    connection = opened(recorded)
    recorded.sent.clear()
    connection.insert('a', ('b', 'c'), [(number, 'x') for number in range(5000)])
    assert len(recorded.sent) == 1
    recorded.sent.clear()
    connection.insert('a', ('b',), [('x' * 100_000,)] * 5)
    assert len(recorded.sent) == 3
    recorded.sent.clear()
    connection.many('DELETE FROM a WHERE b = ?', ((number,) for number in range(3)))
    assert recorded.sent == ['DELETE FROM a WHERE b = 0; DELETE FROM a WHERE b = 1; DELETE FROM a WHERE b = 2']
    recorded.sent.clear()
    connection.insert('a', ('b',), [])
    connection.many('DELETE FROM a WHERE b = ?', [])
    assert recorded.sent == []
    connection.insert_missing('a', ('b', 'c'), [(1, 2)])
    connection.replace('a', ('b', 'c'), [(1, 2)])
    assert recorded.sent == ['INSERT INTO a (b, c) VALUES (1, 2) ON DUPLICATE KEY UPDATE b = a.b',
                             'INSERT INTO a (b, c) VALUES (1, 2) ON DUPLICATE KEY UPDATE b = VALUES(b), c = VALUES(c)']


def test_a_lost_connection_is_opened_again_only_where_nothing_is_lost() -> None:
    gone = pymysql.err.OperationalError(2013, 'Lost connection')
    attempts = [Recorded([('utf8mb4',)], gone), Recorded([('utf8mb4',)], [(1,)], [(1,)], gone),
                Recorded([('utf8mb4',)], gone), Recorded([('utf8mb4',)], gone)]
    connection = MariaDbConnection(lambda: attempts.pop(0), 'x', 1.0)
    assert connection.rows('SELECT 1') == [(1,)]
    connection.begin()
    with pytest.raises(ConnectionLost):
        connection.rows('SELECT 1')
    assert not connection.in_transaction
    with pytest.raises(ConnectionLost):
        connection.run('DELETE FROM a')
    with pytest.raises(ConnectionLost):
        connection.rows('SELECT 1')


def test_a_lock_that_another_device_holds() -> None:
    connection = opened(Recorded([('utf8mb4',)], [(0,)]))
    with pytest.raises(DatabaseLocked):
        connection.begin()
    assert not connection.in_transaction


@pytest.mark.parametrize('number, kind', [
    (1045, AccessDenied), (1142, AccessDenied), (1290, AccessDenied), (2003, ConnectionLost), (2006, ConnectionLost),
    (1205, DatabaseLocked), (1213, DatabaseLocked), (1020, DatabaseLocked), (1049, NoSuchDatabase), (1021, DiskFull),
    (1114, DiskFull), (1194, DatabaseDamaged), (1062, UnfitValue), (1406, UnfitValue), (1146, DatabaseError)])
def test_each_error_has_its_class_and_names_nobody(number: int, kind: Any) -> None:
    error = translated(pymysql.err.OperationalError(number, "'kodi'@'192.168.1.2' (using password: YES)"))
    assert type(error) is kind
    if kind is not DatabaseError:
        assert 'kodi' not in str(error) and '192' not in str(error)


def test_errors_that_are_not_the_servers() -> None:
    assert type(translated(OSError('192.168.1.2'))) is ConnectionLost
    assert '192' not in str(translated(OSError('192.168.1.2')))
    assert type(translated(RuntimeError("'cryptography' package is required"))) is AccessDenied
    assert type(translated(pymysql.err.IntegrityError(9999, 'x'))) is UnfitValue
    assert type(translated(pymysql.err.InterfaceError(0, ''))) is ConnectionLost


def test_how_a_connection_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    given: List[Any] = []

    def connect(**options: Any) -> Recorded:
        given.append(options)
        return Recorded([('Ssl_cipher', 'AES')] if options['ssl'] else ())
    monkeypatch.setattr(pymysql, 'connect', connect)
    mariadb.connect(ServerDatabase(Server('nas', 3307, 'kodi', 'pässword', ca='ca.pem'), 'MyVideos121'), 1.0)
    assert given[0]['ssl'] == {'ca': 'ca.pem', 'check_hostname': False}
    assert given[0]['password'] == 'pässword'.encode() and given[0]['database'] == 'MyVideos121'
    mariadb.connect(ServerDatabase(Server('nas', 3306, 'kodi', ''), ''), 1.0)
    assert given[1]['ssl'] is None and given[1]['database'] is None


def test_a_connection_that_is_not_needed_is_not_opened() -> None:
    recorded = Recorded([], [(1,)], [(7,)])
    made: List[Any] = []

    def connect() -> MariaDbConnection:
        made.append(1)
        return opened(recorded)
    lazy = LazyConnection(connect)
    lazy.begin()
    lazy.commit()
    lazy.many('DELETE FROM a WHERE b = ?', [])
    lazy.rollback()
    lazy.close()
    assert not made
    lazy.begin()
    assert lazy.rows('SELECT 7') == [(7,)] and lazy.in_transaction
    lazy.commit()
    assert 'START TRANSACTION' in recorded.sent[1] and 'COMMIT' in recorded.sent[3]
    lazy.close()
    assert made == [1] and not recorded.open
