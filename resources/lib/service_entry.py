"""The service: creates the objects that its parts share, starts the parts, waits until Kodi ends, stops them."""
from __future__ import annotations

import logging
import os
import time
from typing import Any, Dict, List, Mapping, Optional

from .auth.credentials.store import CredentialStore
from .auth.manager import AuthClock, AuthManager, AuthOptions
from .auth.servers import discovery
from .kodi import log
from .kodi.addon import Addon, advanced_settings_files
from .kodi.monitor import KodiStopping, ServiceMonitor
from .local_server.api import ApiRoute
from .local_server.exchange import Route
from .local_server.server import LocalServer
from .local_server.service_file import ServiceFile
from .redaction import hide
from .service.error_texts import text_name
from .service.events import EventBus, KodiNotification, SettingsChanged
from .service.flows import FlowRunner
from .service.guide import Guide
from .service.part import Handler, Part
from .service.parts import PARTS
from .service.queue_turn import QueueTurn
from .service.server_clients import ServerClients
from .service.sessions import Sessions
from .service.shared import Clock, Databases, ListedPictures, Screen, SettingsStore, Shared
from .service.status_board import StatusBoard
from .service.viewer import Viewer

LOG = logging.getLogger('pkc.service')

#: Environment variable with the URL of a simulated plex.tv, for tests only.
PLEX_TV_VARIABLE = 'PLEXKODICONNECT_PLEX_TV'
_LONGEST_WAIT = 3600.0


class Service:
    """The service. Create it in the thread that calls :meth:`run`: Kodi delivers its events there."""

    def __init__(self, clock: Optional[Clock] = None) -> None:
        self._clock = clock or Clock()
        self.addon = Addon()
        self.settings = SettingsStore()
        log.install(self.addon.id, self.settings.current.verbose_log)
        self.events = EventBus()
        self.monitor = ServiceMonitor(self._settings_changed, self._notification)
        self.stopping = KodiStopping(self.monitor)
        self._sessions = Sessions(self.addon.version, self.stopping, lambda: self.settings.current.remote_control)
        self.shared = self._shared()
        self.parts: List[Part] = [make(self.shared) for make in PARTS]
        self.server = LocalServer(self.shared.port, self._routes(), ServiceFile(self.shared.profile, hide))

    def run(self) -> None:
        """Start the loopback server and all parts, wait until Kodi ends, stop them."""
        started = time.monotonic()
        self.server.start()
        for part in self.parts:
            part.start()
        LOG.info('started in %.2f s', time.monotonic() - started)
        try:
            while not self.monitor.wait(_LONGEST_WAIT):
                pass
        finally:
            self.stop()

    def stop(self) -> None:
        """End all threads; called once."""
        self.stopping.cancel()
        for part in reversed(self.parts):
            part.stop()
        self._sessions.close()
        self.server.stop()
        LOG.info('stopped')

    def _shared(self) -> Shared:
        profile, viewer = self.addon.profile_dir, Viewer()
        options = AuthOptions(plex_tv_url=os.environ.get(PLEX_TV_VARIABLE, ''),
                              modern=lambda: self.settings.current.modern_auth,
                              allow_http=lambda: self.settings.current.allow_http, discover=discovery.search)
        auth = AuthManager(CredentialStore(profile), self._sessions.patient, options,
                           AuthClock(cancellation=self.stopping))
        clients = ServerClients(auth, self._sessions, viewer, self.events)
        screen = Screen(self.addon, self.stopping)
        return Shared(self.addon, profile, self.settings, auth, clients, Databases(profile, advanced_settings_files()),
                      self.events, self._clock, self.stopping, viewer, screen, FlowRunner(screen.tell),
                      ListedPictures(), QueueTurn(), StatusBoard(), Guide(self.events, screen.tell, self.stopping),
                      self.settings.current.local_port)

    def calls(self) -> Mapping[str, Handler]:
        """The API calls of all parts, by name."""
        calls: Dict[str, Handler] = {'status': self._status}
        for part in self.parts:
            calls.update(part.calls())
        return calls

    def _routes(self) -> Mapping[str, Route]:
        routes: Dict[str, Route] = {'api': ApiRoute(self.calls(), text_name)}
        for part in self.parts:
            routes.update(part.routes())
        return routes

    def _status(self, _arguments: Dict[str, Any]) -> Dict[str, Any]:
        return {name: value for part in self.parts for name, value in part.status().items()}

    def _settings_changed(self) -> None:
        self.settings.reload()
        log.install(self.addon.id, self.settings.current.verbose_log)
        self.events.publish(SettingsChanged())

    def _notification(self, _sender: str, method: str, data: Dict[str, Any]) -> None:
        self.events.publish(KodiNotification(method, data))
