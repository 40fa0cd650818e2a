"""plex.tv: PINs, device keys, nonces, JWTs."""

from __future__ import annotations

import html
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from tools.plexsim.images import png
from tools.plexsim.pins import Pin
from tools.plexsim.tokens import TokenError, split
from tools.plexsim.web import Answer, Request, Routes

if TYPE_CHECKING:
    from tools.plexsim.plextv import PlexTv

LINK_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Link a device</title></head>
<body><h1>Link a device</h1><p>%s</p><form method="post"><input name="pin" value="%s" autofocus> <button>Link</button>
</form></body></html>"""


class AuthHandlers:
    """Handlers of /api/v2/pins and /api/v2/auth, and of the page where people type their code."""

    def __init__(self, plextv: PlexTv) -> None:
        self.plextv = plextv
        self.nonces: dict[str, float] = {}
        self.nonce_count = 0

    def fail(self, status: int, code: int, message: str) -> Exception:
        """Return the exception that becomes Plex's error object."""
        return TokenError(status, code, message)

    # ------------------------------------------------------------------ PINs

    def create_pin(self, request: Request) -> Answer:
        """POST /pins: legacy, strong, or with a jwk."""
        form = self.plextv.form(request)
        client = self.plextv.client(request)
        jwk = form.get("jwk")
        if jwk is not None:
            jwk = self.plextv.authority.check_jwk(jwk)
        strong = str(form.get("strong", "")).lower() in ("1", "true")
        pin = self.plextv.pins.create(client, request.plex("Product") or "Plex Client", strong, jwk)
        return self.plextv.answer(request, "pin", self.plextv.pins.as_dict(pin), 201)

    def poll_pin(self, request: Request) -> Answer:
        """GET /pins/{id}: the token is there once the PIN was linked. A PIN with a key wants a signed deviceJWT."""
        pin = self.plextv.pins.get(int(request.match[0]))
        if pin is None or pin.client != self.plextv.client(request):
            raise self.fail(404, 1020, "Code not found or expired")
        device = request.values.get("deviceJWT")
        if pin.jwk is not None and device:
            self.plextv.authority.check_device(device, pin.jwk, pin.client)
        if pin.user and pin.token is None and (pin.jwk is None or device):
            pin.token = self._claim(pin)
        return self.plextv.answer(request, "pin", self.plextv.pins.as_dict(pin))

    def _claim(self, pin: Pin) -> str:
        if pin.jwk is None:
            return self.plextv.accounts.issue(pin.user, pin.client, "account")
        self._register(pin.jwk, pin.client, pin.user)
        return self.plextv.authority.issue(pin.user, pin.client, str(pin.jwk["kid"]))

    def _register(self, jwk: dict[str, Any], client: str, user: int) -> None:
        known = self.plextv.accounts.keys.get(str(jwk["kid"]))
        if known is not None and (known["client"] != client or known["jwk"]["x"] != jwk["x"]):
            raise self.fail(422, 1002, "Thumbprint Already Taken")
        self.plextv.accounts.keys[str(jwk["kid"])] = {"jwk": jwk, "client": client, "user": user}

    def link_pin(self, request: Request) -> Answer:
        """PUT /pins/link: a signed in client links a code by itself."""
        caller = self.plextv.caller(request)
        code = str(self.plextv.form(request).get("code", ""))
        if not self.plextv.pins.link(code, caller.user):
            raise self.fail(404, 1020, "Code not found or expired")
        return Answer(204, [b""], "text/html")

    def qr_code(self, request: Request) -> Answer:
        """GET /pins/qr/{code}: a picture (no real QR code)."""
        return Answer(200, [png("qr" + request.match[0], 64, 64)], "image/png")

    def link_page(self, request: Request) -> Answer:
        """/link: the page for people, with ?pin= filled in."""
        code = request.values.get("pin") or request.values.get("code") or ""
        text = "Enter the code shown by your device."
        if request.method == "POST":
            code = parse_qs(request.body.decode("utf-8", "replace")).get("pin", [""])[0]
            text = "Your device is linked." if self.plextv.pins.link(code) else "This code is not valid."
        return Answer(
            200, [(LINK_PAGE % (text, html.escape(code, quote=True))).encode("utf-8")], "text/html; charset=utf-8"
        )

    # ------------------------------------------------------------------ JWTs

    def register_key(self, request: Request) -> Answer:
        """POST /auth/jwk: binds a key to the device of the token that was sent."""
        caller = self.plextv.caller(request)
        jwk = self.plextv.authority.check_jwk(self.plextv.form(request).get("jwk"))
        self._register(jwk, caller.client, caller.user)
        return self.plextv.answer(request, "jwk", {"thumbprint": jwk["kid"]}, 201)

    def nonce(self, request: Request) -> Answer:
        """GET /auth/nonce: good for one use within five minutes."""
        self.plextv.client(request)
        self.nonce_count += 1
        limit = self.plextv.config.nonce_limit
        if limit is not None and self.nonce_count > limit:
            raise self.fail(429, 1003, "Too many requests")
        value = str(uuid.uuid4())
        self.nonces[value] = self.plextv.config.clock.now() + self.plextv.config.nonce_seconds
        return self.plextv.answer(request, "nonce", {"nonce": value})

    def token(self, request: Request) -> Answer:
        """POST /auth/token: exchanges a signed device token for a new account token."""
        signed = self.plextv.form(request).get("jwt")
        if not isinstance(signed, str):
            raise self.fail(400, 1000, "jwt is missing")
        header, payload, _, _ = split(signed)
        entry = self.plextv.accounts.keys.get(str(header.get("kid")))
        if entry is None:
            raise self.fail(422, 1002, "unknown key")
        if request.plex("Client-Identifier") not in (None, entry["client"]):
            raise self.fail(422, 1097, "issuer is not the client identifier")
        self.plextv.authority.check_device(signed, entry["jwk"], entry["client"])
        expires = self.nonces.pop(str(payload.get("nonce")), None)
        if expires is None or expires < self.plextv.config.clock.now():
            raise self.fail(422, 1008, "nonce is unknown, used or expired")
        user = self.plextv.accounts.users[entry["user"]]
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
        token = self.plextv.authority.issue(user.id, entry["client"], str(header["kid"]), claims)
        return self.plextv.answer(request, "token", {"auth_token": token})

    def keys(self, request: Request) -> Answer:
        """GET /auth/keys: the public keys of plex.tv."""
        return self.plextv.answer(request, "keys", {"keys": self.plextv.authority.keys()})

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("POST", r"/api/v2/pins(?:\.json)?", self.create_pin)
        routes.add("PUT", r"/api/v2/pins/link(?:\.json)?", self.link_pin)
        routes.add("GET", r"/api/v2/pins/qr/([^/]+)", self.qr_code)
        routes.add("GET", r"/api/v2/pins/(\d+)(?:\.json)?", self.poll_pin)
        routes.add("POST", r"/api/v2/auth/jwk", self.register_key)
        routes.add("GET", r"/api/v2/auth/nonce", self.nonce)
        routes.add("POST", r"/api/v2/auth/token", self.token)
        routes.add("GET", r"/api/v2/auth/keys", self.keys)
        routes.add("GET POST", r"/(?:link|auth)", self.link_page)
