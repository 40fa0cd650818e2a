"""A server by the address that the user typed."""
from __future__ import annotations

import logging
from dataclasses import replace
from typing import Callable, List

from ..plex_errors import PlexError
from ..plex_tv import ServerResource
from .addresses import parse_typed, typed_addresses
from .connections import ConnectionProbe
from .errors import UnknownServer
from .store import CredentialStore

log = logging.getLogger('pkc.auth')


class ManualServers:
    """``list_servers`` asks plex.tv and stores the answer; ``prober`` gives the probe for the current identity."""

    def __init__(self, store: CredentialStore, prober: Callable[[], ConnectionProbe],
                 list_servers: Callable[[], List[ServerResource]], allow_http: Callable[[], bool]) -> None:
        self._store = store
        self._prober = prober
        self._list_servers = list_servers
        self._allow_http = allow_http

    def add(self, text: str) -> ServerResource:
        """Choose the server at a typed address, and try that address beside the listed ones from now on.

        No token is sent there before the server has told its id and the account turned out to have that server.
        Raises :class:`BadAddress`, :class:`ServerUnreachable`, :class:`UnknownServer` (another one's server) or
        another :class:`PlexError`.
        """
        typed = parse_typed(text)
        try:
            self._list_servers()
        except PlexError as error:
            log.info('plex.tv lists no servers now, those of the store count: %s', error)
        known = self._store.load().servers
        anybody = ServerResource('', 'typed', '', True, False, '', True, False, True,
                                 tuple(typed_addresses(typed, known)))
        reached = self._prober().reach(anybody, self._allow_http())
        server = self._store.load().server(reached.machine_identifier)
        if server is None:
            raise UnknownServer('the account does not list the server at this address')
        own = replace(server, connections=tuple(typed_addresses(typed, [server])), access_token='')
        self._store.update(lambda now: replace(now.with_manual(own), machine_identifier=server.machine_identifier)
                           if now.has_account else now)
        log.info('a server was chosen by its address')
        return server
