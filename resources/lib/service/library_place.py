"""Noticing that Kodi's library is in another place than before: in files, or on a database server."""
from __future__ import annotations

import hashlib
import logging
import os

from .. import state_db
from ..sql.errors import DatabaseError
from ..state_db import SharedState
from . import profile_file

LOG = logging.getLogger('pkc.service')

FILE_NAME = 'library_place.json'
_FILES = 'files'


class LibraryPlace:
    """``moved``: all libraries are to be read from the server, since nobody knows how old what is there is. So it stays
    until a sync has seen all of them.
    """

    def __init__(self, folder: str, location: state_db.Location) -> None:
        self._path = os.path.join(folder, FILE_NAME)
        self._location = location
        self._name = _name(location)
        before = profile_file.read(self._path)
        self.moved = before != self._name if isinstance(before, str) else state_db.earlier_exists(location)
        self._brought = not self.moved
        if self.moved:
            LOG.info("Kodi's library is in another place than before")
            self._bring()

    def settle(self) -> None:
        """All libraries were read."""
        if not self._brought:
            self._bring()
        self.moved = not self._brought
        if self._brought and profile_file.read(self._path) != self._name:
            profile_file.write(self._path, self._name)

    def _bring(self) -> None:
        try:
            state_db.bring_over(self._location)
            self._brought = True
        except (DatabaseError, OSError) as error:
            LOG.warning('what was kept beside the library is not here yet: %s', error)


def _name(location: state_db.Location) -> str:
    """A name of the place that tells nobody where it is."""
    if not isinstance(location, SharedState):
        return _FILES
    server = location.shared.server
    text = '%s:%d/%s' % (server.host, server.port, location.shared.group)
    return hashlib.sha256(text.encode('utf-8')).hexdigest()[:16]
