"""How plugin and service know each other: both have the secret of ``service.json``, and neither sends it.

A question carries a nonce, the moment and an HMAC-SHA256 over them, the method, the path and the body. The answer
carries an HMAC-SHA256 over that nonce, the status and the body. Whoever listens on the port in the service's place can
make no such answer, and what it was asked is of no use to it: a nonce is taken once, a secret lasts as long as the
port is bound. Both sides use the monotonic clock, which is the same for all of this machine and is never set.
"""
from __future__ import annotations

import os
import time

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Tuple

#: In questions ``<nonce>.<milliseconds>.<HMAC>``, in answers ``<HMAC>``; all but the number are hexadecimal.
HEADER = 'X-PKC-Proof'
NONCE_BYTES = 16

_hmac_digest: Any = None
try:
    from _hashlib import hmac_digest as _hmac_digest  # what hmac.digest calls; hmac takes far longer to import
except ImportError:
    pass


def ask(secret: str, method: str, target: str, body: bytes) -> Tuple[str, str]:
    """A new nonce, and the header's value for a question with it."""
    nonce, moment = os.urandom(NONCE_BYTES).hex(), str(now_ms())
    return nonce, '.'.join((nonce, moment, of_question(secret, (nonce, moment, method, target), body)))


def of_question(secret: str, words: Tuple[str, str, str, str], body: bytes) -> str:
    """The HMAC of a question: ``words`` are nonce, milliseconds, method and path with query as they are sent."""
    return _digest(secret, '\n'.join(('question',) + words), body)


def of_answer(secret: str, nonce: str, status: int, body: bytes) -> str:
    """The HMAC of the answer to the question with this nonce."""
    return _digest(secret, 'answer\n%s\n%d' % (nonce, status), body)


def now_ms() -> int:
    """Milliseconds of the monotonic clock."""
    return int(time.monotonic() * 1000)


def _digest(secret: str, words: str, body: bytes) -> str:
    key, message = secret.encode(), words.encode('latin-1') + b'\n' + body
    if _hmac_digest is not None:
        return bytes(_hmac_digest(key, message, 'sha256')).hex()
    import hmac
    return hmac.new(key, message, 'sha256').hexdigest()
