"""The playlists of the requesting user, and their items."""

from __future__ import annotations

from typing import Any

from tools.plexsim.http.messages import Answer, HttpError, Request
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item, Playlist
from tools.plexsim.library.library import Library
from tools.plexsim.library.rendering import LISTING
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, Containers


class PlaylistHandlers:
    """Handlers of /playlists."""

    def __init__(self, library: Library, access: Access, containers: Containers) -> None:
        self.library = library
        self.access = access
        self.containers = containers

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/playlists", self.all)
        routes.add("GET", r"/playlists/(\d+)", self.one)
        routes.add("GET", r"/playlists/(\d+)/items", self.items)

    def all(self, request: Request) -> Answer:
        """/playlists: those of the requesting user, filtered by playlistType and smart."""
        kind, smart = request.values.get("playlistType"), request.values.get("smart")
        found = [
            one
            for one in self.library.playlists.values()
            if one.user == request.user
            and kind in (None, one.kind)
            and (smart is None or (one.smart is not None) == (smart == "1"))
        ]
        start, size, paged = self.containers.page(request, len(found))
        rows = [self._row(one, request) for one in found[start : start + size]]
        container: dict[str, Any] = {"size": len(rows)}
        if paged:
            container.update(totalSize=len(found), offset=start)
        return self.containers.container(request, container, tail={"Metadata": rows})

    def one(self, request: Request) -> Answer:
        """/playlists/{id}."""
        row = self._row(self._playlist(request), request)
        return self.containers.container(request, {"size": 1, "identifier": IDENTIFIER}, tail={"Metadata": [row]})

    def items(self, request: Request) -> Answer:
        """/playlists/{id}/items: films and episodes; a smart playlist is evaluated now."""
        playlist = self._playlist(request)
        members = self._members(playlist, request)
        return self.containers.listing(request, members, {"identifier": IDENTIFIER}, LISTING)

    def _playlist(self, request: Request) -> Playlist:
        found = self.library.playlists.get(int(request.match[0]))
        if found is None or found.user != request.user:
            raise HttpError(404)
        return found

    def _members(self, playlist: Playlist, request: Request) -> list[Item]:
        found = self.library.members.of_playlist(playlist, request.user)
        return [item for item in found if self.access.visible(request, item.section)]

    def _row(self, playlist: Playlist, request: Request) -> dict[str, Any]:
        members = self._members(playlist, request)
        return {
            "ratingKey": str(playlist.rating_key),
            "key": f"/playlists/{playlist.rating_key}/items",
            "guid": f"com.plexapp.agents.none://{playlist.rating_key}",
            "type": "playlist",
            "title": playlist.title,
            "summary": "",
            "smart": playlist.smart is not None,
            "playlistType": playlist.kind,
            "composite": f"/playlists/{playlist.rating_key}/composite/{playlist.stamp}",
            "duration": sum(item.duration for item in members),
            "leafCount": len(members),
            "addedAt": playlist.stamp,
            "updatedAt": playlist.stamp,
        }
