"""An Ed25519 key as PKCS#8 PEM (RFC 8410), plain or encrypted with a passphrase (PBES2, RFC 8018).

Encrypted files are those that OpenSSL and ``cryptography`` write and read: PBKDF2 with HMAC-SHA256, AES-256-CBC.
"""
from __future__ import annotations

import base64
import binascii
import hashlib
import os
from typing import Tuple

from . import aes

#: PKCS#8 for Ed25519 is these 16 bytes and then the 32 bytes of the seed.
_PLAIN = bytes.fromhex('302e020100300506032b657004220420')
_PBES2 = bytes.fromhex('2a864886f70d01050d')
_PBKDF2 = bytes.fromhex('2a864886f70d01050c')
_HMAC_SHA256 = bytes.fromhex('2a864886f70d0209')
_AES_256_CBC = bytes.fromhex('60864801650304012a')
_SEQUENCE, _INTEGER, _OCTETS, _NULL, _OID = 0x30, 0x02, 0x04, 0x05, 0x06
_LABEL, _ENCRYPTED_LABEL = 'PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'
#: The passphrase is 32 random bytes, which need no stretching; this is for the format's sake.
_ITERATIONS = 4096
_MOST_ITERATIONS = 1_000_000


def is_encrypted(pem: str) -> bool:
    """Whether the text says that a passphrase is needed."""
    return _ENCRYPTED_LABEL in pem


def to_pem(seed: bytes, passphrase: bytes = b'') -> str:
    """The key of these 32 bytes as PEM, encrypted when there is a passphrase."""
    der = _PLAIN + seed
    if not passphrase:
        return _armoured(_LABEL, der)
    salt, iv = os.urandom(16), os.urandom(aes.BLOCK)
    secret = aes.encrypt(_stretched(passphrase, salt, _ITERATIONS), iv, der)
    derivation = _tag(_SEQUENCE, _tag(_OID, _PBKDF2) + _tag(_SEQUENCE, (
        _tag(_OCTETS, salt) + _tag(_INTEGER, _ITERATIONS.to_bytes(2, 'big'))
        + _tag(_SEQUENCE, _tag(_OID, _HMAC_SHA256) + _tag(_NULL, b'')))))
    cipher = _tag(_SEQUENCE, _tag(_OID, _AES_256_CBC) + _tag(_OCTETS, iv))
    algorithm = _tag(_SEQUENCE, _tag(_OID, _PBES2) + _tag(_SEQUENCE, derivation + cipher))
    return _armoured(_ENCRYPTED_LABEL, _tag(_SEQUENCE, algorithm + _tag(_OCTETS, secret)))


def from_pem(pem: str, passphrase: bytes = b'') -> bytes:
    """The 32 bytes of the key. Raises :class:`ValueError` for a wrong passphrase and for anything else than a key."""
    if is_encrypted(pem):
        der = _decrypted(_bare(_ENCRYPTED_LABEL, pem), passphrase)
    else:
        der = _bare(_LABEL, pem)
    if len(der) != 48 or not der.startswith(_PLAIN):
        raise ValueError('not an Ed25519 key')
    return der[16:]


def _decrypted(der: bytes, passphrase: bytes) -> bytes:
    outer, _ = _take(_SEQUENCE, der)
    algorithm, rest = _take(_SEQUENCE, outer)
    secret, _ = _take(_OCTETS, rest)
    derivation, cipher = _take_pair(_named(_PBES2, algorithm))
    parameters = _named(_PBKDF2, derivation)
    salt, rest = _take(_OCTETS, parameters)
    number, rest = _take(_INTEGER, rest)
    if rest[:1] == bytes([_INTEGER]):  # the length of the key, which the cipher tells anyway
        _, rest = _take(_INTEGER, rest)
    function, _ = _take(_OID, _take(_SEQUENCE, rest)[0])
    iterations = int.from_bytes(number, 'big')
    if function != _HMAC_SHA256 or not 0 < iterations <= _MOST_ITERATIONS:
        raise ValueError('another kind of encryption')
    kind, rest = _take(_OID, cipher)
    iv, _ = _take(_OCTETS, rest)
    if kind != _AES_256_CBC or len(iv) != aes.BLOCK:
        raise ValueError('another kind of encryption')
    return aes.decrypt(_stretched(passphrase, salt, iterations), iv, secret)


def _stretched(passphrase: bytes, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac('sha256', passphrase, salt, iterations, 32)


def _take_pair(content: bytes) -> Tuple[bytes, bytes]:
    first, rest = _take(_SEQUENCE, content)
    return first, _take(_SEQUENCE, rest)[0]


def _named(name: bytes, content: bytes) -> bytes:
    """The parameters of an algorithm, which must be this one."""
    found, rest = _take(_OID, content)
    if found != name:
        raise ValueError('another kind of encryption')
    return _take(_SEQUENCE, rest)[0]


def _take(kind: int, der: bytes) -> Tuple[bytes, bytes]:
    """The content of the first DER element, and what follows it."""
    if len(der) < 2 or der[0] != kind:
        raise ValueError('not the expected DER element')
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7f
        length = int.from_bytes(der[2:start], 'big')
    if len(der) < start + length:
        raise ValueError('DER was cut')
    return der[start:start + length], der[start + length:]


def _tag(kind: int, content: bytes) -> bytes:
    length = len(content)
    size = bytes([length]) if length < 0x80 else bytes([0x81, length])
    return bytes([kind]) + size + content


def _armoured(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode('ascii')
    lines = [text[start:start + 64] for start in range(0, len(text), 64)]
    return '-----BEGIN %s-----\n%s\n-----END %s-----\n' % (label, '\n'.join(lines), label)


def _bare(label: str, pem: str) -> bytes:
    lines = [line.strip() for line in pem.strip().splitlines()]
    if len(lines) < 3 or lines[0] != '-----BEGIN %s-----' % label or lines[-1] != '-----END %s-----' % label:
        raise ValueError('not a private key')
    try:
        return base64.b64decode(''.join(lines[1:-1]), validate=True)
    except binascii.Error:
        raise ValueError('not base64') from None
