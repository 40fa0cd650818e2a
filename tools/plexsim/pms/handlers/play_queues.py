"""Play queues, in their simplest form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from tools.plexsim.formats import xml_text
from tools.plexsim.http.messages import Answer, HttpError, Request, json_answer
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item
from tools.plexsim.library.members import CollectionMembers
from tools.plexsim.library.rendering import FULL, Renderer
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, XML, Containers

METADATA = re.compile(r"/library/(?:metadata|collections)/(\d+)")


@dataclass
class Queue:
    """A play queue; entry n has the item id ``first_id + n``."""

    id: int
    first_id: int
    items: list[Item]
    selected: int
    uri: str


class PlayQueueHandlers:
    """Handlers of /playQueues."""

    def __init__(self, renderer: Renderer, members: CollectionMembers, access: Access, containers: Containers) -> None:
        self.renderer = renderer
        self.members = members
        self.access = access
        self.containers = containers
        self.queues: dict[int, Queue] = {}
        self._next_item = 1000

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("POST", r"/playQueues", self.create)
        routes.add("GET", r"/playQueues/(\d+)", self.get)

    def create(self, request: Request) -> Answer:
        """POST /playQueues?uri=…&key=…&continuous=1: an item, a season, a show or a collection."""
        uri = request.values.get("uri", "")
        match = METADATA.search(unquote(uri))
        if not match:
            raise HttpError(400)
        source = self.access.item(request, match.group(1))
        key = METADATA.search(unquote(request.values.get("key", "")))
        first = self.access.item(request, key.group(1)) if key else source
        if source.type == "collection":
            items = self.members.of(source, request.user)
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
        view = self.containers.view(request, FULL)
        rows = [
            dict(self.renderer.item_dict(item, request.user, view), playQueueItemID=queue.first_id + number)
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
        return Answer(200, [xml_text.document("MediaContainer", container)], XML)
