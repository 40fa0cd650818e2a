"""The servers of an account and their connections."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.accounts.errors import PlexTvError
from tools.plexsim.config import OWNER, SimConfig
from tools.plexsim.formats.times import iso
from tools.plexsim.http.addresses import Addresses
from tools.plexsim.http.messages import Answer, Request
from tools.plexsim.http.routes import Routes
from tools.plexsim.plextv.answers import answer
from tools.plexsim.plextv.callers import Caller, Callers

STRANGER = 90001
"""Account id of a person who shares a PMS with the account, and is none of its home."""


class ListedServer(NamedTuple):
    """A PMS that plex.tv lists."""

    config: SimConfig
    addresses: Addresses


class ResourceHandlers:
    """Handlers of /api/v2/resources and /devices.

    ``players`` are those that said where they are, by identifier; ``servers`` are the PMSs of the account.
    """

    def __init__(self, config: SimConfig, callers: Callers, accounts: Accounts, addresses: Addresses) -> None:
        self.callers = callers
        self.accounts = accounts
        self.servers = [ListedServer(config, addresses)]
        self.players: dict[str, dict[str, Any]] = {}

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/api/v2/resources", self.resources)
        routes.add("PUT", r"/devices/([^/]+)", self.device)

    def device(self, request: Request) -> Answer:
        """PUT /devices/{id}?Connection[][uri]=…: where a device is, and what; 404 for another one than the token's."""
        caller = self.callers.of(request)
        if request.match[0] != caller.client:
            raise PlexTvError(404, 1001, "device not found")
        uris = [param.value for param in request.params if param.name == "Connection[][uri]"]
        provides = request.plex("Provides") or ""
        self.players.pop(caller.client, None)
        if uris and "player" in provides.split(","):
            self.players[caller.client] = {
                "user": caller.user,
                "name": request.plex("Device-Name") or "",
                "product": request.plex("Product") or "",
                "productVersion": request.plex("Version") or "",
                "provides": provides,
                "proxiedBy": request.values.get("proxiedBy", ""),
                "uris": uris,
            }
        return Answer(200, [b""], "text/html")

    def _players(self, user: int) -> list[dict[str, Any]]:
        """Return the rows of an account's players."""
        return [
            {
                "name": player["name"],
                "product": player["product"],
                "productVersion": player["productVersion"],
                "clientIdentifier": identifier,
                "provides": player["provides"],
                "accessToken": self.accounts.issue(user, identifier, "account"),
                "owned": True,
                "presence": True,
                "publicAddressMatches": True,
                "connections": [connection(uri) for uri in player["uris"]],
            }
            for identifier, player in self.players.items()
            if player["user"] == user
        ]

    def resources(self, request: Request) -> Answer:
        """GET /resources: each PMS with a token. A caller with a JWT gets that JWT for their own ones."""
        caller = self.callers.of(request)
        rows: list[dict[str, Any]] = [self._server(request, caller, server) for server in self.servers]
        rows += self._players(caller.user)
        if request.wants_json:
            return answer(request, "resources", rows)
        for row in rows:
            row["connections"] = {"connection": row["connections"]}
        return answer(request, "resources", {"resource": rows})

    def _server(self, request: Request, caller: Caller, server: ListedServer) -> dict[str, Any]:
        """Return the row of a PMS."""
        config, user = server.config, self.accounts.users[caller.user]
        owned = caller.user == OWNER and not config.shared_by
        token = (
            caller.token
            if caller.is_jwt and owned
            else self.accounts.issue(caller.user, caller.client, "server", config.machine_identifier)
        )
        now = config.clock.now()
        return {
            "name": config.server_name,
            "product": "Plex Media Server",
            "productVersion": config.version,
            "platform": "Linux",
            "platformVersion": "6.1",
            "device": "PC",
            "clientIdentifier": config.machine_identifier,
            "createdAt": iso(now - 10_000_000),
            "lastSeenAt": iso(now),
            "provides": "server",
            "ownerId": None if owned else STRANGER if config.shared_by else OWNER,
            "sourceTitle": None if owned else config.shared_by or self.accounts.users[OWNER].title,
            "publicAddress": "203.0.113.7",
            "accessToken": token,
            "owned": owned,
            "home": not owned and not config.shared_by and user.in_home,
            "synced": False,
            "relay": request.flag("includeRelay"),
            "presence": True,
            "httpsRequired": bool(config.tls_dir),
            "publicAddressMatches": True,
            "dnsRebindingProtection": False,
            "natLoopbackSupported": False,
            "connections": connections(server),
        }


def connections(server: ListedServer) -> list[dict[str, Any]]:
    """Return the connections of a PMS, dead ones first (plex.tv's order is not defined)."""
    config = server.config
    if config.connections is not None:
        return config.connections
    return [connection(uri, local=True) for uri in [*config.dead_connections, server.addresses.pms]]


def connection(uri: str, local: bool = True, relay: bool = False) -> dict[str, Any]:
    """Return a connection of /resources for a URI."""
    parts = urlsplit(uri)
    return {
        "protocol": parts.scheme,
        "address": parts.hostname,
        "port": parts.port or 443,
        "uri": uri,
        "local": local,
        "relay": relay,
        "IPv6": ":" in (parts.hostname or ""),
    }
