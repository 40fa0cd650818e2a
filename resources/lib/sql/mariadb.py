"""The engine MariaDB, or MySQL, for a library that Kodi keeps on a server. Only ``engines`` imports it.

What fits into no column is cut, as it is for Kodi: the server's strict mode is off for our connections. A statement for
many rows is one packet: with the network in between, each answer that is waited for costs more than a row.
"""
from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Set

import pymysql

from .connection import Values
from .errors import ConnectionLost, DatabaseError, DatabaseLocked, UnfitCharset, UnfitValue
from .location import ServerDatabase
from .mariadb_errors import ERRORS, translated
from .mariadb_sign_in import Answer, receive, send, sent, sign_in

#: Seconds that a statement within a transaction waits for a row that Kodi is writing.
_ROW_SECONDS = 10
#: Characters of one packet; the smallest limit of servers is a million bytes. Most texts that are counted.
_PACKET, _MOST_COUNTED = 200_000, 1000
#: What is not a character, and what 'utf8mb3' cannot hold.
_SURROGATE, _ABOVE_BMP = re.compile('[\ud800-\udfff]'), re.compile('[\U00010000-\U0010ffff]')
_NO_CHARACTER = '\ufffd'
_ALL_OF_UNICODE, _MOST_OF_UNICODE = ('utf8mb4',), ('utf8', 'utf8mb3')
#: The tables of Kodi's with texts that are shown.
_TABLES = ('movie', 'tvshow', 'seasons', 'episode', 'sets', 'actor', 'actor_link', 'genre', 'country', 'studio', 'tag')
_LIBRARY_CHARSETS = ('SELECT DISTINCT character_set_name FROM information_schema.columns '
                     'WHERE table_schema = DATABASE() AND character_set_name IS NOT NULL AND table_name IN (%s)' %
                     ', '.join("'%s'" % name for name in _TABLES))
_COLUMNS = ('SELECT table_name, column_name, is_nullable, column_default, extra FROM information_schema.columns '
            'WHERE table_schema = DATABASE()')


