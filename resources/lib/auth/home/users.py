"""The users of the Plex Home, and choosing one of them."""
from __future__ import annotations

import logging
from dataclasses import replace
from typing import List, Set

from ...plex_errors import PlexForbidden, PlexNotFound, PlexUnauthorized
from ...plex_tv import HomeUser
from ..account.account import Account
from ..clock import AuthClock
from ..credentials.store import CredentialStore
from ..errors import NotSignedIn
from .active_user import ActiveUser
from .switch import HomeSwitch, home_member, is_same

log = logging.getLogger('pkc.auth')


class HomeUsers:
    """The Home of the account in ``store``. Safe to use from several threads."""

    def __init__(self, store: CredentialStore, account: Account, switch: HomeSwitch, active_user: ActiveUser,
                 clock: AuthClock) -> None:
        self._store = store
        self._account = account
        self._switch = switch
        self._active_user = active_user
        self._clock = clock
        #: Titles and uuids of the users that were listed since the start.
        self.names: Set[str] = set()

    def users(self, own_pin: bool = False) -> List[HomeUser]:
        """The users to choose from, the account's own first; empty when there is no Home or plex.tv refuses to list it.

        The account's own user is ``protected`` only with ``own_pin``, since choosing them takes no switch. The ids of
        protected users are stored. Raises :class:`PlexError`.
        """
        try:
            listed = self._account.call(lambda plex_tv, token: plex_tv.home_users(token))
        except (PlexUnauthorized, PlexForbidden, PlexNotFound) as error:
            log.info('plex.tv names no users of a Home: %s', error)
            return []
        self.names |= {name for user in listed for name in (user.title, user.uuid)}
        own = self._store.load().user
        if own is None or not listed:
            return listed
        mine = HomeUser(own.id, own.uuid, own.title, own.thumb, False, False, False, False)
        others: List[HomeUser] = []
        for user in listed:
            if is_same(own, user.uuid) or is_same(own, user.id):
                mine = user
            else:
                others.append(user)
        self._note_protected([mine] + others)
        return [mine if own_pin else replace(mine, protected=False)] + others

    def select(self, uuid: str, pin: str = '') -> None:
        """Make the user with this ``uuid`` (or id) the active one. The account's own needs no ``pin``; if one is given,
        it is checked.

        Raises :class:`WrongPin`, :class:`NotSignedIn` or another :class:`PlexError`; the active user then stays.
        """
        credentials = self._store.load()
        if not credentials.has_account:
            raise NotSignedIn('nobody is signed in')
        member = None
        if credentials.user is None or not is_same(credentials.user, uuid):
            member = home_member(self._switch.to(uuid, pin), bool(pin), self._clock.now())
        elif pin:
            self._switch.to(uuid, pin)
        self._store.update(lambda now: replace(now, member=member)
                           if now.account_id == credentials.account_id else now)
        self._active_user.forget_failures()

    def _note_protected(self, users: List[HomeUser]) -> None:
        protected = tuple(sorted(user.id for user in users if user.protected))
        self._store.update(lambda now: replace(now, protected=protected) if now.has_account else now)
