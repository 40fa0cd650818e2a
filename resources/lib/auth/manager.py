"""The interface of ``auth`` for the rest of the add-on; the work is done in the other modules.

Safe to use from several threads. No lock is held during requests, except that threads that want the same thing at once
(a connection, a renewed token) wait for the one that gets it.
"""
from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import Callable, List, Optional, Sequence, Set, TypeVar

from .. import plex_tv_devices
from ..plex_errors import PlexError
from ..plex_providers import Provider
from ..plex_requests import PMSRequests
from ..plex_tv import HomeUser, PlexTV, ServerResource
from .account.account import Account
from .account.attempts import SignInAttempts
from .account.clients import PlexTvClients, SessionFactory
from .account.conversion import Conversion
from .account.legacy import LegacyTokens
from .account.sign_in import SignIn
from .clock import AuthClock
from .credentials.record import Credentials
from .credentials.store import CredentialStore
from .home.active_user import ActiveUser
from .home.discover import Discover
from .home.own_tokens import OwnTokens
from .home.switch import HomeSwitch
from .home.users import HomeUsers
from .options import AuthOptions
from .servers.connections import ServerConnection
from .servers.connectors import Connectors
from .servers.finder import ServerFinder
from .servers.listing import ServerList
from .servers.manual import ManualServers
from .servers.server_tokens import ServerTokens
from .status import LINKING, SIGN_IN_AGAIN, SIGNED_IN, SIGNED_OUT, AuthStatus, problem

log = logging.getLogger('pkc.auth')

Answer = TypeVar('Answer')


