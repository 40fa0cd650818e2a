"""The sections of the library and their listings."""

from __future__ import annotations

from typing import Any

from tools.plexsim.formats.query_string import Param
from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item, Section
from tools.plexsim.items.types import SECTION_LEVELS, TYPE_NAMES
from tools.plexsim.library.library import Library
from tools.plexsim.library.rendering import LISTING
from tools.plexsim.library.selector import Selector
from tools.plexsim.pms import section_meta
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, MEDIA_TAGS, Containers, section_attributes
from tools.plexsim.pms.switches import Switches

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


class SectionHandlers:
    """Handlers of /library/sections."""

    def __init__(self, library: Library, access: Access, containers: Containers, switches: Switches) -> None:
        self.library = library
        self.access = access
        self.containers = containers
        self.switches = switches
        self._sorted: dict[tuple[Any, ...], list[Item]] = {}
        self._sorted_revision = -1

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/library/sections(?:/all)?", self.sections)
        routes.add("GET", r"/library/all", self.everything)
        routes.add("GET", r"/library/sections/(\d+)", self.section)
        routes.add("GET", r"/library/sections/(\d+)/all", self.all)
        routes.add("GET", r"/library/sections/(\d+)/allLeaves", self.leaves_of_section)
        routes.add("GET", r"/library/sections/(\d+)/(unwatched|newest|recentlyAdded|recentlyViewed)", self.shortcut)
        routes.add("GET PUT POST", r"/library/sections/(\d+)/refresh", self.refresh)
        routes.add(
            "GET",
            r"/library/sections/(\d+)/(genre|country|director|writer|actor|producer|contentRating|studio|year|"
            r"decade|resolution|collection|label)",
            self.tag_values,
        )

    def sections(self, request: Request) -> Answer:
        """/library/sections: those that the user may see."""
        rows = [section_row(section) for section in self.access.sections(request)]
        return self.containers.container(
            request, {"size": len(rows), "allowSync": False, "title1": "Plex Library"}, tail={"Directory": rows}
        )

    def section(self, request: Request) -> Answer:
        """/library/sections/{id}: the views of a section, with includeDetails its types and filters."""
        section = self.access.section(request, request.match[0])
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
            tail["Type"] = section_meta.types(section, "")
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
        return self.containers.container(request, attributes, tail=tail)

    def type_of(self, request: Request, section: Section) -> str:
        """Return the item type of a request, by default that of the section. Raises HttpError(400)."""
        text = request.values.get("type")
        if text is None:
            return SECTION_LEVELS[section.type][0]
        if text.isdigit() and int(text) in TYPE_NAMES:
            return TYPE_NAMES[int(text)]
        if text in PLURALS:
            return text
        raise HttpError(400)

    def select(self, request: Request, section: Section, type_name: str, order: Any = None) -> list[Item]:
        """Return the filtered and sorted items; the last unfiltered sorts are cached."""
        order = request.values.get("sort", order)
        params = self.switches.filters(filters(request.params))
        if params is None:
            return []
        selector = Selector(self.library, self.library.watch, request.user)
        if self._sorted_revision != self.library.revision or len(self._sorted) > 32:
            self._sorted.clear()
            self._sorted_revision = self.library.revision
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
        section = self.access.section(request, request.match[0])
        return self._list(request, section, self.type_of(request, section))

    def everything(self, request: Request) -> Answer:
        """/library/all: the items of one type in all sections that the user may see; each row names its section, as in
        all recorded answers about several.
        """
        kind = TYPE_NAMES.get(int(request.values.get("type") or 0))
        if kind is None:
            raise HttpError(400)
        items = [item for section in self.access.sections(request) for item in section.items(kind)]
        selector = Selector(self.library, self.library.watch, request.user)
        found = selector.select(items, filters(request.params), kind, request.values.get("sort"))
        attributes: dict[str, Any] = {"allowSync": False, "identifier": IDENTIFIER, **MEDIA_TAGS, "mixedParents": True}
        return self.containers.listing(request, found, attributes, LISTING._replace(section_titles=True))

    def leaves_of_section(self, request: Request) -> Answer:
        """/library/sections/{id}/allLeaves: the episodes (films) of a section."""
        section = self.access.section(request, request.match[0])
        return self._list(request, section, SECTION_LEVELS[section.type][-1])

    def shortcut(self, request: Request) -> Answer:
        """The predefined lists unwatched, newest, recentlyAdded, recentlyViewed."""
        section = self.access.section(request, request.match[0])
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
        watch = self.library.watch
        if unwatched:
            items = [item for item in items if not watch.is_watched(request.user, item)]
        if viewed:
            items = [item for item in items if watch.attributes(request.user, item).get("lastViewedAt")]
        attributes: dict[str, Any] = {
            "allowSync": True,
            "art": f"/:/resources/{section.type}-fanart.jpg",
            "content": "secondary",
            "identifier": IDENTIFIER,
            **section_attributes(section),
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
            tail = {"Meta": {"Type": section_meta.types(section, type_name), "FieldType": section_meta.FIELD_TYPES}}
        return self.containers.listing(request, items, attributes, LISTING, tail=tail)

    def tag_values(self, request: Request) -> Answer:
        """/library/sections/{id}/genre and others: the choices of a filter."""
        section = self.access.section(request, request.match[0])
        rows = section_meta.choices(self.library, section, self.type_of(request, section), request.match[1])
        return self.containers.container(
            request, {"size": len(rows), "allowSync": False, "title1": section.title}, tail={"Directory": rows}
        )

    def refresh(self, request: Request) -> Answer:
        """/library/sections/{id}/refresh: as a scan without changes."""
        section = self.access.section(request, request.match[0])
        self.access.require_owner(request)
        section.scanned_at = self.library.clock.stamp()
        return empty()


def filters(params: list[Param]) -> list[Param]:
    """Return the parameters that may be filters: not the X-Plex, include and container ones."""
    return [
        param
        for param in params
        if not param.name.startswith(("X-Plex-", "include", "exclude")) and param.name not in ("sort", "type", "limit")
    ]


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
        "Location": [
            {"id": section.id + 1000 * number, "path": path}
            for number, path in enumerate((section.path, *section.more_paths))
        ],
    }
