"""Players that are controlled through the PMS: they ask for commands (long polls), controllers send them.

What a controller asks of ``/player/…`` goes to the player that its header names, as a ``Command`` whose attributes are
the parameters with ``query`` before their names; the player's answer goes back to the controller as it came. Seen in
programs that were measured against real servers; docs/plex.md, "Remote control", names them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from aiohttp import web as aio

from tools.plexsim.config import SimConfig
from tools.plexsim.formats import xml_text
from tools.plexsim.http.messages import Request, html_error
from tools.plexsim.pms.authentication import Authentication
from tools.plexsim.pms.containers import XML
from tools.plexsim.pms.listeners import Listeners

POLL, RESPONSE, TIMELINE = "/player/proxy/poll", "/player/proxy/response", "/player/proxy/timeline"
# Seconds that a controller waits for a player.
PATIENCE = 5.0
NEEDED_HEADERS = ("X-Plex-Client-Identifier", "X-Plex-Platform-Version", "X-Plex-Product")
NEEDED_VALUES = ("deviceClass", "protocolCapabilities", "protocolVersion")


@dataclass
class Player:
    """A player that asks for commands. ``timelines`` are the bodies that it sent."""

    identifier: str
    name: str
    product: str
    version: str
    values: dict[str, str]
    address: str
    waiting: asyncio.Queue[dict[str, str]] = field(default_factory=asyncio.Queue)
    timelines: list[bytes] = field(default_factory=list)
    subscribers: dict[str, str] = field(default_factory=dict)


class CompanionProxy:
    """Serves players and controllers. ``players`` are by identifier, ``heard`` those that said hello over UDP."""

    def __init__(self, config: SimConfig, authentication: Authentication, listeners: Listeners) -> None:
        self.config = config
        self.authentication = authentication
        self.listeners = listeners
        self.players: dict[str, Player] = {}
        self.heard: dict[str, dict[str, str]] = {}
        self._answers: dict[str, asyncio.Future[bytes]] = {}
        self._number = 0

    def wanted(self, request: Request) -> bool:
        """Whether a request is one of a player or a controller."""
        return request.path.startswith("/player/")

    async def serve(self, request: Request, http: aio.Request) -> aio.StreamResponse:
        """Answer it."""
        if not self.authentication.user_of(request):
            return error(401)
        if request.path == POLL:
            return await self._poll(request, http)
        if request.path in (RESPONSE, TIMELINE):
            player = self.players.get(request.plex("Client-Identifier") or "")
            if player is None or request.method != "POST":
                return error(404 if player is None else 405)
            return await (self._respond(request) if request.path == RESPONSE else self._timeline(request, player))
        return await self._command(request, http)

    def clients(self) -> list[dict[str, Any]]:
        """Return the rows of /clients: players that ask for commands, then those heard of over UDP."""
        rows = [
            {
                "name": player.name,
                "host": player.address,
                "address": player.address,
                "port": 32400,
                "machineIdentifier": player.identifier,
                "version": player.version,
                "protocol": "plex",
                "product": player.product,
                "deviceClass": player.values["deviceClass"],
                "protocolVersion": player.values["protocolVersion"],
                "protocolCapabilities": player.values["protocolCapabilities"],
            }
            for player in self.players.values()
        ]
        known = {row["machineIdentifier"] for row in rows}
        return rows + [row for identifier, row in self.heard.items() if identifier not in known]

    # ------------------------------------------------------------------ players

    async def _poll(self, request: Request, http: aio.Request) -> aio.StreamResponse:
        """Hold the request until there is a command; an empty answer when none has come."""
        headers = {name: request.plex(name[len("X-Plex-") :]) for name in NEEDED_HEADERS}
        provides = (request.plex("Provides") or "").split(",")
        if not all(headers.values()) or "player" not in provides or not all(
            request.values.get(name) for name in NEEDED_VALUES
        ):
            return error(400)
        player = self._player(request, http)
        try:
            command = await asyncio.wait_for(player.waiting.get(), self.config.poll_seconds)
        except asyncio.TimeoutError:
            return aio.Response(body=b"", content_type="text/plain")
        return xml_response(xml_text.document("MediaContainer", {"size": 1, "Command": [command]}))

    def _player(self, request: Request, http: aio.Request) -> Player:
        identifier = str(request.plex("Client-Identifier"))
        if identifier not in self.players:
            self.players[identifier] = Player(
                identifier,
                request.plex("Device-Name") or "",
                request.plex("Product") or "",
                request.plex("Version") or "",
                {name: request.values[name] for name in NEEDED_VALUES},
                http.remote or "",
            )
        return self.players[identifier]

    async def _respond(self, request: Request) -> aio.StreamResponse:
        """POST response?commandID=…: the answer to a command; 404 when nobody waits for it."""
        future = self._answers.pop(request.values.get("commandID", ""), None)
        if future is None or future.done():
            return error(404)
        future.set_result(request.body)
        return aio.Response(body=b"", content_type="text/html")

    async def _timeline(self, request: Request, player: Player) -> aio.StreamResponse:
        """POST timeline: what plays. 400 for a player that does not listen to notifications meanwhile."""
        if not self.listeners.listens(player.identifier):
            return error(400)
        player.timelines.append(request.body)
        for url in list(player.subscribers.values()):
            asyncio.ensure_future(push(url, player.identifier, request.body))
        return aio.Response(body=b"", content_type="text/html")

    # ------------------------------------------------------------------ controllers

    async def _command(self, request: Request, http: aio.Request) -> aio.StreamResponse:
        target = request.plex("Target-Client-Identifier")
        controller = request.plex("Client-Identifier")
        if not target or not controller:
            return error(400)
        player = self.players.get(target)
        if player is None:
            return error(404)
        if request.path == "/player/timeline/subscribe":
            port = request.values.get("port", "")
            if not port.isdigit() or request.values.get("protocol") not in ("http", "https"):
                return error(400)
            player.subscribers[controller] = f"http://{http.remote}:{port}/:/timeline"
        elif request.path == "/player/timeline/unsubscribe":
            player.subscribers.pop(controller, None)
        self._number += 1
        number = str(self._number)
        command = {"path": request.path, "commandID": number, "clientIdentifier": controller}
        for name, value in request.values.items():
            if not name.startswith("X-Plex-"):
                command["query" + name[:1].upper() + name[1:]] = value
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._answers[number] = future
        player.waiting.put_nowait(command)
        try:
            return xml_response(await asyncio.wait_for(future, PATIENCE))
        except asyncio.TimeoutError:
            return error(503)
        finally:
            self._answers.pop(number, None)


async def push(url: str, identifier: str, body: bytes) -> None:
    """Pass a timeline on to a controller, if it is there."""
    try:
        async with ClientSession(timeout=ClientTimeout(total=PATIENCE)) as session:
            await session.post(url, data=body, headers={"X-Plex-Client-Identifier": identifier})
    except (ClientError, asyncio.TimeoutError):
        pass


def xml_response(body: bytes) -> aio.Response:
    """Return an answer in XML."""
    return aio.Response(body=body, headers={"Content-Type": XML})


def error(status: int) -> aio.Response:
    """Return the page of an error."""
    return aio.Response(status=status, body=html_error(status).body(), content_type="text/html")
