"""PMS: what players report (timeline, progress) and what users mark (scrobble, rate); who is playing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from tools.plexsim.items import Item
from tools.plexsim.pms import IDENTIFIER, Pms
from tools.plexsim.render import FULL
from tools.plexsim.web import Answer, HttpError, Request, Routes, empty

STATES = ("stopped", "buffering", "playing", "paused")


@dataclass
class Session:
    """A playback that is going on. ``counted`` is set once it flipped the view count."""

    key: int
    user: int
    item: Item
    client: str
    product: str
    title: str
    state: str
    offset: int
    counted: bool = False


class PlaybackHandlers:
    """Handlers of /:/timeline and its relatives."""

    def __init__(self, pms: Pms) -> None:
        self.pms = pms
        self.sessions: dict[tuple[str, int], Session] = {}
        self._next = 1

    def values(self, request: Request) -> dict[str, str]:
        """Return the parameters of query and form body."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"))) if request.method == "POST" else {}
        return dict(form, **request.values)

    def target(self, request: Request, values: dict[str, str]) -> Item:
        """Return the item a report is about. Raises HttpError: 400 without a key, 404 for an unknown one."""
        key = values.get("ratingKey") or values.get("key")
        if not key:
            raise HttpError(400)
        return self.pms.item(request, key)

    def milliseconds(self, values: dict[str, str], name: str) -> int:
        """Return a number of milliseconds. Raises HttpError(400)."""
        try:
            return int(float(values.get(name) or 0))
        except ValueError:
            raise HttpError(400) from None

    # ------------------------------------------------------------------ reports

    def timeline(self, request: Request) -> Answer:
        """/:/timeline: where a player is. ``offline=1&updated=`` reports later what happened then."""
        values = self.values(request)
        item = self.target(request, values)
        state = values.get("state", "")
        if state not in STATES:
            raise HttpError(400)
        offset = self.milliseconds(values, "time")
        client = request.plex("Client-Identifier") or "unknown"
        session = self.sessions.get((client, item.rating_key))
        if session is None:
            session = Session(
                self._next,
                request.user,
                item,
                client,
                request.plex("Product") or "Client",
                request.plex("Device-Name") or "Device",
                state,
                offset,
            )
            self._next += 1
        for key in [key for key in self.sessions if key[0] == client]:
            del self.sessions[key]
        if state != "stopped":
            self.sessions[(client, item.rating_key)] = session
        session.state, session.offset = state, offset
        updated = values.get("updated", "")
        viewed_at = int(updated) if updated.isdigit() and values.get("offline") == "1" else None
        session.counted = self.pms.library.watch.report(request.user, item, offset, session.counted, viewed_at)
        self.pms.playing(
            {
                "sessionKey": str(session.key),
                "clientIdentifier": client,
                "guid": "",
                "ratingKey": str(item.rating_key),
                "url": "",
                "key": f"/library/metadata/{item.rating_key}",
                "viewOffset": offset,
                "playQueueItemID": int(values.get("playQueueItemID") or 0),
                "state": state,
            }
        )
        own = self.pms.library.watch.get(request.user, item)
        return self.pms.container(
            request,
            {
                "size": 0,
                "playbackState": "completed" if session.counted else "progress",
                "skipCount": own.skip_count if own else 0,
                "viewCount": own.view_count if own else 0,
                "viewOffset": own.view_offset if own else 0,
            },
        )

    def progress(self, request: Request) -> Answer:
        """/:/progress: sets the position; 0 has no effect."""
        values = self.values(request)
        item = self.target(request, values)
        offset = self.milliseconds(values, "time")
        if offset > 0:
            self.pms.library.set_progress(item.rating_key, offset, request.user)
        return empty()

    def scrobble(self, request: Request) -> Answer:
        """/:/scrobble: marks as watched, shows and seasons as a whole."""
        item = self._marked(request)
        self.pms.library.scrobble(item.rating_key, request.user)
        return empty()

    def unscrobble(self, request: Request) -> Answer:
        """/:/unscrobble: marks as unwatched."""
        item = self._marked(request)
        self.pms.library.unscrobble(item.rating_key, request.user)
        return empty()

    def rate(self, request: Request) -> Answer:
        """/:/rate: 0 to 10, -1 takes the rating away."""
        item = self._marked(request)
        try:
            rating = float(request.values["rating"])
        except (KeyError, ValueError):
            raise HttpError(400) from None
        self.pms.library.rate(item.rating_key, rating, request.user)
        return empty()

    def _marked(self, request: Request) -> Item:
        values = self.values(request)
        if values.get("identifier") != IDENTIFIER:
            raise HttpError(400)
        return self.target(request, values)

    # ------------------------------------------------------------------ sessions

    def status(self, request: Request) -> Answer:
        """/status/sessions: who plays what; for the owner only."""
        self.pms.admin(request)
        rows: list[dict[str, Any]] = []
        for session in self.sessions.values():
            user = self.pms.accounts.users[session.user]
            row = self.pms.renderer.item_dict(session.item, session.user, FULL)
            row.update(sessionKey=str(session.key), viewOffset=session.offset)
            row["User"] = {"id": str(user.id), "thumb": "", "title": user.title}
            row["Player"] = {
                "address": "127.0.0.1",
                "machineIdentifier": session.client,
                "platform": "Linux",
                "product": session.product,
                "title": session.title,
                "state": session.state,
                "local": True,
            }
            row["Session"] = {"id": f"session{session.key}", "bandwidth": 10_000, "location": "lan"}
            rows.append(row)
        return self.pms.container(request, {"size": len(rows)}, tail={"Metadata": rows} if rows else None)

    def decision(self, request: Request) -> Answer:
        """/video/:/transcode/universal/decision: always direct play."""
        item: Item | None = self.pms.item(request, request.values.get("path", "").rstrip("/"))
        return self.pms.container(
            request,
            {
                "size": 1,
                "allowSync": True,
                "identifier": IDENTIFIER,
                "generalDecisionCode": 1000,
                "generalDecisionText": "Direct play OK.",
                "directPlayDecisionCode": 1000,
                "directPlayDecisionText": "Direct play OK.",
            },
            [item] if item else [],
            FULL,
        )


def register(routes: Routes, pms: Pms) -> None:
    """Add the handlers to the routes."""
    own = PlaybackHandlers(pms)
    routes.add("GET POST", r"/:/timeline", own.timeline)
    routes.add("GET PUT", r"/:/progress", own.progress)
    routes.add("GET PUT", r"/:/scrobble", own.scrobble)
    routes.add("GET PUT", r"/:/unscrobble", own.unscrobble)
    routes.add("GET PUT", r"/:/rate", own.rate)
    routes.add("GET", r"/status/sessions", own.status)
    routes.add("GET", r"/video/:/transcode/universal/decision", own.decision)
