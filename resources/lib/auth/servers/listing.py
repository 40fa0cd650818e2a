"""The servers of the active user, as plex.tv lists them."""
from __future__ import annotations

from typing import List

from ...plex_tv import ServerResource
from ..credentials.store import CredentialStore
from ..errors import UnknownServer
from ..home.active_user import ActiveUser


class ServerList:
    """Asks plex.tv for the servers, and saves the answer in ``store``."""

    def __init__(self, store: CredentialStore, active_user: ActiveUser) -> None:
        self._store = store
        self._active_user = active_user

    def ask(self) -> List[ServerResource]:
        """Ask plex.tv for the servers; their addresses are stored. Raises :class:`PlexError`."""
        user_id = self._store.load().user_id
        servers = self._active_user.call(lambda plex_tv, token: plex_tv.resources(token))
        self._store.update(
            lambda now: now.with_servers(servers) if now.has_account and now.user_id == user_id else now)
        return servers

    def known(self) -> List[ServerResource]:
        """The servers of the last answer; no network."""
        return list(self._store.load().servers)

    def find(self, machine_identifier: str) -> ServerResource:
        """A server with its last known addresses; plex.tv is asked only when the last answer does not list it.

        Raises :class:`UnknownServer` when the user has no such server, or another :class:`PlexError`.
        """
        server = self._store.load().server(machine_identifier)
        if server is None:
            self.ask()
            server = self._store.load().server(machine_identifier)
        if server is None:
            raise UnknownServer('the account does not list this server')
        return server
