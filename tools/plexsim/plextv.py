"""The simulated plex.tv (and clients.plex.tv): routing, credentials, forms of answers."""

from __future__ import annotations

import json
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tools.plexsim import xmlout
from tools.plexsim.pins import Pins
from tools.plexsim.plextv_account import AccountHandlers
from tools.plexsim.plextv_auth import AuthHandlers
from tools.plexsim.tokens import TokenError
from tools.plexsim.web import Answer, Request, Routes, html_error, json_answer

if TYPE_CHECKING:
    from tools.plexsim.server import PlexSim


class PlexTvError(Exception):
    """Raised by handlers: HTTP status, Plex's error code, message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Caller:
    """Who calls: account id, client identifier, and the credential that was shown."""

    def __init__(self, user: int, client: str, token: str, is_jwt: bool) -> None:
        self.user = user
        self.client = client
        self.token = token
        self.is_jwt = is_jwt


class PlexTv:
    """State and helpers that all handlers of plex.tv share."""

    def __init__(self, sim: PlexSim) -> None:
        self.sim = sim
        self.config = sim.config
        self.accounts = sim.accounts
        self.authority = sim.authority
        self.pins = Pins(sim)
        self.routes = Routes()
        AuthHandlers(self).register(self.routes)
        AccountHandlers(self).register(self.routes)
        if self.config.control:
            from tools.plexsim.control import Control

            Control(sim).register(self.routes)

    def handle(self, request: Request) -> Answer:
        """Answer one request."""
        handler, status = self.routes.find(request)
        if handler is None:
            return (
                self.error(request, status, status, "not found")
                if request.path.startswith("/api")
                else html_error(status)
            )
        try:
            return handler(request)
        except (PlexTvError, TokenError) as error:
            return self.error(request, error.status, error.code, error.message)

    def http_date(self) -> str:
        """Return the simulated time as a Date header."""
        return formatdate(self.config.clock.now(), usegmt=True)

    # ------------------------------------------------------------------ requests

    def client(self, request: Request) -> str:
        """Return the client identifier. Raises PlexTvError(422) without one."""
        client = request.plex("Client-Identifier")
        if not client:
            raise PlexTvError(422, 1000, "X-Plex-Client-Identifier is missing")
        return client

    def caller(self, request: Request) -> Caller:
        """Return who calls. Raises PlexTvError(401), or TokenError(498) for an expired JWT."""
        text = request.plex("Token") or ""
        if not text and request.headers.get("Authorization", "").startswith("Bearer "):
            text = request.headers["Authorization"][7:]
        if text.count(".") == 2:
            claims = self.authority.claims(text)
            return Caller(int(claims["user"]["id"]), str(claims["aud"][1]), text, True)
        token = self.accounts.find(text)
        if token is None or token.scope != "account":
            raise PlexTvError(401, 1001, "User could not be authenticated")
        return Caller(token.user, token.client, text, False)

    def form(self, request: Request) -> dict[str, Any]:
        """Return the fields of a JSON or form body, with the query's as a default. Raises PlexTvError(400)."""
        result: dict[str, Any] = dict(request.values)
        if "json" in request.headers.get("Content-Type", ""):
            try:
                body = json.loads(request.body or b"{}")
            except ValueError:
                raise PlexTvError(400, 1000, "malformed JSON") from None
            if isinstance(body, dict):
                result.update(body)
        else:
            result.update(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        return result

    # ------------------------------------------------------------------ answers

    def answer(self, request: Request, name: str, value: Any, status: int = 200) -> Answer:
        """Return JSON when accepted, else XML with the root element ``name``."""
        if request.wants_json:
            return json_answer(value, status)
        return Answer(status, [xmlout.document(name, value)], "application/xml; charset=utf-8")

    def error(
        self, request: Request, status: int, code: int, message: str, extra: dict[str, Any] | None = None
    ) -> Answer:
        """Return Plex's error object."""
        value = {"errors": [dict({"code": code, "message": message, "status": status}, **(extra or {}))]}
        if request.wants_json:
            return json_answer(value, status)
        return Answer(status, [xmlout.document("errors", {"error": value["errors"]})], "application/xml; charset=utf-8")
