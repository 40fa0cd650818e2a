"""Which play queue Kodi's playlist is filled from."""
from __future__ import annotations

import threading
from typing import List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..kodi import playlist
from ..playback import queue_place
from ..playback.queue_place import QueuePlace
from ..plex_queues import PlayQueue


class Standing(NamedTuple):
    """What we gave Kodi's playlist for an item: its place in a play queue if it is in one, and from where it is played
    (seconds).
    """

    machine_identifier: str
    rating_key: str
    place: Optional[QueuePlace]
    start_s: float


class QueueTurn:
    """One queue at a time, whoever has it played. Thread-safe.

    ``holder`` is whoever fills the playlist; another one that begins takes its place.
    """

    def __init__(self) -> None:
        #: Held by whoever changes Kodi's playlist.
        self.lock = threading.Lock()
        self._holder: Optional[object] = None
        self._queue: Tuple[str, str] = ('', '')  # machineIdentifier and id
        self._version = ''
        self._given: List[Standing] = []
        self._giving = threading.Lock()

    def take(self, holder: object, machine_identifier: str, queue: PlayQueue) -> None:
        """From now on it is this one's turn, with a queue of this server."""
        with self.lock:
            self._holder = holder
            self._queue, self._version = (machine_identifier, queue.queue_id), queue.version
        with self._giving:
            self._given = []

    def has(self, holder: object) -> bool:
        """Whether it still is. Asked with :attr:`lock` held."""
        return self._holder is holder

    def changed(self, machine_identifier: str, queue: PlayQueue) -> None:
        """A server has another version of a queue."""
        with self.lock:
            if self._queue == (machine_identifier, queue.queue_id):
                self._version = queue.version

    def version(self, machine_identifier: str, queue_id: str) -> str:
        """The version of a queue as its server told it last, '' for one that is not played any more."""
        return self._version if self._queue == (machine_identifier, queue_id) else ''

    def give(self, wires: Sequence[Mapping[str, object]]) -> None:
        """Remember what Kodi's playlist gets (wire items), before it gets it."""
        with self._giving:
            self._given += [_standing(wire) for wire in wires]

    def standing(self, machine_identifier: str, rating_key: str) -> Optional[Standing]:
        """What Kodi's playlist has of an item that Kodi wants to play now; None when it plays it by itself.

        From memory: Kodi answers questions about entries only when it has our answer to its own, and shows that it is
        busy meanwhile. A playlist of one entry, and a place to begin at, are told once.
        """
        several = playlist.size() > 1
        with self._giving:
            number = next((n for n, one in enumerate(self._given) if one[:2] == (machine_identifier, rating_key)), -1)
            if number < 0 or not several and len(self._given) != 1:
                return None
            found = self._given[number]
            self._given[number:number + 1] = [found._replace(start_s=0.0)] if several else []
            return found


def _standing(wire: Mapping[str, object]) -> Standing:
    properties = wire['properties']
    assert isinstance(properties, dict)
    return Standing(str(properties.get(playlist.SERVER, '')), str(properties.get(playlist.ITEM, '')),
                    queue_place.parse(str(properties.get(playlist.PLACE, ''))),
                    float(properties.get(playlist.START) or 0.0))
