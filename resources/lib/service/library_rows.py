"""Which rows of Kodi's library stand for which items of the servers."""
from __future__ import annotations

import logging
from typing import Dict, NamedTuple, Optional, Sequence

from .. import state_db
from ..sql.errors import DatabaseError

LOG = logging.getLogger('pkc.service')


class RowItem(NamedTuple):
    """An item and its server."""

    machine_identifier: str
    rating_key: str


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


def item_of_row(state_path: state_db.Location, plex_type: str, kodi_id: int) -> Optional[RowItem]:
    """The item of a row; None for a row that is not ours, and when that cannot be read now."""
    if kodi_id <= 0 or not state_db.exists(state_path):
        return None
    try:
        with state_db.open_reader(state_path) as state:
            row = state.by_kodi_id(plex_type, kodi_id)
            return RowItem(state.machine_identifier(row.server_id), row.rating_key) if row is not None else None
    except DatabaseError as error:
        LOG.warning('it is not known which item a row of the library is: %s', error)
        return None
