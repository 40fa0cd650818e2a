"""A password for a MySQL server on a connection without TLS."""
from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from resources.lib.sql import rsa_password

SALT = bytes(range(1, 21))


@pytest.mark.parametrize('size', [2048, 3072])
@pytest.mark.parametrize('password', [b'x', b'a password', 'k\u00f6nig "quoted" \\'.encode(), b'y' * 120])
def test_the_server_reads_it(size: int, password: bytes) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=size)
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    found = key.decrypt(rsa_password.encrypted(password, SALT, pem), padding.OAEP(
        mgf=padding.MGF1(algorithm=hashes.SHA1()), algorithm=hashes.SHA1(), label=None))
    assert bytes(one ^ SALT[index % 20] for index, one in enumerate(found)) == password + b'\0'


@pytest.mark.parametrize('pem', [b'', b'-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n', b'AAAA', b'MAA=',
                                 b'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A', b'\xff' * 300])
def test_what_is_no_key(pem: bytes) -> None:
    with pytest.raises(ValueError):
        rsa_password.encrypted(b'secret', SALT, pem)


def test_a_password_that_does_not_fit() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError):
        rsa_password.encrypted(b'z' * 100, SALT, pem)
