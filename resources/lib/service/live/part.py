"""Live updates as a part of the service."""
from __future__ import annotations

import logging
import threading
from typing import Any, Mapping, Optional

from ... import state_db
from ...plex_errors import PlexError, PlexHttpError
from ...plex_notifications import NotificationSocket
from ...retry import Backoff, RetryPolicy
from ...sql.errors import DatabaseError
from ..events import LibraryStale, PlaybackReported, ServerChosen, SignedOut, UserSwitched
from ..part import Part
from ..shared import Shared
from .gathering import Gathering

LOG = logging.getLogger('pkc.live')

#: Between two tries to connect to a server that cannot be reached.
_RETRY = RetryPolicy(1.0, 60.0)
#: Between two looks at a server that pushes nothing to this user, soon after something happened and at rest.
_POLL = RetryPolicy(10.0, 120.0)
#: Seconds after which a service that nobody is signed in to looks again.
_NOBODY = 30.0


class Live(Part):
    """Listens to the server as long as somebody is signed in."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._gathering = Gathering(shared.clock, self._section_of)
        self._wake = threading.Event()
        self._socket: Optional[NotificationSocket] = None
        self._connected = False
        self._threads = [threading.Thread(target=self._listen, name='pkc-live', daemon=True),
                         threading.Thread(target=self._pass_on, name='pkc-live-gather', daemon=True)]
        self._retry, self._poll = (Backoff(policy, shared.clock.monotonic) for policy in (_RETRY, _POLL))
        shared.events.subscribe(PlaybackReported, lambda _event: self._look_soon())
        for event in (ServerChosen, UserSwitched, SignedOut):
            shared.events.subscribe(event, lambda _event: self._reconnect())

    def start(self) -> None:
        """Listen."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Hang up."""
        self._gathering.end()
        self._reconnect()

    def status(self) -> Mapping[str, Any]:
        """Whether the server pushes what changes."""
        return {'live': self._connected}

    def _reconnect(self) -> None:
        self._wake.set()
        socket = self._socket
        if socket is not None:
            socket.close()

    def _look_soon(self) -> None:
        """Something happened here: who has to ask the server looks more often for a while."""
        self._poll.reset()
        if not self._connected:
            self._wake.set()

    # ---- the listening thread --------------------------------------------------------------------------------------

    def _listen(self) -> None:
        shared = self.shared
        while not shared.stopping.cancelled:
            self._wake.clear()
            pause = 0.0
            try:
                if not shared.auth.status().usable or shared.viewer.locked:
                    self._wake.wait(_NOBODY)
                    continue
                self._socket = shared.clients.notification_socket()
                self._socket.connect()
                self._retry.reset()
                self._poll.reset()
                self._connected = True
                LOG.info('listening to the server')
                shared.events.publish(LibraryStale(frozenset()))
                for notification in self._socket.notifications():
                    self._gathering.add(notification)
            except PlexHttpError as error:
                LOG.info('the server pushes nothing, so it is asked: %s', error)
                shared.clients.failed(error)
                pause = self._poll.failed()
            except PlexError as error:
                LOG.info('not listening to the server: %s', error)
                shared.clients.failed(error)
            except Exception:  # the top of the thread
                LOG.exception('listening to the server failed')
            finally:
                self._connected = False
                if self._socket is not None:
                    self._socket.close()
            if not shared.stopping.cancelled:
                self._wake.wait(pause or self._retry.failed())
                if pause:
                    shared.events.publish(LibraryStale(frozenset()))

    # ---- the gathering thread --------------------------------------------------------------------------------------

    def _pass_on(self) -> None:
        while True:
            sections = self._gathering.take()
            if sections is None:
                return
            self.shared.events.publish(LibraryStale(sections))

    def _section_of(self, rating_key: str) -> str:
        path = self.shared.databases.state_path
        if not state_db.exists(path):
            return ''
        try:
            with state_db.open_reader(path) as state:
                found = state.find(state.server_id(self.shared.auth.status().machine_identifier), [rating_key])
        except DatabaseError as error:
            LOG.info('the library of item %s is not known: %s', rating_key, error)
            return ''
        return found[rating_key].section_key if rating_key in found else ''
