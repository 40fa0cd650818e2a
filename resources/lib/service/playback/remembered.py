"""The versions that the user chose, in our database."""
from __future__ import annotations

import logging

from ... import state_db
from ...sql.errors import DatabaseError
from ..shared import Databases

LOG = logging.getLogger('pkc.service')

#: Seconds that a write waits for a sync's transaction.
_LOCK_PATIENCE = 2.0


class StoredVersions:
    """What cannot be read or written counts as not chosen."""

    def __init__(self, databases: Databases) -> None:
        self._path = databases.state_path

    def chosen(self, machine_identifier: str, rating_key: str) -> str:
        """The id of the version that was chosen for an item, '' for none."""
        if not state_db.exists(self._path):
            return ''
        try:
            with state_db.open_reader(self._path) as state:
                return state.version_of(machine_identifier, rating_key)
        except DatabaseError as error:
            LOG.info('the chosen version of item %s is not known: %s', rating_key, error)
            return ''

    def choose(self, machine_identifier: str, rating_key: str, media_id: str) -> None:
        """Remember it."""
        try:
            state_db.prepare(self._path)
            with state_db.open_writer(self._path, _LOCK_PATIENCE) as state, state.transaction():
                state.put_version(machine_identifier, rating_key, media_id)
        except (DatabaseError, OSError) as error:
            LOG.warning('the chosen version of item %s is not remembered: %s', rating_key, error)
