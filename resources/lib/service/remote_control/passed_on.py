"""Asking the server for commands that it passes on, and answering them."""
from __future__ import annotations

import logging
import threading
from typing import Optional

from ...plex_errors import PlexConnectionError, PlexError, PlexUnauthorized
from ...plex_http import PlexSession
from ...remote_control import limits
from ...remote_control.companion import Companion, Question, plain
from ...remote_control.controllers import Controller
from ...remote_control.proxy import CompanionProxy, ProxiedCommand
from ...remote_control.timeline import Timeline, xml
from ...retry import Backoff, RetryPolicy
from ..shared import Shared

LOG = logging.getLogger('pkc.remote')

_RETRY = RetryPolicy(2.0, 120.0)
#: Seconds that a poll takes at least: a server that answers at once must not be asked without a pause.
_SHORTEST = 0.5
#: A poll that took longer than so many seconds was held by the server, and broke off because nothing came.
_HELD = 10.0
#: Seconds after which a service that nobody is signed in to looks again.
_NOBODY = 30.0


class PassedOn:
    """One thread. The server is told what plays for as long as somebody controls us through it."""

    def __init__(self, shared: Shared, companion: Companion) -> None:
        self._shared = shared
        self._companion = companion
        self._backoff = Backoff(_RETRY, shared.clock.monotonic)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._session: Optional[PlexSession] = None
        self._proxy: Optional[CompanionProxy] = None
        self._listens_until = 0.0
        self._command_id = 0
        self._thread = threading.Thread(target=self._run, name='pkc-remote-proxy', daemon=True)

    def open(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def close(self) -> None:
        """Hang up for good."""
        self._stopping.set()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Another user or server: hang up, and ask again."""
        with self._lock:
            session, self._session, self._proxy = self._session, None, None
        self._listens_until = 0.0
        self._wake.set()
        if session is not None:
            self._shared.clients.end_session(session)

    # ---- what plays ------------------------------------------------------------------------------------------------

    def listens(self) -> bool:
        """Whether a controller has asked for something through the server not long ago."""
        return self._shared.clock.monotonic() < self._listens_until

    def tell(self, now: Timeline) -> None:
        """Send it what plays."""
        proxy = self._proxy
        if proxy is None:
            return
        try:
            proxy.report(xml(now, self._companion.identity.identifier, self._command_id), self._command_id)
        except PlexError as error:
            LOG.debug('the server was not told what plays: %s', error)

    # ---- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            pause = self._round()
            if pause and not self._stopping.is_set():
                self._wake.wait(pause)

    def _round(self) -> float:
        """Ask once; the seconds until the next time."""
        shared = self._shared
        if not shared.auth.status().usable or shared.viewer.locked:
            return _NOBODY
        began = shared.clock.monotonic()
        try:
            proxy = self._connected()
            for command in proxy.poll():
                self._obey(proxy, command)
            self._backoff.reset()
        except PlexUnauthorized as error:
            shared.clients.failed(error)
            return self._backoff.failed()
        except PlexConnectionError as error:
            if shared.clock.monotonic() - began >= _HELD:
                return _SHORTEST
            LOG.debug('the server passes nothing on: %s', error)
            self.begin_anew()
            return self._backoff.failed()
        except PlexError as error:
            LOG.info('the server passes nothing on: %s', error)
            return self._backoff.failed()
        except Exception:  # the top of the thread
            LOG.exception('a command that the server passed on failed')
            return self._backoff.failed()
        return max(0.0, _SHORTEST - (shared.clock.monotonic() - began))

    def _connected(self) -> CompanionProxy:
        with self._lock:
            if self._proxy is not None:
                return self._proxy
        session = self._shared.clients.player_session()
        proxy = self._shared.clients.companion(session)
        with self._lock:
            if not self._stopping.is_set():
                self._session, self._proxy = session, proxy
                return proxy
        self._shared.clients.end_session(session)
        return proxy

    def _obey(self, proxy: CompanionProxy, command: ProxiedCommand) -> None:
        """The server answers the controller with what we answer the server, so each command must be answered."""
        number = int(command.number) if command.number.isascii() and command.number.isdigit() else 0
        self._command_id = max(self._command_id, number)
        self._listens_until = self._shared.clock.monotonic() + limits.SUBSCRIPTION_SECONDS
        if command.path[1:] in (('timeline', 'subscribe'), ('timeline', 'unsubscribe')):
            self._companion.subscribed_elsewhere()  # the server keeps who has subscribed, and is told what plays
            reply = plain(200)
        else:
            parameters = {name: value for name, value in command.parameters.items() if name != 'wait'}
            reply = self._companion.obey(Question(command.path, parameters, Controller(command.controller, '')))
        if command.number:
            proxy.respond(command.number, reply.body)
