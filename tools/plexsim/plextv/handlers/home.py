"""The home: its users, and switching to another one."""

from __future__ import annotations

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.accounts.errors import PlexTvError
from tools.plexsim.http.addresses import Addresses
from tools.plexsim.http.messages import Answer, Request
from tools.plexsim.http.routes import Routes
from tools.plexsim.plextv.account_row import account_row, home_row
from tools.plexsim.plextv.answers import answer, form, xml_answer
from tools.plexsim.plextv.callers import Callers


class HomeHandlers:
    """Handlers of /api/v2/home and the older /api/home."""

    def __init__(self, callers: Callers, accounts: Accounts, addresses: Addresses) -> None:
        self.callers = callers
        self.accounts = accounts
        self.addresses = addresses

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/api/home/users", self.home_users_v1)
        routes.add("GET", r"/api/v2/home/users", self.home_users)
        routes.add("GET", r"/api/v2/home", self.home)
        routes.add("POST", r"/api(?:/v2)?/home/users/([^/]+)/switch", self.switch)

    def home_users_v1(self, request: Request) -> Answer:
        """GET /api/home/users: XML, whatever the Accept header."""
        self.callers.of(request)
        rows = [home_row(user, self.addresses) for user in self.accounts.home()]
        value = {"friendlyName": "myPlex", "identifier": "com.plexapp.plugins.myplex", "size": len(rows), "User": rows}
        return xml_answer("MediaContainer", value)

    def home_users(self, request: Request) -> Answer:
        """GET /api/v2/home/users."""
        self.callers.of(request)
        rows = [home_row(user, self.addresses) for user in self.accounts.home()]
        if request.wants_json:
            return answer(request, "home", {"id": 1, "name": "Home", "users": rows})
        return answer(request, "home", {"id": 1, "name": "Home", "users": {"user": rows}})

    def home(self, request: Request) -> Answer:
        """GET /api/v2/home."""
        self.callers.of(request)
        return answer(
            request,
            "home",
            {
                "id": 1,
                "name": "Home",
                "guestEnabled": False,
                "subscription": True,
                "users": [home_row(user, self.addresses) for user in self.accounts.home()],
            },
        )

    def switch(self, request: Request) -> Answer:
        """POST /home/users/{uuid or id}/switch: another user's token, if the PIN is right."""
        caller = self.callers.of(request)
        wanted = request.match[0]
        user = next((user for user in self.accounts.home() if wanted in (user.uuid, str(user.id))), None)
        if user is None:
            raise PlexTvError(404, 1020, "User not found")
        if user.pin and str(form(request).get("pin", "")) != user.pin:
            raise PlexTvError(403, 1041, "Invalid PIN")
        token = self.accounts.issue(user.id, caller.client, "account")
        value = account_row(user, token, len(self.accounts.home()), self.addresses)
        if not request.path.startswith("/api/v2"):
            value["authenticationToken"] = token
        return answer(request, "user", value, 201)
