"""Searching a provider on the internet for subtitles of an item, and having one of them downloaded."""

from __future__ import annotations

import re
from typing import Any

from tools.plexsim.config import SimConfig
from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item
from tools.plexsim.library.library import Library
from tools.plexsim.library.subtitles import PROVIDER, Download, OnlineSubtitle, Wanted, names_of
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, Containers
from tools.plexsim.pms.notifications import Notifications

#: A real server's agent ends with an exception for codes of three letters.
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?\Z")
_KEY = re.compile(r"/library/streams/([0-9]+)(\.[a-z]+)?\Z")


class SubtitleHandlers:
    """Handlers of /library/metadata/{id}/subtitles."""

    def __init__(
        self,
        config: SimConfig,
        library: Library,
        access: Access,
        containers: Containers,
        notifications: Notifications,
    ) -> None:
        self.config = config
        self.library = library
        self.access = access
        self.containers = containers
        self.notifications = notifications

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/library/metadata/(\d+)/subtitles", self.search)
        routes.add("PUT", r"/library/metadata/(\d+)/subtitles", self.download)

    def search(self, request: Request) -> Answer:
        """GET ?language=&hearingImpaired=&forced=: candidates; no row when the provider has nothing."""
        item = self._item(request)
        language = request.values.get("language", "")
        if not _LANGUAGE.match(language) or not self.config.subtitle_provider:
            raise HttpError(500)
        wanted = Wanted(language, self._choice(request, "hearingImpaired"), self._choice(request, "forced"))
        rows = [_row(number, one) for number, one in self.library.search_subtitles(item, wanted).items()]
        attributes: dict[str, Any] = {"size": len(rows), "identifier": IDENTIFIER}
        return self.containers.container(request, attributes, tail={"Stream": rows} if rows else None)

    def download(self, request: Request) -> Answer:
        """PUT ?key=: answered before it is downloaded. A key of an earlier search is answered alike, and nothing comes
        of it.
        """
        item = self._item(request)
        key = _KEY.match(request.values.get("key", ""))
        if key is None:
            raise HttpError(400)
        found = self.library.subtitle_candidates.get(item.rating_key, {}).get(int(key.group(1)))
        media = request.values.get("mediaItemID", "")
        if found is not None:
            due = self.library.clock.now() + self.config.subtitle_seconds
            number = int(media) if media.isdigit() else 0
            self.library.subtitle_downloads.append(Download(item, found, number, request.user, due))
            title = f"Downloading subtitles for {item.title}"
            self.notifications.activity("started", "subtitle.download", title, {"key": request.path})
        return empty()

    def _item(self, request: Request) -> Item:
        if self.config.subtitle_owner_only:
            self.access.require_owner(request)
        item = self.access.item(request, request.match[0])
        if not item.is_leaf:
            raise HttpError(400)
        return item

    def _choice(self, request: Request, name: str) -> int:
        text = request.values.get(name, "0")
        if text not in ("0", "1", "2", "3"):
            raise HttpError(400)
        return int(text)


def _row(number: int, found: OnlineSubtitle) -> dict[str, Any]:
    """Return a candidate as recorded: the tag is a code of three letters, the score is a text."""
    name, _, code = names_of(found.language)
    row: dict[str, Any] = {
        "id": number,
        "key": f"/library/streams/{number}",
        "streamType": 3,
        "codec": found.codec,
        "format": found.codec,
        "canAutoSync": False,
        "language": name,
        "languageCode": code,
        "languageTag": code,
        "providerTitle": PROVIDER,
        "score": str(found.score),
        "sourceKey": f"/library/streams/{found.source}",
        "title": found.title,
        "displayTitle": name,
        "extendedDisplayTitle": f"{found.title} ({name} {found.codec.upper()})",
    }
    if found.hearing_impaired:
        row["hearingImpaired"] = True
    if found.forced:
        row["forced"] = True
    if found.perfect:
        row["perfectMatch"] = True
    return row
