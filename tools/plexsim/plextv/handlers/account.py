"""The caller's account, and signing out."""

from __future__ import annotations

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.formats.png import png
from tools.plexsim.http.addresses import Addresses
from tools.plexsim.http.messages import Answer, Request
from tools.plexsim.http.routes import Routes
from tools.plexsim.plextv.account_row import account_row
from tools.plexsim.plextv.answers import answer
from tools.plexsim.plextv.callers import Callers


class AccountHandlers:
    """Handlers of /api/v2/user and its relatives."""

    def __init__(self, callers: Callers, accounts: Accounts, addresses: Addresses) -> None:
        self.callers = callers
        self.accounts = accounts
        self.addresses = addresses

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/api/v2/user", self.user)
        routes.add("GET", r"/api/v2/ping", self.ping)
        routes.add("DELETE", r"/api/v2/users/signout", self.sign_out)
        routes.add("GET", r"/users/([^/]+)/avatar", self.avatar)

    def user(self, request: Request) -> Answer:
        """GET /user: 401 for an invalid token."""
        caller = self.callers.of(request)
        value = account_row(self.accounts.users[caller.user], caller.token, len(self.accounts.home()), self.addresses)
        return answer(request, "user", value)

    def ping(self, request: Request) -> Answer:
        """GET /ping: keeps a legacy token alive."""
        self.callers.of(request)
        return answer(request, "ping", {"pong": True} if request.wants_json else {"value": "pong"})

    def sign_out(self, request: Request) -> Answer:
        """DELETE /users/signout: revokes the credentials of the device."""
        caller = self.callers.of(request)
        self.accounts.revoke_client(caller.client)
        return Answer(204, [b""], "text/html")

    def avatar(self, request: Request) -> Answer:
        """A user's picture."""
        return Answer(200, [png(request.match[0], 64, 64)], "image/png")
