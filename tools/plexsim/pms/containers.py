"""The form of the answers of a PMS: MediaContainers in JSON or XML, pages, field filters."""

from __future__ import annotations

from typing import Any, Iterable

from tools.plexsim.config import SimConfig
from tools.plexsim.formats import xml_text
from tools.plexsim.formats.json_text import dumps
from tools.plexsim.http.messages import Answer, HttpError, Request
from tools.plexsim.items.records import Item, Section
from tools.plexsim.library.rendering import LISTING, Renderer, View
from tools.plexsim.pms.switches import Switches

IDENTIFIER = "com.plexapp.plugins.library"
MEDIA_TAGS = {"mediaTagPrefix": "/system/bundle/media/flags/", "mediaTagVersion": 1734362201}
XML = "text/xml;charset=utf-8"


class Containers:
    """Makes answers with a MediaContainer."""

    def __init__(self, config: SimConfig, switches: Switches, renderer: Renderer) -> None:
        self.config = config
        self.switches = switches
        self.renderer = renderer

    def view(self, request: Request, base: View) -> View:
        """Return the view of a request, by its include parameters and field filters.

        Without ``X-Plex-Pms-Api-Version`` (version 0.0) includeFields and includeElements only add; from 1.0 on they
        mean "only these". The exclude parameters work in all versions.
        """

        def names(name: str) -> frozenset[str] | None:
            text = request.values.get(name)
            return None if text is None else frozenset(part.strip() for part in text.split(",") if part.strip())

        modern = _version(request.plex("Pms-Api-Version"))
        added = names("includeOptionalElements") or frozenset()
        if not modern:
            added = added | (names("includeElements") or frozenset())
        return base._replace(
            guids=base.guids or request.flag("includeGuids"),
            markers=request.flag("includeMarkers"),
            chapters=request.flag("includeChapters"),
            extras=request.flag("includeExtras"),
            check_files=base.full and request.flag("checkFiles"),
            streams="Stream" in added,
            only_fields=names("includeFields") if modern else None,
            only_elements=names("includeElements") if modern else None,
            drop_fields=names("excludeFields") or frozenset(),
            drop_elements=names("excludeElements") or frozenset(),
            omitted=self.switches.omitted(base.full),
        )

    def page(self, request: Request, total: int) -> tuple[int, int, bool]:
        """Return (start, size, paged). A size without a start is ignored, except for 0, which requests the count."""
        start_text, size_text = request.plex("Container-Start"), request.plex("Container-Size")
        try:
            size = int(size_text) if size_text is not None else -1
            start = int(start_text) if start_text is not None else -1
        except ValueError:
            raise HttpError(400) from None
        if size < 0 or (start < 0 and size > 0):
            return 0, total, False
        if self.config.page_limit is not None:
            size = min(size, self.config.page_limit)
        return max(start, 0), size, True

    def listing(
        self,
        request: Request,
        items: list[Item],
        extra: dict[str, Any],
        view: View = LISTING,
        tail: dict[str, Any] | None = None,
    ) -> Answer:
        """Return a MediaContainer with a page of the items."""
        total = len(items)
        start, size, paged = self.page(request, total)
        shown = items[start : start + size]
        container: dict[str, Any] = {"size": len(shown)}
        headers = {}
        if paged or request.method == "HEAD":
            told = self.switches.total(total, size)
            if told is not None:
                headers["X-Plex-Container-Total-Size"] = str(told)
            if paged:
                container.update(totalSize=told, offset=start)
                headers["X-Plex-Container-Start"] = str(start)
        container.update(extra)
        return self.container(request, container, shown, self.view(request, view), headers, tail)

    def container(
        self,
        request: Request,
        attributes: dict[str, Any],
        items: Iterable[Item] | None = None,
        view: View = LISTING,
        headers: dict[str, str] | None = None,
        tail: dict[str, Any] | None = None,
    ) -> Answer:
        """Return a MediaContainer in JSON or XML with attributes, Metadata rows and other elements (tail)."""
        attributes = {name: value for name, value in attributes.items() if value is not None}
        if not request.wants_json:
            body = dict(attributes)
            if items is not None:
                body["Metadata"] = [self.renderer.item_dict(item, request.user, view) for item in items]
            body.update(tail or {})
            return Answer(200, [xml_text.document("MediaContainer", body)], XML, headers or {})
        pieces = [b'{"MediaContainer":' + dumps(attributes)[:-1]]
        rows = [self.renderer.row(item, request.user, view) for item in items] if items is not None else []
        if rows:
            pieces.append(b',"Metadata":[' if attributes else b'"Metadata":[')
            for row in rows:
                pieces.append(row)
                pieces.append(b",")
            pieces[-1] = b"]"
        if tail:
            pieces.append(b"," + dumps(tail)[1:-1])
        pieces.append(b"}}")
        return Answer(200, pieces, "application/json", headers or {})


def section_attributes(section: Section) -> dict[str, Any]:
    """Return the container attributes that name a section."""
    return {
        "librarySectionID": section.id,
        "librarySectionTitle": section.title,
        "librarySectionUUID": section.uuid,
    }


def _version(text: str | None) -> bool:
    """Whether an API version is 1.0 or later."""
    return bool(text) and str(text).split(".", 1)[0].isdigit() and int(str(text).split(".", 1)[0]) >= 1
