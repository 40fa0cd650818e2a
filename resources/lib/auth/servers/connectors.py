"""One connector for each chosen server: each has its own address, token and pauses, so none waits for another."""
from __future__ import annotations

import threading
from typing import Callable, Dict, List

from ...plex_errors import PlexError
from ..clock import AuthClock
from ..credentials.store import CredentialStore
from ..errors import UnknownServer
from .connections import ServerConnection
from .connector import Connector
from .finder import ServerFinder
from .listing import ServerList
from .server_tokens import ServerTokens


class Connectors:
    """Makes the connectors when they are needed. Safe to use from several threads.

    ``main`` connects to the main server, whichever that is; ``main_finder`` is the one that it uses. Each other
    connector gets a finder of its own from ``make_finder()``.
    """

    def __init__(self, store: CredentialStore, servers: ServerList, make_finder: Callable[[], ServerFinder],
                 tokens: ServerTokens, clock: AuthClock) -> None:
        self._store = store
        self._servers = servers
        self._make_finder = make_finder
        self._tokens = tokens
        self._clock = clock
        self._lock = threading.Lock()
        self._others: Dict[str, Connector] = {}
        self.main_finder = make_finder()
        self.main = Connector(store, servers, self.main_finder, tokens, clock)

    def of(self, machine_identifier: str = '') -> Connector:
        """The connector of a chosen server; '' is the main one. Raises :class:`UnknownServer` for another one."""
        now = self._store.load()
        if machine_identifier in ('', now.machine_identifier):
            return self.main
        if machine_identifier not in now.others:
            raise UnknownServer('not one of the chosen servers')
        with self._lock:
            found = self._others.get(machine_identifier)
            if found is None:
                found = self._others[machine_identifier] = Connector(
                    self._store, self._servers, self._make_finder(), self._tokens, self._clock, machine_identifier)
            return found

    def report_failure(self, connection: ServerConnection, error: PlexError) -> bool:
        """See :meth:`Connector.report_failure`; the connection tells the server."""
        try:
            connector = self.of(connection.machine_identifier)
        except UnknownServer:
            connector = self.main
        return connector.report_failure(connection, error)

    def forget(self) -> None:
        """See :meth:`Connector.forget`: for all servers. Those that are not chosen any more have none afterwards."""
        chosen = self._store.load().others
        with self._lock:
            self._others = {one: connector for one, connector in self._others.items() if one in chosen}
        for connector in self._all():
            connector.forget()

    def tick(self) -> float:
        """See :meth:`Connector.tick`: for all servers."""
        return min(connector.tick() for connector in self._all())

    def _all(self) -> List[Connector]:
        with self._lock:
            return [self.main, *self._others.values()]
