"""Users, their opaque tokens and the keys of their devices."""

from __future__ import annotations

import secrets
import string
import threading
import uuid
from dataclasses import dataclass
from typing import Any

from tools.plexsim.config import OWNER

ALPHABET = string.ascii_letters + string.digits + "-_"


@dataclass
class User:
    """A Plex account or a managed user of the home. ``sections`` limits what the user may see (None: everything)."""

    id: int
    uuid: str
    title: str
    username: str = ""
    email: str = ""
    pin: str = ""
    admin: bool = False
    guest: bool = False
    restricted: bool = False
    in_home: bool = True
    sections: set[int] | None = None


@dataclass
class Token:
    """An opaque token. ``scope`` is "account" (plex.tv, and the owner's also on the PMS) or "server" (PMS only);
    "transient" is a "server" that the PMS made itself. ``server``: the only PMS that takes it ("": each).
    """

    user: int
    client: str
    scope: str
    server: str = ""


@dataclass
class DeviceKey:
    """A public key (JWK) that was registered for a user's device."""

    jwk: dict[str, Any]
    client: str
    user: int


def opaque() -> str:
    """Return a new token in the form of Plex's legacy tokens: 20 characters, no dots."""
    return "".join(secrets.choice(ALPHABET) for _ in range(20))


class Accounts:
    """All users, tokens and device keys; ``keys`` are by thumbprint."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users: dict[int, User] = {}
        self.tokens: dict[str, Token] = {}
        self.keys: dict[str, DeviceKey] = {}
        self.add_user("Owner", admin=True, username="owner", email="owner@example.org")
        self.owner_token = self.issue(OWNER, "plexsim-owner", "account")

    def add_user(self, title: str, **attributes: Any) -> User:
        """Add a home user; attributes are those of ``User`` (pin, restricted, guest, sections…)."""
        with self.lock:
            number = len(self.users) + 1
            if attributes.get("sections") is not None:
                attributes["sections"] = {int(section) for section in attributes["sections"]}
            user = User(id=number, uuid="%016x" % (0xA1B2C3D400000000 + number), title=title, **attributes)
            self.users[number] = user
            return user

    def issue(self, user: int, client: str, scope: str, server: str = "") -> str:
        """Return a token for (user, client, scope, server); the same one while it is valid."""
        with self.lock:
            wanted = Token(user, client, scope, server)
            for text, token in self.tokens.items():
                if token == wanted:
                    return text
            text = opaque()
            self.tokens[text] = wanted
            return text

    def transient(self, user: int) -> str:
        """Return a new temporary token of the PMS."""
        with self.lock:
            text = f"transient-{uuid.uuid4()}"
            self.tokens[text] = Token(user, "", "transient")
            return text

    def find(self, text: str) -> Token | None:
        """Return the record of an opaque token, None when it is unknown or was revoked."""
        return self.tokens.get(text)

    def revoke(self, text: str) -> None:
        """Make one token invalid."""
        with self.lock:
            self.tokens.pop(text, None)

    def revoke_legacy(self, user: int, client: str) -> None:
        """Make a user's opaque tokens of one client identifier invalid, as issuing a JWT for that device does."""
        gone = (user, client)
        with self.lock:
            self.tokens = {text: token for text, token in self.tokens.items() if (token.user, token.client) != gone}

    def revoke_client(self, client: str, keys: bool = True) -> None:
        """Make all opaque tokens of a client identifier invalid, with ``keys`` its registered JWKs too."""
        with self.lock:
            self.tokens = {text: token for text, token in self.tokens.items() if token.client != client}
            if keys:
                self.keys = {kid: key for kid, key in self.keys.items() if key.client != client}

    def home(self) -> list[User]:
        """Return the users of the home."""
        return [user for user in self.users.values() if user.in_home]
