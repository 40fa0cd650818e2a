"""Which play queue Kodi's playlist is filled from."""
from __future__ import annotations

import threading
from typing import Optional

from ..plex_queues import PlayQueue


class QueueTurn:
    """One queue at a time, whoever has it played. Thread-safe.

    ``holder`` is whoever fills the playlist; another one that begins takes its place.
    """

    def __init__(self) -> None:
        #: Held by whoever changes Kodi's playlist.
        self.lock = threading.Lock()
        self._holder: Optional[object] = None
        self._queue_id = self._version = ''

    def take(self, holder: object, queue: PlayQueue) -> None:
        """From now on it is this one's turn."""
        with self.lock:
            self._holder = holder
            self._queue_id, self._version = queue.queue_id, queue.version

    def has(self, holder: object) -> bool:
        """Whether it still is. Asked with :attr:`lock` held."""
        return self._holder is holder

    def changed(self, queue: PlayQueue) -> None:
        """The server has another version of a queue."""
        with self.lock:
            if self._queue_id == queue.queue_id:
                self._version = queue.version

    def version(self, queue_id: str) -> str:
        """The version of a queue as the server told it last, '' for one that is not played any more."""
        return self._version if self._queue_id == queue_id else ''
