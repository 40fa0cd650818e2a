"""How plugin and service recognise each other: both know the secret of ``service.json``, and neither sends it.

A request has a nonce, the time and an HMAC-SHA256 over both, the method, the path and the body. The answer has an
HMAC-SHA256 over that nonce, the status and the body. Another program that listens on the port cannot make such an
answer. Nor can it reuse a request: each nonce is accepted once, and each binding of the port has a new secret. The time
is that of the monotonic clock, which is the same for all processes of a machine and is never set.
"""
from __future__ import annotations

import os
import time

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Tuple

#: In requests ``<nonce>.<milliseconds>.<HMAC>``, in answers ``<HMAC>``; nonce and HMAC are hexadecimal.
HEADER = 'X-PKC-Proof'
NONCE_BYTES = 16

_hmac_digest: Any = None
try:
    from _hashlib import hmac_digest as _hmac_digest  # what hmac.digest calls; hmac takes far longer to import
except ImportError:
    pass


def ask(secret: str, method: str, target: str, body: bytes) -> Tuple[str, str]:
    """A new nonce, and the value of the header for a request with it."""
    nonce, moment = os.urandom(NONCE_BYTES).hex(), str(now_ms())
    return nonce, '.'.join((nonce, moment, of_question(secret, (nonce, moment, method, target), body)))


def of_question(secret: str, fields: Tuple[str, str, str, str], body: bytes) -> str:
    """The HMAC of a request; ``fields`` are nonce, milliseconds, method, and path with query as they are sent."""
    return _digest(secret, '\n'.join(('question',) + fields), body)


def of_answer(secret: str, nonce: str, status: int, body: bytes) -> str:
    """The HMAC of the answer to the request with this nonce."""
    return _digest(secret, 'answer\n%s\n%d' % (nonce, status), body)


def now_ms() -> int:
    """Milliseconds of the monotonic clock."""
    return int(time.monotonic() * 1000)


def _digest(secret: str, text: str, body: bytes) -> str:
    key, message = secret.encode(), text.encode('latin-1') + b'\n' + body
    if _hmac_digest is not None:
        return bytes(_hmac_digest(key, message, 'sha256')).hex()
    import hmac
    return hmac.new(key, message, 'sha256').hexdigest()
