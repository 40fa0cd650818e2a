"""The account at plex.tv: a JWT device that renews its token by signing a nonce, or a legacy token.

A JWT is valid for seven days. It is renewed once after each start, when less than 24 hours are left, and when plex.tv
answers 401 or 498 to it; only one thread renews it at a time. When plex.tv refuses the device twice in a row, each time
with a fresh nonce (422, 401 or error 1097), the user must sign in again; until then no request is sent.
"""
from __future__ import annotations

import logging
from dataclasses import replace
from typing import Callable, Optional, TypeVar

from ...plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexError,
    PlexHttpError,
    PlexRejected,
    PlexUnauthorized,
)
from ...plex_tv import PlexTV
from ...retry import Backoff, RetryPolicy
from ..clock import DAY, IDLE, AuthClock
from ..credentials.record import Credentials
from ..credentials.store import CredentialStore
from ..device_key.keys import device_claims
from ..device_key.signing import signer_name
from ..errors import KeyUnreadable, NotSignedIn, SignInAgain
from ..single_flight import SingleFlight
from .clients import PlexTvClients
from .tokens import is_jwt, jwt_expiry

log = logging.getLogger('pkc.auth')

Answer = TypeVar('Answer')

RENEW_BEFORE = DAY
_WRONG_ISSUER = 1097
#: A token that was renewed because of a 401 less than this many seconds ago is not renewed again for another 401.
_JUST_RENEWED = 60.0

REFUSED, KEY_LOST = 'device_revoked', 'key_lost'


