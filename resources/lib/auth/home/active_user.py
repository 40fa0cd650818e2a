"""The user who is watching: requests with their token, and keeping it valid.

A user of the Home gets a token of their own by the switch. A JWT among these cannot be renewed with a nonce (the device
key belongs to the account that was linked); another switch replaces it, which takes the PIN of a protected user.
"""
from __future__ import annotations

import logging
from dataclasses import replace
from typing import Callable, Optional, TypeVar

from ...plex_errors import PlexCancelled, PlexError, PlexNotFound, PlexTokenExpired, PlexUnauthorized
from ...plex_tv import PlexTV, SwitchedUser
from ...retry import Backoff, RetryPolicy
from ..account.account import Account, token_died
from ..clock import IDLE, AuthClock
from ..credentials.record import Credentials, HomeMember
from ..credentials.store import CredentialStore
from ..errors import ChooseUserAgain, WrongPin
from ..single_flight import SingleFlight
from .switch import HomeSwitch, home_member

log = logging.getLogger('pkc.auth')

Answer = TypeVar('Answer')


class ActiveUser:
    """The active user of ``store``: the account's own or another of its Home. Safe to use from several threads."""

    def __init__(self, store: CredentialStore, account: Account, switch: HomeSwitch, clock: AuthClock) -> None:
        self._store = store
        self._account = account
        self._switch = switch
        self._clock = clock
        self._flight: SingleFlight[HomeMember] = SingleFlight()
        self._backoff = Backoff(RetryPolicy(60.0, 3600.0), clock.monotonic)
        self._last_error: Optional[PlexError] = None

    @property
    def message_key(self) -> str:
        """The name of the text that asks to choose the active user again; empty when that is not needed."""
        member = self._store.load().member
        if member is None or not member.pin_needed or self._seconds_until_due(member) > 0:
            return ''
        return ChooseUserAgain.message_key

    def forget_failures(self) -> None:
        """Renew the token as soon as that is due, without a pause. Call after a user was chosen."""
        self._backoff.reset()

    def call(self, ask: Callable[[PlexTV, str], Answer]) -> Answer:
        """Run ``ask(plex_tv, token)`` as the active user; an invalid token is replaced and ``ask`` run once more.

        Raises :class:`ChooseUserAgain`, what :meth:`Account.call` raises, and what ``ask`` raises.
        """
        member = self._store.load().member
        if member is None:
            return self._account.call(ask)
        legacy = self._account.legacy()
        # Our clock may be wrong, so a token that only the PIN can replace is used even if it seems to have expired.
        if not member.token or not member.pin_needed and 0 < member.expires <= self._clock.now():
            member = self._renewed(member)
        try:
            return ask(legacy, member.token)
        except PlexUnauthorized as error:
            if not isinstance(error, PlexTokenExpired) and not token_died(legacy, member.token):
                raise
            log.info("the Home user's token is no longer valid")
        dropped = replace(member, token='')
        self._replace(member, dropped)
        return ask(legacy, self._renewed(dropped).token)

    def adopt(self, member: HomeMember, token: str) -> None:
        """Use ``token`` for ``member`` from now on, if they are still the active user."""
        self._replace(member, home_member(SwitchedUser(member.user, token), member.pin_needed, self._clock.now()))

    def tick(self) -> float:
        """Renew the active user's token if that is due. Returns the seconds until the next call; never raises."""
        member = self._store.load().member
        if member is None or member.pin_needed:
            return IDLE
        left = self._seconds_until_due(member)
        if left > 0:
            return min(left, IDLE)
        if not self._backoff.seconds_left():
            try:
                return max(60.0, min(self._seconds_until_due(self._renewed(member)), IDLE))
            except PlexError as error:
                log.warning("the Home user's token was not renewed: %s", error)
        return max(1.0, self._backoff.seconds_left() or IDLE)

    def _renewed(self, member: HomeMember) -> HomeMember:
        return self._flight.run(lambda: self._renew(member))

    def _renew(self, member: HomeMember) -> HomeMember:
        """``member`` with a new token, unless another thread has already replaced the old one."""
        current = self._store.load().member
        if current is None or current.user.id != member.user.id:
            raise PlexCancelled('another user was chosen')
        if current.token != member.token:
            return current
        if current.pin_needed:
            raise ChooseUserAgain('only with the PIN there is another token for the Home user')
        if self._backoff.seconds_left() and self._last_error is not None:
            raise self._last_error.with_traceback(None)
        try:
            renewed = home_member(self._switch.to(current.user.uuid or current.user.id), False, self._clock.now())
        except PlexCancelled:
            raise
        except (WrongPin, PlexNotFound) as error:
            self._replace(current, replace(current, pin_needed=True))
            raise ChooseUserAgain('plex.tv does not let us become the Home user again') from error
        except PlexError as error:
            self._last_error = error
            self._backoff.failed(getattr(error, 'retry_after', 0.0))
            raise
        self._backoff.reset()
        self._replace(current, renewed)
        log.info("the Home user's token was renewed")
        return renewed

    def _replace(self, old: HomeMember, new: HomeMember) -> None:
        def change(now: Credentials) -> Credentials:
            return replace(now, member=new) if now.member == old else now
        self._store.update(change)

    def _seconds_until_due(self, member: HomeMember) -> float:
        if not member.token:
            return 0.0
        return member.renew_at - self._clock.now() if member.renew_at else IDLE
