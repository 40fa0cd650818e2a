"""Finding and fixing the match of an item, and augmenting it: for the owner only."""

from __future__ import annotations

from typing import Any

from tools.plexsim.config import OWNER
from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item
from tools.plexsim.library.library import Library
from tools.plexsim.library.matches import MATCHED
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, MEDIA_TAGS, Containers, section_attributes
from tools.plexsim.pms.notifications import Notifications


class MatchHandlers:
    """Handlers of /library/metadata/{id}/matches, match and unmatch, and of augmentations."""

    def __init__(
        self, library: Library, access: Access, containers: Containers, notifications: Notifications
    ) -> None:
        self.library = library
        self.access = access
        self.containers = containers
        self.notifications = notifications
        self._augmented: list[int] = []

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/library/metadata/(\d+)/matches", self.matches)
        routes.add("PUT", r"/library/metadata/(\d+)/match", self.match)
        routes.add("PUT", r"/library/metadata/(\d+)/unmatch", self.unmatch)
        routes.add("GET", r"/library/metadata/augmentations/(\w+)", self.augmentation)

    def matches(self, request: Request) -> Answer:
        """/matches?manual=1&title=…&year=…: the candidates, the best first."""
        item = self._item(request)
        values = request.values
        found = self.library.matches(item, values.get("title") or None, values.get("year") or None)
        rows = [{"guid": one.guid, "name": one.name, "score": one.score, "year": one.year} for one in found]
        rows = [{name: value for name, value in row.items() if value is not None} for row in rows]
        attributes: dict[str, Any] = {"size": len(rows), "identifier": IDENTIFIER, **section_attributes(item.section)}
        return self.containers.container(request, {**attributes, **MEDIA_TAGS}, tail={"SearchResult": rows})

    def match(self, request: Request) -> Answer:
        """PUT /match?guid=…&name=…: the item is that work from now on."""
        item = self._item(request)
        guid = request.values.get("guid", "")
        if "://" not in guid:
            raise HttpError(400)
        self.library.match(item.rating_key, guid, request.values.get("name", ""))
        return empty()

    def unmatch(self, request: Request) -> Answer:
        """PUT /unmatch: the item is a local one."""
        self.library.unmatch(self._item(request).rating_key)
        return empty()

    def augment(self, request: Request, items: list[Item]) -> dict[str, str]:
        """Begin to augment, if the request wants that; returns the container's attributes for it.

        Ignored for other users than the owner and for several items.
        """
        if not request.flag("asyncAugmentMetadata") or request.user != OWNER or len(items) != 1:
            return {}
        self._augmented.append(items[0].rating_key)
        number = len(self._augmented)
        title = f"Augmenting {items[0].title}"
        self.notifications.activity("started", "library.augment.items", title, {"key": request.path})
        return {"augmentationKey": f"/library/metadata/augmentations/{number}"}

    def augmentation(self, request: Request) -> Answer:
        """/library/metadata/augmentations/{id}?wait=1: 204 when it is done."""
        if request.user != OWNER:
            raise HttpError(401)
        number = int(request.match[0]) if request.match[0].isdigit() else 0
        if not 0 < number <= len(self._augmented):
            raise HttpError(404)
        item = self.library.get(self._augmented[number - 1])
        if item is not None and request.flag("wait"):
            self.library.augment(item)
        return empty(204)

    def _item(self, request: Request) -> Item:
        self.access.require_owner(request)
        item = self.access.item(request, request.match[0])
        if item.type not in MATCHED:
            raise HttpError(400)
        return item
