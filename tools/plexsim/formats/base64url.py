"""Base64 in the alphabet for URLs, as in JSON Web Tokens."""

from __future__ import annotations

import base64


def b64encode(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64decode(text: str) -> bytes:
    """Read base64url with or without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
