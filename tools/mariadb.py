"""A MariaDB server of one's own: on the loopback, with its data in a temporary folder, ended with its ``with`` block.

For tests, the benchmark and Kodis that keep their library on it. Needs MariaDB (see
``tools/setup/ensure_mariadb.sh``).
"""
from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Iterator, List, Optional, Sequence

import pymysql

from resources.lib.sql.location import Server
from tools.ports import free_port

USER, PASSWORD = 'kodi', "k'o\"d\\i ä"
_FOLDERS = ('/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin')
_SECONDS = 60.0
#: The data is in memory, where there is room for so many bytes: the server waits for the disk at each commit.
_MEMORY, _ENOUGH = '/dev/shm', 1 << 30


def find(name: str = 'mariadbd') -> Optional[str]:
    """The path of one of MariaDB's programs; None where it is not installed."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get('PATH', ''), *_FOLDERS)))


class MariaDbServer:
    """``with MariaDbServer() as server``: started, with the user :data:`USER`, who may do everything.

    ``wrap`` begins its command line, as to run it in another network; ``options`` are further ones of the server's.
    """

    name = 'MariaDB'

    def __init__(self, wrap: Sequence[str] = (), options: Sequence[str] = ()) -> None:
        self._wrap = list(wrap)
        self._options = list(options)
        memory = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH
        self._folder = Path(tempfile.mkdtemp(prefix='pkc-mariadb-', dir=_MEMORY if memory else None))
        self._process: Optional[subprocess.Popen[bytes]] = None
        self.port = free_port()
        #: The server's own way for its administrator, from any network.
        self.socket = str(self._folder / 's')

    def __enter__(self) -> MariaDbServer:
        try:
            self._install()
            self.start()
            self.add_user(USER, PASSWORD, 'ALL PRIVILEGES ON *.*')
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def location(self) -> Server:
        """As the add-on names it."""
        return Server('127.0.0.1', self.port, USER, PASSWORD)

    # ---- its process -------------------------------------------------------------------------------------------

    def _program(self) -> str:
        return find() or 'mariadbd'

    def _install_command(self) -> List[str]:
        return [find('mariadb-install-db') or 'mariadb-install-db', '--no-defaults', '--datadir=%s' % self._data,
                '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve', *user_options()]

    def _tuning(self) -> List[str]:
        return ['--performance-schema=OFF', '--innodb-log-file-size=32M']

    @property
    def _data(self) -> Path:
        return self._folder / 'data'

    def _install(self) -> None:
        self._data.mkdir()
        if user_options():
            shutil.chown(str(self._data), 'nobody')
            shutil.chown(str(self._folder), 'nobody')
        done = subprocess.run(self._install_command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode:
            raise RuntimeError('%s made no databases: %s' % (self.name, done.stdout.decode(errors='replace')[-1000:]))

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with open(str(self._folder / 'log'), 'ab') as log:
            self._process = subprocess.Popen(
                [*self._wrap, self._program(), '--no-defaults', '--datadir=%s' % self._data,
                 '--socket=%s' % self.socket, '--port=%d' % self.port, '--bind-address=127.0.0.1', '--skip-log-bin',
                 '--skip-name-resolve', '--pid-file=%s' % (self._data / 'pid'), '--innodb-buffer-pool-size=64M',
                 '--innodb-flush-log-at-trx-commit=2', *self._tuning(), *user_options(), *self._options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + _SECONDS
        while True:
            try:
                self.execute('SELECT 1')
                return
            except pymysql.err.Error:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise RuntimeError('%s did not start: %s' % (self.name, self.log()[-1000:])) from None
                time.sleep(0.05)

    def use_certificate(self, folder: Path) -> None:
        """Offer TLS from the next start on, with ``server.pem`` and ``server.key`` of a folder."""
        for name in ('server.pem', 'server.key'):
            shutil.copy(str(folder / name), str(self._folder / name))
            if user_options():
                shutil.chown(str(self._folder / name), 'nobody')
        self._options += ['--ssl-cert=%s' % (self._folder / 'server.pem'),
                          '--ssl-key=%s' % (self._folder / 'server.key')]

    def stop(self) -> None:
        """End it in an orderly way."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_SECONDS)
            self._process = None

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_SECONDS)
            self._process = None

    def close(self) -> None:
        """End it and remove its data. May be called twice."""
        self.kill()
        shutil.rmtree(str(self._folder), ignore_errors=True)

    def log(self) -> str:
        """What it has written about itself."""
        return (self._folder / 'log').read_text(errors='replace')

    # ---- its databases -----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def connected(self, database: str = '') -> Iterator[Any]:
        """A cursor of the administrator's; each statement is committed at once."""
        connection = pymysql.connect(unix_socket=self.socket, user='root', database=database or None, autocommit=True,
                                     charset='utf8mb4')
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def execute(self, sql: str, *parameters: Any, database: str = '') -> List[Any]:
        """Run one statement as the administrator; returns its rows."""
        with self.connected(database) as cursor:
            cursor.execute(sql, parameters or None)
            return list(cursor.fetchall())

    def add_user(self, name: str, password: str, rights: str) -> None:
        """Add a user with some rights (``SELECT ON x.*``)."""
        self.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", name, password)
        self.execute("GRANT " + rights.replace('%', '%%') + " TO %s@'%%'", name)

    def drop_databases(self) -> None:
        """Remove all databases but the server's own."""
        for (name,) in self.execute('SHOW DATABASES'):
            if name not in ('information_schema', 'mysql', 'performance_schema', 'sys'):
                self.execute('DROP DATABASE `%s`' % name)


def user_options() -> List[str]:
    """The server does not want to run as root."""
    return ['--user=nobody'] if os.geteuid() == 0 else []
