"""Device keys, nonces, and exchanging them for JWTs."""

from __future__ import annotations

import uuid

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.accounts.errors import PlexTvError
from tools.plexsim.accounts.jwt_authority import JwtAuthority, split
from tools.plexsim.config import SimConfig
from tools.plexsim.http.messages import Answer, Request
from tools.plexsim.http.routes import Routes
from tools.plexsim.plextv.answers import answer, form
from tools.plexsim.plextv.callers import Callers, client_of


class KeyHandlers:
    """Handlers of /api/v2/auth."""

    def __init__(self, config: SimConfig, callers: Callers, accounts: Accounts, authority: JwtAuthority) -> None:
        self.config = config
        self.callers = callers
        self.accounts = accounts
        self.authority = authority
        self.nonces: dict[str, float] = {}
        self.nonce_count = 0

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("POST", r"/api/v2/auth/jwk", self.register_key)
        routes.add("GET", r"/api/v2/auth/nonce", self.nonce)
        routes.add("POST", r"/api/v2/auth/token", self.token)
        routes.add("GET", r"/api/v2/auth/keys", self.keys)

    def register_key(self, request: Request) -> Answer:
        """POST /auth/jwk: binds a key to the device of the token."""
        caller = self.callers.of(request)
        jwk = self.authority.check_jwk(form(request).get("jwk"))
        self.authority.register(jwk, caller.client, caller.user)
        return answer(request, "jwk", {"thumbprint": jwk["kid"]}, 201)

    def nonce(self, request: Request) -> Answer:
        """GET /auth/nonce: valid once within five minutes."""
        client_of(request)
        self.nonce_count += 1
        limit = self.config.nonce_limit
        if limit is not None and self.nonce_count > limit:
            raise PlexTvError(429, 1003, "Too many requests")
        value = str(uuid.uuid4())
        self.nonces[value] = self.config.clock.now() + self.config.nonce_seconds
        return answer(request, "nonce", {"nonce": value})

    def token(self, request: Request) -> Answer:
        """POST /auth/token: exchanges a signed device token for a new account token."""
        signed = form(request).get("jwt")
        if not isinstance(signed, str):
            raise PlexTvError(400, 1000, "jwt is missing")
        header, payload, _, _ = split(signed)
        key = self.accounts.keys.get(str(header.get("kid")))
        if key is None:
            raise PlexTvError(422, 1002, "unknown key")
        if request.plex("Client-Identifier") not in (None, key.client):
            raise PlexTvError(422, 1097, "issuer is not the client identifier")
        self.authority.check_device(signed, key.jwk, key.client)
        expires = self.nonces.pop(str(payload.get("nonce")), None)
        if expires is None or expires < self.config.clock.now():
            raise PlexTvError(422, 1008, "nonce is unknown, used or expired")
        user = self.accounts.users[key.user]
        scopes = str(payload.get("scope", "")).split(",")
        known = {
            "username": user.username,
            "email": user.email,
            "friendly_name": user.title,
            "restricted": user.restricted,
            "anonymous": False,
            "joinedAt": 1_400_000_000,
        }
        claims = {"user": dict({name: known[name] for name in scopes if name in known}, id=user.id, uuid=user.uuid)}
        token = self.authority.issue(user.id, key.client, str(header["kid"]), claims)
        return answer(request, "token", {"auth_token": token})

    def keys(self, request: Request) -> Answer:
        """GET /auth/keys: the public keys of plex.tv."""
        return answer(request, "keys", {"keys": self.authority.keys()})
