"""The one door to sign-in, servers and connections. Everything behind it is a part of its own.

Safe to use from several threads. No lock is held while the network is waited for, except that threads that want the
same thing at once (a connection, a renewed token) wait for the one that gets it.
"""
from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import dataclass, replace
from typing import Callable, Dict, List, Optional

from ..cancellation import Cancellation
from ..plex_errors import PlexCancelled, PlexConnectionError, PlexError, PlexServerError
from ..plex_http import PlexSession
from ..plex_tv import CLIENTS_PLEX_TV, PLEX_TV, HomeUser, PlexTV, PlexUser, ServerResource
from .account import Account
from .clock import ServerClock
from .connections import ConnectionProbe, ServerConnection
from .connector import Connector
from .conversion import Conversion
from .credentials import Credentials
from .discovery import Found
from .errors import ServerUnreachable, SigningUnavailable, UnknownServer, WrongUser
from .home import Home
from .legacy import LegacyTokens
from .manual import ManualServers
from .server_tokens import ServerTokens
from .sign_in import SignIn, create_modern_pin
from .store import CredentialStore
from .tokens import is_jwt, jwt_expiry

log = logging.getLogger('pkc.auth')

SIGNED_OUT, LINKING, SIGNED_IN, SIGN_IN_AGAIN = 'signed_out', 'linking', 'signed_in', 'sign_in_again'
#: Makes a session that introduces itself by the given client identifier.
SessionFactory = Callable[[str], PlexSession]


@dataclass(frozen=True)
class AuthStatus:
    """How things stand, for the screen. ``message_key`` names a text about a problem; empty when all is well.

    ``usable``: somebody is signed in, so sync and playback should go on, whatever ``state`` says: also while a new
    code is shown, and when the account needs a new sign-in but the server still takes its token. ``user_name`` and
    ``user_id`` are the active user's: the account's own or the chosen one of its Plex Home.
    """

    state: str
    user_name: str = ''
    server_name: str = ''
    machine_identifier: str = ''
    message_key: str = ''
    usable: bool = False
    user_id: str = ''


