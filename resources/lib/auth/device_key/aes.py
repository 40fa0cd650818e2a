"""AES-256 in CBC mode with PKCS#7 padding, by whichever library works in this interpreter.

``cryptography`` and pycryptodome are compiled and come with some systems only; ``pyaes`` is pure Python and always
there. That one is slow and its timing tells of the key; both are of no matter for the four blocks of the key file.
"""
from __future__ import annotations

from typing import Callable, NamedTuple

from .libraries import FirstWorking

BLOCK = 16


class AesCbc(NamedTuple):
    """One library. Both functions take a key of 32 bytes, an initialization vector of 16, and what to convert.

    ``encrypt`` pads. ``decrypt`` raises :class:`ValueError` for what cannot be a text encrypted with this key, but
    not always: only a text that checks itself tells that the key was right.
    """

    encrypt: Callable[[bytes, bytes, bytes], bytes]
    decrypt: Callable[[bytes, bytes, bytes], bytes]


def aes_cbc() -> AesCbc:
    """The library of this interpreter, chosen once. Raises :class:`SigningUnavailable` when none works."""
    return LIBRARIES.get()


def _cryptography() -> AesCbc:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    def encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
        padder, encryptor = PKCS7(8 * BLOCK).padder(), Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
        return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()

    def decrypt(key: bytes, iv: bytes, secret: bytes) -> bytes:
        unpadder, decryptor = PKCS7(8 * BLOCK).unpadder(), Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        return unpadder.update(decryptor.update(secret) + decryptor.finalize()) + unpadder.finalize()

    return _proven(AesCbc(encrypt, decrypt))


def _pycryptodome() -> AesCbc:
    """By either of the two names that pycryptodome is installed under."""
    try:
        from Cryptodome.Cipher import AES
        from Cryptodome.Util.Padding import pad, unpad
    except ImportError:
        from Crypto.Cipher import AES  # type: ignore[no-redef]
        from Crypto.Util.Padding import pad, unpad  # type: ignore[no-redef]

    def encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
        return bytes(AES.new(key, AES.MODE_CBC, iv).encrypt(pad(plain, BLOCK)))

    def decrypt(key: bytes, iv: bytes, secret: bytes) -> bytes:
        return bytes(unpad(AES.new(key, AES.MODE_CBC, iv).decrypt(secret), BLOCK))

    return _proven(AesCbc(encrypt, decrypt))


def _pyaes() -> AesCbc:
    import pyaes

    def encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
        encrypter = pyaes.Encrypter(pyaes.AESModeOfOperationCBC(key, iv))
        return bytes(encrypter.feed(plain) + encrypter.feed())

    def decrypt(key: bytes, iv: bytes, secret: bytes) -> bytes:
        decrypter = pyaes.Decrypter(pyaes.AESModeOfOperationCBC(key, iv))
        return bytes(decrypter.feed(secret) + decrypter.feed())

    return _proven(AesCbc(encrypt, decrypt))


def _proven(made: AesCbc) -> AesCbc:
    """``made``, after it encrypted and decrypted once. An import alone does not prove that a library works."""
    if made.decrypt(bytes(32), bytes(BLOCK), made.encrypt(bytes(32), bytes(BLOCK), b'try')) != b'try':
        raise ValueError('not AES')
    return made


LIBRARIES = FirstWorking('the key file is encrypted', {
    'cryptography': _cryptography, 'pycryptodome': _pycryptodome, 'pyaes': _pyaes})
