"""The first steps of the guide: signing in, who watches, which server."""
from __future__ import annotations

from ...auth.manager import SIGNED_IN
from ...kodi import dialogs
from ...kodi.texts import start as texts
from ..guide import Place
from ..shared import Shared
from . import server_choice
from .flows import AccountFlows


class AccountSteps:
    """Adds the steps. After a sign-in everything is asked; for who is signed in already, only what can be another."""

    def __init__(self, shared: Shared, flows: AccountFlows) -> None:
        self._shared = shared
        self._flows = flows
        shared.guide.add(Place.SIGN_IN, self._sign_in)
        shared.guide.add(Place.WHO_WATCHES, self._who_watches)
        shared.guide.add(Place.SERVER, self._server)

    def _sign_in(self) -> bool:
        """Whether there is an account to go on with."""
        status = self._shared.auth.status()
        if status.state == SIGNED_IN and not self._wants_another(status.user_name):
            return True
        self._shared.guide.first = self._flows.link()
        return self._shared.auth.status().usable

    def _wants_another(self, user_name: str) -> bool:
        text = self._shared.addon.text
        return dialogs.yesno(self._shared.addon.name, text(texts.SIGNED_IN_ALREADY, user_name),
                             text(texts.ANOTHER_ACCOUNT), text(texts.CONTINUE))

    def _who_watches(self) -> bool:
        if self._shared.guide.first:
            self._flows.users.after_sign_in()
        else:
            self._flows.switch_user(quiet=True)
        return True

    def _server(self) -> bool:
        """Whether a server is chosen."""
        if self._shared.guide.first:
            if self._flows.choose_first_server():
                self._flows.connect()
        elif len(server_choice.servers(self._shared.auth)) > 1:
            self._flows.choose_server()
        return bool(self._shared.auth.status().machine_identifier)
