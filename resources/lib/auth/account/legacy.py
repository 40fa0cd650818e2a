"""Getting legacy tokens without asking the user: a PIN of the second client identifier, claimed with a token we have.

plex.tv issues no JWTs to that identifier, so its legacy tokens stay valid.
"""
from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import Callable

from ...plex_errors import PlexCancelled
from ..clock import AuthClock
from ..credentials.store import CredentialStore
from .account import Account
from .tokens import is_jwt

log = logging.getLogger('pkc.auth')

_PIN_POLLS = 6


class LegacyTokens:
    """Obtains legacy tokens for the second client identifier."""

    def __init__(self, store: CredentialStore, account: Account, clock: AuthClock) -> None:
        self._store = store
        self._account = account
        self._clock = clock
        self._lock = threading.Lock()

    def of_account(self) -> str:
        """The account's own legacy token, obtained if there is none; empty when plex.tv gives none.

        Several servers may need it at once: it is obtained once. Raises :class:`PlexError`.
        """
        with self._lock:
            return self._of_account()

    def _of_account(self) -> str:
        credentials = self._store.load()
        if credentials.legacy_token:
            return credentials.legacy_token
        token = self.linked(lambda code: self._account.call(lambda plex_tv, own: plex_tv.link_pin(code, own)))
        if token:
            self._store.update(lambda now: replace(now, legacy_token=token)
                               if now.account_id == credentials.account_id else now)
            log.info('a legacy token was obtained')
        return token

    def drop(self, token: str) -> None:
        """Forget the account's legacy token, which plex.tv called invalid; kept when there is no JWT."""
        log.info('the legacy token is no longer valid')
        self._store.update(lambda now: replace(now, legacy_token='')
                           if now.legacy_token == token and now.account_jwt else now)

    def linked(self, claim: Callable[[str], None]) -> str:
        """A legacy token for the user whose token ``claim(code)`` uses to link the code; empty when plex.tv gives none.

        Raises :class:`PlexError`.
        """
        legacy = self._account.legacy()
        pin = legacy.create_pin()
        claim(pin.code)
        token = legacy.check_pin(pin.id).auth_token
        for _ in range(_PIN_POLLS):
            if token:
                break
            if self._clock.wait(1.0):
                raise PlexCancelled('stopping')
            token = legacy.check_pin(pin.id).auth_token
        return '' if is_jwt(token) else token
