"""The account as a part of the service: tokens are kept fresh, and the user is asked what only he knows."""
from __future__ import annotations

import logging
import threading
from typing import Any, Mapping

from ...auth.manager import SIGNED_OUT
from ...kodi.player import playing_video
from ..error_texts import sign_in_text_name
from ..events import SettingsChanged, UserNeeded
from ..part import Handler, Part
from ..shared import Shared
from .flows import AccountFlows
from .guide_steps import AccountSteps
from .notice import SignInNotice
from .status_lines import AccountStatus

LOG = logging.getLogger('pkc.service')

#: Credentials are looked after at least so often, in seconds; without a reason that costs no request.
_LONGEST_PAUSE = 300.0
_SHORTEST_PAUSE = 5.0
_AFTER_A_DEFECT = 60.0


class Account(Part):
    """Signing in and out, who watches, which server."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.flows = AccountFlows(shared)
        self._status = AccountStatus(shared)
        self._steps = AccountSteps(shared, self.flows)
        self._due = threading.Event()
        self._thread = threading.Thread(target=self._keep_credentials, name='pkc-credentials', daemon=True)
        self._locked_at_start = self.flows.users.lock_at_start()
        shared.events.subscribe(SettingsChanged, lambda _event: self._due.set())
        shared.events.subscribe(UserNeeded, lambda _event: self._ask_who_watches())

    def start(self) -> None:
        """Offer a sign-in once after the installation; ask who watches if that is wanted."""
        shared = self.shared
        if shared.auth.status().state == SIGNED_OUT:
            if not shared.settings.current.offered_sign_in:
                shared.flows.start(self.flows.offer_sign_in)
        elif self._locked_at_start:
            self._ask_who_watches()
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._due.set()

    def calls(self) -> Mapping[str, Handler]:
        """What the plugin and the settings ask."""
        call = self.shared.flows.call
        return {
            'set_up': call(self.shared.guide.run),
            'sign_in': call(self.flows.sign_in),
            'sign_out': call(self.flows.sign_out),
            'switch_user': call(self.flows.switch_user),
            'choose_start_user': call(self.flows.users.choose_start_user),
            'choose_server': call(self.flows.choose_server),
        }

    def status(self) -> Mapping[str, Any]:
        """Who is signed in, and whether that is in order."""
        status = self.shared.auth.status()
        return {'state': status.state, 'user': status.user_name, 'server': status.server_name,
                'problem': sign_in_text_name(status.message_key)}

    def _ask_who_watches(self) -> None:
        self.shared.flows.start(self.flows.user_at_start)

    def _keep_credentials(self) -> None:
        shared = self.shared
        notice = SignInNotice(shared.screen.tell, self._offer_sign_in)
        while not shared.stopping.cancelled:
            self._due.clear()
            try:
                pause = shared.auth.tick()
                notice.look(shared.auth.status())
            except Exception:  # the top of the thread
                LOG.exception('keeping credentials failed')
                pause = _AFTER_A_DEFECT
            self._due.wait(min(max(pause, _SHORTEST_PAUSE), _LONGEST_PAUSE))

    def _offer_sign_in(self, reason: str) -> bool:
        """Ask whether to sign in again; False when that would disturb."""
        if self.shared.stopping.cancelled or playing_video():
            return False
        return self.shared.flows.start(lambda: self.flows.offer_sign_in_again(reason))
