"""Which rows of Kodi's library stand for items of the server."""
from __future__ import annotations

import logging
from typing import Dict, Sequence

from .. import state_db
from ..sql.errors import DatabaseError

LOG = logging.getLogger('pkc.service')


def kodi_ids(state_path: state_db.Location, machine_identifier: str, rating_keys: Sequence[str]) -> Dict[str, int]:
    """Kodi's ids of those items that are in its library, by their ratingKeys; none when that cannot be read now."""
    if not state_db.exists(state_path):
        return {}
    try:
        with state_db.open_reader(state_path) as state:
            found = state.find(state.server_id(machine_identifier), list(dict.fromkeys(rating_keys)))
            return {key: row.kodi_id for key, row in found.items() if row.kodi_id}
    except DatabaseError as error:
        LOG.warning('no ids of the library: %s', error)
        return {}
