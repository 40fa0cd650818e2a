"""AES-256 in CBC mode (FIPS 197, SP 800-38A) in pure Python, for one purpose: the few blocks of the key file.

``cryptography`` imports in only one of Kodi's interpreters, so it cannot be what the key file depends on. This is slow
and its timing tells of the key; both are of no matter for four blocks of a file that is read on the user's own device.
"""
from __future__ import annotations

from typing import List, Sequence

BLOCK = 16
_ROUNDS = 14


def _double(value: int) -> int:
    value <<= 1
    return value ^ 0x11b if value & 0x100 else value


def _substitutions() -> List[int]:
    """The S-box: the inverse in GF(2^8), then an affine map."""
    powers = [1]
    for _ in range(254):
        powers.append(powers[-1] ^ _double(powers[-1]))  # times 3, which generates the field
    inverse = {power: powers[-index % 255] for index, power in enumerate(powers)}
    box = []
    for value in range(256):
        byte = inverse.get(value, 0)
        bits = byte ^ byte << 1 ^ byte << 2 ^ byte << 3 ^ byte << 4
        box.append((bits ^ bits >> 8) & 0xff ^ 0x63)
    return box


_BOX = _substitutions()
_BACK = [_BOX.index(value) for value in range(256)]


def encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
    """``plain`` padded (PKCS#7) and encrypted. ``key`` has 32 bytes, ``iv`` 16."""
    keys = _round_keys(key)
    missing = BLOCK - len(plain) % BLOCK
    padded = plain + bytes([missing]) * missing
    out, last = b'', iv
    for start in range(0, len(padded), BLOCK):
        last = _encrypt_block(keys, [a ^ b for a, b in zip(padded[start:start + BLOCK], last)])
        out += last
    return out


def decrypt(key: bytes, iv: bytes, secret: bytes) -> bytes:
    """The text that :func:`encrypt` was given. Raises :class:`ValueError` when the padding is wrong (wrong key)."""
    if not secret or len(secret) % BLOCK:
        raise ValueError('not whole blocks')
    keys = _round_keys(key)
    out, last = b'', iv
    for start in range(0, len(secret), BLOCK):
        block = secret[start:start + BLOCK]
        out += bytes(a ^ b for a, b in zip(_decrypt_block(keys, block), last))
        last = block
    padding = out[-1]
    if not 1 <= padding <= BLOCK or out[-padding:] != bytes([padding]) * padding:
        raise ValueError('wrong padding')
    return out[:-padding]


def _round_keys(key: bytes) -> List[List[int]]:
    if len(key) != 32:
        raise ValueError('a key has 32 bytes')
    words = [list(key[start:start + 4]) for start in range(0, 32, 4)]
    constant = 1
    for index in range(8, 4 * (_ROUNDS + 1)):
        word = words[-1]
        if index % 8 == 0:
            word = [_BOX[byte] for byte in word[1:] + word[:1]]
            word[0] ^= constant
            constant = _double(constant)
        elif index % 8 == 4:
            word = [_BOX[byte] for byte in word]
        words.append([a ^ b for a, b in zip(word, words[-8])])
    return [sum(words[start:start + 4], []) for start in range(0, len(words), 4)]


def _encrypt_block(keys: Sequence[Sequence[int]], block: Sequence[int]) -> bytes:
    state = [a ^ b for a, b in zip(block, keys[0])]
    for number in range(1, _ROUNDS + 1):
        state = [_BOX[state[(index + 4 * (index % 4)) % 16]] for index in range(16)]  # SubBytes, ShiftRows
        if number < _ROUNDS:
            state = _mixed(state)
        state = [a ^ b for a, b in zip(state, keys[number])]
    return bytes(state)


def _decrypt_block(keys: Sequence[Sequence[int]], block: Sequence[int]) -> bytes:
    state = list(block)
    for number in range(_ROUNDS, 0, -1):
        state = [a ^ b for a, b in zip(state, keys[number])]
        if number < _ROUNDS:
            state = _mixed(_mixed(_mixed(state)))  # MixColumns to the fourth power changes nothing
        state = [_BACK[state[(index - 4 * (index % 4)) % 16]] for index in range(16)]
    return bytes(a ^ b for a, b in zip(state, keys[0]))


def _mixed(state: Sequence[int]) -> List[int]:
    """MixColumns."""
    out: List[int] = []
    for start in range(0, 16, 4):
        column = state[start:start + 4]
        everything = column[0] ^ column[1] ^ column[2] ^ column[3]
        out += [byte ^ everything ^ _double(byte ^ column[(row + 1) % 4]) for row, byte in enumerate(column)]
    return out
