"""Whether an answer of the server's to a list can still be right, so that it need not be asked for again.

That is known only while the server pushes what changes. Each push, and each thing that we told the server, makes all
answers stale that were asked for before: so does the beginning of a connection, for nobody heard what came before it.
What the server does not push is found by a look within two minutes (:mod:`..live.look`); what no look finds either, an
item that another app took out of Continue Watching, is why an answer gets no older than some minutes.
"""
from __future__ import annotations

import threading
from typing import Dict, NamedTuple, Set, Tuple

from ..events import (
    KodiNotification,
    LibraryChanged,
    LibraryStale,
    MarksSent,
    PlaybackEnded,
    PlaybackKept,
    PlaybackReported,
    PlaylistsChanged,
    PushesChanged,
    ServerChosen,
    ServerLost,
    ServerPushed,
    SettingsChanged,
    SignedOut,
    UserSwitched,
)
from ..shared import Shared

#: Seconds for which an answer is right at most.
LONGEST = 300.0
#: Seconds that a list waits at most until the server was told how a playback ended here.
_PATIENCE = 1.0
_CHANGES = (LibraryChanged, LibraryStale, MarksSent, PlaybackKept, PlaylistsChanged, ServerChosen, ServerLost,
            ServerPushed, SettingsChanged, SignedOut, UserSwitched)


class Moment(NamedTuple):
    """When the server was asked: after how many changes, and by the clock in seconds."""

    changes: int
    at: float


class Freshness:
    """Counts what changes. Safe to use from several threads."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._changed = threading.Condition()
        self._changes = 0
        self._pushed: Set[str] = set()
        self._ends: Dict[Tuple[str, str], float] = {}  # when these playbacks ended, of which the server is not told yet
        events = shared.events
        for kind in _CHANGES:
            events.subscribe(kind, lambda _event: self._change())
        events.subscribe(PushesChanged, self._pushes)
        events.subscribe(PlaybackEnded, self._ended)
        events.subscribe(PlaybackReported, self._reported)
        events.subscribe(KodiNotification, self._notification)

    def now(self) -> Moment:
        """This moment; to be taken before the server is asked."""
        with self._changed:
            return Moment(self._changes, self._shared.clock.monotonic())

    def holds(self, moment: Moment, machine: str = '') -> bool:
        """Whether what a server (the main one: '') answered to a question of this moment is still right."""
        with self._changed:
            age = self._shared.clock.monotonic() - moment.at
            return machine in self._pushed and moment.changes == self._changes and 0.0 <= age < LONGEST

    def wait_for_reports(self) -> None:
        """Wait until the server was told of all playbacks that ended here; a moment at most."""
        clock = self._shared.clock
        with self._changed:
            while self._ends:
                left = max(self._ends.values()) + _PATIENCE - clock.monotonic()
                if left <= 0.0:
                    self._ends.clear()
                else:
                    clock.wait(self._changed, left)

    # ---- events ----------------------------------------------------------------------------------------------------

    def _change(self) -> None:
        with self._changed:
            self._changes += 1

    def _pushes(self, event: PushesChanged) -> None:
        with self._changed:
            self._changes += 1
            (self._pushed.add if event.pushed else self._pushed.discard)(event.machine)

    def _ended(self, event: PlaybackEnded) -> None:
        with self._changed:
            self._changes += 1
            if self._shared.settings.current.report_progress:
                self._ends[event.playback.machine_identifier, event.playback.rating_key] = \
                    self._shared.clock.monotonic()

    def _reported(self, event: PlaybackReported) -> None:
        with self._changed:
            self._changes += 1
            self._ends.pop((event.machine_identifier, event.rating_key), None)
            self._changed.notify_all()

    def _notification(self, event: KodiNotification) -> None:
        if event.method == 'System.OnWake':  # the connection is dead, and nobody knows yet
            self._change()
