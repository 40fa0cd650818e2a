"""Playing several items one after another: a play queue of the server, and Kodi's playlist filled from it."""
from __future__ import annotations

import logging
import threading
from typing import Any, List, Mapping, Optional, Sequence

from ...kodi import playlist
from ...local_server.api import ApiError
from ...plex_errors import PlexCancelled, PlexError, PlexForbidden, PlexNotFound, PlexRejected, PlexUnauthorized
from ...plex_model import COLLECTION, EPISODE, PLAYLIST, SEASON, SHOW
from ...plex_queues import PlayQueue, QueueEntry, QueueSource, QueueWish, after, create
from ...retry import RetryPolicy
from .. import queue_entries
from ..list_item import WireItem
from .action import Answer, Subject

LOG = logging.getLogger('pkc.service')

FROM_HERE, ALL, SHUFFLE = 'play_from_here', 'play_all', 'shuffle'
_WISHES: Mapping[str, QueueWish] = {FROM_HERE: QueueWish(continuous=True), ALL: QueueWish(),
                                    SHUFFLE: QueueWish(shuffle=True)}
_OFFERED: Mapping[str, Sequence[str]] = {EPISODE: (FROM_HERE,), SHOW: (SHUFFLE,), SEASON: (SHUFFLE,),
                                         COLLECTION: (ALL, SHUFFLE), PLAYLIST: (ALL, SHUFFLE)}
#: Kodi keeps each entry in memory, and nobody watches so many.
_MOST = 2000
#: While the server does not answer, the rest of a queue is asked for again for so many seconds.
_RETRY, _PATIENCE_S = RetryPolicy(1.0, 20.0), 120.0
_HOPELESS = (PlexCancelled, PlexForbidden, PlexNotFound, PlexRejected, PlexUnauthorized)


class Queues:
    """Of what consists of several items, and from an episode on. One queue is played at a time: its first entries
    while the others are still added.
    """

    names = (FROM_HERE, ALL, SHUFFLE)

    def __init__(self) -> None:
        self._playlist = threading.Lock()
        self._filling: Optional[_Filling] = None

    def offered(self, subject: Subject) -> Sequence[str]:
        """By the item's type."""
        return _OFFERED.get(subject.item.plex_type, ())

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Have the server make a queue, and Kodi play it; it does not play yet when this returns."""
        source = QueueSource(subject.item.plex_type, subject.item.rating_key)
        try:
            queue = create(subject.client, subject.machine_identifier, source, _WISHES[name])
        except PlexRejected as error:
            raise ApiError('queue_empty', str(error)) from error
        entries = queue.from_selected()
        if not entries:
            raise ApiError('queue_empty', 'no videos in it')
        LOG.info('Play queue %s with %d entries', queue.queue_id, queue.total)
        filling = _Filling(subject, queue, self._playlist)
        with self._playlist:
            if self._filling is not None:
                self._filling.over = True
            self._filling = filling
        threading.Thread(target=filling.run, args=(entries,), name='pkc-queue', daemon=True).start()
        return {}


class _Filling:
    """Fills Kodi's playlist, which ``lock`` guards, with one queue, in a thread."""

    def __init__(self, subject: Subject, queue: PlayQueue, lock: threading.Lock) -> None:
        self._shared = subject.shared
        self._client = subject.client
        self._machine = subject.machine_identifier
        self._queue = queue
        self._lock = lock
        #: Another queue took its place.
        self.over = False

    def run(self, entries: List[QueueEntry]) -> None:
        """Play ``entries``, the first ones, and add the others."""
        try:
            wires = self._wires(entries)
            with self._lock:
                if self.over:
                    return
                playlist.fill(wires)
            playlist.play()
            self._add_rest(self._queue.entries[-1], len(entries))
        except Exception:  # top of the thread
            LOG.exception('Filling the playlist failed')

    def _add_rest(self, last: QueueEntry, count: int) -> None:
        while count < min(self._queue.total, _MOST):
            entries = self._after(last)
            if not entries:
                return
            wires = self._wires(entries)
            with self._lock:
                if self.over or self._shared.stopping.cancelled or not self._is_there():
                    return
                playlist.add(wires)
            last, count = entries[-1], count + len(entries)

    def _after(self, last: QueueEntry) -> List[QueueEntry]:
        """The next window; none when it cannot be had."""
        for pause in (*_RETRY.pauses(_PATIENCE_S), 0.0):
            try:
                return after(self._client, self._queue.queue_id, last.entry_id)
            except PlexError as error:
                LOG.info('The rest of play queue %s does not come: %s', self._queue.queue_id, error)
                if isinstance(error, _HOPELESS) or not pause or self._shared.stopping.wait(pause):
                    break
        return []

    def _is_there(self) -> bool:
        """Whether Kodi's playlist is still that of this queue, and not of what the user has begun since."""
        return any(entry is not None and entry.place.startswith(self._queue.queue_id + ':')
                   for entry in (playlist.first(), playlist.current()))

    def _wires(self, entries: List[QueueEntry]) -> List[WireItem]:
        return queue_entries.wires(self._shared, self._machine, self._queue.queue_id, entries)
