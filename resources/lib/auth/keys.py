"""The device key: one Ed25519 key pair, made once, whose public half plex.tv knows."""
from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, Optional

from .ed25519 import signer
from .files import read_private, set_aside, write_private

#: PKCS#8 (RFC 8410) for Ed25519 is these 16 bytes and then the 32 bytes of the seed.
_PKCS8 = bytes.fromhex('302e020100300506032b657004220420')
_BEGIN, _END = '-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----'


@dataclass(frozen=True)
class DeviceKey:
    """A private key, held as its 32 byte seed."""

    seed: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> DeviceKey:
        """A new key from the system's random source."""
        return cls(os.urandom(32))

    @classmethod
    def load(cls, path: str) -> Optional[DeviceKey]:
        """The key in the PEM file ``path``; nothing when there is none. A damaged file is set aside."""
        content = read_private(path)
        if content is None:
            return None
        try:
            return cls.from_pem(content.decode('ascii'))
        except ValueError:  # UnicodeDecodeError is one
            set_aside(path)
            return None

    @classmethod
    def from_pem(cls, pem: str) -> DeviceKey:
        """The key in an unencrypted PKCS#8 PEM. Raises :class:`ValueError` for anything else."""
        lines = pem.strip().splitlines()
        if len(lines) < 3 or lines[0].strip() != _BEGIN or lines[-1].strip() != _END:
            raise ValueError('not a private key')
        try:
            der = base64.b64decode(''.join(lines[1:-1]), validate=True)
        except binascii.Error:
            raise ValueError('not base64') from None
        if len(der) != 48 or not der.startswith(_PKCS8):
            raise ValueError('not an Ed25519 key')
        return cls(der[16:])

    def to_pem(self) -> str:
        """PKCS#8 PEM, as OpenSSL writes it."""
        return '%s\n%s\n%s\n' % (_BEGIN, base64.b64encode(_PKCS8 + self.seed).decode('ascii'), _END)

    def save(self, path: str) -> None:
        """Write the PEM file, mode 0600. Raises :class:`OSError`."""
        write_private(path, self.to_pem().encode('ascii'))

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
        return signer().encode(self.seed, claims, self.kid)

    def _x(self) -> str:
        return _base64url(signer().public_bytes(self.seed))


def device_claims(client_identifier: str, now: float, nonce: str = '') -> Dict[str, Any]:
    """The claims of a device JWT, valid five minutes from ``now`` (Unix seconds at plex.tv).

    With ``nonce`` it is for ``POST /auth/token``, without for polling a PIN.
    """
    claims: Dict[str, Any] = {'aud': 'plex.tv', 'iss': client_identifier, 'iat': int(now), 'exp': int(now) + 300}
    if nonce:
        claims.update(nonce=nonce, scope='username,friendly_name')
    return claims


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b'=').decode('ascii')
