"""Making, changing and deleting playlists. Everybody may do that with his own."""

from __future__ import annotations

from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Playlist
from tools.plexsim.library.library import Library
from tools.plexsim.pms.handlers.playlists import PlaylistHandlers
from tools.plexsim.pms.source_uri import SourceUris

KINDS = ("video", "audio", "photo")


class PlaylistEditingHandlers:
    """Handlers of /playlists that change something."""

    def __init__(self, library: Library, reading: PlaylistHandlers, sources: SourceUris) -> None:
        self.library = library
        self.reading = reading
        self.sources = sources

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("POST", r"/playlists", self.create)
        routes.add("PUT", r"/playlists/(\d+)", self.edit)
        routes.add("DELETE", r"/playlists/(\d+)", self.delete)
        routes.add("PUT", r"/playlists/(\d+)/items", self.add)
        routes.add("DELETE", r"/playlists/(\d+)/items", self.clear)
        routes.add("DELETE", r"/playlists/(\d+)/items/(\d+)", self.remove)
        routes.add("PUT", r"/playlists/(\d+)/items/(\d+)/move", self.move)

    def create(self, request: Request) -> Answer:
        """POST /playlists?type=video&title=…&smart=0&uri=…; without uri it is empty."""
        values = request.values
        if values.get("type") not in KINDS or not values.get("title") or values.get("smart", "0") != "0":
            raise HttpError(400)
        members = self._leaves(request) if "uri" in values else []
        made = self.library.add_playlist(values["title"], members, request.user, values["type"])
        return self.reading.answer(request, made)

    def edit(self, request: Request) -> Answer:
        """PUT /playlists/{id}?title=…&summary=…, or ``title.value`` as in editing other metadata."""
        playlist = self.reading.playlist(request)
        given = {name.replace(".value", ""): value for name, value in request.values.items()}
        changed = {name: given[name] for name in ("title", "summary") if name in given}
        self.library.set_playlist(playlist.rating_key, **changed)
        return empty(204)

    def delete(self, request: Request) -> Answer:
        """DELETE /playlists/{id}."""
        self.library.delete_playlist(self.reading.playlist(request).rating_key)
        return empty(204)

    def add(self, request: Request) -> Answer:
        """PUT /playlists/{id}/items?uri=…: appends items, of shows and seasons all episodes."""
        playlist = self._plain(request)
        members = self._leaves(request)
        self.library.add_to_playlist(playlist.rating_key, members)
        count = len(members)
        return self.reading.answer(request, playlist, leafCountAdded=count, leafCountRequested=count)

    def clear(self, request: Request) -> Answer:
        """DELETE /playlists/{id}/items."""
        playlist = self._plain(request)
        self.library.clear_playlist(playlist.rating_key)
        return self.reading.answer(request, playlist)

    def remove(self, request: Request) -> Answer:
        """DELETE /playlists/{id}/items/{playlistItemID}."""
        playlist = self._plain(request)
        try:
            self.library.remove_from_playlist(playlist.rating_key, request.match[1])
        except KeyError:
            raise HttpError(404) from None
        return self.reading.answer(request, playlist)

    def move(self, request: Request) -> Answer:
        """PUT /playlists/{id}/items/{playlistItemID}/move?after=…, without ``after`` to the beginning."""
        playlist = self._plain(request)
        after = request.values.get("after")
        if after is not None and not after.isdigit():
            raise HttpError(400)
        try:
            self.library.move_in_playlist(playlist.rating_key, request.match[1], after)
        except KeyError:
            raise HttpError(404) from None
        return self.reading.answer(request, playlist)

    def _plain(self, request: Request) -> Playlist:
        playlist = self.reading.playlist(request)
        if playlist.smart is not None:
            raise HttpError(400)
        return playlist

    def _leaves(self, request: Request) -> list[int]:
        return [leaf.rating_key for item in self.sources.items(request) for leaf in item.leaves()]
