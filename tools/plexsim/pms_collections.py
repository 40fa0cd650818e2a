"""PMS: collections."""

from __future__ import annotations

from typing import Any

from tools.plexsim.items import Item
from tools.plexsim.pms import FULL, IDENTIFIER, LISTING, MEDIA_TAGS, Pms
from tools.plexsim.web import Answer, HttpError, Request, Routes


class CollectionHandlers:
    """Handlers of the collections of a section and of their items."""

    def __init__(self, pms: Pms) -> None:
        self.pms = pms

    def _attributes(self, item: Item) -> dict[str, Any]:
        return {"allowSync": True, "identifier": IDENTIFIER, **self.pms.section_attributes(item.section), **MEDIA_TAGS}

    def _collection(self, request: Request) -> Item:
        item = self.pms.item(request, request.match[0])
        if item.type != "collection":
            raise HttpError(404)
        return item

    def of_section(self, request: Request) -> Answer:
        """/library/sections/{id}/collections."""
        section = self.pms.section(request, request.match[0])
        attributes = {
            "allowSync": True,
            "art": f"/:/resources/{section.type}-fanart.jpg",
            "content": "secondary",
            "identifier": IDENTIFIER,
            **self.pms.section_attributes(section),
            **MEDIA_TAGS,
            "title1": section.title,
            "title2": "All Collections",
            "viewGroup": "collection",
        }
        return self.pms.listing(request, section.items("collection"), attributes, LISTING)

    def one(self, request: Request) -> Answer:
        """/library/collections/{id}."""
        item = self._collection(request)
        return self.pms.listing(request, [item], self._attributes(item), FULL)

    def items(self, request: Request) -> Answer:
        """/library/collections/{id}/items (and /children): a smart collection is searched now."""
        item = self._collection(request)
        members = [
            member
            for member in self.pms.renderer.members(item, request.user)
            if self.pms.visible(request, member.section)
        ]
        return self.pms.listing(request, members, self._attributes(item), LISTING)


def register(routes: Routes, pms: Pms) -> None:
    """Add the handlers to the routes."""
    own = CollectionHandlers(pms)
    routes.add("GET", r"/library/sections/(\d+)/collections", own.of_section)
    routes.add("GET", r"/library/collections/(\d+)", own.one)
    routes.add("GET", r"/library/collections/(\d+)/(?:items|children)", own.items)
