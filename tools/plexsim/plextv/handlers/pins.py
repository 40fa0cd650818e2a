"""PINs: creating, polling and linking them, and the page for typing a code."""

from __future__ import annotations

import html
from urllib.parse import parse_qs

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.accounts.errors import PlexTvError
from tools.plexsim.accounts.jwt_authority import JwtAuthority
from tools.plexsim.formats.png import png
from tools.plexsim.http.messages import Answer, Request
from tools.plexsim.http.routes import Routes
from tools.plexsim.plextv.answers import answer, form
from tools.plexsim.plextv.callers import Callers, client_of
from tools.plexsim.plextv.pins import Pin, Pins

LINK_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Link a device</title></head>
<body><h1>Link a device</h1><p>%s</p><form method="post"><input name="pin" value="%s" autofocus> <button>Link</button>
</form></body></html>"""


class PinHandlers:
    """Handlers of /api/v2/pins and /link."""

    def __init__(self, callers: Callers, accounts: Accounts, authority: JwtAuthority, pins: Pins) -> None:
        self.callers = callers
        self.accounts = accounts
        self.authority = authority
        self.pins = pins

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("POST", r"/api/v2/pins(?:\.json)?", self.create_pin)
        routes.add("PUT", r"/api/v2/pins/link(?:\.json)?", self.link_pin)
        routes.add("GET", r"/api/v2/pins/qr/([^/]+)", self.qr_code)
        routes.add("GET", r"/api/v2/pins/(\d+)(?:\.json)?", self.poll_pin)
        routes.add("GET POST", r"/(?:link|auth)", self.link_page)

    def create_pin(self, request: Request) -> Answer:
        """POST /pins: legacy, strong, or with a jwk."""
        fields = form(request)
        client = client_of(request)
        jwk = fields.get("jwk")
        if jwk is not None:
            jwk = self.authority.check_jwk(jwk)
        strong = str(fields.get("strong", "")).lower() in ("1", "true")
        pin = self.pins.create(client, request.plex("Product") or "Plex Client", strong, jwk)
        return answer(request, "pin", self.pins.as_dict(pin), 201)

    def poll_pin(self, request: Request) -> Answer:
        """GET /pins/{id}: with the token once the PIN was linked. A PIN with a key needs a signed deviceJWT."""
        pin = self.pins.get(int(request.match[0]))
        if pin is None or pin.client != client_of(request):
            raise PlexTvError(404, 1020, "Code not found or expired")
        device = request.values.get("deviceJWT")
        if pin.jwk is not None and device:
            self.authority.check_device(device, pin.jwk, pin.client)
        if pin.user and pin.token is None and (pin.jwk is None or device):
            pin.token = self._claim(pin)
        return answer(request, "pin", self.pins.as_dict(pin))

    def _claim(self, pin: Pin) -> str:
        if pin.jwk is None:
            return self.accounts.issue(pin.user, pin.client, "account")
        self.authority.register(pin.jwk, pin.client, pin.user)
        return self.authority.issue(pin.user, pin.client, str(pin.jwk["kid"]))

    def link_pin(self, request: Request) -> Answer:
        """PUT /pins/link: a signed-in client links a code."""
        caller = self.callers.of(request)
        code = str(form(request).get("code", ""))
        if not self.pins.link(code, caller.user):
            raise PlexTvError(404, 1020, "Code not found or expired")
        return Answer(204, [b""], "text/html")

    def qr_code(self, request: Request) -> Answer:
        """GET /pins/qr/{code}: a picture (not a real QR code)."""
        return Answer(200, [png("qr" + request.match[0], 64, 64)], "image/png")

    def link_page(self, request: Request) -> Answer:
        """/link: the page for typing a code, with ?pin= filled in."""
        code = request.values.get("pin") or request.values.get("code") or ""
        text = "Enter the code shown by your device."
        if request.method == "POST":
            code = parse_qs(request.body.decode("utf-8", "replace")).get("pin", [""])[0]
            text = "Your device is linked." if self.pins.link(code) else "This code is not valid."
        return Answer(
            200, [(LINK_PAGE % (text, html.escape(code, quote=True))).encode("utf-8")], "text/html; charset=utf-8"
        )
