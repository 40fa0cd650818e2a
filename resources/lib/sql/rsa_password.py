"""MySQL's way to send a password over a connection that others may read, without a library for RSA.

The server's public key is used once, for some bytes: Python's own arithmetic is enough. (Source: MySQL, "Caching SHA-2
Pluggable Authentication"; RFC 8017, 7.1.1 and B.2.1, with SHA-1.)
"""
from __future__ import annotations

import hashlib
import os
from base64 import b64decode
from typing import Tuple

_HASH = 20
_SEQUENCE, _INTEGER, _BIT_STRING = 0x30, 0x02, 0x03


def encrypted(password: bytes, salt: bytes, public_key: bytes) -> bytes:
    """The answer to a server with this key (PEM) and salt. Raises ValueError for what is no such key."""
    number, exponent = _key(public_key)
    size = (number.bit_length() + 7) // 8
    message = _xor(password + b'\0', salt * (len(password) // max(1, len(salt)) + 1))
    room = size - 2 * _HASH - 2 - len(message)
    if room < 0:
        raise ValueError('the password is too long for the key')
    seed = os.urandom(_HASH)
    block = hashlib.sha1(b'').digest() + bytes(room) + b'\1' + message
    masked = _xor(block, _mask(seed, len(block)))
    padded = b'\0' + _xor(seed, _mask(masked, _HASH)) + masked
    return pow(int.from_bytes(padded, 'big'), exponent, number).to_bytes(size, 'big')


def _key(pem: bytes) -> Tuple[int, int]:
    """Modulus and exponent of a public key."""
    lines = [line.strip() for line in pem.splitlines()]
    data = b64decode(b''.join(line for line in lines if not line.startswith(b'-----')))
    whole = _part(data, _SEQUENCE)[0]
    bits = _part(_part(whole, _SEQUENCE)[1], _BIT_STRING)[0]
    pair = _part(bits[1:], _SEQUENCE)[0]
    number, rest = _part(pair, _INTEGER)
    found = int.from_bytes(number, 'big'), int.from_bytes(_part(rest, _INTEGER)[0], 'big')
    if min(found) < 3:
        raise ValueError('no key')
    return found


def _part(data: bytes, tag: int) -> Tuple[bytes, bytes]:
    """(value, what follows it) of a DER value with this tag."""
    if len(data) < 2 or data[0] != tag:
        raise ValueError('another kind of key')
    length, begin = data[1], 2
    if length >= 0x80:
        begin += length - 0x80
        length = int.from_bytes(data[2:begin], 'big')
    if len(data) < begin + length:
        raise ValueError('half a key')
    return data[begin:begin + length], data[begin + length:]


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1."""
    blocks = (hashlib.sha1(seed + number.to_bytes(4, 'big')).digest()
              for number in range(length // _HASH + 1))
    return b''.join(blocks)[:length]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right))
