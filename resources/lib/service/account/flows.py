"""Signing in and out and choosing, as the user goes through it on screen. Each runs in a thread of its own."""
from __future__ import annotations

import logging
import sqlite3
import threading
from typing import Any, Callable, List, NamedTuple, Protocol

from ...auth.errors import NeedsSecondPin
from ...auth.manager import SIGN_IN_AGAIN, SIGNED_OUT, AuthManager
from ...cancellation import Cancellation, Cancelled
from ...kodi import dialogs, settings, texts
from ...kodi.addon import Addon
from ...kodi.windows.choose import Entry, choose
from ...kodi_db.errors import KodiDatabaseError
from ...plex_errors import PlexConnectionError, PlexError
from ...plex_functions import PMSClient
from ...plex_tv import ServerResource
from ..error_texts import text_name
from ..library.choice import LibraryChoice
from . import legacy_sign_in, server_choice
from .users import UserFlow

LOG = logging.getLogger('pkc.service')


class OldLibraryQuestion(Protocol):
    """What is to become of a library of PlexKodiConnect 3.x. Both are true when it is to be taken over.

    They raise the errors of ``kodi_db``.
    """

    def offer(self) -> bool:
        """Ask that once, and only when there is one."""

    def ask(self) -> bool:
        """Ask that again."""


class FlowHost(NamedTuple):
    """What the flows need of the service."""

    addon: Addon
    auth: AuthManager
    client: Callable[[], PMSClient]
    library_wanted: Callable[[], Any]
    stopping: Cancellation
    remove_items: Callable[[], None]
    old_library: OldLibraryQuestion


