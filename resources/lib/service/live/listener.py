"""Keeps a websocket to the server open as long as somebody is signed in."""
from __future__ import annotations

import logging
import threading
from typing import Optional, Protocol

from ...cancellation import Cancellation
from ...plex_errors import PlexError, PlexHttpError, PlexRateLimited, PlexServerError, PlexUnauthorized
from ...plex_notifications import Notification, NotificationSocket
from ...retry import Backoff, RetryPolicy
from ..shared import Shared

LOG = logging.getLogger('pkc.live')

#: Between two tries to connect while no server can be reached. It stays short: this is what notices that the network
#: or the server is back. Whether the network is used is up to the account's connection, which has pauses of its own.
_RETRY = RetryPolicy(0.5, 3.0)
#: The same when the server is there, and its websocket is not.
_BROKEN = RetryPolicy(0.5, 30.0)
#: Between two tries to listen to a server that pushes nothing to this user.
_REFUSED = RetryPolicy(60.0, 600.0)
#: Seconds after which a service that nobody is signed in to looks again.
_NOBODY = 30.0


class Audience(Protocol):
    """Who gets what is heard. Called in the listener's thread."""

    def listening(self) -> None:
        """From now on the server pushes what changes; what changed before has to be looked for."""

    def heard(self, notification: Notification) -> None:
        """The server said something; called often, returns at once."""

    def not_listening(self) -> None:
        """The connection ended: what changes from now on is not heard."""

    def not_pushed(self) -> None:
        """The server is there and pushes nothing to this user."""


class Listener:
    """One thread for one server (``machine``: '' for the main one).

    ``connected``: whether the server pushes what changes; ``since``: from when on (Kodi's clock, Unix seconds).
    ``refused``: the server is there and pushes nothing to this user.
    """

    def __init__(self, shared: Shared, audience: Audience, machine: str, stopping: Cancellation) -> None:
        self._shared = shared
        self._audience = audience
        self._machine = machine
        self._stopping = stopping
        self._wake = threading.Event()
        self._socket: Optional[NotificationSocket] = None
        self._retry = Backoff(_RETRY, shared.clock.monotonic)
        self._broken = Backoff(_BROKEN, shared.clock.monotonic)
        self._refused = Backoff(_REFUSED, shared.clock.monotonic)
        self._thread = threading.Thread(target=self._listen, name='pkc-live', daemon=True)
        self.connected = self.refused = False
        self.since = 0.0

    def start(self) -> None:
        """Listen from now on."""
        self._thread.start()

    def reconnect(self) -> None:
        """Hang up, and connect anew at once: another server or user, or a connection that may be dead."""
        self._reset()
        self.refused = False
        self._wake.set()
        socket = self._socket
        if socket is not None:
            socket.hang_up()

    # ---- the thread ------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        shared = self._shared
        while not self._stopping.cancelled:
            self._wake.clear()
            if not shared.auth.status().usable or shared.viewer.locked:
                self._wake.wait(_NOBODY)
                continue
            pause = self._connection()
            if not self._stopping.cancelled:
                self._wake.wait(pause)

    def _connection(self) -> float:
        """One connection from its beginning to its end; the seconds to wait before the next one."""
        shared = self._shared
        self._socket = None
        try:
            self._socket = shared.clients.notification_socket(self._machine)
            self._retry.reset()
            self._socket.connect()
            self._reset()
            self.connected, self.refused, self.since = True, False, shared.clock.time()
            LOG.info('listening to the server')
            self._audience.listening()
            for notification in self._socket.notifications():
                self._audience.heard(notification)
        except PlexUnauthorized as error:
            return self._renewed(error)
        except (PlexServerError, PlexRateLimited) as error:
            LOG.info('the server does not listen yet: %s', error)
            return (self._broken if self._socket is not None else self._retry).failed(error.retry_after)
        except PlexHttpError as error:
            return self._not_pushed(error)
        except PlexError as error:
            LOG.info('not listening to the server: %s', error)
            shared.clients.failed(error, self._machine)
        except Exception:  # the top of the thread
            LOG.exception('listening to the server failed')
        finally:
            self.connected = False
            self._audience.not_listening()
            if self._socket is not None:
                self._socket.close()
        return (self._broken if self._socket is not None else self._retry).failed()

    def _reset(self) -> None:
        for backoff in (self._retry, self._broken, self._refused):
            backoff.reset()

    def _renewed(self, error: PlexUnauthorized) -> float:
        """The server does not take the token: with another one at once."""
        try:
            if self._shared.clients.token_refused(error, self._machine):
                return 0.0
        except PlexError as failure:
            LOG.info('no other token to listen with: %s', failure)
            self._shared.clients.failed(failure, self._machine)
            return self._retry.failed()
        return self._not_pushed(error)

    def _not_pushed(self, error: PlexHttpError) -> float:
        LOG.info('the server pushes nothing, so it is asked: %s', error)
        self.refused = True
        self._audience.not_pushed()
        return self._refused.failed()
