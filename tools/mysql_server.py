"""A MySQL server of one's own, as :mod:`tools.mariadb` has one of MariaDB's.

Debian has no MySQL in its releases, so no test needs it: ``PKC_MYSQLD=/path/to/mysqld pytest tests/mariadb`` runs the
tests of a shared library with it (MySQL 8 or later).
"""
from __future__ import annotations

import os
from typing import List

from tools.mariadb import MariaDbServer, user_options

#: The environment variable with the path of the server's program.
VARIABLE = 'PKC_MYSQLD'


class MySqlServer(MariaDbServer):
    """Its users sign in by MySQL's own way, ``caching_sha2_password``."""

    name = 'MySQL'

    def _program(self) -> str:
        return os.environ[VARIABLE]

    def _install_command(self) -> List[str]:
        return [self._program(), '--no-defaults', '--initialize-insecure', '--datadir=%s' % self._data,
                *user_options()]

    def _tuning(self) -> List[str]:
        return ['--mysqlx=OFF', '--performance-schema=OFF', '--secure-file-priv=NULL',
                '--innodb-redo-log-capacity=64M']