class AuthManager:
    """Sign-in, servers and connections over one credential store.

    ``plex_tv_url`` replaces both plex.tv hosts (tests, simulator). ``modern`` tells whether the account is to be a
    JWT device; :meth:`tick` changes it when the answer changes. ``allow_http`` permits plain http to private
    addresses. ``discover`` asks the network for servers that plex.tv cannot tell the address of (:mod:`.discovery`).
    """

    def __init__(self, store: CredentialStore, make_session: SessionFactory, *, plex_tv_url: str = '',
                 now: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic,
                 modern: Callable[[], bool] = lambda: True, allow_http: Callable[[], bool] = lambda: True,
                 discover: Callable[[], List[Found]] = list,
                 cancellation: Optional[Cancellation] = None) -> None:
        self._store = store
        self._make_session = make_session
        self._hosts = (plex_tv_url, plex_tv_url) if plex_tv_url else (PLEX_TV, CLIENTS_PLEX_TV)
        self._monotonic = monotonic
        self._modern = modern
        self._lock = threading.Lock()
        self._clients: Dict[str, PlexTV] = {}
        self._probe: Optional[ConnectionProbe] = None
        self._clock = ServerClock(now)
        self._account = Account(store, self._plex_tv, self._clock, monotonic)
        legacy = LegacyTokens(store, self._account, cancellation)
        self._home = Home(store, self._account, legacy, self._clock, monotonic)
        tokens = ServerTokens(store, self._account, self._clock, self.servers, legacy, self._home)
        self._connector = Connector(store, tokens, self._prober, self.servers, allow_http, discover, monotonic)
        self._manual = ManualServers(store, self._prober, self.servers, allow_http)
        self._conversion = Conversion(store, self._account, legacy, self._clock, modern, self._connector.forget,
                                      cancellation, monotonic)
        self._sign_in: Optional[SignIn] = None

    @property
    def client_identifier(self) -> str:
        """What we call ourselves to plex.tv and to servers."""
        return self._store.load().client_identifier

    def status(self) -> AuthStatus:
        """How things stand; no network."""
        credentials = self._store.load()
        with self._lock:
            linking = self._sign_in is not None and self._sign_in.active
        server = credentials.server(credentials.machine_identifier)
        state = (LINKING if linking else SIGN_IN_AGAIN if credentials.refused
                 else SIGNED_IN if credentials.has_account else SIGNED_OUT)
        message_key = credentials.refused or (
            self._home.message_key or self._trouble() if state == SIGNED_IN else '')
        user = credentials.active_user
        return AuthStatus(state, user.title if user else '', server.name if server else '',
                          credentials.machine_identifier, message_key, credentials.has_account, credentials.user_id)

    # Signing in and out

    def begin_sign_in(self) -> SignIn:
        """A new code to show; an older attempt is cancelled. What is signed in now stays until the code is entered.

        Without a way to sign (:mod:`.ed25519`) it is a legacy code. Raises :class:`PlexError` when plex.tv gives none.
        """
        return self._begin(self._modern(), second=False)

    def begin_second_sign_in(self) -> SignIn:
        """After :class:`NeedsSecondPin`: a legacy code for the same user, only for the server's token."""
        return self._begin(False, second=True)

    def cancel_sign_in(self) -> None:
        """Give up the code that is shown, whichever it is by now."""
        with self._lock:
            attempt, self._sign_in = self._sign_in, None
        if attempt is not None:
            attempt.cancel()

    def adopt_legacy(self, client_identifier: str, token: str, machine_identifier: str = '') -> bool:
        """Take over the legacy token of a PKC 3.x installation together with its client identifier.

        Returns false, and changes nothing, when somebody is signed in already. Raises :class:`PlexError`, of which
        :class:`PlexUnauthorized` means that the token is invalid.
        """
        if self._store.load().has_account:
            return False
        user = self._plex_tv(client_identifier).user(token)

        def change(now: Credentials) -> Credentials:
            return now if now.has_account else replace(
                now.without_account(), legacy_client_identifier=client_identifier, legacy_token=token, user=user,
                machine_identifier=machine_identifier)
        adopted = self._store.update(change).legacy_token == token
        self._connector.forget()
        return adopted

    def sign_out(self) -> None:
        """Revoke our tokens at plex.tv if it can be reached, and forget everything but the client identifiers."""
        self.cancel_sign_in()
        credentials = self._store.load()
        self._store.delete_secrets()
        self._connector.forget()
        member_token = credentials.member.token if credentials.member else ''
        for identifier, token in ((credentials.client_identifier, credentials.account_jwt),
                                  (credentials.legacy_client_identifier, member_token),
                                  (credentials.legacy_client_identifier, credentials.legacy_token)):
            try:
                if token:
                    self._plex_tv(identifier).sign_out(token)
            except PlexError as error:
                log.info('plex.tv was not told of the sign-out: %s', error)

    # The users of the Plex Home

    def home_users(self, own_pin: bool = False) -> List[HomeUser]:
        """Who can watch here, the account's own user first. One or none: there is nothing to choose.

        ``own_pin``: tell also of the account's own user whether they have a PIN. ``protected`` users need their PIN in
        :meth:`select_user`. Raises :class:`PlexError` when plex.tv cannot be asked now.
        """
        return self._home.users(own_pin)

    def user_protected(self) -> bool:
        """Whether the active user had a PIN when plex.tv was last asked; no network."""
        now = self._store.load()
        return now.user_id in now.protected

    def select_user(self, uuid: str, pin: str = '') -> None:
        """Watch as this user of the Home from now on, with their own tokens. The account's own needs no ``pin``;
        one that is given is checked.

        ``uuid`` is a :class:`HomeUser`'s (or its id where it has none). Raises :class:`WrongPin`, also when a PIN is
        needed and none was given, :class:`PlexRateLimited` or another :class:`PlexError`; nothing changes then.
        """
        self._home.select(uuid, pin)
        self._connector.forget()
        log.info('a user was chosen')

    # Servers

    def servers(self) -> List[ServerResource]:
        """The servers of the active user, asked from plex.tv; their addresses are remembered. Raises PlexError."""
        user_id = self._store.load().user_id
        found = self._home.call(lambda plex_tv, token: plex_tv.resources(token))
        self._store.update(
            lambda now: now.with_servers(found) if now.has_account and now.user_id == user_id else now)
        return found

    def known_servers(self) -> List[ServerResource]:
        """The servers of the last answer; no network."""
        return list(self._store.load().servers)

    def add_server(self, address: str) -> ServerResource:
        """Use the server at an address that the user typed. See :meth:`ManualServers.add`."""
        server = self._manual.add(address)
        self._connector.forget()
        return server

    def select_server(self, machine_identifier: str) -> None:
        """Use this server from now on. Raises :class:`UnknownServer` when the user has no such server."""
        if self._store.load().server(machine_identifier) is None:
            self.servers()
            if self._store.load().server(machine_identifier) is None:
                raise UnknownServer('the account does not list this server')
        self._store.update(lambda now: replace(now, machine_identifier=machine_identifier))
        self._connector.forget()

    # The connection

    def connection(self, force: bool = False) -> ServerConnection:
        """See :meth:`Connector.connection`."""
        return self._connector.connection(force)

    def report_failure(self, connection: ServerConnection, error: PlexError) -> None:
        """See :meth:`Connector.report_failure`."""
        self._connector.report_failure(connection, error)

    def tick(self) -> float:
        """Do what is due: follow the setting, renew the account's, the user's and the server's token, write what could
        not be written.

        Returns the seconds until it wants to be called again. May use the network. Never raises.
        """
        self._store.flush()
        return min(self._conversion.tick(), self._account.tick(), self._home.tick(), self._connector.tick())

    # Parts

    def _begin(self, modern: bool, second: bool) -> SignIn:
        attempt = self._modern_attempt() if modern else None
        if attempt is None:
            plex_tv = self._account.legacy()
            attempt = SignIn(plex_tv, plex_tv.create_pin(), None, self._clock,
                             self._linked_second if second else self._linked, self._monotonic)
        with self._lock:
            older, self._sign_in = self._sign_in, attempt
        if older is not None:
            older.cancel()
        return attempt

    def _modern_attempt(self) -> Optional[SignIn]:
        plex_tv = self._account.main()
        try:
            pin, key = create_modern_pin(plex_tv, self._store)
        except SigningUnavailable as error:
            log.warning('modern sign-in is not possible, a legacy code is used: %s', error)
            return None
        return SignIn(plex_tv, pin, key, self._clock, self._linked, self._monotonic)

    def _linked(self, attempt: SignIn, token: str, user: PlexUser) -> None:
        self._check_current(attempt)
        if attempt.key is not None and is_jwt(token):
            self._store.save_key(attempt.key)
        self._store.update(lambda now: _signed_in(now, token, user, attempt.key is not None))
        if is_jwt(token):
            self._account.adopt(token)
        self._connector.forget()
        log.info('signed in')

    def _linked_second(self, attempt: SignIn, token: str, user: PlexUser) -> None:
        self._check_current(attempt)
        if user.id != self._store.load().account_id:
            raise WrongUser('the second code was entered by another user')
        self._store.update(lambda now: replace(now, legacy_token=token))
        self._connector.forget()

    def _trouble(self) -> str:
        """The name of the text that tells a signed-in user what does not work; empty when all is well."""
        failure = self._connector.failure
        if failure is None:
            return 'plex_tv_unreachable' if isinstance(self._account.last_error, PlexConnectionError) else ''
        if isinstance(failure, PlexConnectionError):
            return ServerUnreachable.message_key
        return getattr(failure, 'message_key',
                       'server_starting' if isinstance(failure, PlexServerError) else 'plex_error')

    def _check_current(self, attempt: SignIn) -> None:
        with self._lock:
            if self._sign_in is not attempt:
                raise PlexCancelled('this sign-in was given up')

    def _plex_tv(self, client_identifier: str) -> PlexTV:
        with self._lock:
            if client_identifier not in self._clients:
                session = self._make_session(client_identifier)
                session.on_answer = self._clock.observe
                self._clients[client_identifier] = PlexTV(session, *self._hosts)
            return self._clients[client_identifier]

    def _prober(self) -> ConnectionProbe:
        with self._lock:
            if self._probe is None:
                self._probe = ConnectionProbe(self._make_session(self._store.load().client_identifier))
            return self._probe


def _signed_in(now: Credentials, token: str, user: PlexUser, modern: bool) -> Credentials:
    """The credentials after a code was entered. Another account's tokens, choice of user and server are dropped."""
    same = now.user is not None and now.user.id == user.id
    now = replace(now if same else now.without_account(), user=user, refused='')
    if modern and is_jwt(token):
        return replace(now, account_jwt=token, account_jwt_expires=jwt_expiry(token))
    if modern:
        # plex.tv gave a legacy token to the identifier that mints JWTs. The next JWT would kill it, so that
        # identifier becomes the legacy one.
        now = replace(now, client_identifier=str(uuid.uuid4()), legacy_client_identifier=now.client_identifier)
    return replace(now, legacy_token=token, account_jwt='', account_jwt_expires=0.0)
