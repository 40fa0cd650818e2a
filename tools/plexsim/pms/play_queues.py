"""The play queues of the users: what each one plays, and what is next."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from typing import NamedTuple

from tools.plexsim.items.records import Item


class Entry(NamedTuple):
    """An item of a queue. The same item may be in a queue twice, with another id."""

    id: int
    item: Item


@dataclass
class PlayQueue:
    """A play queue of one user. ``selected`` is the id of the entry that is played, ``version`` grows with changes."""

    id: int
    user: int
    entries: list[Entry]
    selected: int
    uri: str
    shuffled: bool = False
    playlist: int = 0
    version: int = 1
    #: Ids of the entries that were reported as playing, in order.
    played: list[int] = field(default_factory=list)

    def position(self, entry_id: int) -> int:
        """Return the position of an entry from the beginning of the queue, -1 for none of it."""
        return next((number for number, entry in enumerate(self.entries) if entry.id == entry_id), -1)


class PlayQueues:
    """All play queues. The numbers of queues and of their entries are never used twice."""

    def __init__(self) -> None:
        self._queues: dict[int, PlayQueue] = {}
        self._ids = itertools.count(9000)
        self._entry_ids = itertools.count(2211762)

    def add(self, user: int, items: list[Item], first: Item | None, uri: str, shuffled: bool) -> PlayQueue:
        """Make a queue of items. ``first`` is what is played first; of a shuffled queue it becomes the first entry."""
        number = next(self._ids)
        items = list(items)
        if shuffled:
            random.Random(number).shuffle(items)
            if first is not None:
                items.remove(first)
                items.insert(0, first)
        entries = [Entry(next(self._entry_ids), item) for item in items]
        selected = next((entry.id for entry in entries if entry.item is first), entries[0].id)
        queue = PlayQueue(number, user, entries, selected, uri, shuffled)
        self._queues[queue.id] = queue
        return queue

    def get(self, number: int, user: int) -> PlayQueue | None:
        """Return a user's queue, None for an unknown one and for another user's."""
        found = self._queues.get(number)
        return found if found is not None and found.user == user else None

    def reported(self, user: int, entry_id: int, item: Item) -> None:
        """Move on the queue of a report; there is no other way to tell a server which entry is played."""
        for queue in self._queues.values():
            position = queue.position(entry_id) if queue.user == user else -1
            if position >= 0 and queue.entries[position].item is item:
                queue.selected = entry_id
                if queue.played[-1:] != [entry_id]:
                    queue.played.append(entry_id)