class Account:
    """Requests with the credential of the account in ``store``, and its renewal. Safe to use from several threads."""

    def __init__(self, store: CredentialStore, clients: PlexTvClients, clock: AuthClock) -> None:
        self._store = store
        self._clients = clients
        self._clock = clock
        self._flight: SingleFlight[None] = SingleFlight()
        self._backoff = Backoff(RetryPolicy(30.0, 3600.0), clock.monotonic)
        self._last_error: Optional[PlexError] = None
        self._renewed_jwt = ''
        self._forced_at: Optional[float] = None
        self._renewed_life = 0.0

    @property
    def signing_library(self) -> str:
        """The library that signs; '' as long as nothing had to be signed."""
        return signer_name()

    @property
    def last_error(self) -> Optional[PlexError]:
        """Why the last renewal failed; None after a success."""
        return self._last_error

    def main(self) -> PlexTV:
        """The plex.tv client with the JWT device's client identifier."""
        return self._clients.of(self._store.load().client_identifier)

    def legacy(self) -> PlexTV:
        """The plex.tv client with the second client identifier, which only ever gets legacy tokens."""
        return self._clients.of(self._store.load().legacy_client_identifier)

    def call(self, ask: Callable[[PlexTV, str], Answer]) -> Answer:
        """Run ``ask(plex_tv, token)`` with the account's token; a refused JWT is renewed and ``ask`` run once more.

        Raises :class:`NotSignedIn`, :class:`SignInAgain`, and what ``ask`` raises.
        """
        credentials = self._checked()
        if not credentials.account_jwt:
            return self._call_legacy(ask, credentials.legacy_token)
        if self._seconds_to_live(credentials) <= 0:
            self.renew(credentials.account_jwt)
            credentials = self._checked()
        try:
            return ask(self.main(), credentials.account_jwt)
        except PlexUnauthorized:
            if self._just_renewed(credentials.account_jwt):
                raise
            self.renew(credentials.account_jwt)
            self._forced_at = self._clock.monotonic()
            return ask(self.main(), self._checked().account_jwt)

    def renew(self, instead_of: str) -> None:
        """Get a new JWT, unless another thread has already replaced ``instead_of``.

        Raises :class:`SignInAgain` when plex.tv refuses the device or its key is lost, or another :class:`PlexError`;
        during the back-off after a failure, the same error again without a request.
        """
        self._flight.run(lambda: self._renew(instead_of))

    def adopt(self, jwt: str) -> None:
        """Record that ``jwt`` was issued just now, so that it is not renewed merely because the add-on has started."""
        self._renewed_jwt = jwt
        self._renewed_life = jwt_expiry(jwt) - self._clock.now()
        self._last_error = None
        self._backoff.reset()

    def tick(self) -> float:
        """Renew the JWT if that is due. Returns the seconds until the next call; never raises."""
        credentials = self._store.load()
        if credentials.refused or not credentials.account_jwt:
            return IDLE
        left = self._seconds_until_due(credentials)
        if left > 0:
            return min(left, IDLE)
        if not self._backoff.seconds_left():
            try:
                self.renew(credentials.account_jwt)
                return max(60.0, min(self._seconds_until_due(self._store.load()), IDLE))
            except PlexError as error:
                log.warning('the sign-in was not renewed: %s', error)
        return IDLE if self._store.load().refused else max(1.0, self._backoff.seconds_left())

    def refuse(self, reason: str, token: str) -> None:
        """Record that ``token`` is invalid and a new sign-in is needed; does nothing if the token has been replaced."""
        def change(credentials: Credentials) -> Credentials:
            current = credentials.account_jwt or credentials.legacy_token
            return replace(credentials, refused=reason) if current == token else credentials
        self._store.update(change)

    def _checked(self) -> Credentials:
        credentials = self._store.load()
        if credentials.refused:
            raise SignInAgain(credentials.refused)
        if not credentials.has_account:
            raise NotSignedIn('nobody is signed in')
        return credentials

    def _call_legacy(self, ask: Callable[[PlexTV, str], Answer], token: str) -> Answer:
        try:
            return ask(self.legacy(), token)
        except PlexUnauthorized:
            if token_died(self.legacy(), token):
                self.refuse(REFUSED, token)
                raise SignInAgain(REFUSED) from None
            raise

    def _seconds_to_live(self, credentials: Credentials) -> float:
        return credentials.account_jwt_expires - self._clock.now()

    def _seconds_until_due(self, credentials: Credentials) -> float:
        """Seconds until renewal: 0 for a JWT from before this start; a short-lived one is renewed at half its life."""
        if credentials.account_jwt != self._renewed_jwt:
            return 0.0
        return self._seconds_to_live(credentials) - min(RENEW_BEFORE, self._renewed_life / 2)

    def _just_renewed(self, jwt: str) -> bool:
        return (jwt == self._renewed_jwt and self._forced_at is not None
                and self._clock.monotonic() - self._forced_at < _JUST_RENEWED)

    def _renew(self, instead_of: str) -> None:
        credentials = self._checked()
        if credentials.account_jwt != instead_of:
            return
        if self._backoff.seconds_left() and self._last_error is not None:
            raise self._last_error.with_traceback(None)
        try:
            jwt = self._exchanged(credentials)
        except PlexCancelled:
            raise
        except SignInAgain as error:
            self._last_error = error
            self.refuse(error.message_key, instead_of)
            raise
        except PlexError as error:
            self._last_error = error
            self._backoff.failed(getattr(error, 'retry_after', 0.0))
            raise

        def change(now: Credentials) -> Credentials:
            if now.account_jwt != instead_of:
                return now
            return replace(now, account_jwt=jwt, account_jwt_expires=jwt_expiry(jwt))
        if self._store.update(change).account_jwt == jwt:
            self.adopt(jwt)
            log.info('the sign-in was renewed')

    def _exchanged(self, credentials: Credentials) -> str:
        """A new JWT. Two refusals are needed: the first may be due to a used nonce or to a clock corrected just now."""
        try:
            key = self._store.load_key()
        except OSError as error:
            raise KeyUnreadable('the device key cannot be read now (errno %s)' % error.errno) from None
        if key is None:
            raise SignInAgain(KEY_LOST)
        for last in (False, True):
            try:
                nonce = self.main().nonce()
                claims = device_claims(credentials.client_identifier, self._clock.now(), nonce)
                jwt = self.main().exchange(key.sign(claims))
            except (PlexRejected, PlexUnauthorized) as error:
                if not is_refusal(error):
                    raise
                log.warning('plex.tv refused this device: %s', error)
                if last:
                    raise SignInAgain(REFUSED) from error
                continue
            if not is_jwt(jwt) or not jwt_expiry(jwt):
                raise PlexBadAnswer('POST /api/v2/auth/token: not a JWT with an expiry')
            return jwt
        raise AssertionError('unreachable')


def is_refusal(error: PlexHttpError) -> bool:
    """Whether plex.tv refuses this device, rather than a malformed request (400 without a known code)."""
    return error.status in (401, 422, 498) or error.code == _WRONG_ISSUER


def token_died(plex_tv: PlexTV, token: str) -> bool:
    """Ask plex.tv whether a token is invalid: only 401 from ``GET /user`` means that."""
    try:
        plex_tv.user(token)
    except PlexUnauthorized:
        return True
    except PlexError:
        return False
    return False
