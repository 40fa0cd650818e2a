"""Accounts, temporary tokens, and the players that the server knows."""

from __future__ import annotations

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.http.messages import Answer, HttpError, Request
from tools.plexsim.http.routes import Routes
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.companion import CompanionProxy
from tools.plexsim.pms.containers import Containers


class SecurityHandlers:
    """Handlers of /accounts, /security and /clients."""

    def __init__(self, accounts: Accounts, access: Access, containers: Containers, companion: CompanionProxy) -> None:
        self.accounts = accounts
        self.access = access
        self.containers = containers
        self.companion = companion

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/accounts", self.all)
        routes.add("GET POST PUT", r"/security/token", self.token)
        routes.add("GET", r"/clients", self.clients)

    def all(self, request: Request) -> Answer:
        """/accounts: for the owner only."""
        self.access.require_owner(request)
        rows = [
            {"id": user.id, "key": f"/accounts/{user.id}", "name": user.title, "thumb": "", "autoSelectAudio": True}
            for user in self.accounts.users.values()
        ]
        attributes = {"size": len(rows), "identifier": "com.plexapp.system.accounts"}
        return self.containers.container(request, attributes, tail={"Account": rows})

    def token(self, request: Request) -> Answer:
        """/security/token?type=delegation&scope=all: a temporary token that may do what the caller's may."""
        if request.values.get("type") != "delegation" or request.values.get("scope") != "all":
            raise HttpError(400)
        if (request.plex("Token") or "").startswith("transient-"):
            raise HttpError(403)
        return self.containers.container(request, {"size": 0, "token": self.accounts.transient(request.user)})

    def clients(self, request: Request) -> Answer:
        """/clients: players."""
        rows = self.companion.clients()
        return self.containers.container(request, {"size": len(rows)}, tail={"Server": rows})
