"""PMS: play queues, in their simplest form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from tools.plexsim import xmlout
from tools.plexsim.items import Item
from tools.plexsim.pms import IDENTIFIER, Pms
from tools.plexsim.render import FULL
from tools.plexsim.web import Answer, HttpError, Request, Routes, json_answer

METADATA = re.compile(r"/library/(?:metadata|collections)/(\d+)")


@dataclass
class Queue:
    """A play queue; entry n has the item id ``first_id + n``."""

    id: int
    first_id: int
    items: list[Item]
    selected: int
    uri: str


class QueueHandlers:
    """Handlers of /playQueues."""

    def __init__(self, pms: Pms) -> None:
        self.pms = pms
        self.queues: dict[int, Queue] = {}
        self._next_item = 1000

    def create(self, request: Request) -> Answer:
        """POST /playQueues?uri=…&key=…&continuous=1: an item, a season, a show or a collection."""
        uri = request.values.get("uri", "")
        match = METADATA.search(unquote(uri))
        if not match:
            raise HttpError(400)
        source = self.pms.item(request, match.group(1))
        key = METADATA.search(unquote(request.values.get("key", "")))
        first = self.pms.item(request, key.group(1)) if key else source
        if source.type == "collection":
            items = self.pms.renderer.members(source, request.user)
        elif source.type == "episode" and request.flag("continuous"):
            items = list(source.root().leaves())
        else:
            items = list(source.leaves())
        if not items:
            raise HttpError(400)
        queue = Queue(len(self.queues) + 1, self._next_item, items, items.index(first) if first in items else 0, uri)
        self._next_item += len(items)
        self.queues[queue.id] = queue
        return self._answer(request, queue)

    def get(self, request: Request) -> Answer:
        """GET /playQueues/{id}."""
        queue = self.queues.get(int(request.match[0]))
        if queue is None:
            raise HttpError(404)
        return self._answer(request, queue)

    def _answer(self, request: Request, queue: Queue) -> Answer:
        selected = queue.items[queue.selected]
        view = self.pms.view(request, FULL)
        rows = [
            dict(self.pms.renderer.item_dict(item, request.user, view), playQueueItemID=queue.first_id + number)
            for number, item in enumerate(queue.items)
        ]
        container = {
            "size": len(rows),
            "identifier": IDENTIFIER,
            "playQueueID": queue.id,
            "playQueueSelectedItemID": queue.first_id + queue.selected,
            "playQueueSelectedItemOffset": queue.selected,
            "playQueueSelectedMetadataItemID": str(selected.rating_key),
            "playQueueShuffled": False,
            "playQueueSourceURI": queue.uri,
            "playQueueTotalCount": len(rows),
            "playQueueVersion": 1,
            "Metadata": rows,
        }
        if request.wants_json:
            return json_answer({"MediaContainer": container})
        return Answer(200, [xmlout.document("MediaContainer", container)], "text/xml;charset=utf-8")


def register(routes: Routes, pms: Pms) -> None:
    """Add the handlers to the routes."""
    own = QueueHandlers(pms)
    routes.add("POST", r"/playQueues", own.create)
    routes.add("GET", r"/playQueues/(\d+)", own.get)
