"""Finding an address at which a server answers: a known one, one that plex.tv lists now, or one of discovery."""
from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import Callable, Optional

from ...plex_errors import PlexCancelled, PlexError
from ...plex_tv import ServerResource
from ...retry import Backoff, RetryPolicy
from ..account.clients import SessionFactory
from ..clock import AuthClock
from ..credentials.store import CredentialStore
from ..errors import ServerUnreachable
from .addresses import found_addresses
from .connections import ConnectionProbe, Reached, Verdict
from .discovery import Discover
from .listing import ServerList

log = logging.getLogger('pkc.auth')


class ServerFinder:
    """Tries addresses and tokens, over a session of its own.

    ``allow_http()`` permits plain http to private addresses; ``discover()`` asks the network for servers.
    """

    def __init__(self, store: CredentialStore, servers: ServerList, make_session: SessionFactory, clock: AuthClock,
                 allow_http: Callable[[], bool], discover: Discover) -> None:
        self._store = store
        self._servers = servers
        self._make_session = make_session
        self._allow_http = allow_http
        self._discover = discover
        self._lock = threading.Lock()
        self._probe: Optional[ConnectionProbe] = None
        self._moved = Backoff(RetryPolicy(60.0, 1800.0), clock.monotonic)

    def try_known(self, server: ServerResource) -> Reached:
        """Try the addresses in ``server``; returns the best that answers. See :meth:`ConnectionProbe.reach`."""
        return self._prober().reach(server, self._allow_http())

    def reach(self, server: ServerResource) -> Reached:
        """Try the known addresses; if none answers, those that plex.tv lists now, then those found in the network.

        Raises :class:`ServerUnreachable` or, when the server
        is just starting, :class:`PlexServerError`.
        """
        try:
            return self.try_known(server)
        except ServerUnreachable:
            if self._moved.seconds_left():
                raise
        self._moved.failed()
        moved = self._moved_server(server)
        if moved is not None:
            try:
                return self.try_known(moved)
            except ServerUnreachable:
                log.info('the server does not answer where plex.tv says that it is')
        return self._reach_nearby(server)

    def search_again(self) -> None:
        """Let the next :meth:`reach` ask plex.tv and the network without the pause that follows a failure."""
        self._moved.reset()

    def verdict(self, base_url: str, token: str) -> Verdict:
        """Whether the server at this address accepts ``token``. See :meth:`ConnectionProbe.verdict`."""
        return self._prober().verdict(base_url, token)

    def _prober(self) -> ConnectionProbe:
        with self._lock:
            if self._probe is None:
                self._probe = ConnectionProbe(self._make_session(self._store.load().client_identifier))
            return self._probe

    def _moved_server(self, server: ServerResource) -> Optional[ServerResource]:
        """The server with the addresses that plex.tv lists now; None when they are the same or plex.tv fails."""
        try:
            self._servers.ask()
        except PlexCancelled:
            raise
        except PlexError as error:
            log.info('plex.tv could not say where the server is now: %s', error)
            return None
        moved = self._store.load().server(server.machine_identifier)
        return None if moved is None or moved.connections == server.connections else moved

    def _reach_nearby(self, server: ServerResource) -> Reached:
        for found in self._discover():
            if found.machine_identifier == server.machine_identifier:
                near = found_addresses(found.ip, found.port, found.certificate_host)
                return self.try_known(replace(server, connections=tuple(near)))
        raise ServerUnreachable('no known address of the server answers, plex.tv and the network gave no others')
