"""The device key: one Ed25519 key pair, generated once; plex.tv knows its public key."""
from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass, field
from typing import Any, Dict, Mapping

from ...redaction import hide, hide_key
from .signing import signer


@dataclass(frozen=True)
class DeviceKey:
    """An Ed25519 private key, as its seed of 32 bytes."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        hide_key(self.seed)

    @classmethod
    def generate(cls) -> DeviceKey:
        """A new random key."""
        return cls(os.urandom(32))

    @property
    def kid(self) -> str:
        """The key's id: its RFC 7638 thumbprint."""
        members = '{"crv":"Ed25519","kty":"OKP","x":"%s"}' % self._x()
        return _base64url(hashlib.sha256(members.encode('ascii')).digest())

    def jwk(self) -> Dict[str, str]:
        """The public key as plex.tv wants it in ``POST /pins`` and ``POST /auth/jwk``."""
        return {'kty': 'OKP', 'crv': 'Ed25519', 'x': self._x(), 'kid': self.kid, 'alg': 'EdDSA', 'use': 'sig'}

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A compact JWS over ``claims``. Raises :class:`SigningUnavailable`."""
        token = signer().encode(self.seed, claims, self.kid)
        hide(token, 'device JWT')
        return token

    def _x(self) -> str:
        return _base64url(signer().public_bytes(self.seed))


def device_claims(client_identifier: str, now: float, nonce: str = '') -> Dict[str, Any]:
    """The claims of a device JWT, valid five minutes from ``now`` (Unix seconds at plex.tv).

    With ``nonce`` for ``POST /auth/token``, without it for polling a PIN.
    """
    claims: Dict[str, Any] = {'aud': 'plex.tv', 'iss': client_identifier, 'iat': int(now), 'exp': int(now) + 300}
    if nonce:
        claims.update(nonce=nonce, scope='username,friendly_name')
    return claims


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b'=').decode('ascii')