class AuthManager:
    """Sign-in, servers and connections over one credential store.

    ``make_session(client_identifier)`` makes a session that sends that identifier. ``clock`` is given in tests only.
    Call :meth:`tick` regularly.
    """

    def __init__(self, store: CredentialStore, make_session: SessionFactory, options: Optional[AuthOptions] = None,
                 clock: Optional[AuthClock] = None) -> None:
        options = options or AuthOptions()
        clock = clock or AuthClock()
        self._store = store
        self._options = options
        self._clients = PlexTvClients(make_session, clock, options.plex_tv_url)
        self._account = Account(store, self._clients, clock)
        legacy = LegacyTokens(store, self._account, clock)
        switch = HomeSwitch(store, self._account, legacy)
        self._active_user = ActiveUser(store, self._account, switch, clock)
        self._home = HomeUsers(store, self._account, switch, self._active_user, clock)
        self._own_tokens = OwnTokens(store, self._clients, self._home)
        self._discover = Discover(store, self._active_user)
        self._servers = ServerList(store, self._active_user)
        make_finder = partial(ServerFinder, store, self._servers, make_session, clock, options.allow_http,
                              options.discover)
        tokens = ServerTokens(store, self._account, legacy, self._active_user, self._servers, clock)
        self._connectors = Connectors(store, self._servers, make_finder, tokens, clock)
        self._manual = ManualServers(store, self._servers, self._connectors.main_finder)
        self._conversion = Conversion(store, self._account, legacy, clock, options.modern, self._connectors.forget)
        self._attempts = SignInAttempts(store, self._account, clock, self._connectors.forget)

    @property
    def client_identifier(self) -> str:
        """The ``X-Plex-Client-Identifier`` that we send to servers and, with a JWT, to plex.tv."""
        return self._store.load().client_identifier

    def status(self) -> AuthStatus:
        """The state of sign-in and server, for the screen; no network."""
        credentials = self._store.load()
        server = credentials.server(credentials.machine_identifier)
        state = (LINKING if self._attempts.waiting else SIGN_IN_AGAIN if credentials.refused
                 else SIGNED_IN if credentials.has_account else SIGNED_OUT)
        message_key = credentials.refused or (
            self._active_user.message_key or problem(self._connectors.main.failure, self._account.last_error)
            if state == SIGNED_IN else '')
        user = credentials.active_user
        return AuthStatus(state, user.title if user else '', server.name if server else '',
                          credentials.machine_identifier, message_key, credentials.has_account, credentials.user_id,
                          credentials.chosen)

    @property
    def signing_library(self) -> str:
        """Name of the library that signs (``cryptography`` or another); '' as long as nothing had to be signed."""
        return self._account.signing_library

    def names(self) -> Set[str]:
        """Names and ids of the account's, its Home's users and servers as far as known here. No network."""
        now = self._store.load()
        users = [user for user in (now.user, now.active_user) if user]
        found = {name for user in users for name in (user.title, user.uuid)}
        for server in now.servers + now.manual:
            found |= {server.name, server.source_title}
        return (found | self._home.names) - {''}

    # Signing in and out

    def begin_sign_in(self) -> SignIn:
        """A new code to show; an older one is cancelled. The present account stays until the code is entered.

        It is a legacy code when no library can sign (:mod:`.device_key.signing`). Raises :class:`PlexError` when
        plex.tv gives none.
        """
        return self._attempts.begin(self._options.modern())

    def begin_second_sign_in(self) -> SignIn:
        """A legacy code that the same user must enter after :class:`NeedsSecondPin`, for the server's token."""
        return self._attempts.begin_second()

    def cancel_sign_in(self) -> None:
        """Give up the code that is shown now, if any."""
        self._attempts.cancel()

    def adopt_legacy(self, client_identifier: str, token: str, machine_identifier: str = '') -> bool:
        """Take over the legacy token of a PKC 3.x installation together with its client identifier.

        Returns false, and changes nothing, when there is an account already. Raises :class:`PlexError`;
        :class:`PlexUnauthorized` when the token is invalid.
        """
        if self._store.load().has_account:
            return False
        user = self._clients.of(client_identifier).user(token)

        def change(now: Credentials) -> Credentials:
            return now if now.has_account else replace(
                now.without_account(), legacy_client_identifier=client_identifier, legacy_token=token, user=user,
                machine_identifier=machine_identifier)
        adopted = self._store.update(change).legacy_token == token
        self._connectors.forget()
        return adopted

    def sign_out(self) -> None:
        """Forget everything but the client identifiers, and revoke our tokens at plex.tv if it can be reached."""
        self.cancel_sign_in()
        credentials = self._store.load()
        self._store.delete_secrets()
        self._connectors.forget()
        member_token = credentials.member.token if credentials.member else ''
        for identifier, token in ((credentials.client_identifier, credentials.account_jwt),
                                  (credentials.legacy_client_identifier, member_token),
                                  (credentials.legacy_client_identifier, credentials.legacy_token)):
            try:
                if token:
                    self._clients.of(identifier).sign_out(token)
            except PlexError as error:
                log.info('plex.tv was not told of the sign-out: %s', error)

    # The users of the Plex Home

    def home_users(self, own_pin: bool = False) -> List[HomeUser]:
        """The users of the Plex Home, the account's own first; empty when there is no Home.

        ``protected`` users need their PIN in :meth:`select_user`; the account's own user is marked so only with
        ``own_pin``. Raises :class:`PlexError` when plex.tv cannot be asked now.
        """
        return self._home.users(own_pin)

    def user_protected(self) -> bool:
        """Whether the active user had a PIN when plex.tv was last asked; no network."""
        now = self._store.load()
        return now.user_id in now.protected

    def select_user(self, uuid: str, pin: str = '') -> None:
        """Make this user of the Home the active one. The account's own needs no ``pin``; if one is given, it is
        checked.

        ``uuid`` is a :class:`HomeUser`'s (or its id where it has none). Raises :class:`WrongPin`, also when a PIN is
        needed and none was given, :class:`PlexRateLimited` or another :class:`PlexError`; nothing changes then.
        """
        self._home.select(uuid, pin)
        self._connectors.forget()
        log.info('a user was chosen')

    def confirm_token(self, token: str) -> bool:
        """See :meth:`OwnTokens.confirm`."""
        return self._own_tokens.confirm(token)

    def announce_player(self, addresses: Sequence[str]) -> None:
        """Have plex.tv list this device as a player at these URLs; without any it is none. Raises :class:`PlexError`.

        It must have the identifier under which servers and controllers know us, so a legacy account is left out.
        """
        identifier, server = self.client_identifier, self._store.load().machine_identifier

        def announce(plex_tv: PlexTV, token: str) -> None:
            if plex_tv.session.identity.client_identifier == identifier:
                plex_tv_devices.announce(plex_tv, token, addresses, server)
        self._account.call(announce)

    # plex.tv's own providers

    def discover(self, ask: Callable[[PMSRequests, Provider], Answer]) -> Answer:
        """See :meth:`Discover.call`."""
        return self._discover.call(ask)

    # Servers

    def servers(self) -> List[ServerResource]:
        """Ask plex.tv for the servers of the active user; their addresses are stored. Raises PlexError."""
        return self._servers.ask()

    def known_servers(self) -> List[ServerResource]:
        """The servers of the last answer; no network."""
        return self._servers.known()

    def add_server(self, address: str) -> ServerResource:
        """Choose the server at an address that the user typed. See :meth:`ManualServers.add`."""
        server = self._manual.add(address)
        self._connectors.forget()
        return server

    def select_server(self, machine_identifier: str) -> None:
        """Make this the only chosen server. Raises :class:`UnknownServer` when the user has no such server."""
        self.select_servers([machine_identifier])

    def select_servers(self, machine_identifiers: Sequence[str]) -> None:
        """Make these the chosen servers. The main one of before stays that if it is among them; else it is the first.

        Raises :class:`UnknownServer` when the user has no such server.
        """
        for one in machine_identifiers:
            self._servers.find(one)
        self._store.update(lambda now: now.with_chosen(machine_identifiers))
        self._connectors.forget()

    def server_name(self, machine_identifier: str) -> str:
        """A server's name, '' for one that is not known; no network."""
        server = self._store.load().server(machine_identifier)
        return server.name if server else ''

    # The connections

    def connection(self, force: bool = False, machine_identifier: str = '') -> ServerConnection:
        """Of a chosen server, by default the main one. See :meth:`Connector.connection`."""
        return self._connectors.of(machine_identifier).connection(force)

    def problem_of(self, machine_identifier: str) -> str:
        """The name of the text that says why there is no connection to a chosen server; '' when there is no problem."""
        return problem(self._connectors.of(machine_identifier).failure, None)

    def report_failure(self, connection: ServerConnection, error: PlexError) -> bool:
        """See :meth:`Connector.report_failure`."""
        return self._connectors.report_failure(connection, error)

    def try_at_once(self, machine_identifier: str = '') -> None:
        """See :meth:`Connector.try_at_once`."""
        self._connectors.of(machine_identifier).try_at_once()

    def tick(self) -> float:
        """Do what is due: follow the setting, renew the tokens of account, user and server, save what could not be
        saved before.

        Returns the seconds until the next call. May use the network. Never raises.
        """
        self._store.flush()
        return min(self._conversion.tick(), self._account.tick(), self._active_user.tick(), self._connectors.tick())
