"""AES-256 in CBC mode with PKCS#7 padding, by whichever library works in this interpreter.

``cryptography`` and pycryptodome are compiled and not installed everywhere; ``pyaes`` is pure Python and always
installed. It is slow and its timing depends on the key; neither matters for the four blocks of the key file.
"""
from __future__ import annotations

from typing import Callable, NamedTuple

from .libraries import FirstWorking

BLOCK = 16


class AesCbc(NamedTuple):
    """One library. Both functions take a key of 32 bytes, an initialization vector of 16 bytes, and the data.

    ``encrypt`` pads. ``decrypt`` with a wrong key raises :class:`ValueError` only mostly: the caller must check the
    decrypted data.
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

    return _tested(AesCbc(encrypt, decrypt))


def _pycryptodome() -> AesCbc:
    """pycryptodome, which is installed under one of two names."""
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

    return _tested(AesCbc(encrypt, decrypt))


def _pyaes() -> AesCbc:
    import pyaes

    def encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
        encrypter = pyaes.Encrypter(pyaes.AESModeOfOperationCBC(key, iv))
        return bytes(encrypter.feed(plain) + encrypter.feed())

    def decrypt(key: bytes, iv: bytes, secret: bytes) -> bytes:
        decrypter = pyaes.Decrypter(pyaes.AESModeOfOperationCBC(key, iv))
        return bytes(decrypter.feed(secret) + decrypter.feed())

    return _tested(AesCbc(encrypt, decrypt))


def _tested(library: AesCbc) -> AesCbc:
    """``library``, after a trial of both functions: one that imports does not always work. Raises ValueError."""
    if library.decrypt(bytes(32), bytes(BLOCK), library.encrypt(bytes(32), bytes(BLOCK), b'try')) != b'try':
        raise ValueError('not AES')
    return library


LIBRARIES = FirstWorking('the key file is encrypted', {
    'cryptography': _cryptography, 'pycryptodome': _pycryptodome, 'pyaes': _pyaes})
