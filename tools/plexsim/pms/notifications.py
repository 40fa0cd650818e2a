"""The notifications of the PMS."""

from __future__ import annotations

import asyncio
import threading
import uuid
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Tuple

from tools.plexsim.items.records import Item, Playlist
from tools.plexsim.items.types import TYPE_CODES
from tools.plexsim.library.store import STATE_DELETED, Store

Queue = asyncio.Queue[Tuple[str, Dict[str, Any]]]


class Notifications:
    """Sends the changes of a store, and other notifications, to all listeners.

    ``history`` has the last 5000 notifications. Listeners take theirs from queues in ``loop``.
    """

    def __init__(self, store: Store, loop: asyncio.AbstractEventLoop) -> None:
        self.history: list[dict[str, Any]] = []
        self._clock = store.clock
        self._loop = loop
        self._queues: dict[Queue, str] = {}
        self._lock = threading.Lock()
        self._count = 0
        store.listeners.append(self._changed)

    @property
    def listeners(self) -> int:
        """The number of connected clients."""
        return len(self._queues)

    @contextmanager
    def subscription(self, filters: str) -> Iterator[Queue]:
        """A context with a queue of (kind, payload), for notifications that pass the ``filters`` parameter."""
        queue: Queue = asyncio.Queue()
        self._queues[queue] = filters
        try:
            yield queue
        finally:
            self._queues.pop(queue, None)

    def send(self, kind: str, payload: dict[str, Any]) -> None:
        """Send one notification to all listeners; may be called from any thread."""
        with self._lock:
            self.history.append({"type": kind, "payload": payload})
            del self.history[:-5000]
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._deliver, kind, payload)

    def _deliver(self, kind: str, payload: dict[str, Any]) -> None:
        for queue, filters in list(self._queues.items()):
            if accepts(filters, kind):
                queue.put_nowait((kind, payload))

    def _changed(self, kind: str, payload: dict[str, Any]) -> None:
        if kind == "item":
            self.timeline(payload["item"], payload["state"], payload["metadata"])
        elif kind == "watch":
            self.timeline(payload["item"], 5, "")
        elif kind == "playlist":
            self.playlist(payload["playlist"], payload["state"])
        elif kind == "section":
            section = payload["section"]
            for step in ("started", "ended"):
                self.activity(
                    step,
                    "library.update.section",
                    f"Scanning {section.title}",
                    {"librarySectionID": str(section.id)},
                    100 if step == "ended" else 0,
                )

    def timeline(self, item: Item, state: int, metadata_state: str) -> None:
        """Send that an item changed; ids are numbers and texts alternately, as both were seen on real servers."""
        self._count += 1
        form: Any = str if self._count % 2 else int
        entry: dict[str, Any] = {
            "identifier": "com.plexapp.plugins.library",
            "sectionID": form(item.section.id),
            "itemID": form(item.rating_key),
            "type": TYPE_CODES.get(item.type, 0),
            "title": item.title,
            "state": state,
            "updatedAt": item.updated_at or self._clock.stamp(),
        }
        if metadata_state:
            entry["metadataState"] = metadata_state
        if item.parent is not None:
            entry.update(parentItemID=form(item.parent.rating_key), rootItemID=form(item.root().rating_key))
        self.send("timeline", entry)

    def playlist(self, playlist: Playlist, state: int) -> None:
        """Send that a playlist changed: as an item of type 15 that belongs to no section."""
        self._count += 1
        form: Any = str if self._count % 2 else int
        entry: dict[str, Any] = {
            "identifier": "com.plexapp.plugins.library",
            "sectionID": form(-1),
            "itemID": form(playlist.rating_key),
            "type": TYPE_CODES["playlist"],
            "title": playlist.title,
            "state": state,
            "updatedAt": playlist.stamp,
        }
        if state == STATE_DELETED:
            entry["metadataState"] = "deleted"
        self.send("timeline", entry)

    def playing(self, payload: dict[str, Any]) -> None:
        """Send the state of a player."""
        self.send("playing", payload)

    def activity(self, event: str, kind: str, title: str, context: dict[str, Any], progress: int = 0) -> None:
        """Send the state of a background activity."""
        number = str(uuid.uuid4())
        self.send(
            "activity",
            {
                "event": event,
                "uuid": number,
                "Activity": {
                    "uuid": number,
                    "type": kind,
                    "cancellable": False,
                    "userID": 1,
                    "title": title,
                    "subtitle": "",
                    "progress": progress,
                    "Context": context,
                },
            },
        )


def accepts(filters: str, kind: str) -> bool:
    """Whether a kind passes a ``filters`` parameter ("playing,timeline" or "-log")."""
    names = [name.strip() for name in filters.split(",") if name.strip()]
    wanted = [name for name in names if not name.startswith("-")]
    return "-" + kind not in names and (not wanted or kind in wanted)
