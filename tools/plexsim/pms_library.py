"""/library: sections, listings, metadata, children."""

from __future__ import annotations

from typing import Any

from tools.plexsim import meta
from tools.plexsim.items import SECTION_LEVELS, TYPE_NAMES, Item, Section
from tools.plexsim.pms import FULL, IDENTIFIER, LISTING, MEDIA_TAGS, Pms, filters
from tools.plexsim.query import Selector
from tools.plexsim.web import Answer, HttpError, Request, Routes, empty

PLURALS = {
    "movie": "Movies",
    "show": "Shows",
    "season": "Seasons",
    "episode": "Episodes",
    "artist": "Artists",
    "album": "Albums",
    "track": "Tracks",
    "photo": "Photos",
    "collection": "Collections",
}


class LibraryHandlers:
    """Handlers of the library tree."""

    def __init__(self, pms: Pms) -> None:
        self.pms = pms
        self._sorted: dict[tuple[Any, ...], list[Item]] = {}
        self._sorted_revision = -1

    def sections(self, request: Request) -> Answer:
        """/library/sections: what the user may see."""
        rows = [
            section_row(section) for section in self.pms.library.sections.values() if self.pms.visible(request, section)
        ]
        return self.pms.container(
            request, {"size": len(rows), "allowSync": False, "title1": "Plex Library"}, tail={"Directory": rows}
        )

    def section(self, request: Request) -> Answer:
        """/library/sections/{id}: the views of a section, with includeDetails its types and filters."""
        section = self.pms.section(request, request.match[0])
        top = SECTION_LEVELS[section.type][0]
        rows = [
            {"key": "all", "title": "All " + PLURALS[top]},
            {"key": "unwatched", "title": "Unwatched"},
            {"key": "newest", "title": "Recently Released"},
            {"key": "recentlyAdded", "title": "Recently Added"},
            {"key": "onDeck", "title": "Continue Watching"},
            {"secondary": True, "key": "collection", "title": "By Collection"},
            {"secondary": True, "key": "genre", "title": "By Genre"},
            {"prompt": "Search " + section.title, "search": True, "key": "search?type=1", "title": "Search..."},
        ]
        tail: dict[str, Any] = {"Directory": rows}
        if request.flag("includeDetails"):
            tail["Type"] = meta.types(section, "")
        attributes = {
            "size": len(rows),
            "allowSync": False,
            "art": f"/:/resources/{section.type}-fanart.jpg",
            "content": "secondary",
            "identifier": IDENTIFIER,
            "librarySectionID": section.id,
            **MEDIA_TAGS,
            "thumb": f"/:/resources/{section.type}.png",
            "title1": section.title,
            "viewGroup": "secondary",
        }
        return self.pms.container(request, attributes, tail=tail)

    def type_of(self, request: Request, section: Section) -> str:
        """Return the item type a request asks for; without one the section's own. Raises HttpError(400)."""
        text = request.values.get("type")
        if text is None:
            return SECTION_LEVELS[section.type][0]
        if text.isdigit() and int(text) in TYPE_NAMES:
            return TYPE_NAMES[int(text)]
        if text in PLURALS:
            return text
        raise HttpError(400)

    def select(self, request: Request, section: Section, type_name: str, order: Any = None) -> list[Item]:
        """Return the filtered and sorted items; the last unfiltered sorts are remembered."""
        order = request.values.get("sort", order)
        params = self.pms.switches.filters(filters(request.params))
        if params is None:
            return []
        selector = Selector(self.pms.library, request.user)
        if self._sorted_revision != self.pms.library.revision or len(self._sorted) > 32:
            self._sorted.clear()
            self._sorted_revision = self.pms.library.revision
        key = (section.id, section.uuid, type_name, order, request.user, tuple(params))
        found = self._sorted.get(key)
        if found is None:
            found = selector.select(section.items(type_name), params, type_name, order)
            if not any(param.value[:1] in "+-" for param in params):
                self._sorted[key] = found
        limit = request.values.get("limit", "")
        return found[: int(limit)] if limit.isdigit() else found

    def all(self, request: Request) -> Answer:
        """/library/sections/{id}/all."""
        section = self.pms.section(request, request.match[0])
        return self._list(request, section, self.type_of(request, section))

    def leaves_of_section(self, request: Request) -> Answer:
        """/library/sections/{id}/allLeaves: the episodes (films) of a section."""
        section = self.pms.section(request, request.match[0])
        return self._list(request, section, SECTION_LEVELS[section.type][-1])

    def shortcut(self, request: Request) -> Answer:
        """The canned lists unwatched, newest, recentlyAdded, recentlyViewed."""
        section = self.pms.section(request, request.match[0])
        name = request.match[1]
        leaf = SECTION_LEVELS[section.type][-1]
        order = {
            "newest": "originallyAvailableAt:desc",
            "recentlyAdded": "addedAt:desc",
            "recentlyViewed": "lastViewedAt:desc",
        }.get(name)
        return self._list(request, section, leaf, order, name == "unwatched", name == "recentlyViewed")

    def _list(
        self,
        request: Request,
        section: Section,
        type_name: str,
        order: Any = None,
        unwatched: bool = False,
        viewed: bool = False,
    ) -> Answer:
        items = self.select(request, section, type_name, order)
        watch = self.pms.library.watch
        if unwatched:
            items = [item for item in items if not watch.is_watched(request.user, item)]
        if viewed:
            items = [item for item in items if watch.attributes(request.user, item).get("lastViewedAt")]
        attributes: dict[str, Any] = {
            "allowSync": True,
            "art": f"/:/resources/{section.type}-fanart.jpg",
            "content": "secondary",
            "identifier": IDENTIFIER,
            **self.pms.section_attributes(section),
            **MEDIA_TAGS,
        }
        if section.type == "show":
            attributes["nocache"] = True
        attributes.update(
            thumb=f"/:/resources/{section.type}.png",
            title1=section.title,
            title2="All " + PLURALS.get(type_name, "Items"),
            viewGroup=type_name,
        )
        tail = None
        if request.flag("includeMeta"):
            tail = {"Meta": {"Type": meta.types(section, type_name), "FieldType": meta.FIELD_TYPES}}
        return self.pms.listing(request, items, attributes, LISTING, tail=tail)

    def tag_values(self, request: Request) -> Answer:
        """/library/sections/{id}/genre and the like: the choices of a filter."""
        section = self.pms.section(request, request.match[0])
        rows = meta.choices(self.pms.library, section, self.type_of(request, section), request.match[1])
        return self.pms.container(
            request, {"size": len(rows), "allowSync": False, "title1": section.title}, tail={"Directory": rows}
        )

    def refresh(self, request: Request) -> Answer:
        """/library/sections/{id}/refresh: pretends to have scanned."""
        section = self.pms.section(request, request.match[0])
        self.pms.admin(request)
        section.scanned_at = self.pms.library.clock.stamp()
        return empty()

    # ------------------------------------------------------------------ items

    def metadata(self, request: Request) -> Answer:
        """/library/metadata/{id,id…}: the ids that exist; 404 when none does."""
        items = []
        for text in request.match[0].split(","):
            item = self.pms.library.get(text)
            if item is not None and item not in items and self.pms.visible(request, item.section):
                items.append(item)
        if not items:
            raise HttpError(404)
        attributes: dict[str, Any] = {"allowSync": True, "identifier": IDENTIFIER}
        if len({item.section.id for item in items}) == 1:
            attributes.update(self.pms.section_attributes(items[0].section))
        attributes.update(MEDIA_TAGS)
        return self.pms.listing(request, items, attributes, FULL)

    def delete(self, request: Request) -> Answer:
        """DELETE /library/metadata/{id}."""
        self.pms.admin(request)
        self.pms.library.delete(self.pms.item(request, request.match[0]).rating_key)
        return empty()

    def refresh_item(self, request: Request) -> Answer:
        """PUT /library/metadata/{id}/refresh or /analyze: an update without changes moves no time stamp."""
        self.pms.item(request, request.match[0])
        return empty()

    def extras(self, request: Request) -> Answer:
        """/library/metadata/{id}/extras: trailers and the like."""
        item = self.pms.item(request, request.match[0])
        attributes: dict[str, Any] = {"allowSync": True, "identifier": IDENTIFIER}
        attributes.update(self.pms.section_attributes(item.section), **MEDIA_TAGS)
        return self.pms.listing(request, self.pms.library.extras_of.get(item.rating_key, []), attributes, LISTING)

    def below(self, request: Request) -> Answer:
        """children, grandchildren and allLeaves of a show or season."""
        item = self.pms.item(request, request.match[0])
        which = request.match[1]
        if item.type == "collection":
            items = self.pms.renderer.members(item, request.user)
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
            **self.pms.section_attributes(item.section),
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
        return self.pms.listing(request, items, attributes, LISTING)


