"""Playlists: plain ones, and smart ones, which are saved searches."""

from __future__ import annotations

from typing import Any, Iterable

from tools.plexsim.config import OWNER
from tools.plexsim.items.records import Playlist
from tools.plexsim.library.store import Store


class Playlists(Store):
    """A library with the playlists of its users."""

    def add_playlist(
        self,
        title: str,
        members: Iterable[Any] = (),
        user: int = OWNER,
        kind: str = "video",
        smart: tuple[int, str] | None = None,
    ) -> Playlist:
        """Add a playlist; ``smart`` is (section id, filter query). Its key is a rating key like those of items."""
        with self.lock:
            self._last_key += 1
            keys = [self.need(member).rating_key for member in members]
            made = Playlist(self._last_key, title, user, self.clock.stamp(), kind, keys)
            if smart is not None:
                made.section_id, made.smart = smart
            self.playlists[made.rating_key] = made
            self.revision += 1
            return made
