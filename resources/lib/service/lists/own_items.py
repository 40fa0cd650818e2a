"""Which titles of plex.tv's the user has in his own libraries: told by their guids, which all servers share."""
from __future__ import annotations

import logging
from typing import Dict, List, Sequence

from ... import state_db
from ...plex_errors import PlexError
from ...plex_functions import PMSClient
from ...plex_lists import items_body, read_listing, with_guids_body
from ...plex_model import PlexItem
from ...sql.errors import DatabaseError
from ..shared import Shared
from .description import TYPE_NUMBER, Entry, Foreign

LOG = logging.getLogger('pkc.service')


class OwnItems:
    """Finds them in our database, and asks the server for those that are not synchronised."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def body(self, client: PMSClient, machine_identifier: str, items: Sequence[PlexItem]) -> bytes:
        """The server's short records of those of ``items`` that it has, for :func:`with_own`. Raises PlexError."""
        keys: List[str] = []
        for kind in sorted({item.plex_type for item in items if item.plex_type in TYPE_NUMBER}):
            guids = list(dict.fromkeys(item.guid for item in items if item.plex_type == kind and item.guid))
            known = self._known(machine_identifier, kind, guids)
            keys += known.values()
            missing = [guid for guid in guids if guid not in known]
            if missing:
                keys += self._at_the_server(client, kind, missing)
        return items_body(client, keys)

    def _known(self, machine_identifier: str, kind: str, guids: List[str]) -> Dict[str, str]:
        path = self._shared.databases.state_path
        if not state_db.exists(path):
            return {}
        try:
            with state_db.open_reader(path) as state:
                found = state.guids(state.server_id(machine_identifier), kind, guids)
                return {guid: rows[0].rating_key for guid, rows in found.items()}
        except DatabaseError as error:
            LOG.warning('the list does without what the library knows: %s', error)
            return {}

    @staticmethod
    def _at_the_server(client: PMSClient, kind: str, guids: List[str]) -> List[str]:
        try:
            body = with_guids_body(client, TYPE_NUMBER[kind], guids)
            listing = read_listing(body, 0, 2 * len(guids))
        except PlexError as error:
            LOG.info('the server does not tell whether it has these titles: %s', error)
            return []
        # A server that does not know the filter sends whatever it has.
        found = {item.guid: item.rating_key for item in reversed(listing.items) if item.guid in guids}
        return list(found.values())


def with_own(entries: Sequence[Entry], body: bytes) -> List[Entry]:
    """``entries`` with the user's own items in place of plex.tv's records of them; all others are :class:`Foreign`."""
    own = {(item.plex_type, item.guid): item for item in read_listing(body, 0, len(entries)).items} if body else {}
    return [own.get((one.plex_type, one.guid), Foreign(one)) if isinstance(one, PlexItem) else one for one in entries]
