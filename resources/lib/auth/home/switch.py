"""Switching to another user of the Plex Home.

The request carries the account's legacy token if one can be obtained: Plex's own players do so, and the token in the
answer then does not expire.
"""
from __future__ import annotations

import logging
from typing import Callable, Optional

from ...plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexError,
    PlexForbidden,
    PlexTokenExpired,
    PlexUnauthorized,
)
from ...plex_tv import PlexTV, PlexUser, SwitchedUser
from ..account.account import RENEW_BEFORE, Account, token_died
from ..account.legacy import LegacyTokens
from ..account.tokens import jwt_expiry
from ..credentials.record import HomeMember
from ..credentials.store import CredentialStore
from ..errors import NotSignedIn, WrongPin

log = logging.getLogger('pkc.auth')


class HomeSwitch:
    """Switches users with the tokens of the account in ``store``."""

    def __init__(self, store: CredentialStore, account: Account, legacy: LegacyTokens) -> None:
        self._store = store
        self._account = account
        self._legacy = legacy

    def to(self, uuid: str, pin: str = '') -> SwitchedUser:
        """Switch to the user with this ``uuid`` (or id); returns them with their token.

        Raises :class:`WrongPin`, also when a PIN is needed and none was given; :class:`PlexBadAnswer` when the answer
        is about another user; or another :class:`PlexError`.
        """
        def switch(_: PlexTV, token: str) -> SwitchedUser:
            legacy = self._account.legacy()
            try:
                return legacy.switch_user(uuid, token, pin)
            except PlexForbidden as error:
                raise WrongPin('plex.tv refused the switch') from error
            except PlexUnauthorized as error:
                if isinstance(error, PlexTokenExpired) or token_died(legacy, token):
                    raise
                raise WrongPin('plex.tv refused the switch') from error

        switched = self._by_legacy_token(switch) or self._account.call(switch)
        if not is_same(switched.user, uuid):
            raise PlexBadAnswer('POST /api/v2/home/users/…/switch: the answer is about another user')
        return switched

    def _by_legacy_token(self, switch: Callable[[PlexTV, str], SwitchedUser]) -> Optional[SwitchedUser]:
        """``switch`` with the legacy token of an account that has a JWT; None when there is no such token."""
        for _ in range(2):
            if not self._store.load().account_jwt:
                return None
            try:
                token = self._legacy.of_account()
            except (PlexCancelled, NotSignedIn):
                raise
            except PlexError as error:
                log.info('no legacy token to switch users with: %s', error)
                return None
            if not token:
                return None
            try:
                return switch(self._account.legacy(), token)
            except PlexUnauthorized:
                self._legacy.drop(token)
        return None


def home_member(switched: SwitchedUser, pin_needed: bool, now: float) -> HomeMember:
    """The record of a user who was switched to at ``now`` (Unix seconds at plex.tv)."""
    expires = jwt_expiry(switched.token)
    life = max(0.0, expires - now)
    renew_at = expires - min(RENEW_BEFORE, life / 2) if expires else 0.0
    return HomeMember(switched.user, switched.token, expires, renew_at, pin_needed)


def is_same(user: PlexUser, uuid: str) -> bool:
    """Whether ``uuid`` is the user's uuid, or their id."""
    return bool(uuid) and uuid in (user.uuid, user.id)
