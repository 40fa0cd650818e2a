"""The clients that get notifications, over websockets or as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

from aiohttp import WSMsgType
from aiohttp import web as aio

from tools.plexsim.config import Clock
from tools.plexsim.formats.times import http_date
from tools.plexsim.http.messages import Request, html_error
from tools.plexsim.pms.authentication import Authentication
from tools.plexsim.pms.notifications import Notifications, Queue

WEBSOCKET_PATHS = ("/:/websockets/notifications", "/:/websocket/notifications")
STREAM_PATH = "/:/eventsource/notifications"
PAYLOADS = {"timeline": "TimelineEntry", "playing": "PlaySessionStateNotification", "activity": "ActivityNotification"}


class Listeners:
    """Serves long-lived connections; ``disconnect`` breaks the websockets."""

    def __init__(
        self,
        notifications: Notifications,
        authentication: Authentication,
        clock: Clock,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._notifications = notifications
        self._authentication = authentication
        self._clock = clock
        self._loop = loop
        self._sockets: list[aio.WebSocketResponse] = []
        self._clients: Counter[str] = Counter()

    def wanted(self, request: Request) -> bool:
        """Whether a request is one for notifications."""
        return request.method == "GET" and request.path.rstrip("/") in (*WEBSOCKET_PATHS, STREAM_PATH)

    def listens(self, client: str) -> bool:
        """Whether a client has a websocket open."""
        return self._clients[client] > 0

    async def serve(self, request: Request, http: aio.Request) -> aio.StreamResponse:
        """Serve a client until it disconnects."""
        if not self._authentication.user_of(request):
            body = html_error(401).body()
            return aio.Response(status=401, body=body, content_type="text/html", headers=self._headers())
        filters = request.values.get("filters") or request.values.get("filter") or ""
        if request.path.rstrip("/") == STREAM_PATH:
            return await self._stream(http, filters)
        return await self._websocket(http, filters, request.plex("Client-Identifier") or "")

    def _headers(self) -> dict[str, str]:
        return {"Date": http_date(self._clock.now())}

    async def _websocket(self, http: aio.Request, filters: str, client: str) -> aio.StreamResponse:
        socket = aio.WebSocketResponse(heartbeat=None)
        socket.headers.update(self._headers())
        await socket.prepare(http)
        with self._notifications.subscription(filters) as queue:
            self._sockets.append(socket)
            self._clients[client] += 1
            sender = asyncio.ensure_future(pump(socket, queue))
            try:
                async for message in socket:
                    if message.type in (WSMsgType.ERROR, WSMsgType.CLOSE):
                        break
            finally:
                sender.cancel()
                self._sockets.remove(socket)
                self._clients[client] -= 1
        return socket

    async def _stream(self, http: aio.Request, filters: str) -> aio.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", **self._headers()}
        response = aio.StreamResponse(headers=headers)
        await response.prepare(http)
        with self._notifications.subscription(filters) as queue:
            await response.write(b"event: ping\ndata: {}\n\n")
            while True:
                kind, payload = await queue.get()
                data = json.dumps({PAYLOADS.get(kind, kind): payload})
                await response.write((f"event: {kind}\ndata: {data}\n\n").encode())

    def disconnect(self) -> None:
        """Break all websocket connections, as a restarting server does; may be called from any thread."""
        for socket in list(self._sockets):
            transport: Any = socket._req.transport if socket._req else None
            if transport:
                self._loop.call_soon_threadsafe(transport.abort)

    async def close(self) -> None:
        """Close all websockets."""
        for socket in list(self._sockets):
            await socket.close()


async def pump(socket: aio.WebSocketResponse, queue: Queue) -> None:
    """Send the entries of a queue over a websocket, until cancelled."""
    while True:
        kind, payload = await queue.get()
        frame = {"NotificationContainer": {"type": kind, "size": 1, PAYLOADS.get(kind, kind): [payload]}}
        await socket.send_str(json.dumps(frame))
