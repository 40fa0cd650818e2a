"""Items: their metadata, children and extras."""

from __future__ import annotations

from typing import Any

from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.library.library import Library
from tools.plexsim.library.members import Members
from tools.plexsim.library.rendering import FULL, LISTING
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, MEDIA_TAGS, Containers, section_attributes
from tools.plexsim.pms.handlers.matches import MatchHandlers


class MetadataHandlers:
    """Handlers of /library/metadata."""

    def __init__(
        self,
        library: Library,
        members: Members,
        access: Access,
        containers: Containers,
        matches: MatchHandlers,
    ) -> None:
        self.library = library
        self.members = members
        self.access = access
        self.containers = containers
        self.matches = matches

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/library/metadata/([^/]+)", self.metadata)
        routes.add("DELETE", r"/library/metadata/(\d+)", self.delete)
        routes.add("GET", r"/library/metadata/(\d+)/extras", self.extras)
        routes.add("GET", r"/library/metadata/(\d+)/similar", self.similar)
        routes.add("PUT GET", r"/library/metadata/(\d+)/(refresh|analyze)", self.refresh_item)
        routes.add("GET", r"/library/metadata/(\d+)/(children|grandchildren|allLeaves)", self.below)

    def metadata(self, request: Request) -> Answer:
        """/library/metadata/{id,id…}: the ids that exist; 404 when none does."""
        items = []
        for text in request.match[0].split(","):
            item = self.library.get(text)
            if item is not None and item not in items and self.access.visible(request, item.section):
                items.append(item)
        if not items:
            raise HttpError(404)
        attributes: dict[str, Any] = {"allowSync": True, "identifier": IDENTIFIER}
        if len({item.section.id for item in items}) == 1:
            attributes.update(section_attributes(items[0].section))
        attributes.update(MEDIA_TAGS, **self.matches.augment(request, items))
        answer = self.containers.listing(request, items, attributes, FULL)
        answer.records = len(items)
        return answer

    def delete(self, request: Request) -> Answer:
        """DELETE /library/metadata/{id}."""
        self.access.require_owner(request)
        self.library.delete(self.access.item(request, request.match[0]).rating_key)
        return empty()

    def refresh_item(self, request: Request) -> Answer:
        """PUT /library/metadata/{id}/refresh or /analyze: without changes no time stamp changes."""
        self.access.item(request, request.match[0])
        return empty()

    def extras(self, request: Request) -> Answer:
        """/library/metadata/{id}/extras: trailers and other extras."""
        item = self.access.item(request, request.match[0])
        attributes: dict[str, Any] = {"allowSync": True, "identifier": IDENTIFIER}
        attributes.update(section_attributes(item.section), **MEDIA_TAGS)
        return self.containers.listing(request, self.library.extras_of.get(item.rating_key, []), attributes, LISTING)

    def similar(self, request: Request) -> Answer:
        """/library/metadata/{id}/similar: items of the section with common genres, those with most first."""
        item = self.access.item(request, request.match[0])
        found = self.library.similar(item)
        count = request.values.get("count", "")
        attributes: dict[str, Any] = {"allowSync": True, "identifier": IDENTIFIER}
        attributes.update(section_attributes(item.section), **MEDIA_TAGS)
        return self.containers.listing(request, found[: int(count)] if count.isdigit() else found, attributes, LISTING)

    def below(self, request: Request) -> Answer:
        """children, grandchildren and allLeaves of a show or season."""
        item = self.access.item(request, request.match[0])
        which = request.match[1]
        if item.type == "collection":
            items = self.members.of(item, request.user)
        elif which == "children":
            items = list(item.children)
        elif which == "grandchildren":
            items = [leaf for child in item.children for leaf in child.children or child.leaves()]
        else:
            items = list(item.leaves()) if not item.is_leaf else []
        stamp = item.updated_at or item.added_at or 0
        attributes: dict[str, Any] = {
            "allowSync": True,
            "art": f"/library/metadata/{item.root().rating_key}/art/{stamp}",
            "identifier": IDENTIFIER,
            "key": str(item.rating_key),
            **section_attributes(item.section),
            **MEDIA_TAGS,
            "nocache": True,
            "parentIndex": item.fields.get("index"),
            "parentTitle": item.title,
            "parentYear": item.fields.get("year"),
            "thumb": f"/library/metadata/{item.rating_key}/thumb/{stamp}",
            "title1": item.section.title,
            "title2": item.title,
            "viewGroup": items[0].type if items else "episode",
        }
        return self.containers.listing(request, items, attributes, LISTING)
