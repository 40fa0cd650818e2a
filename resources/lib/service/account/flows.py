"""Signing in and out and choosing, as the user goes through it on screen. Each runs in a thread of its own."""
from __future__ import annotations

import logging
from typing import Any, List

from ...auth.errors import NeedsSecondPin
from ...auth.manager import SIGN_IN_AGAIN, SIGNED_OUT
from ...kodi import dialogs, settings, texts
from ...kodi.texts import account as account_texts
from ...kodi.texts import errors as error_texts
from ...kodi.texts import library as library_texts
from ...plex_errors import PlexCancelled, PlexConnectionError, PlexError
from ...plex_tv import ServerResource
from ..error_texts import text_name
from ..events import ServerChosen, SignedOut, UserSwitched
from ..shared import Shared
from . import legacy_sign_in, server_choice
from .users import UserFlow

LOG = logging.getLogger('pkc.service')


class AccountFlows:
    """The steps; :class:`~..flows.FlowRunner` sees to it that there is one at a time."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._servers = server_choice.ServerChoice(shared)
        self.users = UserFlow(shared)

    def show_names(self) -> None:
        """Who is signed in and which server is used, for the settings page."""
        auth = self._shared.auth
        status = auth.status()
        names = [auth.server_name(one) for one in status.machine_identifiers] if status.several else [
            status.server_name]
        settings.set_names(status.user_name, ', '.join(names))

    def offer_sign_in(self) -> None:
        """After the installation: welcome the user once and begin the guide if they want to sign in now.

        A sign-in of PKC 3.x is taken over instead.
        """
        if self._shared.auth.status().state != SIGNED_OUT:
            return
        if legacy_sign_in.take_over(self._shared.auth):
            settings.set_offered_sign_in(True)
            self.choose_first_server()
            legacy_sign_in.offer_modern(self._shared.addon, self._shared.auth.status().user_name)
            return
        settings.set_offered_sign_in(True)
        if self._sign_in_now(account_texts.SIGN_IN_OFFER):
            self._shared.guide.run()

    def offer_sign_in_again(self, reason: str) -> None:
        """Plex does not accept the sign-in any more: say why (the name of a text), and ask whether to do it anew."""
        if self._shared.auth.status().state == SIGN_IN_AGAIN and self._sign_in_now(texts.by_name(reason)):
            self.sign_in()

    def _sign_in_now(self, question: int) -> bool:
        return dialogs.yesno(self._shared.addon.name, self._text(question), self._text(account_texts.SIGN_IN_NOW),
                             self._text(account_texts.LATER), prefer_yes=True)

    def sign_in(self) -> None:
        """Show the code, choose user and server, and begin."""
        if not self.link():
            return
        self.users.after_sign_in()
        if self.choose_first_server():
            self.connect()

    def link(self) -> bool:
        """Show the code until it was entered; False when the user gives up."""
        from ...kodi.windows import sign_in
        auth = self._shared.auth
        try:
            if sign_in.show_sign_in(auth.begin_sign_in(), auth.begin_sign_in, self._shared.addon,
                                    self._shared.stopping) != 'linked':
                return False
        finally:
            auth.cancel_sign_in()
        settings.set_offered_sign_in(True)
        return True

    def choose_first_server(self) -> bool:
        """Somebody has signed in: choose a server if need be, and begin. False: there is none."""
        chosen = self._pick_server(self._shared.auth.servers())
        if chosen:
            self.show_names()
            self._shared.events.publish(ServerChosen())
        return chosen

    def switch_user(self, quiet: bool = False) -> None:
        """Let another user of the Home watch. ``quiet``: nothing is said where there is no other."""
        changed = self.users.switch(quiet)
        if changed or not quiet:
            self._user_changed(changed)

    def user_at_start(self) -> None:
        """After a start of Kodi: find out who watches."""
        self._user_changed(self.users.at_start())

    def _user_changed(self, changed: bool) -> None:
        if not self._shared.viewer.locked:
            self._shared.events.publish(UserSwitched())
        if changed:
            self.show_names()
            name = self._shared.auth.status().user_name
            dialogs.notify(self._shared.addon.name, self._text(account_texts.USER_SWITCHED, name),
                           icon=self._shared.addon.icon)

    def connect(self) -> None:
        """Reach each server once while the user is there: some need a second code.

        Of several servers one that cannot be used now is told of, and the others go on.
        """
        machines = self._shared.clients.machines()
        for machine in machines:
            try:
                self._connect(machine)
            except PlexError as error:
                if len(machines) < 2 or isinstance(error, PlexCancelled):
                    raise
                LOG.warning('a server cannot be used yet: %s', error)
                self._shared.screen.tell(text_name(error), True)

    def _connect(self, machine: str) -> None:
        from ...kodi.windows import sign_in
        auth = self._shared.auth
        try:
            auth.connection(True, machine)
        except PlexConnectionError as error:
            LOG.warning('the server cannot be reached yet: %s', error)
            self._shared.screen.tell('server_unreachable', True)
        except NeedsSecondPin:
            dialogs.ok(self._shared.addon.name, self._text(account_texts.SECOND_SIGN_IN))
            try:
                sign_in.show_sign_in(auth.begin_second_sign_in(), auth.begin_second_sign_in, self._shared.addon,
                                     self._shared.stopping)
            finally:
                auth.cancel_sign_in()

    def _pick_server(self, servers: List[ServerResource]) -> bool:
        """Use the only server, or let the user choose; what he chose before stays if it is there."""
        auth = self._shared.auth
        chosen = auth.status().machine_identifier
        if any(server.machine_identifier == chosen for server in servers):
            return True
        if not servers:
            dialogs.ok(self._shared.addon.name, self._text(error_texts.NO_SERVERS))
            return False
        if len(servers) == 1:
            auth.select_server(servers[0].machine_identifier)
            return True
        return self._servers.ask(servers) is not None

    def choose_server(self) -> None:
        """Choose among the servers of the account."""
        servers = server_choice.servers(self._shared.auth)
        if not servers:
            dialogs.ok(self._shared.addon.name, self._text(error_texts.NO_SERVERS))
            return
        choice = self._servers.ask(servers)
        if choice is not None:
            self.show_names()
            try:
                if self._shared.auth.status().several:
                    self.connect()
            finally:  # it is chosen, whatever the servers say to that
                self._shared.events.publish(ServerChosen(choice))

    def sign_out(self) -> None:
        """Ask, then sign out. What is in Kodi's library stays, if the user wants that."""
        if dialogs.yesno(self._shared.addon.name, self._text(account_texts.SIGN_OUT_QUESTION)):
            remove = dialogs.yesno(self._shared.addon.name, self._text(library_texts.REMOVE_ITEMS_QUESTION))
            user_id = self._shared.auth.status().user_id
            self._shared.auth.sign_out()
            self.show_names()
            self._shared.events.publish(SignedOut(remove, user_id))
            self._shared.screen.tell('signed_out')

    def _text(self, text_id: int, *values: Any) -> str:
        return self._shared.addon.text(text_id, *values)
