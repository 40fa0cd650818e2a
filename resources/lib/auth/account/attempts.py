"""Signing in: the code now on the screen, and the credentials that are stored when it is entered."""
from __future__ import annotations

import logging
import threading
import uuid
from dataclasses import replace
from typing import Callable, Optional

from ...plex_errors import PlexCancelled
from ...plex_tv import PlexUser
from ..clock import AuthClock
from ..credentials.record import Credentials
from ..credentials.store import CredentialStore
from ..errors import SigningUnavailable, WrongUser
from .account import Account
from .sign_in import OnLinked, SignIn, create_modern_pin
from .tokens import is_jwt, jwt_expiry

log = logging.getLogger('pkc.auth')


class SignInAttempts:
    """Starts sign-ins. Only one code is valid at a time; a new one replaces it. Safe to use from several threads.

    ``signed_in()`` is called after new tokens were saved in ``store``.
    """

    def __init__(self, store: CredentialStore, account: Account, clock: AuthClock,
                 signed_in: Callable[[], None]) -> None:
        self._store = store
        self._account = account
        self._clock = clock
        self._signed_in = signed_in
        self._lock = threading.Lock()
        self._current: Optional[SignIn] = None

    @property
    def waiting(self) -> bool:
        """Whether a code is shown that can still be entered."""
        with self._lock:
            return self._current is not None and self._current.active

    def begin(self, modern: bool) -> SignIn:
        """A new code: for a JWT (``modern``) if this device can sign, else for a legacy token.

        Raises :class:`PlexError` when plex.tv gives none.
        """
        return self._show((self._modern_attempt() if modern else None) or self._legacy_attempt(self._linked))

    def begin_second(self) -> SignIn:
        """A code that gives the signed-in user an additional legacy token, for servers that refuse JWTs."""
        return self._show(self._legacy_attempt(self._linked_second))

    def cancel(self) -> None:
        """Give up the code that is shown now, if any."""
        with self._lock:
            attempt, self._current = self._current, None
        if attempt is not None:
            attempt.cancel()

    def _show(self, attempt: SignIn) -> SignIn:
        with self._lock:
            older, self._current = self._current, attempt
        if older is not None:
            older.cancel()
        return attempt

    def _legacy_attempt(self, on_linked: OnLinked) -> SignIn:
        plex_tv = self._account.legacy()
        return SignIn(plex_tv, plex_tv.create_pin(), None, self._clock, on_linked)

    def _modern_attempt(self) -> Optional[SignIn]:
        plex_tv = self._account.main()
        try:
            pin, key = create_modern_pin(plex_tv, self._store)
        except SigningUnavailable as error:
            log.warning('modern sign-in is not possible, a legacy code is used: %s', error)
            return None
        return SignIn(plex_tv, pin, key, self._clock, self._linked)

    def _linked(self, attempt: SignIn, token: str, user: PlexUser) -> None:
        self._check_current(attempt)
        if attempt.key is not None and is_jwt(token):
            self._store.save_key(attempt.key)
        self._store.update(lambda now: _with_account(now, token, user, attempt.key is not None))
        if is_jwt(token):
            self._account.adopt(token)
        self._signed_in()
        log.info('signed in')

    def _linked_second(self, attempt: SignIn, token: str, user: PlexUser) -> None:
        self._check_current(attempt)
        if user.id != self._store.load().account_id:
            raise WrongUser('the second code was entered by another user')
        self._store.update(lambda now: replace(now, legacy_token=token))
        self._signed_in()

    def _check_current(self, attempt: SignIn) -> None:
        with self._lock:
            if self._current is not attempt:
                raise PlexCancelled('this sign-in was given up')


def _with_account(now: Credentials, token: str, user: PlexUser, modern: bool) -> Credentials:
    """The credentials after a code was entered. Those of another account, its chosen user and server are dropped."""
    same = now.user is not None and now.user.id == user.id
    now = replace(now if same else now.without_account(), user=user, refused='')
    if modern and is_jwt(token):
        return replace(now, account_jwt=token, account_jwt_expires=jwt_expiry(token))
    if modern:
        # plex.tv gave a legacy token to the identifier that gets JWTs. The next JWT would make it invalid, so that
        # identifier becomes the legacy one.
        now = replace(now, client_identifier=str(uuid.uuid4()), legacy_client_identifier=now.client_identifier)
    return replace(now, legacy_token=token, account_jwt='', account_jwt_expires=0.0)
