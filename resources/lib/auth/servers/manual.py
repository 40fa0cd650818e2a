"""A server by the address that the user typed."""
from __future__ import annotations

import logging
from dataclasses import replace

from ...plex_errors import PlexError
from ...plex_tv import ServerResource
from ..credentials.store import CredentialStore
from ..errors import UnknownServer
from .addresses import parse_typed, typed_addresses
from .finder import ServerFinder
from .listing import ServerList

log = logging.getLogger('pkc.auth')


class ManualServers:
    """Adds servers to those that ``store`` knows."""

    def __init__(self, store: CredentialStore, servers: ServerList, finder: ServerFinder) -> None:
        self._store = store
        self._servers = servers
        self._finder = finder

    def add(self, text: str) -> ServerResource:
        """Choose the server at a typed address, and from now on try that address besides the listed ones.

        Where several are chosen, it is one more of them.

        No token is sent there until the server's id is known to be one of the account's servers.
        Raises :class:`BadAddress`, :class:`ServerUnreachable`, :class:`UnknownServer` (not one of the account's) or
        another :class:`PlexError`.
        """
        typed = parse_typed(text)
        try:
            self._servers.ask()
        except PlexError as error:
            log.info('plex.tv lists no servers now, those of the store count: %s', error)
        known = self._store.load().servers
        any_server = ServerResource('', 'typed', '', True, False, '', True, False, True,
                                 tuple(typed_addresses(typed, known)))
        reached = self._finder.try_known(any_server)
        server = self._store.load().server(reached.machine_identifier)
        if server is None:
            raise UnknownServer('the account does not list the server at this address')
        own = replace(server, connections=tuple(typed_addresses(typed, [server])), access_token='')
        self._store.update(lambda now: now.with_manual(own).with_chosen(
            [*(now.chosen if now.others else ()), own.machine_identifier]) if now.has_account else now)
        log.info('a server was chosen by its address')
        return server
