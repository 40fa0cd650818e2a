"""Who may control the player: whoever shows a token of Plex's that is this account's.

A controller shows it in the header ``X-Plex-Token`` with each request; or, as Plex's apps that talk to a player in the
network do, only once: a token made for this purpose (``/security/token``) as the parameter ``token`` of ``playMedia``.
Such a controller is known from then on by its identifier and its address, until it has been silent for an hour.

Tokens are not kept, only digests of them.
"""
from __future__ import annotations

import hashlib
import hmac
import os
import threading
import time
from collections import OrderedDict
from typing import Callable, List, NamedTuple, Tuple

from . import limits

#: Seconds for which an answer about a token holds: one that was confirmed, one that was not.
CONFIRMED_SECONDS, REFUSED_SECONDS = 3600.0, 60.0
#: Seconds of silence after which a controller that showed its token once must show it again.
KNOWN_SECONDS = 3600.0
#: Tokens and controllers that are remembered; the oldest are forgotten.
_MOST = 32
#: Tokens that are looked up within a minute, for all and for one address.
_CHECKS, _CHECKS_OF_ONE, _MINUTE = 20, 5, 60.0

ADMITTED, REFUSED, TOO_MANY = 'admitted', 'refused', 'too many'

#: Whether a token is this account's. Raises :class:`PlexError` when that cannot be found out now.
Confirms = Callable[[str], bool]


class Controller(NamedTuple):
    """Where a request came from: ``X-Plex-Client-Identifier`` and the address of the connection."""

    identifier: str
    address: str


class Controllers:
    """Remembers who has proven itself. Safe to use from several threads."""

    def __init__(self, confirms: Confirms, clock: Callable[[], float] = time.monotonic) -> None:
        self._confirms = confirms
        self._clock = clock
        self._key = os.urandom(32)
        self._lock = threading.Lock()
        self._tokens: OrderedDict[bytes, Tuple[bool, float]] = OrderedDict()
        self._known: OrderedDict[Controller, float] = OrderedDict()
        self._checks: List[Tuple[float, str]] = []

    def admit(self, controller: Controller, token: str, single_token: str = '') -> str:
        """:data:`ADMITTED`, :data:`REFUSED` or :data:`TOO_MANY` for a request.

        ``token`` is that of the header, ``single_token`` that of ``playMedia``. May ask the server and plex.tv, and
        raises :class:`PlexError` when they cannot be asked.
        """
        if token:
            return self._checked(controller.address, token)
        if single_token:
            verdict = self._checked(controller.address, single_token)
            if verdict == ADMITTED:
                self._remember(controller)
            return verdict
        return ADMITTED if self._is_known(controller) else REFUSED

    def forget(self) -> None:
        """Everybody must prove itself anew: another user or server, or the end."""
        with self._lock:
            self._tokens.clear()
            self._known.clear()

    def _checked(self, address: str, token: str) -> str:
        if len(token) > limits.MAX_TOKEN or not token.isascii() or not token.isprintable():
            return REFUSED
        digest, now = hmac.new(self._key, token.encode(), hashlib.sha256).digest(), self._clock()
        with self._lock:
            confirmed, until = self._tokens.get(digest, (False, 0.0))
            if now < until:
                return ADMITTED if confirmed else REFUSED
            if not self._may_check(address, now):
                return TOO_MANY
        confirmed = self._confirms(token)
        with self._lock:
            self._tokens.pop(digest, None)
            self._tokens[digest] = confirmed, now + (CONFIRMED_SECONDS if confirmed else REFUSED_SECONDS)
            self._shrink(self._tokens)
        return ADMITTED if confirmed else REFUSED

    def _may_check(self, address: str, now: float) -> bool:
        self._checks = [(moment, other) for moment, other in self._checks if now - moment < _MINUTE]
        own = sum(other == address for _, other in self._checks)
        if len(self._checks) >= _CHECKS or own >= _CHECKS_OF_ONE:
            return False
        self._checks.append((now, address))
        return True

    def _remember(self, controller: Controller) -> None:
        with self._lock:
            self._known.pop(controller, None)
            self._known[controller] = self._clock() + KNOWN_SECONDS
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def _is_known(self, controller: Controller) -> bool:
        with self._lock:
            known = self._known.get(controller, 0.0) > self._clock()
        if known:
            self._remember(controller)
        return known

    @staticmethod
    def _shrink(tokens: OrderedDict[bytes, Tuple[bool, float]]) -> None:
        """Refused tokens go first: whoever tries many must not make us forget those that are confirmed."""
        while len(tokens) > _MOST:
            tokens.pop(next((one for one, (confirmed, _) in tokens.items() if not confirmed), next(iter(tokens))))
