"""The users of a Plex Home: who there is, becoming one of them, and keeping their token valid.

A switched user has a token of their own. It comes from a switch with the account's legacy token where one is to be
had, because that is the way that Plex's own players go and what plex.tv then gives lasts. Should it be a JWT, nobody
can refresh it by a nonce (the device key is the linking account's): it is replaced by another switch, which for a
protected user takes somebody who knows the PIN.
"""
from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import Callable, List, Optional, TypeVar

from ..plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexError,
    PlexForbidden,
    PlexNotFound,
    PlexTokenExpired,
    PlexUnauthorized,
)
from ..plex_tv import HomeUser, PlexTV, PlexUser, SwitchedUser
from ..retry import Backoff, RetryPolicy
from .account import IDLE, RENEW_BEFORE, Account, token_died
from .clock import ServerClock
from .credentials import Credentials, HomeMember
from .errors import ChooseUserAgain, NotSignedIn, WrongPin
from .flight import SingleFlight
from .legacy import LegacyTokens
from .store import CredentialStore
from .tokens import jwt_expiry

log = logging.getLogger('pkc.auth')

Answer = TypeVar('Answer')


class Home:
    """The Home of the account in ``store``. Safe to use from several threads."""

    def __init__(self, store: CredentialStore, account: Account, legacy: LegacyTokens, clock: ServerClock,
                 monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._account = account
        self._legacy = legacy
        self._clock = clock
        self._flight: SingleFlight[HomeMember] = SingleFlight()
        self._backoff = Backoff(RetryPolicy(60.0, 3600.0), monotonic)
        self._last_error: Optional[PlexError] = None

    @property
    def message_key(self) -> str:
        """The name of the text when the active user must be chosen again; empty when all is well."""
        member = self._store.load().member
        if member is None or not member.pin_needed or self._seconds_until_due(member) > 0:
            return ''
        return ChooseUserAgain.message_key

    def users(self, own_pin: bool = False) -> List[HomeUser]:
        """The users to choose from, the account's own first; empty when there is no Home or plex.tv does not tell.

        The account's own user is ``protected`` only with ``own_pin``: becoming them is no switch. Who is protected is
        remembered. Raises :class:`PlexError`.
        """
        try:
            found = self._account.call(lambda plex_tv, token: plex_tv.home_users(token))
        except (PlexUnauthorized, PlexForbidden, PlexNotFound) as error:
            log.info('plex.tv names no users of a Home: %s', error)
            return []
        own = self._store.load().user
        if own is None or not found:
            return found
        mine = HomeUser(own.id, own.uuid, own.title, own.thumb, False, False, False, False)
        others: List[HomeUser] = []
        for user in found:
            if _is_same(own, user.uuid) or _is_same(own, user.id):
                mine = user
            else:
                others.append(user)
        self._note_protected([mine] + others)
        return [mine if own_pin else replace(mine, protected=False)] + others

    def select(self, uuid: str, pin: str = '') -> None:
        """Become the user with this ``uuid`` (or id). A token that we have for the account's own is enough for them,
        but a ``pin`` that is given is checked.

        Raises :class:`WrongPin`, :class:`NotSignedIn` or another :class:`PlexError`; the active user then stays.
        """
        credentials = self._store.load()
        if not credentials.has_account:
            raise NotSignedIn('nobody is signed in')
        member = None
        if credentials.user is None or not _is_same(credentials.user, uuid):
            member = self._member(self._switched(uuid, pin), bool(pin))
        elif pin:
            self._switched(uuid, pin)
        self._store.update(lambda now: replace(now, member=member)
                           if now.account_id == credentials.account_id else now)
        self._backoff.reset()

    def call(self, ask: Callable[[PlexTV, str], Answer]) -> Answer:
        """Run ``ask(plex_tv, token)`` as the active user; a token that died is replaced and ``ask`` run once more.

        Raises :class:`ChooseUserAgain`, what :meth:`Account.call` raises, and what ``ask`` raises.
        """
        member = self._store.load().member
        if member is None:
            return self._account.call(ask)
        legacy = self._account.legacy()
        # Our clock may be wrong: it does not take a token away that only the PIN brings back.
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
        self._replace(member, self._member(SwitchedUser(member.user, token), member.pin_needed))

    def tick(self) -> float:
        """Renew the active user's token when it is due. Returns the seconds until the next call; never raises."""
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
            renewed = self._member(self._switched(current.user.uuid or current.user.id, ''), False)
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

    def _switched(self, uuid: str, pin: str) -> SwitchedUser:
        """plex.tv's answer to the switch; of another user it is not taken."""
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

        switched = self._switched_by_legacy_token(switch) or self._account.call(switch)
        if not _is_same(switched.user, uuid):
            raise PlexBadAnswer('POST /api/v2/home/users/…/switch: the answer is about another user')
        return switched

    def _switched_by_legacy_token(self, switch: Callable[[PlexTV, str], SwitchedUser]) -> Optional[SwitchedUser]:
        """The switch as an account that also has a JWT; nothing when it has no legacy token and gets none."""
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

    def _note_protected(self, users: List[HomeUser]) -> None:
        protected = tuple(sorted(user.id for user in users if user.protected))
        self._store.update(lambda now: replace(now, protected=protected) if now.has_account else now)

    def _member(self, switched: SwitchedUser, pin_needed: bool) -> HomeMember:
        expires = jwt_expiry(switched.token)
        life = max(0.0, expires - self._clock.now())
        renew_at = expires - min(RENEW_BEFORE, life / 2) if expires else 0.0
        return HomeMember(switched.user, switched.token, expires, renew_at, pin_needed)

    def _replace(self, old: HomeMember, new: HomeMember) -> None:
        def change(now: Credentials) -> Credentials:
            return replace(now, member=new) if now.member == old else now
        self._store.update(change)

    def _seconds_until_due(self, member: HomeMember) -> float:
        if not member.token:
            return 0.0
        return member.renew_at - self._clock.now() if member.renew_at else IDLE


def _is_same(user: PlexUser, uuid: str) -> bool:
    return bool(uuid) and uuid in (user.uuid, user.id)
