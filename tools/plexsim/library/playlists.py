"""Playlists: plain ones, and smart ones, which are saved searches."""

from __future__ import annotations

from typing import Any, Iterable

from tools.plexsim.config import OWNER
from tools.plexsim.items.records import Item, Playlist, PlaylistEntry
from tools.plexsim.library.store import STATE_CREATED, STATE_DELETED, STATE_PROCESSED, Store


class Playlists(Store):
    """A library with the playlists of its users.

    Each change stamps the playlist and tells the listeners (kind ``playlist``, payload: playlist, state).
    """

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
            made = Playlist(self._last_key, title, user, self.clock.stamp(), kind)
            made.entries = [self._entry(self.need(member)) for member in members]
            if smart is not None:
                made.section_id, made.smart = smart
            self.playlists[made.rating_key] = made
            self.revision += 1
            for state in (STATE_CREATED, STATE_PROCESSED):
                self._emit("playlist", playlist=made, state=state)
            return made

    def add_to_playlist(self, playlist_key: Any, members: Iterable[Any]) -> None:
        """Append items to a plain playlist; one that is in it already gets another place."""
        with self.lock:
            playlist = self.plain_playlist(playlist_key)
            playlist.entries += [self._entry(self.need(member)) for member in members]
            self._stamped(playlist)

    def remove_from_playlist(self, playlist_key: Any, entry_id: Any) -> None:
        """Take one place out of a plain playlist. Raises KeyError when there is no such place."""
        with self.lock:
            playlist = self.plain_playlist(playlist_key)
            playlist.entries.remove(_entry_of(playlist, entry_id))
            self._stamped(playlist)

    def move_in_playlist(self, playlist_key: Any, entry_id: Any, after: Any = None) -> None:
        """Move one place behind another one, or to the beginning. Raises KeyError when there is no such place."""
        with self.lock:
            playlist = self.plain_playlist(playlist_key)
            entry = _entry_of(playlist, entry_id)
            before = _entry_of(playlist, after) if after is not None else None
            if entry is before:
                return
            playlist.entries.remove(entry)
            playlist.entries.insert(playlist.entries.index(before) + 1 if before is not None else 0, entry)
            self._stamped(playlist)

    def clear_playlist(self, playlist_key: Any) -> None:
        """Take everything out of a plain playlist."""
        with self.lock:
            playlist = self.plain_playlist(playlist_key)
            playlist.entries = []
            self._stamped(playlist)

    def set_playlist(self, playlist_key: Any, **fields: str) -> None:
        """Change title or summary."""
        with self.lock:
            playlist = self.playlists[int(playlist_key)]
            for name in ("title", "summary"):
                if name in fields:
                    setattr(playlist, name, fields[name])
            self._stamped(playlist)

    def delete_playlist(self, playlist_key: Any) -> None:
        """Delete a playlist."""
        with self.lock:
            playlist = self.playlists.pop(int(playlist_key))
            self.revision += 1
            self._emit("playlist", playlist=playlist, state=STATE_DELETED)

    def plain_playlist(self, playlist_key: Any) -> Playlist:
        """Return a playlist that is not smart. Raises KeyError when there is none, ValueError for a smart one."""
        playlist = self.playlists[int(playlist_key)]
        if playlist.smart is not None:
            raise ValueError(f"{playlist_key} finds its items itself")
        return playlist

    def _entry(self, item: Item) -> PlaylistEntry:
        self._last_entry += 1
        return PlaylistEntry(self._last_entry, item.rating_key)

    def _stamped(self, playlist: Playlist) -> None:
        """Stamp a playlist as changed; the clock is advanced if the last change was in this second."""
        now = self.clock.stamp()
        if now <= playlist.stamp:
            self.clock.advance(playlist.stamp + 1 - now)
            now = playlist.stamp + 1
        playlist.stamp = now
        self.revision += 1
        self._emit("playlist", playlist=playlist, state=STATE_PROCESSED)


def _entry_of(playlist: Playlist, entry_id: Any) -> PlaylistEntry:
    for entry in playlist.entries:
        if entry.id == int(entry_id):
            return entry
    raise KeyError(f"no place {entry_id!r}")
