"""Who is watching: choosing among the users of the Plex Home, with their PINs, as dialogs.

A user with a PIN is asked for it also where plex.tv would not: the account's own user, whom the sign-in already is,
and the user who watched last, when Kodi starts. plex.tv checks it; it is kept nowhere.
"""
from __future__ import annotations

import logging
from typing import Any, List, Optional

from ...auth.errors import NotSignedIn, WrongPin
from ...kodi import dialogs, settings, texts
from ...kodi.texts import account as account_texts
from ...kodi.windows.choose import Entry, choose, initial
from ...plex_errors import PlexCancelled, PlexError
from ...plex_tv import HomeUser
from ..error_texts import plex_tv_text_name
from ..shared import Shared

LOG = logging.getLogger('pkc.service')

_PIN_TRIES = 3


class UserFlow:
    """The dialogs; each is part of a flow of :class:`~.flows.AccountFlows`."""

    def __init__(self, shared: Shared) -> None:
        self._addon = shared.addon
        self._auth = shared.auth
        self._stopping = shared.stopping
        self._viewer = shared.viewer

    # ---- at the start of Kodi ------------------------------------------------------------------------------------

    def lock_at_start(self) -> bool:
        """Whether somebody must be chosen before anything is asked of the server; it is then locked. No network."""
        status, chosen = self._auth.status(), settings.load()
        if status.usable:
            fixed = chosen.start_user not in (settings.START_LAST, settings.START_ASK, status.user_id)
            self._viewer.locked = chosen.start_user == settings.START_ASK or fixed or self._pin_wanted()
        return self._viewer.locked

    def at_start(self) -> bool:
        """Find out who watches, and unlock. True when that is another user than before.

        When plex.tv cannot be asked, the user who watched last goes on, unless their PIN is wanted.
        """
        before = self._auth.status().user_id
        try:
            users = self._auth.home_users(own_pin=True)
        except (PlexCancelled, NotSignedIn):
            raise
        except PlexError as error:
            LOG.warning('the users of the Home are not known: %s', error)
            self._viewer.locked = self._pin_wanted()
            dialogs.notify(self._addon.name, self._plex_tv_text(error), True)
            return False
        chosen = settings.load().start_user
        wanted = before if chosen == settings.START_LAST else chosen
        user = next((one for one in users if one.id == wanted), None)
        if not users or (user and self._become(user)) or self._ask(users) or not self._pin_wanted():
            self._viewer.locked = False
        return self._auth.status().user_id != before

    def _pin_wanted(self) -> bool:
        """Whether the user who watched last has to show that it is them."""
        chosen = settings.load()
        return self._auth.user_protected() and (chosen.start_protected or chosen.start_user == settings.START_ASK)

    # ---- when asked for ------------------------------------------------------------------------------------------

    def after_sign_in(self) -> None:
        """Ask who watches when the account's Home has several users. Closing the list changes nothing.

        After a first sign-in that is the account's own user, who has just shown who they are. What plex.tv cannot do
        now is told, and does not keep the user from the rest of the sign-in.
        """
        self._viewer.locked = False
        try:
            users = self._auth.home_users()
        except (PlexCancelled, NotSignedIn):
            raise
        except PlexError as error:
            LOG.warning('the users of the Home are not known: %s', error)
            dialogs.notify(self._addon.name, self._plex_tv_text(error), True, self._addon.icon)
            return
        if len(users) > 1:
            self._ask(users)

    def switch(self, quiet: bool = False) -> bool:
        """Let another user watch; what that means is shown before. True when there is one now. Raises PlexError.

        ``quiet``: that there is no other user is not told.
        """
        users = self._auth.home_users(own_pin=True)
        before = self._auth.status()
        if len(users) < 2:
            if not quiet:
                dialogs.ok(self._addon.name, self._text(account_texts.NO_OTHER_USERS))
            return False
        chosen = self._ask(users, explain_from=before.user_name)
        if chosen is None:
            return False
        self._viewer.locked = False
        return chosen.id != before.user_id

    def choose_start_user(self) -> None:
        """Choose who watches after a start of Kodi. Raises PlexError."""
        users = self._auth.home_users()
        keys = [settings.START_LAST, settings.START_ASK] + [user.id for user in users]
        labels = [self._text(text_id) for text_id in (account_texts.START_LAST, account_texts.START_ASK)]
        labels += [user.title for user in users]
        now = settings.load().start_user
        index = dialogs.select(self._text(account_texts.START_USER), labels, keys.index(now) if now in keys else 0)
        if index is not None:
            settings.set_start_user(keys[index], labels[index])

    # ---- dialogs -------------------------------------------------------------------------------------------------

    def _ask(self, users: List[HomeUser], explain_from: str = '') -> Optional[HomeUser]:
        """The user who was chosen and is the active one now; nothing when the list was closed."""
        active = self._auth.status().user_id
        preselected = next((i for i, user in enumerate(users) if user.id == active), 0)
        entries = [Entry(user.title, self._detail(user, active),
                         user.thumb if user.thumb.startswith('https://') else '', initial(user.title))
                   for user in users]
        while not self._stopping.cancelled:
            index = choose(self._addon, self._text(account_texts.CHOOSE_USER), entries, preselected, self._stopping)
            if index is None:
                return None
            user, preselected = users[index], index
            if explain_from and user.id != active and not dialogs.yesno(
                    self._addon.name, self._text(account_texts.SWITCH_EXPLAINED, user.title, explain_from)):
                continue
            if self._become(user):
                return user
        return None

    def _become(self, user: HomeUser) -> bool:
        """Switch to a user of the Home, with their PIN where one is needed. False: they are not the active user."""
        pin_needed = user.protected
        wrong = 0
        while wrong < _PIN_TRIES:
            pin = ''
            if pin_needed:
                pin = dialogs.number_input(self._text(account_texts.PIN_PROMPT, user.title), hidden=True)
                if not pin:
                    return False
            try:
                self._auth.select_user(user.uuid or user.id, pin)
                return True
            except WrongPin:
                if pin_needed:
                    wrong += 1
                    dialogs.ok(self._addon.name, self._text(account_texts.WRONG_PIN))
                pin_needed = True
            except (PlexCancelled, NotSignedIn):
                raise
            except PlexError as error:
                LOG.warning('the user was not switched: %s', error)
                dialogs.ok(self._addon.name, self._plex_tv_text(error))
                return False
        return False

    def _detail(self, user: HomeUser, active: str) -> str:
        words = [self._text(text_id) for met, text_id in (
            (user.id == active, account_texts.USER_ACTIVE), (user.restricted, account_texts.USER_RESTRICTED),
            (user.protected, account_texts.USER_WITH_PIN)) if met]
        return ', '.join(words)

    def _plex_tv_text(self, error: PlexError) -> str:
        """The text for an error of plex.tv, which is no server of the user's."""
        return self._text(texts.by_name(plex_tv_text_name(error)))

    def _text(self, text_id: int, *values: Any) -> str:
        return self._addon.text(text_id, *values)
