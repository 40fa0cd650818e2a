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
    """Handlers of /playlists that change nothing."""

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
        rows = [self.row(one, request) for one in found[start : start + size]]
        container: dict[str, Any] = {"size": len(rows)}
        if paged:
            container.update(totalSize=len(found), offset=start)
        return self.containers.container(request, container, tail={"Metadata": rows})

    def one(self, request: Request) -> Answer:
        """/playlists/{id}."""
        return self.answer(request, self.playlist(request))

    def answer(self, request: Request, playlist: Playlist, **attributes: Any) -> Answer:
        """Return a playlist in a container, as all changes of one do."""
        row = self.row(playlist, request)
        container = {"size": 1, "identifier": IDENTIFIER, **attributes}
        return self.containers.container(request, container, tail={"Metadata": [row]})

    def items(self, request: Request) -> Answer:
        """/playlists/{id}/items: films and episodes; a smart playlist is evaluated now.

        The items of a plain one have a ``playlistItemID``, by which they are moved and removed.
        """
        playlist = self.playlist(request)
        if playlist.smart is not None:
            return self.containers.listing(request, self._found(playlist, request), {"identifier": IDENTIFIER}, LISTING)
        places = [(entry.id, item) for entry in playlist.entries
                  for item in [self.library.by_key.get(entry.rating_key)]
                  if item is not None and self.access.visible(request, item.section)]
        start, size, paged = self.containers.page(request, len(places))
        view = self.containers.view(request, LISTING)
        renderer, shown = self.containers.renderer, places[start : start + size]
        rows = [renderer.item_dict(item, request.user, view) for _, item in shown]
        if view.only_fields is None or "playlistItemID" in view.only_fields:
            for row, (entry_id, _) in zip(rows, shown):
                row["playlistItemID"] = entry_id
        container: dict[str, Any] = {"size": len(rows), "identifier": IDENTIFIER}
        if paged:
            container.update(totalSize=len(places), offset=start)
        return self.containers.container(request, container, tail={"Metadata": rows})

    def playlist(self, request: Request) -> Playlist:
        """Return the playlist of a request's path. Raises HttpError(404)."""
        found = self.library.playlists.get(int(request.match[0]))
        if found is None or found.user != request.user:
            raise HttpError(404)
        return found

    def _found(self, playlist: Playlist, request: Request) -> list[Item]:
        found = self.library.members.of_playlist(playlist, request.user)
        return [item for item in found if self.access.visible(request, item.section)]

    def _members(self, playlist: Playlist, request: Request) -> list[Item]:
        if playlist.smart is not None:
            return self._found(playlist, request)
        there = [self.library.by_key[key] for key in playlist.members if key in self.library.by_key]
        return [item for item in there if self.access.visible(request, item.section)]

    def row(self, playlist: Playlist, request: Request) -> dict[str, Any]:
        """Return a playlist as metadata."""
        members = self._members(playlist, request)
        return {
            "ratingKey": str(playlist.rating_key),
            "key": f"/playlists/{playlist.rating_key}/items",
            "guid": f"com.plexapp.agents.none://{playlist.rating_key}",
            "type": "playlist",
            "title": playlist.title,
            "summary": playlist.summary,
            "smart": playlist.smart is not None,
            "playlistType": playlist.kind,
            "composite": f"/playlists/{playlist.rating_key}/composite/{playlist.stamp}",
            "duration": sum(item.duration for item in members),
            "leafCount": len(members),
            "addedAt": playlist.added,
            "updatedAt": playlist.stamp,
        }
