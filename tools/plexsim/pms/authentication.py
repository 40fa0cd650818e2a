"""The users of requests to the PMS, by their tokens."""

from __future__ import annotations

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.accounts.jwt_authority import JwtAuthority
from tools.plexsim.config import OWNER, SimConfig
from tools.plexsim.http.messages import Request


class Authentication:
    """Reads users from the tokens of their requests."""

    def __init__(self, config: SimConfig, accounts: Accounts, authority: JwtAuthority) -> None:
        self.config = config
        self.accounts = accounts
        self.authority = authority

    def user_of(self, request: Request) -> int:
        """Return the account id of a request's token, 0 for none.

        The owner's account token and all server tokens are accepted; JWTs only if configured.
        """
        text = request.plex("Token") or ""
        token = self.accounts.find(text)
        if token is not None:
            return token.user if token.scope in ("server", "transient") or token.user == OWNER else 0
        if self.config.accepts_jwt and text.count(".") == 2:
            return self.authority.user_of(text) or 0
        return 0
