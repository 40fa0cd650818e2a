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

        The owner's account token and the server's tokens are accepted; JWTs only if configured. A shared server
        takes nobody's account token.
        """
        text = request.plex("Token") or ""
        token = self.accounts.find(text)
        if token is not None:
            if token.scope in ("server", "transient"):
                return token.user if token.server in ("", self.config.machine_identifier) else 0
            return token.user if token.user == OWNER and not self.config.shared_by else 0
        if self.config.accepts_jwt and text.count(".") == 2:
            return self.authority.user_of(text) or 0
        return 0
