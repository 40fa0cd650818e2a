"""Control API: users, their credentials, PINs."""

from __future__ import annotations

from typing import Any

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.config import OWNER
from tools.plexsim.control.api import ControlApi
from tools.plexsim.http.messages import Request
from tools.plexsim.plextv.pins import Pins


class AccountControl:
    """Reads and writes accounts."""

    def __init__(self, accounts: Accounts, pins: Pins) -> None:
        self.accounts = accounts
        self.pins = pins

    def register(self, api: ControlApi) -> None:
        """Add the handlers to the API."""
        api.read("users", self.users)
        api.read("pins", self.list_pins)
        api.write("link", self.link)
        api.write("add_user", self.add_user)
        api.write("revoke", self.revoke)

    def users(self, request: Request) -> Any:
        """GET users: accounts and their tokens."""
        tokens = self.accounts.tokens
        return [
            dict(
                vars(user),
                sections=sorted(user.sections) if user.sections is not None else None,
                tokens=[dict(vars(token), token=text) for text, token in tokens.items() if token.user == user.id],
            )
            for user in self.accounts.users.values()
        ]

    def list_pins(self, request: Request) -> Any:
        """GET pins: all PINs asked for, newest last."""
        return [dict(self.pins.as_dict(pin), linked=bool(pin.user), jwk=pin.jwk) for pin in self.pins.by_id.values()]

    def link(self, body: dict[str, Any]) -> Any:
        """POST link {code, user}."""
        return {"ok": self.pins.link(str(body["code"]), int(body.get("user", OWNER)))}

    def add_user(self, body: dict[str, Any]) -> Any:
        """POST add_user {title, pin, restricted, guest, sections}."""
        user = self.accounts.add_user(**body)
        return {"ok": True, "id": user.id, "uuid": user.uuid}

    def revoke(self, body: dict[str, Any]) -> None:
        """POST revoke {token} or {client}: end credentials, as in Authorized Devices."""
        if "token" in body:
            self.accounts.revoke(str(body["token"]))
        else:
            self.accounts.revoke_client(str(body["client"]), bool(body.get("keys", True)))
