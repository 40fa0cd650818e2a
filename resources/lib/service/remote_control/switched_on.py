"""Everything that exists only while remote control is switched on: ports, connections and threads."""
from __future__ import annotations

import logging

from ...kodi import addon as kodi_addon
from ...remote_control.companion import Companion
from ...remote_control.controllers import Controllers
from ...remote_control.gdm import Announcer
from ...remote_control.identity import PlayerIdentity
from ...remote_control.listener import Listener
from ...remote_control.subscribers import Subscribers
from ..shared import Shared
from .passed_on import PassedOn
from .player import RemotePlayer
from .proof import TokenProof
from .registration import Registration
from .telling import Telling

LOG = logging.getLogger('pkc.remote')

#: (connect, read) in seconds for a controller in our network.
_TIMEOUT = (1.0, 1.5)


class SwitchedOn:
    """Made and opened when it is switched on, closed when it is switched off."""

    def __init__(self, shared: Shared, player: RemotePlayer) -> None:
        """Binds the TCP port. Raises OSError."""
        self._shared = shared
        self._session = shared.clients.player_session()
        identity = PlayerIdentity(shared.auth.client_identifier, kodi_addon.device_name(), shared.addon.version,
                                  kodi_addon.platform_name(), kodi_addon.kodi_version())
        self._controllers = Controllers(TokenProof(shared).confirm, shared.clock.monotonic)
        self._subscribers = Subscribers(identity.identifier, self._post, shared.clock.monotonic)
        companion = Companion(identity, self._controllers, self._subscribers, player)
        self.listener = Listener(companion)
        self._announcer = Announcer(identity, self.listener.port)
        self._registration = Registration(shared, self.listener.port)
        self._passed_on = PassedOn(shared, companion)
        self._telling = Telling(player, self._subscribers, self._passed_on)

    def open(self) -> None:
        """From now on we are found and controlled."""
        self.listener.open()
        self._announcer.open()
        self._telling.open()
        self._passed_on.open()
        self._registration.open()
        LOG.info('Plex apps find this player on port %d', self.listener.port)

    def begin_anew(self) -> None:
        """Another user or server: nobody is trusted any more."""
        self._controllers.forget()
        self._subscribers.clear()
        self._passed_on.begin_anew()
        self._registration.begin_anew()

    def close(self) -> None:
        """Close all ports and connections."""
        self._passed_on.close()
        self._telling.close()
        self._announcer.close()
        self.listener.close()
        self._subscribers.clear()
        self._shared.clients.end_session(self._session)
        self._registration.close()
        LOG.info('Plex apps do not find this player any more')

    def _post(self, url: str, body: bytes) -> None:
        self._session.send('POST', url, data=body, headers={'Content-Type': 'text/xml;charset=utf-8'}, retries=0,
                           timeout=_TIMEOUT)
