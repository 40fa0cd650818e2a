"""Making, changing and deleting collections: for the owner only."""

from __future__ import annotations

from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item
from tools.plexsim.items.types import SECTION_LEVELS, TYPE_NAMES
from tools.plexsim.library.library import Library
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.handlers.collections import CollectionHandlers
from tools.plexsim.pms.source_uri import SourceUris


class CollectionEditingHandlers:
    """Handlers of /library/collections that change something."""

    def __init__(self, library: Library, access: Access, reading: CollectionHandlers, sources: SourceUris) -> None:
        self.library = library
        self.access = access
        self.reading = reading
        self.sources = sources

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("POST", r"/library/collections", self.create)
        routes.add("DELETE", r"/library/collections/(\d+)", self.delete)
        routes.add("PUT", r"/library/collections/(\d+)/items", self.add)
        routes.add("DELETE", r"/library/collections/(\d+)/items/(\d+)", self.remove)

    def create(self, request: Request) -> Answer:
        """POST /library/collections?type=1&title=…&smart=0&sectionId=…&uri=…."""
        self.access.require_owner(request)
        values = request.values
        number, section_id = values.get("type", ""), values.get("sectionId", "")
        section = self.library.sections.get(int(section_id)) if section_id.isdigit() else None
        kind = TYPE_NAMES.get(int(number)) if number.isdigit() else None
        if section is None or kind not in SECTION_LEVELS[section.type] or not values.get("title"):
            raise HttpError(400)
        if values.get("smart", "0") != "0":
            raise HttpError(400)
        members = self.sources.items(request) if "uri" in values else []
        if any(item.type != kind or item.section is not section for item in members):
            raise HttpError(400)
        made = self.library.add_collection(section.id, values["title"], [item.rating_key for item in members])
        return self.reading.answer(request, made)

    def delete(self, request: Request) -> Answer:
        """DELETE /library/collections/{id}; its items stay."""
        self.access.require_owner(request)
        self.library.delete(self.reading.collection(request).rating_key)
        return empty()

    def add(self, request: Request) -> Answer:
        """PUT /library/collections/{id}/items?uri=…: items of the collection's type and section."""
        collection = self._plain(request)
        items = self.sources.items(request)
        types = {self.library.need(key).type for key in collection.members} or {items[0].type}
        if any(item.type not in types or item.section is not collection.section for item in items):
            raise HttpError(400)
        for item in items:
            if item.rating_key not in collection.members:
                self.library.add_to_collection(collection.rating_key, item.rating_key)
        return self.reading.answer(request, collection)

    def remove(self, request: Request) -> Answer:
        """DELETE /library/collections/{id}/items/{ratingKey}; 400 when it is not in it."""
        collection = self._plain(request)
        if int(request.match[1]) not in collection.members:
            raise HttpError(400)
        self.library.remove_from_collection(collection.rating_key, request.match[1])
        return self.reading.answer(request, collection)

    def _plain(self, request: Request) -> Item:
        self.access.require_owner(request)
        collection = self.reading.collection(request)
        if collection.smart is not None:
            raise HttpError(400)
        return collection