class AccountFlows:
    """At most one flow at a time: a second window over the first would only confuse."""

    def __init__(self, host: FlowHost) -> None:
        self._host = host
        self._busy = threading.Lock()
        self.users = UserFlow(host.addon, host.auth, host.stopping)

    # ---- started by the plugin or the service --------------------------------------------------------------------

    def sign_in(self) -> bool:
        """Show the sign-in window. False when another flow is on screen."""
        return self._start(self._sign_in)

    def offer_sign_in(self) -> bool:
        """After the installation: ask once whether to sign in now."""
        return self._start(self._offer)

    def offer_sign_in_again(self, reason: str) -> bool:
        """Plex does not accept the sign-in any more: say why (the name of a text), and ask whether to do it anew."""
        return self._start(lambda: self._offer_again(reason))

    def sign_out(self) -> bool:
        """Ask, then sign out. What is in Kodi's library stays."""
        return self._start(self._sign_out)

    def switch_user(self) -> bool:
        """Let another user of the Home watch."""
        return self._start(lambda: self._user_changed(self.users.switch()))

    def user_at_start(self) -> bool:
        """After a start of Kodi: find out who watches."""
        return self._start(lambda: self._user_changed(self.users.at_start()))

    def choose_start_user(self) -> bool:
        """Choose who watches after a start of Kodi."""
        return self._start(self.users.choose_start_user)

    def choose_server(self) -> bool:
        """Choose among the servers of the account."""
        return self._start(self._choose_server)

    def choose_libraries(self) -> bool:
        """Choose the libraries that are synchronised."""
        return self._start(self._choose_libraries)

    def take_over(self) -> bool:
        """Ask what is to become of a library of PlexKodiConnect 3.x."""
        return self._start(self._take_over)

    def offer_take_over(self, then: Callable[[], None]) -> bool:
        """At the start of a service that is signed in: ask that once, and call ``then`` when there is an answer."""
        def offer() -> None:
            try:
                if self._offer_take_over():
                    self._host.library_wanted()
            finally:
                then()
        return self._start(offer)

    def show_names(self) -> None:
        """Who is signed in and which server is used, for the settings page."""
        status = self._host.auth.status()
        settings.set_names(status.user_name, status.server_name)

    # ---- flows -------------------------------------------------------------------------------------------------

    def _start(self, flow: Callable[[], None]) -> bool:
        if not self._busy.acquire(blocking=False):
            return False
        threading.Thread(target=self._run, args=(flow,), name='pkc-flow', daemon=True).start()
        return True

    def _run(self, flow: Callable[[], None]) -> None:
        try:
            flow()
        except PlexError as error:
            LOG.warning('%s', error)
            name = text_name(error)
            # All flows but the choice of libraries talk to plex.tv, not to the user's server.
            if name == 'server_unreachable' and type(error) is PlexConnectionError \
                    and flow != self._choose_libraries:
                name = 'plex_tv_unreachable'
            self._tell(name, True)
        except Exception:  # the top of the thread
            LOG.exception('a dialog failed')
            self._tell('error', True)
        finally:
            self._busy.release()

    def _offer(self) -> None:
        if self._host.auth.status().state != SIGNED_OUT:
            return
        if legacy_sign_in.take_over(self._host.auth):
            settings.set_offered_sign_in(True)
            self._signed_in()
            legacy_sign_in.offer_modern(self._host.addon, self._host.auth.status().user_name)
            return
        settings.set_offered_sign_in(True)
        if self._sign_in_now(texts.SIGN_IN_OFFER):
            self._sign_in()

    def _offer_again(self, reason: str) -> None:
        if self._host.auth.status().state == SIGN_IN_AGAIN and self._sign_in_now(texts.by_name(reason)):
            self._sign_in()

    def _sign_in_now(self, question: int) -> bool:
        return dialogs.yesno(self._host.addon.name, self._text(question), self._text(texts.SIGN_IN_NOW),
                             self._text(texts.LATER), prefer_yes=True)

    def _sign_in(self) -> None:
        from ...kodi.windows.sign_in import show_sign_in
        auth = self._host.auth
        try:
            if show_sign_in(auth.begin_sign_in(), auth.begin_sign_in, self._host.addon,
                            self._host.stopping) != 'linked':
                return
        finally:
            auth.cancel_sign_in()
        settings.set_offered_sign_in(True)
        self.users.after_sign_in()
        if self._signed_in():
            self._connect(show_sign_in)

    def _signed_in(self) -> bool:
        """Choose a server if need be, and begin. False: there is none."""
        chosen = self._pick_server(self._host.auth.servers())
        if chosen:
            self._offer_take_over()
            self._host.library_wanted()
            self.show_names()
        return chosen

    def _user_changed(self, changed: bool) -> None:
        if not self.users.locked:
            self._host.library_wanted()
        if changed:
            self.show_names()
            name = self._host.auth.status().user_name
            dialogs.notify(self._host.addon.name, self._text(texts.USER_SWITCHED, name), icon=self._host.addon.icon)

    def _connect(self, show: Callable[..., str]) -> None:
        """Reach the server once while the user is there: some need a second code."""
        auth = self._host.auth
        try:
            auth.connection(True)
        except PlexConnectionError as error:
            LOG.warning('the server cannot be reached yet: %s', error)
            self._tell('server_unreachable', True)
        except NeedsSecondPin:
            dialogs.ok(self._host.addon.name, self._text(texts.SECOND_SIGN_IN))
            try:
                show(auth.begin_second_sign_in(), auth.begin_second_sign_in, self._host.addon, self._host.stopping)
            finally:
                auth.cancel_sign_in()

    def _pick_server(self, servers: List[ServerResource]) -> bool:
        """Use the only server, or let the user choose; what he chose before stays if it is there."""
        auth = self._host.auth
        chosen = auth.status().machine_identifier
        if any(server.machine_identifier == chosen for server in servers):
            return True
        if not servers:
            dialogs.ok(self._host.addon.name, self._text(texts.NO_SERVERS))
            return False
        if len(servers) == 1:
            auth.select_server(servers[0].machine_identifier)
            return True
        return self._ask_server(servers)

    def _ask_server(self, servers: List[ServerResource]) -> bool:
        chosen = self._host.auth.status().machine_identifier
        keys = [server.machine_identifier for server in servers]
        entries = [server_choice.entry(self._host.addon, server) for server in servers]
        entries.append(Entry(self._text(texts.ENTER_ADDRESS)))
        index = choose(self._host.addon, self._text(texts.CHOOSE_SERVER), entries,
                       keys.index(chosen) if chosen in keys else -1, self._host.stopping)
        if index is None:
            return False
        if index == len(keys):
            return server_choice.type_address(self._host.addon, self._host.auth, self._host.stopping)
        self._host.auth.select_server(keys[index])
        return True

    def _choose_server(self) -> None:
        servers = server_choice.servers(self._host.auth)
        if not servers:
            dialogs.ok(self._host.addon.name, self._text(texts.NO_SERVERS))
        elif self._ask_server(servers):
            self.show_names()
            self._offer_take_over()
            self._host.library_wanted()

    def _offer_take_over(self) -> bool:
        """Whether the user says yes. Nothing here keeps him from the rest of what he is doing."""
        try:
            return self._host.old_library.offer()
        except (KodiDatabaseError, sqlite3.Error) as error:
            LOG.warning('it is not known whether there is a library of 3.x: %s', error)
            return False

    def _take_over(self) -> None:
        try:
            wanted = self._host.old_library.ask()
        except (KodiDatabaseError, sqlite3.Error) as error:
            LOG.warning('it is not known whether there is a library of 3.x: %s', error)
            self._tell(text_name(error), True)
            return
        if wanted:
            self._host.library_wanted()

    def _choose_libraries(self) -> None:
        if LibraryChoice(self._host.addon, self._host.client().sections()).ask():
            self._host.library_wanted()

    def _sign_out(self) -> None:
        if dialogs.yesno(self._host.addon.name, self._text(texts.SIGN_OUT_QUESTION)):
            remove = dialogs.yesno(self._host.addon.name, self._text(texts.REMOVE_ITEMS_QUESTION))
            self._host.auth.sign_out()
            self.show_names()
            if remove:
                self._remove_items()
            self._tell('signed_out', False)

    def _remove_items(self) -> None:
        try:
            self._host.remove_items()
        except (KodiDatabaseError, sqlite3.Error, Cancelled) as error:
            LOG.warning('the items were not removed: %s', error)
            self._tell(text_name(error), True)
        else:
            self._tell('items_removed', False)

    def _text(self, text_id: int, *values: Any) -> str:
        return self._host.addon.text(text_id, *values)

    def _tell(self, name: str, error: bool) -> None:
        dialogs.notify(self._host.addon.name, self._text(texts.by_name(name)), error, self._host.addon.icon)
