"""The films and shows that plex.tv knows, and the users' watchlists."""

from __future__ import annotations

import threading
from typing import Any, Callable

from tools.plexsim.config import Clock


class Titles:
    """Titles by their key, the last part of a guid ``plex://movie/<key>``.

    ``of_library(key)`` returns the record of a title that is also on the simulated server.
    """

    def __init__(self, clock: Clock, of_library: Callable[[str], dict[str, Any] | None]) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.offered = True
        self._of_library = of_library
        self._own: dict[str, dict[str, Any]] = {}
        self._watchlists: dict[int, dict[str, int]] = {}
        self.hubs: dict[str, tuple[str, list[str]]] = {}

    def add_title(self, title: str, kind: str = "movie", year: int = 2026, **fields: Any) -> str:
        """Add a title that no server has; returns its key."""
        with self.lock:
            key = f"{0x5D77682F00000000 + len(self._own):x}".ljust(24, "0")
            picture = f"https://metadata-static.plex.tv/{key[:2]}/gracenote/{key}.jpg"
            self._own[key] = title_row(key, kind, title, year, thumb=picture, **fields)
            return key

    def get(self, key: str) -> dict[str, Any] | None:
        """Return a title's record, None when there is none."""
        return self._own.get(key) or self._of_library(key)

    def watch(self, user: int, key: str, stamp: int | None = None) -> None:
        """Add a title to a user's watchlist; nothing changes if it is on it."""
        with self.lock:
            self._watchlists.setdefault(user, {}).setdefault(key, stamp or self.clock.stamp())

    def unwatch(self, user: int, key: str) -> None:
        """Remove a title from a user's watchlist."""
        with self.lock:
            self._watchlists.get(user, {}).pop(key, None)

    def watchlist(self, user: int) -> dict[str, int]:
        """Return the keys on a user's watchlist, and when they were added."""
        with self.lock:
            return dict(self._watchlists.get(user, {}))

    def set_hub(self, name: str, title: str, keys: list[str]) -> None:
        """Set a hub of titles on the home screen of Discover."""
        with self.lock:
            self.hubs[name] = (title, list(keys))


def title_row(key: str, kind: str, title: str, year: int, **fields: Any) -> dict[str, Any]:
    """Return the record of a title in Discover's form."""
    return {
        "ratingKey": key,
        "key": f"/library/metadata/{key}" + ("" if kind == "movie" else "/children"),
        "guid": f"plex://{kind}/{key}",
        "slug": title.lower().replace(" ", "-"),
        "type": kind,
        "title": title,
        "year": year,
        "originallyAvailableAt": f"{year}-06-01",
        "summary": f"About {title}.",
        "source": "provider://tv.plex.provider.metadata",
        **fields,
    }
