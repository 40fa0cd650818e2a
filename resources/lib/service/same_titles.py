"""What several chosen servers both have, told by Plex's guids, which are the same at all servers."""
from __future__ import annotations

import logging
from typing import List, NamedTuple, Optional

from .. import state_db
from ..sql.errors import DatabaseError
from .one_server import LOCAL, RELAYED
from .shared import Shared

LOG = logging.getLogger('pkc.service')

#: Types whose guids say that it is the same.
_TYPES = ('movie', 'episode')
#: A guid that an agent gives to whatever it does not know is no proof.
_PROOF = 'plex://'


class Copy(NamedTuple):
    """The item of another server."""

    machine_identifier: str
    rating_key: str


class SameTitles:
    """Looks into our database, so it knows what was synchronised. Safe to use from several threads."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    @property
    def together(self) -> bool:
        """Whether the user wants the copies of a title to be one: the setting, and several servers."""
        return self._shared.settings.current.same_titles and self._shared.auth.status().several

    @property
    def one_row(self) -> bool:
        """Whether they have one row in Kodi's library, too."""
        return self._shared.settings.current.one_row and self.together

    def copies(self, machine_identifier: str, rating_key: str) -> List[Copy]:
        """The same title at the other chosen servers; none as long as they are to be kept apart.

        Raises :class:`DatabaseError`.
        """
        path = self._shared.databases.state_path
        if not self.together or not state_db.exists(path):
            return []
        others = [one for one in self._shared.auth.status().machine_identifiers if one != machine_identifier]
        with state_db.open_reader(path) as state:
            item = state.find(state.server_id(machine_identifier), [rating_key]).get(rating_key)
            if item is None or item.plex_type not in _TYPES or not item.guid.startswith(_PROOF):
                return []
            found = {other: state.guids(state.server_id(other), item.plex_type, [item.guid]) for other in others}
            return [Copy(other, one.rating_key) for other, by_guid in found.items()
                    for one in by_guid.get(item.guid, ())]

    def shown(self, machine_identifier: str, rating_key: str) -> List[Copy]:
        """The items of other servers whose rows stand for one that has none in Kodi's library."""
        path = self._shared.databases.state_path
        if not self.one_row or not state_db.exists(path):
            return []
        try:
            with state_db.open_reader(path) as state:
                own = state.find(state.server_id(machine_identifier), [rating_key]).get(rating_key)
                if own is None or own.kodi_id:
                    return []
                return [Copy(state.machine_identifier(row.server_id), row.rating_key)
                        for row in state.with_row(own.plex_type, [own.guid])]
        except DatabaseError as error:
            LOG.info('it is not known which row shows item %s: %s', rating_key, error)
            return []

    def instead(self, machine_identifier: str, rating_key: str) -> Optional[Copy]:
        """The copy to be played while the server itself is away: of one in our network, else of any that is there."""
        clients, order = self._shared.clients, {LOCAL: 0, RELAYED: 2}
        return min(self.there(machine_identifier, rating_key),
                   key=lambda one: order.get(clients.distance(one.machine_identifier), 1), default=None)

    def there(self, machine_identifier: str, rating_key: str) -> List[Copy]:
        """The same title at the other chosen servers that can be reached as far as is known."""
        try:
            copies = self.copies(machine_identifier, rating_key)
        except DatabaseError as error:
            LOG.info('it is not known whether other servers have item %s: %s', rating_key, error)
            return []
        return [one for one in copies if self._shared.clients.ready(one.machine_identifier)]
