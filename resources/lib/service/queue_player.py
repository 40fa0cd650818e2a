"""Having Kodi play a play queue of the server: its playlist is filled with it, window by window."""
from __future__ import annotations

import logging
import threading
from typing import List, NamedTuple, Sequence

from ..kodi import playlist, video
from ..plex_errors import PlexCancelled, PlexError, PlexForbidden, PlexNotFound, PlexRejected, PlexUnauthorized
from ..plex_queues import PlayQueue, QueueEntry, after
from ..plex_requests import PMSRequests
from ..retry import RetryPolicy
from . import queue_entries
from .list_item import WireItem
from .shared import Shared

LOG = logging.getLogger('pkc.service')

#: Kodi keeps each entry in memory, and nobody watches so many.
_MOST = 2000
#: While the server does not answer, the rest of a queue is asked for again for so many seconds.
_RETRY, _PATIENCE_S = RetryPolicy(1.0, 20.0), 120.0
_HOPELESS = (PlexCancelled, PlexForbidden, PlexNotFound, PlexRejected, PlexUnauthorized)


class QueueServer(NamedTuple):
    """Where a queue is: a client that asks in the name of whose queue it is, and the server's machineIdentifier."""

    client: PMSRequests
    machine_identifier: str


class Beginning(NamedTuple):
    """How the playlist begins: its first entries, up to the end of the queue's window, which of them is played first
    (an index), and from where in it (milliseconds).
    """

    entries: Sequence[QueueEntry]
    start: int = 0
    offset_ms: int = 0


def play(shared: Shared, server: QueueServer, queue: PlayQueue, beginning: Beginning) -> None:
    """Play a queue in place of what Kodi's playlist holds; it does not play yet when this returns.

    The first entry plays while those behind the window are still added; what is before the window stays away, since
    Kodi loses its place in a playlist that grows at its front. Raises :class:`JsonRpcError` when Kodi does not want to.
    """
    filling = _Filling(shared, server, queue)
    shared.queue_turn.take(filling, server.machine_identifier, queue)
    if filling.begin(beginning):
        threading.Thread(target=filling.add_rest, args=(len(beginning.entries),), name='pkc-queue', daemon=True).start()


class _Filling:
    """Fills Kodi's playlist with one queue, as long as no other one takes its place."""

    def __init__(self, shared: Shared, server: QueueServer, queue: PlayQueue) -> None:
        self._shared = shared
        self._server = server
        self._queue = queue
        self._turn = shared.queue_turn

    def begin(self, beginning: Beginning) -> bool:
        """Have the first entries played; whether it was our turn, and there are more."""
        wires = self._wires(beginning.entries)
        queue_entries.begin_at(wires[beginning.start], beginning.offset_ms / 1000.0)
        with self._turn.lock:
            if not self._turn.has(self):
                return False
            self._turn.give(wires)
            playlist.fill(wires)
        if not video.wait_until_free(self._shared.stopping.wait):
            LOG.warning('a queue is not played: Kodi is busy')
            return False
        playlist.play(beginning.start)
        return len(wires) < self._queue.total

    def add_rest(self, count: int) -> None:
        """The thread: add what comes after those first entries, of which there are so many."""
        try:
            self._add_rest(self._queue.entries[-1], count)
        except Exception:  # top of the thread
            LOG.exception('Filling the playlist failed')

    def _add_rest(self, last: QueueEntry, count: int) -> None:
        while count < min(self._queue.total, _MOST):
            entries = self._after(last)
            if not entries:
                return
            wires = self._wires(entries)
            with self._turn.lock:
                if not self._turn.has(self) or self._shared.stopping.cancelled or not self._is_there():
                    return
                self._turn.give(wires)
                playlist.add(wires)
            last, count = entries[-1], count + len(entries)

    def _after(self, last: QueueEntry) -> List[QueueEntry]:
        """The next window; none when it cannot be had."""
        for pause in (*_RETRY.pauses(_PATIENCE_S), 0.0):
            try:
                return after(self._server.client, self._queue.queue_id, last.entry_id)
            except PlexError as error:
                LOG.info('The rest of play queue %s does not come: %s', self._queue.queue_id, error)
                if isinstance(error, _HOPELESS) or not pause or self._shared.stopping.wait(pause):
                    break
        return []

    def _is_there(self) -> bool:
        """Whether Kodi's playlist is still that of this queue, and not of what the user has begun since."""
        return any(entry is not None and entry.place.startswith(self._queue.queue_id + ':')
                   for entry in (playlist.first(), playlist.current()))

    def _wires(self, entries: Sequence[QueueEntry]) -> List[WireItem]:
        return queue_entries.wires(self._shared, self._server.machine_identifier, self._queue.queue_id, entries)
