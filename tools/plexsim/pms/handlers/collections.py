"""The collections of a section and their items."""

from __future__ import annotations

from typing import Any

from tools.plexsim.http.messages import Answer, HttpError, Request
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item
from tools.plexsim.library.members import Members
from tools.plexsim.library.rendering import FULL, LISTING
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, MEDIA_TAGS, Containers, section_attributes


class CollectionHandlers:
    """Handlers of the collections of a section and of their items."""

    def __init__(self, members: Members, access: Access, containers: Containers) -> None:
        self.members = members
        self.access = access
        self.containers = containers

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/library/sections/(\d+)/collections", self.of_section)
        routes.add("GET", r"/library/collections/(\d+)", self.one)
        routes.add("GET", r"/library/collections/(\d+)/(?:items|children)", self.items)

    def _attributes(self, item: Item) -> dict[str, Any]:
        return {"allowSync": True, "identifier": IDENTIFIER, **section_attributes(item.section), **MEDIA_TAGS}

    def collection(self, request: Request) -> Item:
        """Return the collection of a request's path. Raises HttpError(404)."""
        item = self.access.item(request, request.match[0])
        if item.type != "collection":
            raise HttpError(404)
        return item

    def of_section(self, request: Request) -> Answer:
        """/library/sections/{id}/collections."""
        section = self.access.section(request, request.match[0])
        attributes = {
            "allowSync": True,
            "art": f"/:/resources/{section.type}-fanart.jpg",
            "content": "secondary",
            "identifier": IDENTIFIER,
            **section_attributes(section),
            **MEDIA_TAGS,
            "title1": section.title,
            "title2": "All Collections",
            "viewGroup": "collection",
        }
        return self.containers.listing(request, section.items("collection"), attributes, LISTING)

    def one(self, request: Request) -> Answer:
        """/library/collections/{id}."""
        return self.answer(request, self.collection(request))

    def answer(self, request: Request, item: Item) -> Answer:
        """Return a collection in a container, as all changes of one do."""
        return self.containers.listing(request, [item], self._attributes(item), FULL)

    def items(self, request: Request) -> Answer:
        """/library/collections/{id}/items (and /children): a smart collection is evaluated now."""
        item = self.collection(request)
        members = [
            member for member in self.members.of(item, request.user) if self.access.visible(request, member.section)
        ]
        return self.containers.listing(request, members, self._attributes(item), LISTING)
