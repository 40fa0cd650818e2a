"""Hubs, first of all Continue Watching, and the older onDeck and recentlyAdded lists."""

from __future__ import annotations

from typing import Any, NamedTuple

from tools.plexsim.formats import xml_text
from tools.plexsim.formats.json_text import dumps
from tools.plexsim.http.messages import Answer, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item, Section
from tools.plexsim.items.types import SECTION_LEVELS, TYPE_CODES
from tools.plexsim.library.fields import listed
from tools.plexsim.library.library import Library
from tools.plexsim.library.rendering import LISTING, Renderer
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, MEDIA_TAGS, XML, Containers

HUB_VIEW = LISTING._replace(section_titles=True)
DEFAULT_COUNT = 12
DEFAULT_SEARCH_COUNT = 3


class Hub(NamedTuple):
    """A hub with all its items, of which it shows ``limit``; style and promoted are attributes for clients."""

    title: str
    type: str
    identifier: str
    context: str
    key: str
    items: list[Item]
    limit: int
    style: str = "shelf"
    promoted: bool = False

    @property
    def shown(self) -> list[Item]:
        """The items in the hub's answer."""
        return self.items[: self.limit]

    def attributes(self) -> dict[str, Any]:
        """Return the attributes of the Hub element."""
        shown = self.shown
        values: dict[str, Any] = {
            "hubKey": "/library/metadata/" + ",".join(str(item.rating_key) for item in shown) if shown else None,
            "key": self.key,
            "title": self.title,
            "type": self.type,
            "hubIdentifier": self.identifier,
            "context": self.context,
            "size": len(shown),
            "more": len(shown) < len(self.items),
            "style": self.style,
            "promoted": self.promoted or None,
        }
        return {name: value for name, value in values.items() if value is not None}


