"""Keeping a connection to a chosen server: it is dropped when it fails, and then made anew."""
from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import Callable, Optional

from ...plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexConnectionError,
    PlexError,
    PlexRateLimited,
    PlexServerError,
    PlexUnauthorized,
)
from ...plex_tv import ServerResource
from ...retry import Backoff, RetryPolicy
from ..clock import IDLE, AuthClock
from ..credentials.store import CredentialStore
from ..errors import NoServerChosen, NotSignedIn, SignInAgain
from ..single_flight import SingleFlight
from .connections import ServerConnection, Verdict
from .finder import ServerFinder
from .listing import ServerList
from .server_tokens import ServerTokens

log = logging.getLogger('pkc.auth')

#: Seconds after a refused token was found to be good, in which a refusal is taken for the matter of that one request.
_TRUSTED = 5.0
#: Errors that do not concern the token: try again soon.
_PASSING = (PlexConnectionError, PlexRateLimited, PlexServerError, PlexBadAnswer)


class Connector:
    """Connects to one of the servers that are chosen in ``store``, by default to the main one of today.

    Safe to use from several threads.
    """

    def __init__(self, store: CredentialStore, servers: ServerList, finder: ServerFinder, tokens: ServerTokens,
                 clock: AuthClock, machine_identifier: str = '') -> None:
        self._machine_identifier = machine_identifier
        self._store = store
        self._servers = servers
        self._finder = finder
        self._tokens = tokens
        self._clock = clock
        self._lock = threading.Lock()
        self._flight: SingleFlight[ServerConnection] = SingleFlight()
        self._connection: Optional[ServerConnection] = None
        self._refused_token = ''
        self._trusted_until = 0.0
        self._failure: Optional[PlexError] = None
        self._retry = Backoff(RetryPolicy(1.0, 10.0), clock.monotonic)
        self._starting = Backoff(RetryPolicy(0.5, 3.0), clock.monotonic)
        self._refused = Backoff(RetryPolicy(60.0, 3600.0), clock.monotonic)
        self._renewal = Backoff(RetryPolicy(300.0, 3600.0), clock.monotonic)
        self._generation = 0

    @property
    def failure(self) -> Optional[PlexError]:
        """Why there is no connection; None when there is one or none was wanted yet."""
        with self._lock:
            return self._failure

    def connection(self, force: bool = False) -> ServerConnection:
        """An address of the server with a token that it accepts. Kept until :meth:`report_failure`.

        Stored addresses and tokens are tried first, so it works without plex.tv. For some seconds after a failure (up
        to an hour when tokens are refused) the same error is raised without a request, unless ``force``.
        Raises :class:`NotSignedIn`, :class:`SignInAgain`, :class:`NoServerChosen`, :class:`UnknownServer`,
        :class:`ServerUnreachable`, :class:`ServerRefused`, :class:`NeedsSecondPin` or another :class:`PlexError`.
        """
        with self._lock:
            connection = self._connection
        if connection is not None and not force:
            return connection
        return self._flight.run(lambda: self._connect(force))

    def report_failure(self, connection: ServerConnection, error: PlexError) -> bool:
        """A request over ``connection`` failed: the next :meth:`connection` looks again where that makes sense.

        A refused token is tried at once. When the server takes it after all, the refusal was the matter of that one
        request, and for some seconds further ones cost nothing. Returns whether it looks again.
        """
        with self._lock:
            if self._connection != connection:
                return self._connection is None
            if isinstance(error, PlexConnectionError):
                self._connection = None
            elif isinstance(error, PlexUnauthorized) and self._clock.monotonic() >= self._trusted_until:
                self._connection = None
                self._refused_token = connection.token
            return self._connection is None

    def try_at_once(self) -> None:
        """Let the next :meth:`connection` look for an unreachable server, however short ago that failed."""
        with self._lock:
            self._retry.reset()
            self._finder.search_again()

    def tick(self) -> float:
        """Renew the server's token if that is due. Returns the seconds until the next call; never raises."""
        with self._lock:
            connection, generation = self._connection, self._generation
        if connection is None or not self._tokens.renewal_due(
                connection.token, connection.machine_identifier, connection.version):
            return IDLE
        if not self._renewal.seconds_left():
            self._renewal.failed()
            try:
                self._flight.run(lambda: self._renewed(connection, generation))
            except PlexError as error:
                log.info('the server token was not renewed: %s', error)
        return max(60.0, self._renewal.seconds_left())

    def forget(self) -> None:
        """Drop the connection and all back-offs. Call after another user or server was chosen."""
        with self._lock:
            self._generation += 1
            self._connection = None
            self._trusted_until = 0.0
            self._failure = None
            self._finder.search_again()
            for backoff in (self._retry, self._starting, self._refused, self._renewal):
                backoff.reset()

    def _connect(self, force: bool) -> ServerConnection:
        with self._lock:
            if self._connection is not None and not force:
                return self._connection
            if force:
                self._finder.search_again()
            waiting = max(one.seconds_left() for one in (self._retry, self._starting, self._refused))
            if waiting and self._failure is not None and not force:
                raise self._failure.with_traceback(None)
            generation = self._generation
        try:
            server = self._chosen_server()
            reached = self._finder.reach(server)
            url, version = reached.candidate.url, reached.version or server.version
            token = self._tokens.obtain(server.machine_identifier, version, self._accepts(url))
        except PlexError as error:
            self._failed(error, generation)
            raise
        return self._keep(ServerConnection(url, token.token, server.machine_identifier, server.name, server.owned,
                                           version, reached.candidate.rank), generation)

    def _renewed(self, connection: ServerConnection, generation: int) -> ServerConnection:
        """``connection`` with the best token that can be obtained now."""
        token = self._tokens.obtain(connection.machine_identifier, connection.version,
                                    self._accepts(connection.base_url), renew=True)
        return self._keep(replace(connection, token=token.token), generation)

    def _accepts(self, url: str) -> Callable[[str], Verdict]:
        return lambda token: self._finder.verdict(url, token)

    def _chosen_server(self) -> ServerResource:
        """The chosen server as last known; if there is only one (own) server, it becomes the chosen one."""
        credentials = self._store.load()
        wanted = self._machine_identifier or credentials.machine_identifier
        if not credentials.has_account and not credentials.server_token(wanted):
            raise SignInAgain(credentials.refused) if credentials.refused else NotSignedIn('nobody is signed in')
        if wanted:
            return self._servers.find(wanted)
        servers = self._servers.ask()
        own_servers = [server for server in servers if server.owned] or servers
        if len(own_servers) != 1:
            raise NoServerChosen('%d servers to choose from' % len(own_servers))
        self._store.update(lambda now: replace(now, machine_identifier=own_servers[0].machine_identifier))
        return own_servers[0]

    def _keep(self, connection: ServerConnection, generation: int) -> ServerConnection:
        """Keep ``connection``, unless another user or server was chosen since ``generation``."""
        with self._lock:
            if generation == self._generation:
                self._connection = connection
                if connection.token == self._refused_token:
                    self._trusted_until = self._clock.monotonic() + _TRUSTED
                self._refused_token = ''
                self._failure = None
                self._finder.search_again()
                for backoff in (self._retry, self._starting, self._refused):
                    backoff.reset()
        return connection

    def _failed(self, error: PlexError, generation: int) -> None:
        with self._lock:
            if isinstance(error, PlexCancelled) or generation != self._generation:
                return
            self._failure = error
            backoff = self._refused
            if isinstance(error, PlexServerError):  # it will soon be there
                backoff = self._starting
            elif isinstance(error, _PASSING):
                backoff = self._retry
            backoff.failed(getattr(error, 'retry_after', 0.0))
