"""Live updates of one server."""
from __future__ import annotations

import logging
import threading
from typing import Collection, Sequence

from ... import state_db
from ...kodi.moments import date_and_time
from ...kodi.texts import status as texts
from ...plex_errors import PlexError
from ...plex_notifications import Notification, PlaylistChanged
from ...retry import Backoff, RetryPolicy
from ...sql.errors import DatabaseError
from ..events import LibrariesAsKnown, LibraryStale, PlaylistsChanged, PushesChanged, ServerPushed
from ..library_names import names_for
from ..shared import Shared
from ..status_board import StatusLine
from .gathering import Gathering
from .known import KnownListings
from .listener import Listener
from .look import LightLook

LOG = logging.getLogger('pkc.live')

#: Seconds between two small looks for what the server does not push, soon after something happened and at rest: when
#: it pushes the rest, and when it pushes nothing.
_PUSHED, _NOT_PUSHED = RetryPolicy(15.0, 120.0, jitter=0.2), RetryPolicy(5.0, 60.0, jitter=0.2)
#: Seconds between two looks at the clock: one that jumped says that the box slept.
_PULSE = 5.0
#: Seconds by which it may go wrong without that.
_JUMP = 15.0


class LiveServer:
    """Listens to a server and looks at it, as long as somebody is signed in and the server is chosen.

    ``machine`` is '' for the main server.
    """

    def __init__(self, shared: Shared, machine: str = '') -> None:
        self.shared = shared
        self.machine = machine
        self._stopping = shared.stopping.child()
        self._gathering = Gathering(shared.clock, self._section_of)
        self.listener = Listener(shared, self, machine, self._stopping)
        self._look = LightLook()
        self._look_again = Backoff(_NOT_PUSHED, shared.clock.monotonic)
        self._pulse = threading.Event()
        self._threads = [threading.Thread(target=self._pass_on, name='pkc-live-gather', daemon=True),
                         threading.Thread(target=self._watch, name='pkc-live-look', daemon=True)]

    def start(self) -> None:
        """Listen and look."""
        self.listener.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Hang up."""
        self._stopping.cancel()
        self._gathering.end()
        self._pulse.set()
        self.listener.reconnect()

    def status_lines(self, name: str = '') -> Sequence[StatusLine]:
        """How changes at the server become known here. ``name``: the server's, where several are chosen."""
        text, listener = self.shared.addon.text, self.listener
        if listener.connected:
            words = text(texts.LIVE_SINCE, date_and_time(listener.since))
        else:
            words = text(texts.LIVE_NOT_PUSHED if listener.refused else texts.LIVE_NOT)
        words = '%s: %s' % (name, words) if name else words
        return [StatusLine(text(texts.LIVE_CHANGES), words, not listener.connected and not listener.refused)]

    # ---- what the listener says ------------------------------------------------------------------------------------

    def listening(self) -> None:
        """What happened while nobody listened is looked for."""
        self.shared.events.publish(PushesChanged(True, self.machine))
        self._pace(_PUSHED)
        self.shared.events.publish(LibraryStale(frozenset(), machine=self.machine))
        self.shared.events.publish(PlaylistsChanged())

    def heard(self, notification: Notification) -> None:
        """Something changed."""
        self.shared.events.publish(ServerPushed())
        if isinstance(notification, PlaylistChanged):
            self.shared.events.publish(PlaylistsChanged())
            return
        self._gathering.add(notification)
        self._look_again.reset()

    def not_listening(self) -> None:
        """What changes is not heard any more."""
        self.shared.events.publish(PushesChanged(False, self.machine))

    def not_pushed(self) -> None:
        """From now on looking has to do."""
        self._pace(_NOT_PUSHED)

    # ---- what happens here -----------------------------------------------------------------------------------------

    def look_soon(self) -> None:
        """Somebody does something: look more often for a while."""
        self._look_again.reset()

    def begin_anew(self) -> None:
        """Other servers or another user: what was seen and heard says nothing any more."""
        self._look.forget()
        self._look_again.reset()
        self.listener.reconnect()

    def network_changed(self) -> None:
        """The box slept: the connection is dead, and the server may be elsewhere."""
        LOG.info('the box woke up: the server is looked for')
        self.shared.clients.try_at_once(self.machine)
        self.listener.reconnect()

    def _pace(self, policy: RetryPolicy) -> None:
        self._look_again = Backoff(policy, self.shared.clock.monotonic)

    # ---- the gathering thread --------------------------------------------------------------------------------------

    def _pass_on(self) -> None:
        while True:
            heard = self._gathering.take()
            if heard is None:
                return
            self.shared.events.publish(LibraryStale(heard.sections, heard.items, machine=self.machine))

    def _section_of(self, rating_key: str) -> str:
        path = self.shared.databases.state_path
        if not state_db.exists(path):
            return ''
        try:
            with state_db.open_reader(path) as state:
                server_id = state.server_id(self.machine or self.shared.auth.status().machine_identifier)
                found = state.find(server_id, [rating_key])
        except DatabaseError as error:
            LOG.info('the library of item %s is not known: %s', rating_key, error)
            return ''
        return found[rating_key].section_key if rating_key in found else ''

    # ---- the looking thread ----------------------------------------------------------------------------------------

    def _watch(self) -> None:
        shared = self.shared
        looked = shared.clock.monotonic()
        skew = shared.clock.time() - looked
        pause = self._look_again.failed()
        while not self._stopping.cancelled:
            self._pulse.wait(_PULSE)
            now = shared.clock.monotonic()
            before, skew = skew, shared.clock.time() - now
            if abs(skew - before) > _JUMP:
                self.network_changed()
            if not self._look_again.failures:  # something happened since the last look
                pause = min(pause, self._look_again.failed())
            if now - looked < pause or not self.may_look():
                continue
            self._look_once()
            looked, pause = shared.clock.monotonic(), self._look_again.failed()

    def may_look(self) -> bool:
        """Whether it is known who asks, and no sync is running, which sees more and should not have to share."""
        shared = self.shared
        return shared.auth.status().usable and not shared.viewer.locked and not shared.databases.writing.locked()

    def _look_once(self) -> None:
        shared = self.shared
        try:
            client, machine_identifier = shared.clients.connect(self.machine)
            found = self._look.differences(client, self._excluded(),
                                           KnownListings(shared.databases.state_path, machine_identifier))
        except PlexError as error:
            LOG.info('no look at the server: %s', error)
            shared.clients.failed(error, self.machine)
        except Exception:  # the top of the thread
            LOG.exception('looking at the server failed')
        else:
            shared.events.publish(LibrariesAsKnown(frozenset(found.as_known), self.machine))
            for sections, thorough in ((found.stale - found.unrated, False), (found.unrated, True)):
                if sections:
                    shared.events.publish(LibraryStale(frozenset(sections), thorough=thorough, machine=self.machine))

    def _excluded(self) -> Collection[str]:
        """Libraries that are not looked at."""
        return names_for(self.machine, self.shared.settings.current.excluded_libraries)