def section_row(section: Section) -> dict[str, Any]:
    """Return a section as a Directory row."""
    return {
        "allowSync": True,
        "art": f"/:/resources/{section.type}-fanart.jpg",
        "composite": f"/library/sections/{section.id}/composite/{section.updated_at}",
        "filters": True,
        "refreshing": section.refreshing,
        "thumb": f"/:/resources/{section.type}.png",
        "key": str(section.id),
        "type": section.type,
        "title": section.title,
        "agent": section.agent,
        "scanner": section.scanner,
        "language": section.language,
        "uuid": section.uuid,
        "updatedAt": section.updated_at,
        "createdAt": section.created_at,
        "scannedAt": section.scanned_at,
        "content": True,
        "directory": True,
        "contentChangedAt": section.content_changed_at,
        "hidden": section.hidden,
        "Location": [{"id": section.id, "path": section.path}],
    }


def register(routes: Routes, pms: Pms) -> None:
    """Add the handlers to the routes."""
    own = LibraryHandlers(pms)
    routes.add("GET", r"/library/sections(?:/all)?", own.sections)
    routes.add("GET", r"/library/sections/(\d+)", own.section)
    routes.add("GET", r"/library/sections/(\d+)/all", own.all)
    routes.add("GET", r"/library/sections/(\d+)/allLeaves", own.leaves_of_section)
    routes.add("GET", r"/library/sections/(\d+)/(unwatched|newest|recentlyAdded|recentlyViewed)", own.shortcut)
    routes.add("GET PUT POST", r"/library/sections/(\d+)/refresh", own.refresh)
    routes.add(
        "GET",
        r"/library/sections/(\d+)/(genre|country|director|writer|actor|producer|contentRating|studio|year|"
        r"decade|resolution|collection|label)",
        own.tag_values,
    )
    routes.add("GET", r"/library/metadata/([^/]+)", own.metadata)
    routes.add("DELETE", r"/library/metadata/(\d+)", own.delete)
    routes.add("GET", r"/library/metadata/(\d+)/extras", own.extras)
    routes.add("PUT GET", r"/library/metadata/(\d+)/(refresh|analyze)", own.refresh_item)
    routes.add("GET", r"/library/metadata/(\d+)/(children|grandchildren|allLeaves)", own.below)
