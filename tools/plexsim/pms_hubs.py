"""PMS: hubs, first of all Continue Watching, and the older onDeck and recentlyAdded lists."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from tools.plexsim import xmlout
from tools.plexsim.items import SECTION_LEVELS, Item, Section
from tools.plexsim.pms import IDENTIFIER, MEDIA_TAGS, Pms
from tools.plexsim.render import LISTING, dumps
from tools.plexsim.web import Answer, Request, Routes, empty

HUB_VIEW = LISTING._replace(section_titles=True)
DEFAULT_COUNT = 12
Hub = Tuple[Dict[str, Any], List[Item]]


class HubHandlers:
    """Handlers of /hubs."""

    def __init__(self, pms: Pms) -> None:
        self.pms = pms

    # ------------------------------------------------------------------ contents

    def sections(self, request: Request, only: str = "") -> list[Section]:
        """Return the sections a hub request is about: all visible, narrowed by contentDirectoryID."""
        text = only or request.values.get("contentDirectoryID", "") or request.values.get("sectionID", "")
        wanted = {int(part) for part in text.split(",") if part.isdigit()}
        return [
            section
            for section in self.pms.library.sections.values()
            if self.pms.visible(request, section) and (not wanted or section.id in wanted)
        ]

    def continuing(self, request: Request, only: str = "") -> list[Item]:
        """Return the Continue Watching items of the asking user."""
        allowed = {section.id for section in self.sections(request, only)}
        return [item for item in self.pms.library.watch.continue_watching(request.user) if item.section.id in allowed]

    def recent(self, section: Section) -> list[Item]:
        """Return the items of a section that arrived last."""
        return sorted(section.items(SECTION_LEVELS[section.type][-1]), key=lambda item: -(item.added_at or 0))[:50]

    def count(self, request: Request) -> int | None:
        """Return the ``count`` parameter."""
        text = request.values.get("count", "")
        return int(text) if text.isdigit() else None

    def continue_hub(self, request: Request, identifier: str = "home.continue", only: str = "") -> Hub:
        """Return the Continue Watching hub."""
        items = self.continuing(request, only)
        limit = self.count(request) if self.count(request) is not None else DEFAULT_COUNT
        key = f"/hubs/sections/{only}/continueWatching/items" if only else "/hubs/home/continueWatching"
        return _hub(
            "Continue Watching", "mixed", identifier, "hub.home.continue", key, items, limit, "hero", promoted=True
        )

    def recent_hub(self, request: Request, section: Section, identifier: str) -> Hub:
        """Return the Recently Added hub of a section."""
        leaf = SECTION_LEVELS[section.type][-1]
        key = f"/hubs/home/recentlyAdded?sectionID={section.id}"
        return _hub(
            f"Recently Added in {section.title}",
            leaf,
            f"{identifier}.{section.id}",
            "hub.home.recentlyAdded",
            key,
            self.recent(section),
            self.count(request) or DEFAULT_COUNT,
            "shelf",
            promoted=True,
        )

    # ------------------------------------------------------------------ handlers

    def hubs(self, request: Request) -> Answer:
        """/hubs and /hubs/promoted: Continue Watching and Recently Added; ``identifier`` picks some."""
        hubs: list[Hub] = []
        if not request.flag("excludeContinueWatching"):
            hubs.append(self.continue_hub(request))
        for section in self.sections(request):
            kind = {"movie": "movie", "show": "television"}.get(section.type, section.type)
            hubs.append(self.recent_hub(request, section, f"home.{kind}.recent"))
        wanted = request.values.get("identifier")
        if wanted:
            hubs = [hub for hub in hubs if hub[0]["hubIdentifier"] in wanted.split(",")]
        return self.answer(request, hubs)

    def of_section(self, request: Request) -> Answer:
        """/hubs/sections/{id}."""
        section = self.pms.section(request, request.match[0])
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
            self.pms.section(request, only)
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
        wanted = request.values.get("query", "").lower()
        hubs = []
        for kind in ("movie", "show", "episode", "collection"):
            found = [
                item
                for section in self.sections(request)
                for item in section.items(kind)
                if wanted and wanted in item.title.lower()
            ]
            hubs.append(
                _hub(
                    kind.title() + "s",
                    kind,
                    kind,
                    "hub.search",
                    "/hubs/search/" + kind,
                    found,
                    self.count(request) or 3,
                    "shelf",
                )
            )
        return self.answer(request, hubs)

    def remove(self, request: Request) -> Answer:
        """PUT /actions/removeFromContinueWatching?ratingKey=."""
        item = self.pms.item(request, request.values.get("ratingKey", ""))
        self.pms.library.remove_from_continue_watching(item.rating_key, request.user)
        return empty()

    # ------------------------------------------------------------------ answers

    def _flat(self, request: Request, items: list[Item]) -> Answer:
        attributes: dict[str, Any] = {"allowSync": False, "identifier": IDENTIFIER, **MEDIA_TAGS, "mixedParents": True}
        return self.pms.listing(request, items, attributes, HUB_VIEW)

    def answer(self, request: Request, hubs: list[Hub]) -> Answer:
        """Return hubs with their items."""
        view = self.pms.view(request, HUB_VIEW)
        container: dict[str, Any] = {"size": len(hubs), "allowSync": True, "identifier": IDENTIFIER}
        renderer = self.pms.renderer
        if not request.wants_json:
            rows = [
                dict(attributes, Metadata=[renderer.item_dict(item, request.user, view) for item in items])
                for attributes, items in hubs
            ]
            return Answer(200, [xmlout.document("MediaContainer", dict(container, Hub=rows))], "text/xml;charset=utf-8")
        pieces = [b'{"MediaContainer":' + dumps(container)[:-1] + b',"Hub":[']
        for number, (attributes, items) in enumerate(hubs):
            pieces.append((b"," if number else b"") + dumps(attributes)[:-1])
            if items:
                pieces.append(b',"Metadata":[')
                for item in items:
                    pieces += [renderer.row(item, request.user, view), b","]
                pieces[-1] = b"]"
            pieces.append(b"}")
        pieces.append(b"]}}")
        return Answer(200, pieces, "application/json")


def _hub(
    title: str,
    kind: str,
    identifier: str,
    context: str,
    key: str,
    items: list[Item],
    limit: int | None,
    style: str,
    promoted: bool = False,
) -> Hub:
    shown = items if limit is None else items[:limit]
    attributes: dict[str, Any] = {
        "hubKey": "/library/metadata/" + ",".join(str(item.rating_key) for item in shown) if shown else None,
        "key": key,
        "title": title,
        "type": kind,
        "hubIdentifier": identifier,
        "context": context,
        "size": len(shown),
        "more": len(shown) < len(items),
        "style": style,
        "promoted": promoted or None,
    }
    return {name: value for name, value in attributes.items() if value is not None}, shown


def register(routes: Routes, pms: Pms) -> None:
    """Add the handlers to the routes."""
    own = HubHandlers(pms)
    routes.add("GET", r"/hubs(?:/promoted|/home|/items)?", own.hubs)
    routes.add("GET", r"/hubs/sections/(\d+)", own.of_section)
    routes.add("GET", r"/hubs/continueWatching", own.continue_watching)
    routes.add("GET", r"/hubs/(?:continueWatching/items|home/continueWatching)", own.continue_items)
    routes.add("GET", r"/hubs/sections/(\d+)/continueWatching(?:/items)?", own.continue_items)
    routes.add("GET", r"/(?:hubs/home|library)/recentlyAdded", own.recently_added)
    routes.add("GET", r"/hubs/search", own.search)
    routes.add("GET", r"/library/onDeck", own.on_deck)
    routes.add("GET", r"/library/sections/(\d+)/onDeck", own.on_deck)
    routes.add("PUT", r"/actions/removeFromContinueWatching", own.remove)
