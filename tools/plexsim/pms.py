"""The simulated Plex Media Server: who may ask, and what its answers look like."""

from __future__ import annotations

from typing import Any, Callable, Iterable

from tools.plexsim import xmlout
from tools.plexsim.accounts import Accounts, User
from tools.plexsim.config import SimConfig
from tools.plexsim.items import Item, Section
from tools.plexsim.library import OWNER, Library
from tools.plexsim.query import Param
from tools.plexsim.render import FULL, LISTING, Renderer, View, dumps
from tools.plexsim.switches import Switches
from tools.plexsim.tokens import JwtAuthority
from tools.plexsim.web import Answer, HttpError, Request, Routes, html_error

OPEN_PATHS = ("/identity",)
IDENTIFIER = "com.plexapp.plugins.library"
MEDIA_TAGS = {"mediaTagPrefix": "/system/bundle/media/flags/", "mediaTagVersion": 1734362201}


class Pms:
    """State and helpers that all handlers of the PMS share."""

    def __init__(self, library: Library, config: SimConfig, accounts: Accounts, authority: JwtAuthority) -> None:
        from tools.plexsim import pms_collections, pms_hubs, pms_info, pms_library, pms_media, pms_playback, pms_queues

        self.library = library
        self.config = config
        self.accounts = accounts
        self.authority = authority
        self.renderer = Renderer(library)
        self.switches = Switches(config)
        self.routes = Routes()
        self.playing: Callable[[dict[str, Any]], None] = lambda payload: None
        for module in (pms_info, pms_collections, pms_library, pms_hubs, pms_playback, pms_queues, pms_media):
            module.register(self.routes, self)

    # ------------------------------------------------------------------ requests

    def handle(self, request: Request) -> Answer:
        """Answer one request."""
        if self.config.maintenance:
            return Answer(
                503,
                [xmlout.document("Response", {"code": 503, "title": "Maintenance", "status": "Server is starting"})],
                "text/xml",
            )
        handler, status = self.routes.find(request)
        request.user = self.user_of(request)
        if not request.user and request.path.rstrip("/") not in OPEN_PATHS:
            return html_error(401)
        if handler is None:
            return html_error(status)
        try:
            with self.library.lock:
                return handler(request)
        except HttpError as error:
            return html_error(error.status)

    def user_of(self, request: Request) -> int:
        """Return the account id a request's token stands for, 0 for none.

        The owner's account token and all per-server tokens are accepted; JWTs only when so configured.
        """
        text = request.token or request.plex("Token") or ""
        token = self.accounts.find(text)
        if token is not None:
            return token.user if token.scope == "server" or token.user == OWNER else 0
        if self.config.accepts_jwt and text.count(".") == 2:
            return self.authority.user_of(text) or 0
        return 0

    def account(self, request: Request) -> User:
        """Return the user who asks."""
        return self.accounts.users[request.user]

    def admin(self, request: Request) -> None:
        """Refuse everybody but the owner with 403."""
        if request.user != OWNER:
            raise HttpError(403)

    def visible(self, request: Request, section: Section) -> bool:
        """Whether the asking user may see a section."""
        allowed = self.account(request).sections
        return allowed is None or section.id in allowed

    def section(self, request: Request, number: str) -> Section:
        """Return a section by its number. Raises HttpError(404)."""
        section = self.library.sections.get(int(number)) if number.isdigit() else None
        if section is None or not self.visible(request, section):
            raise HttpError(404)
        return section

    def item(self, request: Request, key: Any) -> Item:
        """Return an item by its rating key. Raises HttpError(404)."""
        item = self.library.get(str(key).rsplit("/", 1)[-1])
        if item is None or not self.visible(request, item.section):
            raise HttpError(404)
        return item

    # ------------------------------------------------------------------ answers

    def view(self, request: Request, base: View) -> View:
        """Return the view that a request asks for: include parameters and field filters.

        Without ``X-Plex-Pms-Api-Version`` (version 0.0) includeFields and includeElements only add; from 1.0 on they
        mean "nothing but these". The exclude lists work in all versions.
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
        """Return (start, size, paged). A size without a start is ignored, but for 0, which asks for the count."""
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
        pageable: bool = True,
        tail: dict[str, Any] | None = None,
    ) -> Answer:
        """Return a MediaContainer with a page of the items."""
        total = len(items)
        start, size, paged = self.page(request, total) if pageable else (0, total, False)
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
        """Return a MediaContainer in JSON or XML with attributes, Metadata rows and further elements (tail)."""
        attributes = {name: value for name, value in attributes.items() if value is not None}
        if not request.wants_json:
            body = dict(attributes)
            if items is not None:
                body["Metadata"] = [self.renderer.item_dict(item, request.user, view) for item in items]
            body.update(tail or {})
            return Answer(200, [xmlout.document("MediaContainer", body)], "text/xml;charset=utf-8", headers or {})
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

    def section_attributes(self, section: Section) -> dict[str, Any]:
        """Return the container attributes that name a section."""
        return {
            "librarySectionID": section.id,
            "librarySectionTitle": section.title,
            "librarySectionUUID": section.uuid,
        }


def _version(text: str | None) -> bool:
    """Whether an API version is 1.0 or later."""
    return bool(text) and str(text).split(".", 1)[0].isdigit() and int(str(text).split(".", 1)[0]) >= 1


def filters(params: list[Param]) -> list[Param]:
    """Return the parameters that may be filters: all but X-Plex, include and container ones."""
    return [
        param
        for param in params
        if not param.name.startswith(("X-Plex-", "include", "exclude")) and param.name not in ("sort", "type", "limit")
    ]


__all__ = ["FULL", "IDENTIFIER", "LISTING", "MEDIA_TAGS", "Pms", "filters"]
