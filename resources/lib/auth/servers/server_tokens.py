"""Obtaining a token that a server accepts, without asking the user.

Today's servers refuse plex.tv's JWTs, and ``/resources`` called with a JWT gives a JWT as the server's token. So these
are tried in order: the stored token; the token from ``/resources``; a legacy token of a second client identifier, whose
PIN we claim ourselves (``PUT /pins/link``) with the account token; a Plex Home switch to the account's own user. Only
when none works must the user type a second code. For another user of the Home, their own token is used.
"""
from __future__ import annotations

import logging
from typing import Callable, Iterator, List, Optional, Tuple

from ...plex_errors import (
    PlexCancelled,
    PlexConnectionError,
    PlexError,
    PlexRateLimited,
    PlexServerError,
    PlexUnauthorized,
)
from ...plex_tv import PlexTV, ServerResource
from ..account.account import Account
from ..account.legacy import LegacyTokens
from ..account.tokens import is_jwt, jwt_expiry
from ..clock import DAY, AuthClock
from ..credentials.record import (
    HOME,
    LEGACY,
    RESOURCE,
    Credentials,
    HomeMember,
    JwtRefusal,
    ServerToken,
)
from ..credentials.store import CredentialStore
from ..errors import NeedsSecondPin, NotSignedIn, ServerRefused, UnknownServer
from ..home.active_user import ActiveUser
from .connections import Verdict
from .listing import ServerList

log = logging.getLogger('pkc.auth')

#: A server token that is a JWT is replaced this many seconds before it expires.
EXPIRING = DAY / 2

#: Whether the server accepts a token; may raise :class:`PlexError`.
Accepts = Callable[[str], Verdict]
#: Obtains a token for a machineIdentifier; empty when this source has none.
Source = Callable[[str], str]
#: Errors of the legacy sources that may be gone at the next attempt.
_PASSING = (PlexConnectionError, PlexRateLimited, PlexServerError, NotSignedIn)


class ServerTokens:
    """Obtains the token that a server accepts, and saves it in ``store``."""

    def __init__(self, store: CredentialStore, account: Account, legacy: LegacyTokens, active_user: ActiveUser,
                 servers: ServerList, clock: AuthClock) -> None:
        self._store = store
        self._account = account
        self._legacy = legacy
        self._active_user = active_user
        self._servers = servers
        self._clock = clock

    def obtain(self, machine_identifier: str, version: str, accepts: Accepts, renew: bool = False) -> ServerToken:
        """A token that the server accepts; it is stored for the active user. ``renew``: try the stored one last.

        ``version`` is the server's. Raises :class:`NeedsSecondPin`, :class:`ServerRefused`, :class:`UnknownServer`,
        :class:`SignInAgain`, or another :class:`PlexError` after which it can be tried again later.
        """
        credentials = self._store.load()
        user_id = credentials.user_id
        search = _Search(accepts, second_pin_helps=credentials.member is None)
        for kind, source in self._sources(machine_identifier, renew):
            if search.skips(kind):
                continue
            token = search.attempt(kind, source, machine_identifier)
            if token:
                found = ServerToken(user_id, machine_identifier, kind, token)
                self._remember(found, version, search.jwt_refused and not is_jwt(token))
                return found
        raise search.verdict()

    def renewal_due(self, token: str, machine_identifier: str, version: str) -> bool:
        """Whether to ask plex.tv for a better token than ``token``, which works: it is a JWT that runs out soon, or
        a legacy one whose server refused JWTs, but in another version or over a day ago.
        """
        expiry = jwt_expiry(token)
        if expiry:
            return expiry - self._clock.now() < EXPIRING
        now = self._store.load()
        refusal = now.jwt_refusal(machine_identifier)
        modern = is_jwt(now.member.token) if now.member else bool(now.account_jwt)
        return modern and refusal is not None and (
            refusal.version != version or not 0 <= self._clock.now() - refusal.at < DAY)

    def _sources(self, machine_identifier: str, renew: bool) -> Iterator[Tuple[str, Source]]:
        stored = self._store.load().server_token(machine_identifier)
        if renew:
            yield RESOURCE, self._from_resources
        if stored is not None:
            known = stored.token
            yield stored.kind, lambda _: known
        if not renew:
            yield RESOURCE, self._from_resources
        yield LEGACY, self._from_legacy
        yield HOME, self._from_home

    def _from_resources(self, machine_identifier: str) -> str:
        return _access_token(self._servers.ask(), machine_identifier)

    def _from_legacy(self, machine_identifier: str) -> str:
        """The server's token from ``/resources`` for the second client identifier, to which plex.tv issues no JWTs."""
        member = self._store.load().member
        if member is not None:
            return self._from_member(member, machine_identifier)
        token = self._store.load().legacy_token
        if token:
            try:
                return _access_token(self._account.legacy().resources(token), machine_identifier)
            except PlexUnauthorized:
                self._legacy.drop(token)
        token = self._legacy.of_account()
        return _access_token(self._account.legacy().resources(token), machine_identifier) if token else ''

    def _from_member(self, member: HomeMember, machine_identifier: str) -> str:
        """The same for a user of the Home whose own token is a JWT; a legacy one was tried by ``_from_resources``."""
        if not is_jwt(member.token):
            return ''
        token = self._legacy.linked(
            lambda code: self._active_user.call(lambda plex_tv, own: plex_tv.link_pin(code, own)))
        if not token:
            return ''
        self._active_user.adopt(member, token)
        return _access_token(self._account.legacy().resources(token), machine_identifier)

    def _from_home(self, machine_identifier: str) -> str:
        """The server's token after a Plex Home switch to the account's own user."""
        now = self._store.load()
        user = now.user
        if user is None or not user.uuid or now.member is not None:
            return ''

        def switch(_: PlexTV, token: str) -> str:
            return self._account.legacy().switch_user(user.uuid, token).token if user else ''
        token = self._account.call(switch)
        if not token or is_jwt(token):
            return ''
        return _access_token(self._account.legacy().resources(token), machine_identifier)

    def _remember(self, token: ServerToken, version: str, jwt_refused: bool) -> None:
        def change(now: Credentials) -> Credentials:
            if now.user_id != token.user_id:
                return now
            if jwt_refused:
                now = now.with_refusal(JwtRefusal(token.machine_identifier, version, self._clock.now()))
            elif is_jwt(token.token):
                now = now.without_refusal(token.machine_identifier)
            return now.with_server_token(token)
        self._store.update(change)


