"""An Ed25519 key as PKCS#8 PEM (RFC 8410), encrypted with a passphrase (PBES2, RFC 8018).

Encrypted files are those that OpenSSL writes and reads: PBKDF2 with HMAC-SHA256, AES-256-CBC. ``asn1crypto`` knows the
format, :mod:`hashlib` derives the key from the passphrase, :mod:`.aes` encrypts. The libraries that do all of it at
once choose different parameters (``cryptography`` does not promise which), and the file must be readable by whichever
library works at the next start.
"""
from __future__ import annotations

import hashlib
import os
from typing import Any

from .aes import BLOCK, aes_cbc

_LABEL, _ENCRYPTED_LABEL = 'PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'
_ALGORITHM, _SEED_LENGTH = 'ed25519', 32
#: The format wants a number of iterations; the passphrase is 32 random bytes, which need no stretching.
_ITERATIONS = 4096
_MOST_ITERATIONS = 1_000_000
#: What asn1crypto raises for a damaged file, besides ValueError.
_DAMAGED = (LookupError, TypeError)


def is_encrypted(pem: bytes) -> bool:
    """Whether reading this PEM file takes a passphrase."""
    return _ENCRYPTED_LABEL.encode('ascii') in pem


def write(seed: bytes, passphrase: bytes) -> bytes:
    """The key with this seed (32 bytes) as an encrypted PEM file. Raises :class:`SigningUnavailable`."""
    from asn1crypto import algos, core, keys, pem
    salt, iv = os.urandom(16), os.urandom(BLOCK)
    plain = keys.PrivateKeyInfo({
        'version': 0, 'private_key_algorithm': {'algorithm': _ALGORITHM}, 'private_key': core.OctetString(seed)})
    derivation = {'algorithm': 'pbkdf2', 'parameters': {
        'salt': algos.Pbkdf2Salt('specified', salt), 'iteration_count': _ITERATIONS, 'prf': {'algorithm': 'sha256'}}}
    encrypted = keys.EncryptedPrivateKeyInfo({
        'encryption_algorithm': {'algorithm': 'pbes2', 'parameters': {
            'key_derivation_func': derivation,
            'encryption_scheme': {'algorithm': 'aes256_cbc', 'parameters': iv}}},
        'encrypted_data': aes_cbc().encrypt(_derived(passphrase, salt, _ITERATIONS), iv, plain.dump())})
    return bytes(pem.armor(_ENCRYPTED_LABEL, encrypted.dump()))


def read(content: bytes, passphrase: bytes = b'') -> bytes:
    """The seed (32 bytes) of the key in a PEM file, encrypted or not.

    Raises :class:`ValueError` for a wrong passphrase and for anything other than an Ed25519 key, and
    :class:`SigningUnavailable`.
    """
    from asn1crypto import keys, pem
    try:
        label, _, der = pem.unarmor(content)
        if label == _ENCRYPTED_LABEL:
            der = _decrypted(keys.EncryptedPrivateKeyInfo.load(der, strict=True), passphrase)
        elif label != _LABEL:
            raise ValueError('not a private key')
        key = keys.PrivateKeyInfo.load(der, strict=True)
        algorithm, seed = key['private_key_algorithm']['algorithm'].native, key['private_key'].parsed.native
    except _DAMAGED as error:
        raise ValueError('a damaged key file') from error
    if algorithm != _ALGORITHM or not isinstance(seed, bytes) or len(seed) != _SEED_LENGTH:
        raise ValueError('not an Ed25519 key')
    return seed


def _decrypted(encrypted: Any, passphrase: bytes) -> bytes:
    """The decrypted content (DER) of an ``EncryptedPrivateKeyInfo`` of asn1crypto. Raises :class:`ValueError`."""
    algorithm = encrypted['encryption_algorithm']
    if not (algorithm['algorithm'].native == 'pbes2' and algorithm.kdf == 'pbkdf2' and algorithm.kdf_hmac == 'sha256'
            and algorithm['parameters']['encryption_scheme']['algorithm'].native == 'aes256_cbc'
            and 0 < algorithm.kdf_iterations <= _MOST_ITERATIONS):
        raise ValueError('another kind of encryption')
    key = _derived(passphrase, algorithm.kdf_salt, algorithm.kdf_iterations)
    return aes_cbc().decrypt(key, algorithm.encryption_iv, encrypted['encrypted_data'].native)


def _derived(passphrase: bytes, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac('sha256', passphrase, salt, iterations, 32)
