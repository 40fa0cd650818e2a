"""Players' reports (timeline, progress) and users' marks (scrobble, rate)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl

from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item
from tools.plexsim.library.library import Library
from tools.plexsim.library.watch_states import Report
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, Containers
from tools.plexsim.pms.notifications import Notifications
from tools.plexsim.pms.play_queues import PlayQueues
from tools.plexsim.pms.preferences import Preferences
from tools.plexsim.pms.transcoder import Transcoder

STATES = ("stopped", "buffering", "playing", "paused")


@dataclass
class Session:
    """A running playback. ``offset`` is in milliseconds, ``counted``: it was counted as a view.

    ``identifier`` is its X-Plex-Session-Identifier, ``terminated`` why the server has ended it.
    """

    key: int
    user: int
    item: Item
    client: str
    product: str
    title: str
    state: str = ""
    offset: int = 0
    counted: bool = False
    identifier: str = ""
    terminated: str = ""


class Followers(NamedTuple):
    """Who else hears of a report."""

    transcoder: Transcoder
    queues: PlayQueues
    notifications: Notifications


class PlaybackHandlers:
    """Handlers of /:/timeline and its relatives."""

    def __init__(
        self,
        library: Library,
        access: Access,
        containers: Containers,
        preferences: Preferences,
        followers: Followers,
    ) -> None:
        self.library = library
        self.renderer = library.renderer
        self.access = access
        self.containers = containers
        self.followers = followers
        self.preferences = preferences
        self.sessions: dict[tuple[str, int], Session] = {}
        self._next = 1

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET POST", r"/:/timeline", self.timeline)
        routes.add("GET PUT", r"/:/progress", self.progress)
        routes.add("GET PUT", r"/:/scrobble", self.scrobble)
        routes.add("GET PUT", r"/:/unscrobble", self.unscrobble)
        routes.add("GET PUT", r"/:/rate", self.rate)

    def values(self, request: Request) -> dict[str, str]:
        """Return the parameters of query and form body."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"))) if request.method == "POST" else {}
        return dict(form, **request.values)

    def target(self, request: Request, values: dict[str, str]) -> Item:
        """Return the item of a report. Raises HttpError: 400 without a key, 404 for an unknown one."""
        key = values.get("ratingKey") or values.get("key")
        if not key:
            raise HttpError(400)
        return self.access.item(request, key)

    def milliseconds(self, values: dict[str, str], name: str) -> int:
        """Return a number of milliseconds. Raises HttpError(400)."""
        try:
            return int(float(values.get(name) or 0))
        except ValueError:
            raise HttpError(400) from None

    def timeline(self, request: Request) -> Answer:
        """/:/timeline: a player's state. ``offline=1&updated=`` reports an earlier one."""
        values = self.values(request)
        item = self.target(request, values)
        state = values.get("state", "")
        if state not in STATES:
            raise HttpError(400)
        session = self._session(request, item, state, self.milliseconds(values, "time"))
        updated = values.get("updated", "")
        viewed_at = int(updated) if updated.isdigit() and values.get("offline") == "1" else None
        watch = self.library.watch
        played_at = self.preferences.played_at(self.library, item)
        report = Report(session.offset, played_at, session.counted, viewed_at)
        session.counted = watch.report(request.user, item, report)
        given = values.get("playQueueItemID", "")
        entry = int(given) if given.isdigit() else 0
        self.followers.queues.reported(request.user, entry, item)
        self._announce(session, entry)
        own = watch.get(request.user, item)
        if session.terminated:
            ended = {"size": 0, "terminationCode": 2006, "terminationText": session.terminated}
            return self.containers.container(request, ended)
        return self.containers.container(
            request,
            {
                "size": 0,
                "playbackState": "completed" if session.counted else "progress",
                "skipCount": own.skip_count if own else 0,
                "viewCount": own.view_count if own else 0,
                "viewOffset": own.view_offset if own else 0,
            },
        )

    def _session(self, request: Request, item: Item, state: str, offset: int) -> Session:
        """Return the updated session of a report; a client has at most one, which ends when it stops."""
        client = request.plex("Client-Identifier") or "unknown"
        session = self.sessions.get((client, item.rating_key))
        if session is None:
            session = Session(
                key=self._next,
                user=request.user,
                item=item,
                client=client,
                product=request.plex("Product") or "Client",
                title=request.plex("Device-Name") or "Device",
            )
            self._next += 1
        session.state, session.offset = state, offset
        session.identifier = request.plex("Session-Identifier") or ""
        transcode = self.followers.transcoder.of_playback(session.identifier)
        if transcode is not None:
            self.followers.transcoder.touch(transcode)
        for key in [key for key in self.sessions if key[0] == client]:
            del self.sessions[key]
        if state != "stopped":
            self.sessions[(client, item.rating_key)] = session
        return session

    def _announce(self, session: Session, play_queue_item: int) -> None:
        self.followers.notifications.playing(
            {
                "sessionKey": str(session.key),
                "clientIdentifier": session.client,
                "guid": "",
                "ratingKey": str(session.item.rating_key),
                "url": "",
                "key": f"/library/metadata/{session.item.rating_key}",
                "viewOffset": session.offset,
                "playQueueItemID": play_queue_item,
                "state": session.state,
            }
        )

    def progress(self, request: Request) -> Answer:
        """/:/progress: sets the position; 0 has no effect."""
        values = self.values(request)
        item = self.target(request, values)
        offset = self.milliseconds(values, "time")
        if offset > 0:
            self.library.set_progress(item.rating_key, offset, request.user)
        return empty()

    def scrobble(self, request: Request) -> Answer:
        """/:/scrobble: marks as watched, shows and seasons as a whole."""
        item = self._marked(request)
        self.library.scrobble(item.rating_key, request.user)
        return empty()

    def unscrobble(self, request: Request) -> Answer:
        """/:/unscrobble: marks as unwatched."""
        item = self._marked(request)
        self.library.unscrobble(item.rating_key, request.user)
        return empty()

    def rate(self, request: Request) -> Answer:
        """/:/rate: 0 to 10, -1 removes the rating."""
        item = self._marked(request)
        try:
            rating = float(request.values["rating"])
        except (KeyError, ValueError):
            raise HttpError(400) from None
        self.library.rate(item.rating_key, rating, request.user)
        return empty()

    def _marked(self, request: Request) -> Item:
        values = self.values(request)
        if values.get("identifier") != IDENTIFIER:
            raise HttpError(400)
        return self.target(request, values)