class _Search:
    """One pass through the sources; knows why it failed."""

    def __init__(self, accepts: Accepts, second_pin_helps: bool) -> None:
        self._accepts = accepts
        self._second_pin_helps = second_pin_helps
        self._tried: List[str] = []
        self._problem: Optional[PlexError] = None
        self._legacy_refused = False
        self.jwt_refused = False

    def skips(self, kind: str) -> bool:
        """Whether ``kind`` cannot help: legacy sources are for when the server refuses JWTs or plex.tv failed."""
        if kind == HOME and self._legacy_refused:
            return True
        return kind in (LEGACY, HOME) and not self.jwt_refused and self._problem is None and bool(self._tried)

    def attempt(self, kind: str, source: Source, machine_identifier: str) -> str:
        """The source's token if the server accepts it, else ''. Errors of plex.tv are kept for :meth:`verdict`.

        Errors of the server itself are raised, since another token would not help.
        """
        try:
            token = source(machine_identifier)
        except PlexCancelled:
            raise
        except PlexError as error:
            log.info('no %s token: %s', kind, error)
            if self._problem is None and (kind == RESOURCE or kind == LEGACY and isinstance(error, _PASSING)):
                self._problem = error
            return ''
        if not token or token in self._tried:
            return ''
        self._tried.append(token)
        verdict = self._accepts(token)
        if verdict is Verdict.ACCEPTED:
            return token
        log.info('the server did not accept a %s token (%s)', 'modern' if is_jwt(token) else kind, verdict.value)
        self.jwt_refused = self.jwt_refused or is_jwt(token)
        self._legacy_refused = self._legacy_refused or not is_jwt(token)
        return ''

    def verdict(self) -> PlexError:
        """The error that best describes why no source had an accepted token."""
        if self._problem is not None:
            return self._problem
        if not self._tried:
            return UnknownServer('the account does not list this server')
        if self.jwt_refused and not self._legacy_refused and self._second_pin_helps:
            return NeedsSecondPin('the server refuses the modern token and plex.tv gave no other')
        return ServerRefused('the server refuses every token')


def _access_token(servers: List[ServerResource], machine_identifier: str) -> str:
    return next((server.access_token for server in servers if server.machine_identifier == machine_identifier), '')
