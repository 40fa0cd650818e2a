"""Recognising requests of our own plugin."""
from __future__ import annotations

import hmac
import threading
import time
from typing import Callable, Dict, Optional

from . import proof
from .exchange import Caller
from .request import Head

#: Seconds after which a request is no longer accepted.
WINDOW = 60.0


class Callers:
    """Recognises clients that know ``secret``; accepts each request once. Safe to use from several threads."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.secret = secret
        self._clock = clock
        self._lock = threading.Lock()
        #: Used nonces and until when a request with them would be accepted; the oldest first.
        self._taken: Dict[str, float] = {}

    def recognise(self, head: Head, body: bytes) -> Optional[Caller]:
        """The caller; None if it does not know the secret, or if the request is too old or was accepted before."""
        nonce, _, rest = head.headers.get(proof.HEADER.lower(), '').partition('.')
        moment, _, given = rest.partition('.')
        if len(nonce) != 2 * proof.NONCE_BYTES or not (moment.isascii() and moment.isdigit()) or len(moment) > 18:
            return None
        now = self._clock()
        if abs(now - int(moment) / 1000.0) > WINDOW:
            return None
        fields = (nonce, moment, head.method, head.target)
        expected = proof.of_question(self.secret, fields, body).encode()
        if not hmac.compare_digest(given.encode(), expected) or not self._take(nonce, now):
            return None
        return Caller(self.secret, nonce)

    def _take(self, nonce: str, now: float) -> bool:
        with self._lock:
            while self._taken and next(iter(self._taken.values())) < now:
                del self._taken[next(iter(self._taken))]
            if nonce in self._taken:
                return False
            self._taken[nonce] = now + 2 * WINDOW
            return True
