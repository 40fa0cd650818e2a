"""Play queues: making one of a URI or a playlist, and reading it window by window."""

from __future__ import annotations

import re
from urllib.parse import unquote

from tools.plexsim.formats import xml_text
from tools.plexsim.http.messages import Answer, HttpError, Request, json_answer
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item
from tools.plexsim.library.library import Library
from tools.plexsim.library.rendering import FULL
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, MEDIA_TAGS, XML, Containers
from tools.plexsim.pms.play_queues import PlayQueue, PlayQueues

SERVER_URI = re.compile(r"server://(?P<machine>[^/]+)/%s(?P<path>/.+)\Z" % re.escape(IDENTIFIER))
LIBRARY_URI = re.compile(r"library://[^/]*/(?:item|directory)/(?P<path>.+)\Z")
PATH = re.compile(
    r"/library/(?:metadata|collections)/(?P<keys>\d+(?:,\d+)*)(?:/(?:children|grandchildren|allLeaves|items))?\Z"
)
PLAYLIST = re.compile(r"/playlists/(\d+)(?:/items)?\Z")
KEY = re.compile(r"(?:/library/metadata/)?(\d+)\Z")
WINDOW = 20
MOST_TRAILERS = 5


class PlayQueueHandlers:
    """Handlers of /playQueues."""

    def __init__(
        self, machine_identifier: str, library: Library, access: Access, containers: Containers, queues: PlayQueues
    ) -> None:
        self.machine_identifier = machine_identifier
        self.library = library
        self.access = access
        self.containers = containers
        self.queues = queues

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("POST", r"/playQueues", self.create)
        routes.add("GET", r"/playQueues/(\d+)", self.get)

    def create(self, request: Request) -> Answer:
        """POST /playQueues?type=video&uri=…|playlistID=…[&key=…&shuffle=1&continuous=1&extrasPrefixCount=N].

        The answer has the first window of the queue only.
        """
        values = request.values
        if values.get("type") not in ("audio", "video", "photo") or not (values.get("uri") or values.get("playlistID")):
            raise HttpError(400)
        playlist = self._playlist(request)
        sources = [] if playlist else self._sources(request)
        items = self._playlist_items(request, playlist) if playlist else self._items(request, sources)
        items = [item for item in items if self.access.visible(request, item.section)]
        if not items or values["type"] != "video":
            raise HttpError(400)
        first = self._first(request, items, sources)
        trailers = self._trailers(request, sources)
        queue = self.queues.add(
            request.user,
            trailers + items,
            trailers[0] if trailers else first,
            "" if playlist else values["uri"],
            request.flag("shuffle") and not trailers,
        )
        queue.playlist = playlist
        return self._answer(request, queue, queue.position(queue.selected), True, True)

    def get(self, request: Request) -> Answer:
        """GET /playQueues/{id}[?center=…&window=…&includeBefore=0|1&includeAfter=0|1&own=1].

        With one of the halves left out, the centre is not part of the answer either.
        """
        queue = self.queues.get(int(request.match[0]), request.user)
        if queue is None:
            raise HttpError(404)
        center = request.values.get("center", str(queue.selected))
        if not center.isdigit() or queue.position(int(center)) < 0:
            raise HttpError(400)
        before, after = (request.values.get(name, "1") != "0" for name in ("includeBefore", "includeAfter"))
        return self._answer(request, queue, queue.position(int(center)), before, after)

    # ------------------------------------------------------------------ what is in it

    def _playlist(self, request: Request) -> int:
        given = request.values.get("playlistID", "")
        if not given:
            match = PLAYLIST.search(self._path(request))
            given = match.group(1) if match else "0"
        if not given.isdigit():
            raise HttpError(400)
        return int(given)

    def _path(self, request: Request) -> str:
        """Return the path that the URI names. Raises HttpError(400) for one of another form or another server."""
        uri = request.values.get("uri", "")
        server, library = SERVER_URI.match(uri), LIBRARY_URI.match(uri)
        if server and server.group("machine") == self.machine_identifier:
            return server.group("path")
        if not library:
            raise HttpError(400)
        return unquote(library.group("path"))

    def _sources(self, request: Request) -> list[Item]:
        match = PATH.match(self._path(request))
        if not match:
            raise HttpError(400)
        return [self.access.item(request, key) for key in match.group("keys").split(",")]

    def _playlist_items(self, request: Request, number: int) -> list[Item]:
        playlist = self.library.playlists.get(number)
        if playlist is None or playlist.user != request.user:
            raise HttpError(404)
        return self.library.members.of_playlist(playlist, request.user)

    def _items(self, request: Request, sources: list[Item]) -> list[Item]:
        """Return the playable items of the sources; of one episode with ``continuous`` those of its whole show."""
        if len(sources) == 1 and sources[0].type == "episode" and request.flag("continuous"):
            return list(sources[0].root().leaves())
        found: list[Item] = []
        for source in sources:
            below = self.library.members.of(source, request.user) if source.type == "collection" else [source]
            found += [leaf for item in below for leaf in item.leaves()]
        return found

    def _first(self, request: Request, items: list[Item], sources: list[Item]) -> Item | None:
        """Return what is played first: the item of ``key``, or the source itself. Raises HttpError(400)."""
        given = request.values.get("key")
        if given is None:
            return sources[0] if len(sources) == 1 and sources[0] in items else None
        match = KEY.match(unquote(given))
        found = self.library.get(match.group(1)) if match else None
        if found is None or found not in items:
            raise HttpError(400)
        return found

    def _trailers(self, request: Request, sources: list[Item]) -> list[Item]:
        """Return the trailers of other films that this user has not seen, for a single film."""
        given = request.values.get("extrasPrefixCount", "0")
        if not given.isdigit():
            raise HttpError(400)
        if len(sources) != 1 or sources[0].type != "movie":
            return []
        found = [
            extra
            for movie in sources[0].section.items("movie")
            if movie is not sources[0] and not self.library.watch.is_watched(request.user, movie)
            for extra in self.library.extras_of.get(movie.rating_key, [])
            if extra.fields.get("subtype") == "trailer"
        ]
        return found[: min(int(given), MOST_TRAILERS)]

    # ------------------------------------------------------------------ the answer

    def _answer(self, request: Request, queue: PlayQueue, center: int, before: bool, after: bool) -> Answer:
        given = request.values.get("window", str(WINDOW))
        if not given.isdigit():
            raise HttpError(400)
        start = max(0, center - int(given)) if before else center + 1
        end = center + 1 + int(given) if after else center
        view = self.containers.view(request, FULL)
        rows = [
            dict(self.library.renderer.item_dict(entry.item, request.user, view), playQueueItemID=entry.id)
            for entry in queue.entries[start:end]
            if entry.item.rating_key in self.library.by_key
        ]
        selected = queue.position(queue.selected)
        container = {
            "size": len(rows),
            "identifier": IDENTIFIER,
            **MEDIA_TAGS,
            "playQueueID": queue.id,
            **({"playQueuePlaylistID": queue.playlist} if queue.playlist else {}),
            "playQueueSelectedItemID": queue.selected,
            "playQueueSelectedItemOffset": selected,
            "playQueueSelectedMetadataItemID": str(queue.entries[selected].item.rating_key),
            "playQueueShuffled": queue.shuffled,
            "playQueueSourceURI": queue.uri,
            "playQueueTotalCount": len(queue.entries),
            "playQueueVersion": queue.version,
            "Metadata": rows,
        }
        if request.wants_json:
            return json_answer({"MediaContainer": container})
        return Answer(200, [xml_text.document("MediaContainer", container)], XML)
