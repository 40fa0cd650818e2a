"""Where a database is: a file of SQLite's, or a database on a MariaDB or MySQL server."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union


@dataclass(frozen=True)
class Server:
    """A MariaDB or MySQL server and who signs in. The password is never part of a text that this class makes.

    ``key``, ``cert``, ``ca`` and ``ca_path`` are paths for TLS, ``ciphers`` is OpenSSL's list; '' where not used.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    key: str = ''
    cert: str = ''
    ca: str = ''
    ca_path: str = ''
    ciphers: str = ''

    @property
    def uses_tls(self) -> bool:
        """Whether any option of TLS is set."""
        return bool(self.key or self.cert or self.ca or self.ca_path or self.ciphers)


@dataclass(frozen=True)
class ServerDatabase:
    """A database on a server. ``group`` is the beginning of the names of all databases of one library, of which only
    one transaction at a time writes.
    """

    server: Server = field(repr=False)
    name: str
    group: str = ''


#: The path of a file, or a database on a server.
Location = Union[str, ServerDatabase]
