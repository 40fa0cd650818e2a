"""Signing in to a MariaDB or MySQL server with PyMySQL."""
from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Tuple

import pymysql
from pymysql import _auth
from pymysql.constants import CLIENT, COMMAND

from . import rsa_password
from .connection import Values
from .location import Server

#: Seconds to wait for a connection, and for an answer beyond the wait for a lock.
_CONNECT_SECONDS, _ANSWER_SECONDS = 5, 30

#: (rows, id of the last added row)
Answer = Tuple[Sequence[Values], int]

# MySQL 8's own way to sign in. PyMySQL's function needs a library that Kodi's Python has seldom, and only once.
_auth.sha2_rsa_encrypt = rsa_password.encrypted


def sign_in(server: Server, name: str, patience: float) -> pymysql.Connection[Any]:
    """A connection to a database of a server, or with '' as name to none of them. Raises what PyMySQL raises.

    ``patience``: seconds that the server may wait for a lock.
    """
    connection = pymysql.connect(
        host=server.host, port=server.port, user=server.user, password=server.password.encode('utf-8'),
        database=name or None, charset='utf8mb4', autocommit=True, client_flag=CLIENT.MULTI_STATEMENTS,
        connect_timeout=_CONNECT_SECONDS, read_timeout=_ANSWER_SECONDS + int(patience), write_timeout=_ANSWER_SECONDS,
        ssl=_tls(server))
    if server.uses_tls and not sent(connection, "SHOW SESSION STATUS LIKE 'Ssl_cipher'")[0][0][1]:
        connection.close()
        raise ConnectionError('no TLS')  # PyMySQL goes on without it where the server has none
    return connection


def _tls(server: Server) -> Optional[Dict[str, Any]]:
    """As Kodi's client library takes the options: a chain that a given authority must have signed, and no names."""
    if not server.uses_tls:
        return None
    options = {'key': server.key, 'cert': server.cert, 'ca': server.ca, 'capath': server.ca_path,
               'cipher': server.ciphers}
    return dict({name: value for name, value in options.items() if value}, check_hostname=False)


def sent(connection: pymysql.Connection[Any], sql: str) -> Answer:
    """The rows of the only query among these statements, and the id of the last added row."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows, row_id = cursor.fetchall(), cursor.lastrowid
        while cursor.nextset():
            rows = cursor.fetchall() or rows
        return rows, int(row_id or 0)


def send(connection: pymysql.Connection[Any], sql: str) -> None:
    """Send statements without waiting for the answers, which :func:`receive` reads."""
    connection._execute_command(COMMAND.COM_QUERY, sql.encode('utf-8', 'surrogateescape'))


def receive(connection: pymysql.Connection[Any]) -> None:
    """Read the answers to what was sent; raises what the server says."""
    connection.next_result()
    while connection._result is not None and connection._result.has_next:
        connection.next_result()
