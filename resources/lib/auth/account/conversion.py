"""Switching the account between JWT and legacy token as "Modern authentication" says, without a code on the screen.

To modern: a PIN with our key is requested under the identifier that gets JWTs, and claimed with the legacy token. That
token belongs to the other identifier, so it stays valid. To legacy: a legacy token is obtained if there is none, then
the JWT device is signed out at plex.tv and its key deleted.
"""
from __future__ import annotations

import logging
from dataclasses import replace
from typing import Callable

from ...plex_errors import PlexBadAnswer, PlexCancelled, PlexError, PlexUnauthorized
from ...retry import Backoff, RetryPolicy
from ..clock import DAY, IDLE, AuthClock
from ..credentials.record import Credentials
from ..credentials.store import CredentialStore
from ..device_key.keys import device_claims
from ..errors import SigningUnavailable
from .account import Account
from .legacy import LegacyTokens
from .sign_in import create_modern_pin
from .tokens import is_jwt, jwt_expiry

log = logging.getLogger('pkc.auth')

_POLLS = 6


class Conversion:
    """``modern()`` is the setting's value; ``forget()`` is called after server tokens were dropped."""

    def __init__(self, store: CredentialStore, account: Account, legacy: LegacyTokens, clock: AuthClock,
                 modern: Callable[[], bool], forget: Callable[[], None]) -> None:
        self._store = store
        self._account = account
        self._legacy = legacy
        self._clock = clock
        self._modern = modern
        self._forget = forget
        self._backoff = Backoff(RetryPolicy(300.0, DAY), clock.monotonic)

    def tick(self) -> float:
        """Change the kind of credential if the setting has changed. Returns the seconds until the next call.

        Never raises: after an error it is tried again later, and the account stays as it is.
        """
        now = self._store.load()
        wanted = self._modern()
        if not now.has_account or now.refused or wanted == bool(now.account_jwt):
            self._backoff.reset()
            return IDLE
        if self._backoff.seconds_left():
            return min(self._backoff.seconds_left(), IDLE)
        try:
            self._to_modern(now) if wanted else self._to_legacy(now)
        except SigningUnavailable:
            return IDLE
        except (PlexError, OSError) as error:
            log.warning('the kind of sign-in was not changed: %s', error)
            self._backoff.failed(getattr(error, 'retry_after', 0.0))
            return min(self._backoff.seconds_left(), IDLE)
        return 60.0

    def _to_modern(self, now: Credentials) -> None:
        main = self._account.main()
        pin, key = create_modern_pin(main, self._store)
        self._account.legacy().link_pin(pin.code, now.legacy_token)
        jwt = ''
        for poll in range(_POLLS):
            if poll and self._clock.wait(1.0):
                raise PlexCancelled('stopping')
            jwt = main.check_pin(pin.id, key.sign(device_claims(now.client_identifier, self._clock.now()))).auth_token
            if jwt:
                break
        if not is_jwt(jwt) or not jwt_expiry(jwt):
            raise PlexBadAnswer('plex.tv gave no JWT for the device key')
        if now.user is None or main.user(jwt).id != now.account_id:
            raise PlexBadAnswer('the JWT is for another user')
        self._store.save_key(key)

        def change(current: Credentials) -> Credentials:
            if current.legacy_token != now.legacy_token or current.account_jwt:
                return current
            return replace(current, account_jwt=jwt, account_jwt_expires=jwt_expiry(jwt))
        if self._store.update(change).account_jwt == jwt:
            self._account.adopt(jwt)
            log.info('the sign-in is a modern one now')

    def _to_legacy(self, now: Credentials) -> None:
        token = self._valid_legacy_token()

        def change(current: Credentials) -> Credentials:
            if current.account_jwt != now.account_jwt or current.legacy_token != token:
                return current
            kept = tuple(entry for entry in current.server_tokens if not is_jwt(entry.token))
            return replace(current, account_jwt='', account_jwt_expires=0.0, server_tokens=kept)
        if self._store.update(change).account_jwt:
            return
        self._store.delete_key()
        self._forget()
        log.info('the sign-in is a legacy one now')
        try:
            self._account.main().sign_out(now.account_jwt)
        except PlexError as error:
            log.info('plex.tv was not told that the device key is given up: %s', error)

    def _valid_legacy_token(self) -> str:
        """The account's legacy token, which plex.tv has just called valid; an invalid one is replaced."""
        for _ in range(2):
            token = self._legacy.of_account()
            if not token:
                break
            try:
                self._account.legacy().user(token)
                return token
            except PlexUnauthorized:
                self._legacy.drop(token)
        raise PlexBadAnswer('plex.tv gave no legacy token')
