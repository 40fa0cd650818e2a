"""Live updates as a part of the service: each chosen server is listened to and looked at."""
from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence

from ..events import KodiNotification, PlaybackReported, ServerChosen, SignedOut, UserSwitched
from ..part import Part
from ..shared import Shared
from ..status_board import Group, StatusLine
from .server import LiveServer


class Live(Part):
    """The main server is always there; those beside it come and go with the user's choice."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.main = LiveServer(shared)
        self._others: Dict[str, LiveServer] = {}
        self._started = False
        events = shared.events
        events.subscribe(PlaybackReported, lambda _event: self._look_soon())
        events.subscribe(KodiNotification, self._notification)
        for event in (ServerChosen, UserSwitched, SignedOut):
            events.subscribe(event, lambda _event: self._begin_anew())
        shared.status.add(Group.SERVER, self._status_lines)

    def start(self) -> None:
        """Listen and look."""
        self._started = True
        self.main.start()
        self._follow()

    def stop(self) -> None:
        """Hang up."""
        self._started = False
        for server in self._all():
            server.stop()

    def status(self) -> Mapping[str, Any]:
        """Whether the main server pushes what changes."""
        return {'live': self.main.listener.connected}

    def _status_lines(self) -> Sequence[StatusLine]:
        """How changes at the servers become known here."""
        auth = self.shared.auth
        status = auth.status()
        if not status.usable:
            return ()
        servers = self._all()
        if len(servers) == 1:
            return self.main.status_lines()
        return [line for one in servers
                for line in one.status_lines(auth.server_name(one.machine or status.machine_identifier))]

    def _notification(self, event: KodiNotification) -> None:
        if event.method == 'System.OnWake':
            for server in self._all():
                server.network_changed()
        elif _is_video(event) if event.method in ('Player.OnPlay', 'Player.OnStop') else 'playcount' in event.data:
            self._look_soon()

    def _look_soon(self) -> None:
        for server in self._all():
            server.look_soon()

    def _begin_anew(self) -> None:
        for server in self._all():
            server.begin_anew()
        self._follow()

    def _follow(self) -> None:
        """Have a listener for each server that is chosen, and none for another one."""
        if not self._started:
            return
        chosen = self.shared.clients.machines()[1:]
        for machine in [one for one in self._others if one not in chosen]:
            self._others.pop(machine).stop()
        for machine in chosen:
            if machine not in self._others:
                self._others[machine] = server = LiveServer(self.shared, machine)
                server.start()

    def _all(self) -> List[LiveServer]:
        return [self.main, *self._others.values()]


def _is_video(event: KodiNotification) -> bool:
    """Whether what begins or ends to play may be one; what Kodi does not know may."""
    item = event.data.get('item')
    return not isinstance(item, dict) or item.get('type') != 'song'
