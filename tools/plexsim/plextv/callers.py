"""The accounts and clients that call plex.tv."""

from __future__ import annotations

from typing import NamedTuple

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.accounts.errors import PlexTvError
from tools.plexsim.accounts.jwt_authority import JwtAuthority
from tools.plexsim.http.messages import Request


class Caller(NamedTuple):
    """The account id, client identifier and credential of a request."""

    user: int
    client: str
    token: str
    is_jwt: bool


class Callers:
    """Reads callers from the credentials of their requests."""

    def __init__(self, accounts: Accounts, authority: JwtAuthority) -> None:
        self.accounts = accounts
        self.authority = authority

    def of(self, request: Request) -> Caller:
        """Return the caller of a request. Raises PlexTvError: 401, or 498 for an expired JWT."""
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


def client_of(request: Request) -> str:
    """Return the client identifier. Raises PlexTvError(422) without one."""
    client = request.plex("Client-Identifier")
    if not client:
        raise PlexTvError(422, 1000, "X-Plex-Client-Identifier is missing")
    return client
