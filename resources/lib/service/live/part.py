"""Live updates as a part of the service."""
from __future__ import annotations

import logging
import threading
from typing import Any, Mapping, Sequence

from ... import state_db
from ...kodi.moments import date_and_time
from ...kodi.texts import status as texts
from ...plex_errors import PlexError
from ...plex_notifications import Notification, PlaylistChanged
from ...retry import Backoff, RetryPolicy
from ...sql.errors import DatabaseError
from ..events import (
    KodiNotification,
    LibrariesAsKnown,
    LibraryStale,
    PlaybackReported,
    PlaylistsChanged,
    PushesChanged,
    ServerChosen,
    ServerPushed,
    SignedOut,
    UserSwitched,
)
from ..part import Part
from ..shared import Shared
from ..status_board import Group, StatusLine
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


class Live(Part):
    """Listens to the server and looks at it, as long as somebody is signed in."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._gathering = Gathering(shared.clock, self._section_of)
        self.listener = Listener(shared, self)
        self._look = LightLook()
        self._look_again = Backoff(_NOT_PUSHED, shared.clock.monotonic)
        self._pulse = threading.Event()
        self._threads = [threading.Thread(target=self._pass_on, name='pkc-live-gather', daemon=True),
                         threading.Thread(target=self._watch, name='pkc-live-look', daemon=True)]
        events = shared.events
        events.subscribe(PlaybackReported, lambda _event: self._look_soon())
        events.subscribe(KodiNotification, self._notification)
        for event in (ServerChosen, UserSwitched, SignedOut):
            events.subscribe(event, lambda _event: self._begin_anew())
        shared.status.add(Group.SERVER, self._status_lines)

    def start(self) -> None:
        """Listen and look."""
        self.listener.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Hang up."""
        self._gathering.end()
        self._pulse.set()
        self.listener.reconnect()

    def status(self) -> Mapping[str, Any]:
        """Whether the server pushes what changes."""
        return {'live': self.listener.connected}

    def _status_lines(self) -> Sequence[StatusLine]:
        """How changes at the server become known here."""
        if not self.shared.auth.status().usable:
            return ()
        text, listener = self.shared.addon.text, self.listener
        if listener.connected:
            words = text(texts.LIVE_SINCE, date_and_time(listener.since))
        else:
            words = text(texts.LIVE_NOT_PUSHED if listener.refused else texts.LIVE_NOT)
        return [StatusLine(text(texts.LIVE_CHANGES), words, not listener.connected and not listener.refused)]

    # ---- what the listener says ------------------------------------------------------------------------------------

    def listening(self) -> None:
        """What happened while nobody listened is looked for."""
        self.shared.events.publish(PushesChanged(True))
        self._pace(_PUSHED)
        self.shared.events.publish(LibraryStale(frozenset()))
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
        self.shared.events.publish(PushesChanged(False))

    def not_pushed(self) -> None:
        """From now on looking has to do."""
        self._pace(_NOT_PUSHED)

    # ---- what happens here -----------------------------------------------------------------------------------------

    def _notification(self, event: KodiNotification) -> None:
        if event.method == 'System.OnWake':
            self._network_changed()
        elif _is_video(event) if event.method in ('Player.OnPlay', 'Player.OnStop') else 'playcount' in event.data:
            self._look_soon()

    def _look_soon(self) -> None:
        """Somebody does something: look more often for a while."""
        self._look_again.reset()

    def _begin_anew(self) -> None:
        self._look.forget()
        self._look_again.reset()
        self.listener.reconnect()

    def _network_changed(self) -> None:
        """The box slept: the connection is dead, and the server may be elsewhere."""
        LOG.info('the box woke up: the server is looked for')
        self.shared.clients.try_at_once()
        self.listener.reconnect()

    def _pace(self, policy: RetryPolicy) -> None:
        self._look_again = Backoff(policy, self.shared.clock.monotonic)

    # ---- the gathering thread --------------------------------------------------------------------------------------

    def _pass_on(self) -> None:
        while True:
            heard = self._gathering.take()
            if heard is None:
                return
            self.shared.events.publish(LibraryStale(*heard))

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

    # ---- the looking thread ----------------------------------------------------------------------------------------

    def _watch(self) -> None:
        shared = self.shared
        looked = shared.clock.monotonic()
        skew = shared.clock.time() - looked
        pause = self._look_again.failed()
        while not shared.stopping.cancelled:
            self._pulse.wait(_PULSE)
            now = shared.clock.monotonic()
            before, skew = skew, shared.clock.time() - now
            if abs(skew - before) > _JUMP:
                self._network_changed()
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
            client, machine_identifier = shared.clients.connect()
            found = self._look.differences(client, shared.settings.current.excluded_libraries,
                                           KnownListings(shared.databases.state_path, machine_identifier))
        except PlexError as error:
            LOG.info('no look at the server: %s', error)
            shared.clients.failed(error)
        except Exception:  # the top of the thread
            LOG.exception('looking at the server failed')
        else:
            shared.events.publish(LibrariesAsKnown(frozenset(found.as_known)))
            for sections, thorough in ((found.stale - found.unrated, False), (found.unrated, True)):
                if sections:
                    shared.events.publish(LibraryStale(frozenset(sections), thorough=thorough))


def _is_video(event: KodiNotification) -> bool:
    """Whether what begins or ends to play may be one; what Kodi does not know may."""
    item = event.data.get('item')
    return not isinstance(item, dict) or item.get('type') != 'song'
