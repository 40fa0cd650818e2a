"""``<profile>/service.json``: the service's port, and the secret by which it and the plugin recognise each other."""
from __future__ import annotations

import os

from .. import atomic_file, quick_json

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Optional

FILE_NAME = 'service.json'


class Endpoint:
    """The loopback server's port and the secret of its API."""

    def __init__(self, port: int, secret: str) -> None:
        self.port = port
        self.secret = secret

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Endpoint) and (self.port, self.secret) == (other.port, other.secret)

    def __hash__(self) -> int:
        return hash((self.port, self.secret))


def new_secret() -> str:
    """A new secret of 256 bits."""
    import secrets  # slow to import, and the plugin needs neither

    from ..redaction import hide
    secret = secrets.token_urlsafe(32)
    hide(secret)
    return secret


def path(profile_dir: str) -> str:
    """The path of the file in the add-on's profile folder."""
    return os.path.join(profile_dir, FILE_NAME)


def write(profile_dir: str, endpoint: Endpoint) -> None:
    """Replace the file atomically, readable by its owner only. Raises OSError."""
    atomic_file.write(path(profile_dir), quick_json.dumps(vars(endpoint)))


def read(profile_dir: str) -> Optional[Endpoint]:
    """The content of the file; None when it is missing or invalid."""
    try:
        raw = quick_json.loads(atomic_file.read(path(profile_dir)) or b'')
        port, secret = raw['port'], raw['secret']
    except (OSError, ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError):
        return None
    valid = isinstance(port, int) and 0 < port < 65536 and isinstance(secret, str) and secret and secret.isascii()
    return Endpoint(port, secret) if valid else None


def remove(profile_dir: str, endpoint: Endpoint) -> None:
    """Delete the file, unless a newer service has already written its own."""
    if read(profile_dir) == endpoint:
        atomic_file.delete(path(profile_dir))


def clear(profile_dir: str) -> None:
    """Delete the file, whichever service wrote it. Raises OSError."""
    atomic_file.delete(path(profile_dir))
