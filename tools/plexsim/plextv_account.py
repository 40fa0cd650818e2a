"""plex.tv: the account, the home and its users, the servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tools.plexsim.accounts import User
from tools.plexsim.library import OWNER
from tools.plexsim.pins import iso
from tools.plexsim.tokens import TokenError
from tools.plexsim.web import Answer, Request, Routes

if TYPE_CHECKING:
    from tools.plexsim.plextv import PlexTv


class AccountHandlers:
    """Handlers of /api/v2/user, /api/v2/resources and the home."""

    def __init__(self, plextv: PlexTv) -> None:
        self.plextv = plextv

    def account(self, user: User, token: str) -> dict[str, Any]:
        """Return an account object."""
        return {
            "id": user.id,
            "uuid": user.uuid,
            "username": user.username,
            "title": user.title,
            "email": user.email,
            "friendlyName": user.title,
            "locale": "en",
            "confirmed": True,
            "joinedAt": 1_400_000_000,
            "emailOnlyAuth": False,
            "hasPassword": True,
            "protected": bool(user.pin),
            "thumb": f"{self.plextv.sim.plex_tv_url}/users/{user.uuid}/avatar",
            "authToken": token,
            "mailingListStatus": "unsubscribed",
            "mailingListActive": False,
            "scrobbleTypes": "",
            "country": "US",
            "subscription": {
                "active": True,
                "subscribedAt": "2020-01-01 00:00:00 UTC",
                "status": "Active",
                "paymentService": "braintree",
                "plan": "lifetime",
                "features": ["home", "sync", "dvr"],
            },
            "subscriptionDescription": "Lifetime",
            "restricted": user.restricted,
            "anonymous": False,
            "home": user.in_home,
            "guest": user.guest,
            "homeSize": len(self.plextv.accounts.home()),
            "homeAdmin": user.admin,
            "maxHomeSize": 15,
            "rememberExpiresAt": 1_900_000_000,
            "entitlements": [],
            "roles": ["plexpass"],
            "services": [],
            "profile": {
                "autoSelectAudio": True,
                "defaultAudioLanguage": "en",
                "defaultSubtitleLanguage": "en",
                "autoSelectSubtitle": 0,
                "defaultSubtitleAccessibility": 0,
                "defaultSubtitleForced": 0,
            },
            "adsConsent": None,
            "adsConsentSetAt": None,
            "adsConsentReminderAt": None,
            "experimentalFeatures": False,
            "twoFactorEnabled": False,
            "backupCodesCreated": False,
            "attributionPartner": None,
        }

    def user(self, request: Request) -> Answer:
        """GET /user: 401 tells that a token is invalid."""
        caller = self.plextv.caller(request)
        value = self.account(self.plextv.accounts.users[caller.user], caller.token)
        return self.plextv.answer(request, "user", value)

    def ping(self, request: Request) -> Answer:
        """GET /ping: keeps a legacy token alive."""
        self.plextv.caller(request)
        return self.plextv.answer(request, "ping", {"pong": True} if request.wants_json else {"value": "pong"})

    def sign_out(self, request: Request) -> Answer:
        """DELETE /users/signout: ends the credentials of the device."""
        caller = self.plextv.caller(request)
        self.plextv.accounts.revoke_client(caller.client)
        return Answer(204, [b""], "text/html")

    # ------------------------------------------------------------------ servers

    def resources(self, request: Request) -> Answer:
        """GET /resources: the PMS with a token for it. Who calls with a JWT gets that JWT for a server of their own."""
        caller = self.plextv.caller(request)
        config, user = self.plextv.config, self.plextv.accounts.users[caller.user]
        owned = caller.user == OWNER
        token = (
            caller.token
            if caller.is_jwt and owned
            else self.plextv.accounts.issue(caller.user, caller.client, "server")
        )
        now = config.clock.now()
        server = {
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
            "ownerId": None if owned else OWNER,
            "sourceTitle": None if owned else self.plextv.accounts.users[OWNER].title,
            "publicAddress": "203.0.113.7",
            "accessToken": token,
            "owned": owned,
            "home": not owned and user.in_home,
            "synced": False,
            "relay": request.flag("includeRelay"),
            "presence": True,
            "httpsRequired": bool(config.tls_dir),
            "publicAddressMatches": True,
            "dnsRebindingProtection": False,
            "natLoopbackSupported": False,
            "connections": self.connections(),
        }
        if request.wants_json:
            return self.plextv.answer(request, "resources", [server])
        row: dict[str, Any] = dict(server)
        row["connections"] = {"connection": row["connections"]}
        return self.plextv.answer(request, "resources", {"resource": [row]})

    def connections(self) -> list[dict[str, Any]]:
        """Return the connections of the PMS: dead ones first, as they come from plex.tv in any order."""
        config = self.plextv.config
        if config.connections is not None:
            return config.connections
        return [connection(uri, local=True) for uri in [*config.dead_connections, self.plextv.sim.pms_url]]

    # ------------------------------------------------------------------ home

    def _home_row(self, user: User) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": user.id,
            "uuid": user.uuid,
            "admin": user.admin,
            "guest": user.guest,
            "restricted": user.restricted,
            "hasPassword": bool(user.username),
            "protected": bool(user.pin),
            "title": user.title,
            "username": user.username,
            "email": user.email,
            "thumb": f"{self.plextv.sim.plex_tv_url}/users/{user.uuid}/avatar",
        }
        if user.restricted:
            row["restrictionProfile"] = "little_kid"
        return row

    def home_users_v1(self, request: Request) -> Answer:
        """GET /api/home/users: XML whatever is accepted."""
        from tools.plexsim import xmlout

        self.plextv.caller(request)
        rows = [self._home_row(user) for user in self.plextv.accounts.home()]
        value = {"friendlyName": "myPlex", "identifier": "com.plexapp.plugins.myplex", "size": len(rows), "User": rows}
        return Answer(200, [xmlout.document("MediaContainer", value)], "application/xml; charset=utf-8")

    def home_users(self, request: Request) -> Answer:
        """GET /api/v2/home/users."""
        self.plextv.caller(request)
        rows = [self._home_row(user) for user in self.plextv.accounts.home()]
        if request.wants_json:
            return self.plextv.answer(request, "home", {"id": 1, "name": "Home", "users": rows})
        return self.plextv.answer(request, "home", {"id": 1, "name": "Home", "users": {"user": rows}})

    def home(self, request: Request) -> Answer:
        """GET /api/v2/home."""
        self.plextv.caller(request)
        return self.plextv.answer(
            request,
            "home",
            {
                "id": 1,
                "name": "Home",
                "guestEnabled": False,
                "subscription": True,
                "users": [self._home_row(user) for user in self.plextv.accounts.home()],
            },
        )

    def switch(self, request: Request) -> Answer:
        """POST /home/users/{uuid or id}/switch: another user's token, when the PIN is right."""
        caller = self.plextv.caller(request)
        wanted = request.match[0]
        user = next((user for user in self.plextv.accounts.home() if wanted in (user.uuid, str(user.id))), None)
        if user is None:
            raise TokenError(404, 1020, "User not found")
        if user.pin and str(self.plextv.form(request).get("pin", "")) != user.pin:
            raise TokenError(403, 1041, "Invalid PIN")
        token = self.plextv.accounts.issue(user.id, caller.client, "account")
        value = self.account(user, token)
        if not request.path.startswith("/api/v2"):
            value["authenticationToken"] = token
        return self.plextv.answer(request, "user", value, 201)

    def avatar(self, request: Request) -> Answer:
        """A user's picture."""
        from tools.plexsim.images import png

        return Answer(200, [png(request.match[0], 64, 64)], "image/png")

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/api/v2/user", self.user)
        routes.add("GET", r"/api/v2/ping", self.ping)
        routes.add("DELETE", r"/api/v2/users/signout", self.sign_out)
        routes.add("GET", r"/api/v2/resources", self.resources)
        routes.add("GET", r"/api/home/users", self.home_users_v1)
        routes.add("GET", r"/api/v2/home/users", self.home_users)
        routes.add("GET", r"/api/v2/home", self.home)
        routes.add("POST", r"/api(?:/v2)?/home/users/([^/]+)/switch", self.switch)
        routes.add("GET", r"/users/([^/]+)/avatar", self.avatar)


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
