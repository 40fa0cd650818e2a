"""Finding Kodi's video database: a file ``MyVideosNNN.db``, or a database ``MyVideosNNN`` on a server. The number is
the version of its schema. A user may have given the one on a server another name, but never another number.
"""
from __future__ import annotations

import glob
import os
import re

from ..sql import engines
from ..sql.location import Location, Server, ServerDatabase
from .errors import DatabaseMissing

#: Seconds to wait for the server's list of databases.
_PATIENCE = 5.0


def newest(folder: str, version: int = 0) -> str:
    """The path of the ``MyVideosNNN.db`` in Kodi's database folder with the highest number, or with ``version``.

    Raises :class:`DatabaseMissing`.
    """
    candidates = []
    for path in glob.glob(os.path.join(glob.escape(folder), 'MyVideos*.db')):
        number = version_of(path)
        if number and number == (version or number):
            candidates.append((number, path))
    if not candidates:
        raise DatabaseMissing('Kodi has no video database yet')
    return max(candidates)[1]


def newest_on_server(server: Server, name: str, version: int = 0) -> ServerDatabase:
    """The database on a server whose name is ``name`` with the highest number, or with ``version``, which is not looked
    for. Raises :class:`DatabaseMissing`, and :class:`DatabaseError` when the server cannot be asked.
    """
    if not version:
        everywhere = ServerDatabase(server, '')
        reader = engines.open_reader(everywhere, _PATIENCE)
        try:
            found = (re.fullmatch(re.escape(name) + r'(\d+)', str(row[0]), re.IGNORECASE)
                     for row in reader.rows('SHOW DATABASES'))
            version = max((int(match.group(1)) for match in found if match), default=0)
        finally:
            reader.close()
    if not version:
        raise DatabaseMissing('Kodi has no video database on the server yet')
    return ServerDatabase(server, '%s%d' % (name, version), name)


def version_of(location: Location) -> int:
    """The number in a path that ends in ``MyVideosNNN.db``, or in a name on a server; 0 for other paths."""
    if isinstance(location, ServerDatabase):
        match = re.fullmatch(re.escape(location.group) + r'(\d+)', location.name)
    else:
        match = re.search(r'MyVideos(\d+)\.db\Z', location)
    return int(match.group(1)) if match else 0


def version_for_kodi(major: int) -> int:
    """The video database version of a released Kodi; 0 for unknown versions."""
    return {19: 119, 20: 121, 21: 131}.get(major, 0)
