"""PINs of plex.tv."""

from __future__ import annotations

import asyncio
import math
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from tools.plexsim.config import OWNER, SimConfig
from tools.plexsim.formats.times import iso

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without 0, O, 1 and I, which people confuse
LOCATION = {
    "code": "US",
    "european_union_member": False,
    "continent_code": "NA",
    "country": "United States",
    "city": "Springfield",
    "time_zone": "America/Chicago",
    "postal_code": "00000",
    "in_privacy_restricted_country": False,
    "subdivisions": "Somewhere",
    "coordinates": "0.000, 0.000",
}


@dataclass
class Pin:
    """One PIN; ``user`` is set after it was linked, ``token`` after it was fetched."""

    id: int
    code: str
    client: str
    product: str
    seconds: int
    created: float
    jwk: dict[str, Any] | None = None
    user: int = 0
    token: str | None = None
    location: dict[str, Any] = field(default_factory=lambda: dict(LOCATION))


class Pins:
    """All PINs. With ``link_after`` in the configuration they are linked automatically, in ``loop``."""

    def __init__(self, config: SimConfig, loop: asyncio.AbstractEventLoop) -> None:
        self.config = config
        self.loop = loop
        self.lock = threading.RLock()
        self.by_id: dict[int, Pin] = {}
        self._next = 100_000_000 + secrets.randbelow(1_000_000)

    def create(self, client: str, product: str, strong: bool, jwk: dict[str, Any] | None) -> Pin:
        """Create a PIN: 4 characters for plex.tv/link, or 25 if strong."""
        config = self.config
        with self.lock:
            self._next += 1
            code = self._new_code(25 if strong else 4)
            pin = Pin(
                id=self._next,
                code=code.lower() if strong else code,
                client=client,
                product=product,
                seconds=config.strong_pin_seconds if strong else config.pin_seconds,
                created=config.clock.now(),
                jwk=jwk,
            )
            self.by_id[pin.id] = pin
        if config.link_after is not None:
            self.loop.call_later(config.link_after, self.link, pin.code)
        return pin

    def _new_code(self, length: int) -> str:
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(length))
            if all(pin.code != code for pin in self.by_id.values()):
                return code

    def alive(self, pin: Pin) -> bool:
        """Whether a PIN has not expired."""
        return self.config.clock.now() < pin.created + pin.seconds

    def get(self, number: int) -> Pin | None:
        """Return a PIN by its id, None if it has expired."""
        pin = self.by_id.get(number)
        return pin if pin and self.alive(pin) else None

    def link(self, code: str, user: int = OWNER) -> bool:
        """Link the PIN with this code to a user; returns false when there is none."""
        with self.lock:
            for pin in self.by_id.values():
                if pin.code.lower() == code.strip().lower() and self.alive(pin) and not pin.user:
                    pin.user = user
                    return True
        return False

    def as_dict(self, pin: Pin) -> dict[str, Any]:
        """Return a PIN in the form of recorded answers."""
        left = max(0, math.ceil(pin.created + pin.seconds - self.config.clock.now()))
        return {
            "id": pin.id,
            "code": pin.code,
            "product": pin.product,
            "trusted": False,
            "qr": f"https://plex.tv/api/v2/pins/qr/{pin.code}",
            "clientIdentifier": pin.client,
            "location": pin.location,
            "expiresIn": left,
            "createdAt": iso(pin.created),
            "expiresAt": iso(pin.created + pin.seconds),
            "authToken": pin.token,
            "newRegistration": False if pin.token else None,
        }
