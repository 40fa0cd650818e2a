"""Control API: the titles of Discover and the watchlists."""

from __future__ import annotations

from typing import Any

from tools.plexsim.config import OWNER
from tools.plexsim.control.api import ControlApi
from tools.plexsim.http.messages import Request
from tools.plexsim.plextv.titles import Titles


class TitleControl:
    """Reads and writes the titles of plex.tv."""

    def __init__(self, titles: Titles) -> None:
        self.titles = titles

    def register(self, api: ControlApi) -> None:
        """Add the handlers to the API."""
        api.read("watchlist", self.watchlist)
        api.write("add_title", self.add_title)
        api.write("watch", self.watch)
        api.write("set_hub", self.set_hub)

    def watchlist(self, request: Request) -> Any:
        """GET watchlist?user=1: keys and the times at which they were added."""
        return self.titles.watchlist(int(request.values.get("user", OWNER)))

    def add_title(self, body: dict[str, Any]) -> Any:
        """POST add_title {title, kind, year}: add a title that no server has."""
        return {"ok": True, "key": self.titles.add_title(**body)}

    def watch(self, body: dict[str, Any]) -> None:
        """POST watch {user, key, stamp}: add a title to a watchlist."""
        self.titles.watch(int(body.get("user", OWNER)), str(body["key"]), body.get("stamp"))

    def set_hub(self, body: dict[str, Any]) -> None:
        """POST set_hub {slug, title, keys}: set a hub of titles."""
        self.titles.set_hub(str(body["slug"]), str(body["title"]), list(body["keys"]))
