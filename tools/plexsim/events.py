"""Push notifications of the PMS: websocket and server-sent events."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType
from aiohttp import web as aio

from tools.plexsim.items import TYPE_CODES, Item
from tools.plexsim.web import Request

if TYPE_CHECKING:
    from tools.plexsim.server import PlexSim

WEBSOCKET_PATHS = ("/:/websockets/notifications", "/:/websocket/notifications")
STREAM_PATH = "/:/eventsource/notifications"
PAYLOADS = {"timeline": "TimelineEntry", "playing": "PlaySessionStateNotification", "activity": "ActivityNotification"}


class Events:
    """Sends notifications to every listener and remembers them in ``history``."""

    def __init__(self, sim: PlexSim) -> None:
        self.sim = sim
        self.history: list[dict[str, Any]] = []
        self._queues: dict[asyncio.Queue[Any], tuple[int, str]] = {}
        self._sockets: list[Any] = []
        self._lock = threading.Lock()
        self._count = 0
        sim.library.listeners.append(self._changed)

    @property
    def listeners(self) -> int:
        """How many clients are connected."""
        return len(self._queues)

    def is_event_path(self, path: str) -> bool:
        """Whether a path is one that notifications are served on."""
        return path.rstrip("/") in WEBSOCKET_PATHS or path.rstrip("/") == STREAM_PATH

    # ------------------------------------------------------------------ sending

    def send(self, kind: str, payload: dict[str, Any]) -> None:
        """Send one notification to all listeners; safe in any thread."""
        with self._lock:
            self.history.append({"type": kind, "payload": payload})
            del self.history[:-5000]
        if self.sim.loop.is_running():
            self.sim.loop.call_soon_threadsafe(self._deliver, kind, payload)

    def _deliver(self, kind: str, payload: dict[str, Any]) -> None:
        for queue, (_, wanted) in list(self._queues.items()):
            if accepts(wanted, kind):
                queue.put_nowait((kind, payload))

    def _changed(self, kind: str, payload: dict[str, Any]) -> None:
        if kind == "item":
            self.timeline(payload["item"], payload["state"], payload["metadata"])
        elif kind == "watch":
            self.timeline(payload["item"], 5, "")
        elif kind == "section":
            section = payload["section"]
            for step in ("started", "ended"):
                self.activity(
                    step,
                    "library.update.section",
                    f"Scanning {section.title}",
                    {"librarySectionID": str(section.id)},
                    100 if step == "ended" else 0,
                )

    def timeline(self, item: Item, state: int, metadata_state: str) -> None:
        """Tell that an item changed; ids come as numbers and as text in turns, as seen in the wild."""
        self._count += 1
        form: Any = str if self._count % 2 else int
        entry: dict[str, Any] = {
            "identifier": "com.plexapp.plugins.library",
            "sectionID": form(item.section.id),
            "itemID": form(item.rating_key),
            "type": TYPE_CODES.get(item.type, 0),
            "title": item.title,
            "state": state,
            "updatedAt": item.updated_at or self.sim.clock.stamp(),
        }
        if metadata_state:
            entry["metadataState"] = metadata_state
        if item.parent is not None:
            entry.update(parentItemID=form(item.parent.rating_key), rootItemID=form(item.root().rating_key))
        self.send("timeline", entry)

    def playing(self, payload: dict[str, Any]) -> None:
        """Tell what a player does."""
        self.send("playing", payload)

    def activity(self, event: str, kind: str, title: str, context: dict[str, Any], progress: int = 0) -> None:
        """Tell about a background activity."""
        number = str(uuid.uuid4())
        self.send(
            "activity",
            {
                "event": event,
                "uuid": number,
                "Activity": {
                    "uuid": number,
                    "type": kind,
                    "cancellable": False,
                    "userID": 1,
                    "title": title,
                    "subtitle": "",
                    "progress": progress,
                    "Context": context,
                },
            },
        )

    # ------------------------------------------------------------------ serving

    async def serve(self, request: Request, http: aio.Request) -> aio.StreamResponse:
        """Serve a listener until it leaves."""
        user = self.sim.pms.user_of(request)
        if not user:
            from tools.plexsim.web import html_error

            refused = html_error(401)
            headers = {"Date": self.sim.plextv.http_date()}
            return aio.Response(status=401, body=refused.body(), content_type="text/html", headers=headers)
        queue: asyncio.Queue[Any] = asyncio.Queue()
        wanted = request.values.get("filters") or request.values.get("filter") or ""
        if request.path.rstrip("/") == STREAM_PATH:
            return await self._stream(http, queue, user, wanted)
        return await self._websocket(http, queue, user, wanted)

    async def _websocket(
        self, http: aio.Request, queue: asyncio.Queue[Any], user: int, wanted: str
    ) -> aio.StreamResponse:
        socket = aio.WebSocketResponse(heartbeat=None)
        socket.headers["Date"] = self.sim.plextv.http_date()
        await socket.prepare(http)
        self._queues[queue] = (user, wanted)
        self._sockets.append(socket)
        sender = asyncio.ensure_future(self._pump(socket, queue))
        try:
            async for message in socket:
                if message.type in (WSMsgType.ERROR, WSMsgType.CLOSE):
                    break
        finally:
            sender.cancel()
            self._queues.pop(queue, None)
            self._sockets.remove(socket)
        return socket

    async def _pump(self, socket: aio.WebSocketResponse, queue: asyncio.Queue[Any]) -> None:
        while True:
            kind, payload = await queue.get()
            frame = {"NotificationContainer": {"type": kind, "size": 1, PAYLOADS.get(kind, kind): [payload]}}
            await socket.send_str(json.dumps(frame))

    async def _stream(self, http: aio.Request, queue: asyncio.Queue[Any], user: int, wanted: str) -> aio.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        response = aio.StreamResponse(headers=dict(headers, Date=self.sim.plextv.http_date()))
        await response.prepare(http)
        self._queues[queue] = (user, wanted)
        try:
            await response.write(b"event: ping\ndata: {}\n\n")
            while True:
                kind, payload = await queue.get()
                data = json.dumps({PAYLOADS.get(kind, kind): payload})
                await response.write((f"event: {kind}\ndata: {data}\n\n").encode())
        finally:
            self._queues.pop(queue, None)

    def disconnect(self) -> None:
        """Break all websocket connections, as a restarting server does."""
        for socket in list(self._sockets):
            transport = socket._req.transport if socket._req else None
            if transport:
                self.sim.loop.call_soon_threadsafe(transport.abort)

    async def close(self) -> None:
        """Close all websockets."""
        for socket in list(self._sockets):
            await socket.close()


def accepts(filters: str, kind: str) -> bool:
    """Whether a ``filters`` parameter ("playing,timeline" or "-log") lets a kind through."""
    names = [name.strip() for name in filters.split(",") if name.strip()]
    wanted = [name for name in names if not name.startswith("-")]
    return "-" + kind not in names and (not wanted or kind in wanted)
