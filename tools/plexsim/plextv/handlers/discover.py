"""Discover: the caller's watchlist, hubs of titles, and plex.tv's list of its providers.

The real one is another host (discover.provider.plex.tv) with the same tokens; here it is on plex.tv's port.
"""

from __future__ import annotations

from typing import Any

from tools.plexsim.accounts.errors import PlexTvError
from tools.plexsim.http.addresses import Addresses
from tools.plexsim.http.messages import Answer, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.plextv.answers import answer
from tools.plexsim.plextv.callers import Callers
from tools.plexsim.plextv.titles import Titles

IDENTIFIER = "tv.plex.provider.discover"
DEFAULT_PAGE = 20
TYPES = {"1": "movie", "2": "show"}


class DiscoverHandlers:
    """Handlers of plex.tv's own provider."""

    def __init__(self, callers: Callers, titles: Titles, addresses: Addresses) -> None:
        self.callers = callers
        self.titles = titles
        self.addresses = addresses

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/media/providers", self.providers)
        routes.add("GET", r"/library/sections/watchlist/(all|available|released)", self.watchlist)
        routes.add("GET", r"/hubs/sections/home", self.home)
        routes.add("GET", r"/hubs/sections/home/([\w-]+)", self.hub)
        routes.add("GET", r"/library/metadata/(\w+)/userState", self.user_state)
        routes.add("PUT", r"/actions/(addToWatchlist|removeFromWatchlist)", self.act)

    def providers(self, request: Request) -> Answer:
        """/media/providers: the account's providers and their addresses."""
        self.callers.of(request)
        rows = [{"identifier": "tv.plex.provider.epg", "title": "Live TV", "baseURL": "https://epg.provider.plex.tv"}]
        if self.titles.offered:
            rows.append({"identifier": IDENTIFIER, "title": "Discover", "baseURL": self.addresses.plex_tv})
        return self._container(request, {"size": len(rows), "MediaProvider": rows})

    def watchlist(self, request: Request) -> Answer:
        """/library/sections/watchlist/all: by default the newest first."""
        caller = self._caller(request)
        stamps = self.titles.watchlist(caller)
        rows = [(stamps[key], row) for key in stamps for row in [self.titles.get(key)] if row]
        wanted = TYPES.get(request.values.get("type", ""), "")
        rows = [pair for pair in rows if wanted in ("", pair[1]["type"])]
        name, _, direction = request.values.get("sort", "watchlistedAt:desc").partition(":")
        if name == "watchlistedAt":
            rows.sort(key=lambda pair: pair[0], reverse=direction == "desc")
        else:
            field = {"titleSort": "title"}.get(name, name)
            rows.sort(key=lambda pair: str(pair[1].get(field, "")).lower(), reverse=direction == "desc")
        return self._listing(request, [row for _, row in rows])

    def home(self, request: Request) -> Answer:
        """/hubs/sections/home: hubs of titles, each with its first ``count``."""
        self._caller(request)
        count = request.values.get("count", "")
        hubs = []
        for name, (title, keys) in self.titles.hubs.items():
            rows = [row for row in map(self.titles.get, keys) if row]
            shown = rows[: int(count)] if count.isdigit() else rows
            hubs.append(
                {
                    "key": f"/hubs/sections/home/{name}",
                    "title": title,
                    "type": "mixed",
                    "hubIdentifier": f"discover.{name}",
                    "context": f"hub.discover.{name}",
                    "size": len(shown),
                    "more": len(shown) < len(rows),
                    "style": "shelf",
                    "Metadata": shown,
                }
            )
        return self._container(request, {"size": len(hubs), "identifier": IDENTIFIER, "Hub": hubs})

    def hub(self, request: Request) -> Answer:
        """/hubs/sections/home/{name}: all titles of one hub."""
        self._caller(request)
        found = self.titles.hubs.get(request.match[0])
        if found is None:
            raise PlexTvError(404, 404, "not found")
        return self._listing(request, [row for row in map(self.titles.get, found[1]) if row])

    def user_state(self, request: Request) -> Answer:
        """/library/metadata/{key}/userState: with watchlistedAt only if the title is on the watchlist."""
        caller = self._caller(request)
        key = request.match[0]
        if self.titles.get(key) is None:
            raise PlexTvError(404, 404, "not found")
        state: dict[str, Any] = {"ratingKey": key, "type": "userState", "viewCount": 0, "viewOffset": 0}
        stamp = self.titles.watchlist(caller).get(key)
        if stamp is not None:
            state["watchlistedAt"] = stamp
        return self._container(request, {"size": 1, "identifier": IDENTIFIER, "UserState": [state]})

    def act(self, request: Request) -> Answer:
        """PUT /actions/addToWatchlist?ratingKey=, removeFromWatchlist: 200 whether or not that changes anything."""
        caller = self._caller(request)
        key = request.values.get("ratingKey", "")
        if self.titles.get(key) is None:
            raise PlexTvError(404, 404, "not found")
        if request.match[0] == "addToWatchlist":
            self.titles.watch(caller, key)
        else:
            self.titles.unwatch(caller, key)
        return empty()

    def _caller(self, request: Request) -> int:
        caller = self.callers.of(request).user
        if not self.titles.offered:
            raise PlexTvError(404, 404, "not found")
        return caller

    def _listing(self, request: Request, rows: list[dict[str, Any]]) -> Answer:
        """A page; without both container parameters the first twenty."""
        start, size = request.plex("Container-Start") or "", request.plex("Container-Size") or ""
        first, count = (int(start), int(size)) if start.isdigit() and size.isdigit() else (0, DEFAULT_PAGE)
        shown = rows[first : first + count]
        return self._container(
            request,
            {
                "librarySectionID": "watchlist",
                "librarySectionTitle": "Watchlist",
                "offset": first,
                "totalSize": len(rows),
                "identifier": IDENTIFIER,
                "size": len(shown),
                "Metadata": shown,
            },
        )

    def _container(self, request: Request, value: dict[str, Any]) -> Answer:
        return answer(request, "MediaContainer", {"MediaContainer": value} if request.wants_json else value)