class MariaDbConnection:
    """A :class:`~.connection.Connection`. Outside of a transaction each statement is committed at once.

    A connection that the server has ended is opened again where nothing can have been lost: before a transaction, and
    for what only reads outside of one.

    ``BEGIN IMMEDIATE`` of SQLite lets nobody else write until the commit. Here our transactions exclude each other by a
    named lock of the server (``group``), on whichever device they are. Kodi's own writes are kept away from the rows
    that we write, and by :meth:`next_id` from new ids. What we read is as it was at the transaction's first statement.
    """

    most_parameters = 2000
    #: Kodi waits only where it adds rows; and each transaction costs some dozens of round trips, however few its items.
    hold = 2.0

    def __init__(self, connect: Callable[[], pymysql.Connection[Any]], group: str, patience: float,
                 writes: bool = True) -> None:
        self._connect = connect
        self._patience = patience
        self._writes = writes
        self._lock = _quoted('pkc ' + group[:60])
        self._in_transaction = False
        self._columns: Dict[str, Dict[str, bool]] = {}
        self._connection: Optional[pymysql.Connection[Any]] = None
        self._lacks_characters = False
        self._replaced: Set[str] = set()
        self._unanswered = False
        self._open()

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        connection, self._connection, self._in_transaction = self._connection, None, False
        self._unanswered = False
        if connection is not None and connection.open:
            connection.close()

    def _open(self) -> pymysql.Connection[Any]:
        try:
            self._connection = self._connect()
        except ERRORS as error:
            raise translated(error) from None
        found = self._ask("SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = %d"
                          '/*!80000 , SESSION information_schema_stats_expiry = 0 */; '
                          'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ%s' % (
                              max(_ROW_SECONDS, self._patience), '; ' + _LIBRARY_CHARSETS if self._writes else ''))[0]
        charsets = {str(row[0]) for row in found}
        unfit = charsets.difference(_ALL_OF_UNICODE + _MOST_OF_UNICODE)
        if unfit:
            self.close()
            raise UnfitCharset('tables of the library have the character set %s' % ', '.join(sorted(unfit)))
        self._lacks_characters = not charsets.issubset(_ALL_OF_UNICODE)
        return self._connection

    # ---- statements --------------------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> List[Values]:
        """All rows of a query."""
        return list(self._ask(self._statement(sql, parameters), reads=True)[0])

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Values]:
        """The rows of a query. They are all fetched first, so that other statements can be run meanwhile."""
        yield from self._ask(self._statement(sql, parameters), reads=True)[0]

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Optional[Values]:
        """The first row of a query."""
        found = self._ask(self._statement(sql, parameters), reads=True)[0]
        return found[0] if found else None

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute one statement; returns the new row's id after an INSERT."""
        return self._ask(self._statement(sql, parameters))[1]

    def many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many rows."""
        for packet in _packets(self._statement(sql, row) for row in parameters):
            self._later('; '.join(packet))

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows."""
        self._insert(table, columns, rows, '')

    def insert_missing(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add the rows that no unique index forbids. (IGNORE would hide all other errors as well.)"""
        self._insert(table, columns, rows, ' ON DUPLICATE KEY UPDATE {0} = {1}.{0}'.format(columns[0], table))

    def replace(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, in place of existing ones. (REPLACE would delete these, for triggers to see.)"""
        self._insert(table, columns, rows, ' ON DUPLICATE KEY UPDATE ' + ', '.join(
            '{0} = VALUES({0})'.format(column) for column in columns))

    def _insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], end: str) -> None:
        head = 'INSERT INTO %s (%s) VALUES ' % (table, ', '.join(columns))
        for packet in _packets('(%s)' % ', '.join([self._literal(value, table) for value in row]) for row in rows):
            self._later(head + ', '.join(packet) + end)

    def next_id(self, table: str, column: str) -> int:
        """The id for a new row. Nobody else can add rows behind it until this transaction ends."""
        return int(self._ask('SELECT coalesce(max(%s), 0) + 1 FROM %s FOR UPDATE' % (column, table))[0][0][0])

    # ---- transactions ------------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._in_transaction

    def begin(self) -> None:
        """Begin a transaction that will write."""
        found = self._ask('SELECT GET_LOCK(%s, %d); START TRANSACTION' % (self._lock, max(1, self._patience)),
                          reads=True)[0]
        if not found or found[0][0] != 1:
            self._ask('ROLLBACK')
            raise DatabaseLocked('the database is in use by another writer')
        self._in_transaction = True

    def finish(self) -> None:
        """Wait for what was sent last, and raise its error."""
        if self._unanswered and self._connection is not None:
            self._unanswered = False
            try:
                receive(self._connection)
            except ERRORS as error:
                raise self._failed(translated(error)) from None

    def commit(self) -> None:
        """Commit the transaction."""
        self._ask('COMMIT; DO RELEASE_LOCK(%s)' % self._lock)
        self._in_transaction = False

    def rollback(self) -> None:
        """Roll the transaction back; whoever lost the connection has that already."""
        try:
            self.finish()
        except DatabaseError:
            pass  # that is why
        if self._connection is not None:
            try:
                self._ask('ROLLBACK; DO RELEASE_LOCK(%s)' % self._lock)
            except ConnectionLost:
                pass
        self._in_transaction = False

    # ---- the database ------------------------------------------------------------------------------------------

    def attach(self, location: str, schema: str) -> bool:
        """A file cannot become part of this connection."""
        return False

    def columns(self, table: str) -> Dict[str, bool]:
        """The columns of a table, and whether a new row must have a value for each. All tables are asked for at once,
        and once for each connection.
        """
        if not self._columns:
            for name, column, nullable, default, extra in self.rows(_COLUMNS):
                self._columns.setdefault(name.lower(), {})[column] = (
                    nullable == 'NO' and default is None and 'auto_increment' not in extra)
        return self._columns.get(table.lower(), {})

    @property
    def replaced_texts(self) -> int:
        """The number of texts of which characters were replaced that the tables cannot hold."""
        return len(self._replaced)

    def change_token(self) -> object:
        """Always another value: that nobody else wrote cannot be known."""
        return object()

    # ---- the server --------------------------------------------------------------------------------------------

    def _ask(self, sql: str, reads: bool = False) -> Answer:
        """Send statements; returns the rows of the only query among them, and the id of the last added row."""
        self.finish()
        fresh = self._connection is None
        try:
            return sent(self._connection or self._open(), sql)
        except ERRORS as error:
            problem = translated(error)
        could_go_on = reads and not fresh and not self._in_transaction
        if isinstance(self._failed(problem), ConnectionLost) and could_go_on:
            return self._ask(sql, reads)
        raise problem from None

    def _later(self, sql: str) -> None:
        """Send statements that only write. Within a transaction their answer is waited for when more is to be sent: so
        the server works while the next ones are made.
        """
        if not self._in_transaction or self._connection is None:
            self._ask(sql)
            return
        self.finish()
        try:
            send(self._connection, sql)
        except ERRORS as error:
            raise self._failed(translated(error)) from None
        self._unanswered = True

    def _failed(self, problem: DatabaseError) -> DatabaseError:
        if isinstance(problem, ConnectionLost):
            self.close()
        return problem

    def _statement(self, sql: str, parameters: Sequence[Any]) -> str:
        if not parameters:
            return sql
        return _template(sql) % tuple([self._literal(value, sql) for value in parameters])

    def _literal(self, value: Any, target: str) -> str:
        """A value in SQL; ``target`` is the statement or table that it goes to."""
        if type(value) is int:
            return str(value)
        if value is None:
            return 'NULL'
        if isinstance(value, str):
            if not value.isascii():
                value = self._fitting(value, target)
            return _quoted(value)
        if isinstance(value, float) and value - value == 0.0:  # not infinite, and a number
            return repr(float(value))
        if isinstance(value, int):
            return str(int(value))
        raise UnfitValue('a value of type %s' % type(value).__name__)

    def _fitting(self, text: str, target: str) -> str:
        """The text with the characters that the target can hold: tables of other databases than Kodi's are ours."""
        if _SURROGATE.search(text):
            raise UnfitValue('a text with half a character')
        if self._lacks_characters and '`.' not in target and _ABOVE_BMP.search(text):
            if len(self._replaced) < _MOST_COUNTED:
                self._replaced.add(text)
            return _ABOVE_BMP.sub(_NO_CHARACTER, text)
        return text


def connect(database: ServerDatabase, patience: float, writes: bool = True) -> MariaDbConnection:
    """Open a database of a server, or with '' as name none of them. ``patience``: seconds to wait for a lock.
    ``writes``: texts that its tables cannot hold are made to fit.
    """
    return MariaDbConnection(lambda: sign_in(database.server, database.name, patience), database.group, patience,
                             writes)


def _packets(parts: Iterable[str]) -> Iterator[List[str]]:
    """Parts of statements, as many at a time as fit into a packet."""
    packet: List[str] = []
    size = 0
    for part in parts:
        packet.append(part)
        size += len(part)
        if size > _PACKET:
            yield packet
            packet, size = [], 0
    if packet:
        yield packet


def _quoted(text: str) -> str:
    return "'%s'" % pymysql.converters.escape_string(text)


@lru_cache(maxsize=500)
def _template(sql: str) -> str:
    """A statement with ``%s`` for each parameter."""
    return sql.replace('%', '%%').replace('?', '%s')