class HubHandlers:
    """Handlers of /hubs."""

    def __init__(self, library: Library, renderer: Renderer, access: Access, containers: Containers) -> None:
        self.library = library
        self.renderer = renderer
        self.access = access
        self.containers = containers

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/hubs(?:/promoted|/home|/items)?", self.hubs)
        routes.add("GET", r"/hubs/sections/(\d+)", self.of_section)
        routes.add("GET", r"/hubs/continueWatching", self.continue_watching)
        routes.add("GET", r"/hubs/(?:continueWatching/items|home/continueWatching)", self.continue_items)
        routes.add("GET", r"/hubs/sections/(\d+)/continueWatching(?:/items)?", self.continue_items)
        routes.add("GET", r"/(?:hubs/home|library)/recentlyAdded", self.recently_added)
        routes.add("GET", r"/hubs/search", self.search)
        routes.add("GET", r"/library/onDeck", self.on_deck)
        routes.add("GET", r"/library/sections/(\d+)/onDeck", self.on_deck)
        routes.add("GET", r"/library/metadata/(\d+)/related", self.related)
        routes.add("PUT", r"/actions/removeFromContinueWatching", self.remove)

    # ------------------------------------------------------------------ contents

    def sections(self, request: Request, only: str = "") -> list[Section]:
        """Return the sections of a hub request: all visible ones, or those of contentDirectoryID."""
        text = only or request.values.get("contentDirectoryID", "") or request.values.get("sectionID", "")
        wanted = {int(part) for part in text.split(",") if part.isdigit()}
        return [section for section in self.access.sections(request) if not wanted or section.id in wanted]

    def continuing(self, request: Request, only: str = "") -> list[Item]:
        """Return the Continue Watching items of the requesting user."""
        allowed = {section.id for section in self.sections(request, only)}
        return [item for item in self.library.continue_watching(request.user) if item.section.id in allowed]

    def recent(self, section: Section) -> list[Item]:
        """Return the items of a section that were added last."""
        return sorted(section.items(SECTION_LEVELS[section.type][-1]), key=lambda item: -(item.added_at or 0))[:50]

    def count(self, request: Request) -> int | None:
        """Return the ``count`` parameter."""
        text = request.values.get("count", "")
        return int(text) if text.isdigit() else None

    def continue_hub(self, request: Request, identifier: str = "home.continue", only: str = "") -> Hub:
        """Return the Continue Watching hub."""
        count = self.count(request)
        return Hub(
            title="Continue Watching",
            type="mixed",
            identifier=identifier,
            context="hub.home.continue",
            key=f"/hubs/sections/{only}/continueWatching/items" if only else "/hubs/home/continueWatching",
            items=self.continuing(request, only),
            limit=DEFAULT_COUNT if count is None else count,
            style="hero",
            promoted=True,
        )

    def recent_hub(self, request: Request, section: Section, identifier: str) -> Hub:
        """Return the Recently Added hub of a section."""
        return Hub(
            title=f"Recently Added in {section.title}",
            type=SECTION_LEVELS[section.type][-1],
            identifier=f"{identifier}.{section.id}",
            context="hub.home.recentlyAdded",
            key=f"/hubs/home/recentlyAdded?sectionID={section.id}",
            items=self.recent(section),
            limit=self.count(request) or DEFAULT_COUNT,
            promoted=True,
        )

    # ------------------------------------------------------------------ handlers

    def hubs(self, request: Request) -> Answer:
        """/hubs and /hubs/promoted: Continue Watching and Recently Added; ``identifier`` selects some."""
        hubs: list[Hub] = []
        if not request.flag("excludeContinueWatching"):
            hubs.append(self.continue_hub(request))
        for section in self.sections(request):
            kind = {"movie": "movie", "show": "television"}.get(section.type, section.type)
            hubs.append(self.recent_hub(request, section, f"home.{kind}.recent"))
        wanted = request.values.get("identifier")
        if wanted:
            hubs = [hub for hub in hubs if hub.identifier in wanted.split(",")]
        return self.answer(request, hubs)

    def of_section(self, request: Request) -> Answer:
        """/hubs/sections/{id}."""
        section = self.access.section(request, request.match[0])
        prefix = "tv" if section.type == "show" else section.type
        hubs = [
            self.continue_hub(request, f"{prefix}.inprogress.{section.id}", str(section.id)),
            self.recent_hub(request, section, f"{prefix}.recentlyadded"),
        ]
        return self.answer(request, hubs)

    def continue_watching(self, request: Request) -> Answer:
        """/hubs/continueWatching: one hub; the only documented parameter is ``count``."""
        return self.answer(request, [self.continue_hub(request)])

    def continue_items(self, request: Request) -> Answer:
        """/hubs/continueWatching/items, /hubs/home/continueWatching, and the list of one section."""
        only = request.match[0] if request.match else ""
        if only:
            self.access.section(request, only)
        items = self.continuing(request, only)
        limit = self.count(request)
        return self._flat(request, items if limit is None else items[:limit])

    def recently_added(self, request: Request) -> Answer:
        """/hubs/home/recentlyAdded and /library/recentlyAdded."""
        items = [item for section in self.sections(request) for item in self.recent(section)]
        return self._flat(request, sorted(items, key=lambda item: -(item.added_at or 0)))

    def on_deck(self, request: Request) -> Answer:
        """/library/onDeck and /library/sections/{id}/onDeck: the older name of the same list."""
        return self._flat(request, self.continuing(request, request.match[0] if request.match else ""))

    def search(self, request: Request) -> Answer:
        """/hubs/search?query=: one hub per type."""
        wanted, limit = request.values.get("query", "").lower(), request.values.get("limit", "")
        hubs = []
        for kind in ("movie", "show", "episode", "collection"):
            found = [
                item
                for section in self.sections(request)
                for item in section.items(kind)
                if wanted and wanted in item.title.lower()
            ]
            hub = Hub(
                title=kind.title() + "s",
                type=kind,
                identifier=kind,
                context="hub.search",
                key="/hubs/search/" + kind,
                items=found,
                limit=int(limit) if limit.isdigit() else DEFAULT_SEARCH_COUNT,
            )
            hubs.append(hub)
        return self.answer(request, hubs)

    def related(self, request: Request) -> Answer:
        """/library/metadata/{id}/related: similar items, and items of the same directors."""
        item = self.access.item(request, request.match[0])
        count = self.count(request)
        hubs = [
            Hub(
                title="Similar",
                type=item.type,
                identifier=f"{item.type}.similar",
                context=f"hub.{item.type}.similar",
                key=f"/library/metadata/{item.rating_key}/similar",
                items=self.library.similar(item),
                limit=DEFAULT_COUNT if count is None else count,
            )
        ]
        for director in listed(self.library.stored(item).get("Director", []))[:1]:
            others = [
                other
                for other in item.section.items(item.type)
                if other is not item
                and director["tag"] in [one["tag"] for one in listed(self.library.stored(other).get("Director", []))]
            ]
            hubs.append(
                Hub(
                    title=f"More by {director['tag']}",
                    type=item.type,
                    identifier=f"{item.type}.by.director",
                    context=f"hub.{item.type}.by.director",
                    key=f"/library/sections/{item.section.id}/all?director={director['id']}"
                    f"&id!={item.rating_key}&type={TYPE_CODES[item.type]}",
                    items=others,
                    limit=DEFAULT_COUNT if count is None else count,
                )
            )
        return self.answer(request, [hub for hub in hubs if hub.items])

    def remove(self, request: Request) -> Answer:
        """PUT /actions/removeFromContinueWatching?ratingKey=."""
        item = self.access.item(request, request.values.get("ratingKey", ""))
        self.library.remove_from_continue_watching(item.rating_key, request.user)
        return empty()

    # ------------------------------------------------------------------ answers

    def _flat(self, request: Request, items: list[Item]) -> Answer:
        attributes: dict[str, Any] = {"allowSync": False, "identifier": IDENTIFIER, **MEDIA_TAGS, "mixedParents": True}
        return self.containers.listing(request, items, attributes, HUB_VIEW)

    def answer(self, request: Request, hubs: list[Hub]) -> Answer:
        """Return hubs with their items."""
        view = self.containers.view(request, HUB_VIEW)
        container: dict[str, Any] = {"size": len(hubs), "allowSync": True, "identifier": IDENTIFIER}
        if not request.wants_json:
            rows = [
                dict(
                    hub.attributes(), Metadata=[self.renderer.item_dict(item, request.user, view) for item in hub.shown]
                )
                for hub in hubs
            ]
            return Answer(200, [xml_text.document("MediaContainer", dict(container, Hub=rows))], XML)
        pieces = [b'{"MediaContainer":' + dumps(container)[:-1] + b',"Hub":[']
        for number, hub in enumerate(hubs):
            pieces.append((b"," if number else b"") + dumps(hub.attributes())[:-1])
            if hub.shown:
                pieces.append(b',"Metadata":[')
                for item in hub.shown:
                    pieces += [self.renderer.row(item, request.user, view), b","]
                pieces[-1] = b"]"
            pieces.append(b"}")
        pieces.append(b"]}}")
        return Answer(200, pieces, "application/json")
