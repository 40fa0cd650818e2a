"""What our database says that a server must answer to a look (:mod:`.look`) as long as nothing has changed."""
from __future__ import annotations

import logging
from typing import Dict, NamedTuple, Sequence

from ... import state_db
from ...library_sync.kinds import Kind
from ...sql.errors import DatabaseError
from ...state_db import Counts, StateDb

LOG = logging.getLogger('pkc.live')


class KnownListing(NamedTuple):
    """One kind of items in a library: the newest of all stamps, and what the server counted."""

    stamp: int
    counts: Counts


class KnownListings:
    """What the last sync of one server left."""

    def __init__(self, location: state_db.Location, machine_identifier: str) -> None:
        self._location = location
        self._machine = machine_identifier

    def of_library(self, section_key: str, kinds: Sequence[Kind]) -> Dict[str, KnownListing]:
        """By kind; those whose counts are not known are left out."""
        if not state_db.exists(self._location):
            return {}
        try:
            with state_db.open_reader(self._location) as state:
                return _read(state, state.server_id(self._machine), section_key, kinds)
        except DatabaseError as error:
            LOG.info('what is known of library %s cannot be read: %s', section_key, error)
            return {}


def _read(state: StateDb, server_id: int, section_key: str, kinds: Sequence[Kind]) -> Dict[str, KnownListing]:
    found: Dict[str, KnownListing] = {}
    for kind in kinds:
        cursor = state.cursor(server_id, section_key, kind.name)
        if cursor is not None:
            ours = state.counts(server_id, section_key, kind.name)
            found[kind.name] = KnownListing(cursor.stamp, Counts(
                ours.total + cursor.total, ours.watched + cursor.watched, ours.started + cursor.started))
    return found
