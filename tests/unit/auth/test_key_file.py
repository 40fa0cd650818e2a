"""The device key on disk: what others can read of it, what survives, and what a power cut leaves."""
from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from resources.lib import atomic_file
from resources.lib.auth.device_key import aes, pkcs8
from resources.lib.auth.device_key.key_file import KeyFile
from resources.lib.auth.device_key.keys import DeviceKey

PASSPHRASE = b'correct horse'


def pem(folder: Path) -> bytes:
    return (folder / 'device_key.pem').read_bytes()


# ---- the format --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('key, iv, plain, secret', [
    # FIPS 197, appendix C.3, and SP 800-38A, F.2.5 (first block)
    (bytes(range(32)).hex(), '00' * 16, '00112233445566778899aabbccddeeff', '8ea2b7ca516745bfeafc49904b496089'),
    ('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4', '000102030405060708090a0b0c0d0e0f',
     '6bc1bee22e409f96e93d7e117393172a', 'f58c4c04d6e5f1ba779eabfb5f7bfbd6')], ids=['FIPS 197', 'SP 800-38A'])
def test_aes_of_the_standards(key: str, iv: str, plain: str, secret: str) -> None:
    found = aes.encrypt(bytes.fromhex(key), bytes.fromhex(iv), bytes.fromhex(plain))
    assert found[:16].hex() == secret
    assert aes.decrypt(bytes.fromhex(key), bytes.fromhex(iv), found).hex() == plain


@pytest.mark.parametrize('length', [0, 1, 15, 16, 17, 48, 100])
def test_every_length_comes_back(length: int) -> None:
    key, iv, plain = os.urandom(32), os.urandom(16), os.urandom(length)
    assert aes.decrypt(key, iv, aes.encrypt(key, iv, plain)) == plain


@pytest.mark.parametrize('passphrase', [b'', PASSPHRASE])
def test_openssl_reads_what_we_write_and_we_read_what_it_writes(passphrase: bytes) -> None:
    seed = os.urandom(32)
    loaded: Any = load_pem_private_key(pkcs8.to_pem(seed, passphrase).encode(), passphrase or None)
    assert loaded.private_bytes_raw() == seed
    kind: Any = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    theirs = loaded.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kind).decode()
    assert pkcs8.from_pem(theirs, passphrase) == seed
    assert pkcs8.is_encrypted(theirs) == bool(passphrase)


@pytest.mark.parametrize('passphrase', [b'', b'wrong'])
def test_wrong_passphrase_opens_nothing(passphrase: bytes) -> None:
    for _ in range(20):
        with pytest.raises(ValueError):
            pkcs8.from_pem(pkcs8.to_pem(os.urandom(32), PASSPHRASE), passphrase)


def test_key_of_another_kind_is_refused() -> None:
    rsa = generate_private_key(65537, 1024)
    text = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE)).decode()
    with pytest.raises(ValueError):
        pkcs8.from_pem(text, PASSPHRASE)


def test_no_damage_of_the_file_crashes() -> None:
    text = pkcs8.to_pem(os.urandom(32), PASSPHRASE)
    for place in range(len(text)):
        for damaged in (text[:place], text[:place] + '/' + text[place + 1:]):
            try:
                pkcs8.from_pem(damaged, PASSPHRASE)
            except ValueError:
                pass


# ---- the files ---------------------------------------------------------------------------------------------------

@pytest.mark.skipif(os.name == 'nt', reason='modes are POSIX')
def test_both_files_are_for_their_owner_only_and_neither_holds_the_key_alone(tmp_path: Path) -> None:
    folder, key = tmp_path / 'data', DeviceKey.generate()
    old = os.umask(0)
    try:
        KeyFile(str(folder)).save(key)
    finally:
        os.umask(old)
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        'device_key.pem': 0o600, 'device_key.pass': 0o600}
    assert pem(folder).startswith(b'-----BEGIN ENCRYPTED PRIVATE KEY-----')
    passphrase = (folder / 'device_key.pass').read_bytes()
    assert len(passphrase) >= 43 and passphrase not in pem(folder)
    assert KeyFile(str(folder)).load() == key
    assert 'seed' not in repr(key)


def test_unencrypted_key_of_an_earlier_version_is_kept_and_encrypted(tmp_path: Path) -> None:
    key = DeviceKey.generate()
    (tmp_path / 'device_key.pem').write_text(pkcs8.to_pem(key.seed))
    assert KeyFile(str(tmp_path)).load() == key
    assert b'ENCRYPTED' in pem(tmp_path)
    assert KeyFile(str(tmp_path)).load() == key


def test_full_disk_does_not_lose_the_unencrypted_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = DeviceKey.generate()
    (tmp_path / 'device_key.pem').write_text(pkcs8.to_pem(key.seed))

    def full(*_: Any) -> None:
        raise OSError(28, 'No space left on device')
    monkeypatch.setattr(atomic_file, 'write', full)
    assert KeyFile(str(tmp_path)).load() == key
    monkeypatch.undo()
    assert KeyFile(str(tmp_path)).load() == key
    assert b'ENCRYPTED' in pem(tmp_path)


def test_power_cut_at_any_write_leaves_a_key_that_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = DeviceKey.generate(), DeviceKey.generate()
    KeyFile(str(tmp_path)).save(first)

    def cut(*_: Any) -> None:
        raise OSError(5, 'power cut')
    monkeypatch.setattr(atomic_file.os, 'replace', cut)
    with pytest.raises(OSError):
        KeyFile(str(tmp_path)).save(second)
    monkeypatch.undo()
    assert KeyFile(str(tmp_path)).load() == first


def test_second_key_has_the_same_passphrase(tmp_path: Path) -> None:
    KeyFile(str(tmp_path)).save(DeviceKey.generate())
    passphrase = (tmp_path / 'device_key.pass').read_bytes()
    key = DeviceKey.generate()
    KeyFile(str(tmp_path)).save(key)
    assert (tmp_path / 'device_key.pass').read_bytes() == passphrase
    assert KeyFile(str(tmp_path)).load() == key


@pytest.mark.parametrize('content', [b'', b'\xff\xfe', b'-----BEGIN ENCRYPTED PRIVATE KEY-----\n',
                                     b'-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
                                     b'-----BEGIN PRIVATE KEY-----\n***\n-----END PRIVATE KEY-----'])
def test_damaged_key_is_set_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / 'device_key.pem').write_bytes(content)
    assert KeyFile(str(tmp_path)).load() is None
    assert (tmp_path / 'device_key.pem.damaged').read_bytes() == content
    assert KeyFile(str(tmp_path)).load() is None


@pytest.mark.parametrize('change', ['lost', 'another'])
def test_key_without_its_passphrase_is_set_aside(tmp_path: Path, change: str) -> None:
    KeyFile(str(tmp_path)).save(DeviceKey.generate())
    if change == 'lost':
        (tmp_path / 'device_key.pass').unlink()
    else:
        (tmp_path / 'device_key.pass').write_bytes(b'another')
    assert KeyFile(str(tmp_path)).load() is None
    assert (tmp_path / 'device_key.pem.damaged').exists()


def test_nothing_is_left_after_deleting(tmp_path: Path) -> None:
    KeyFile(str(tmp_path)).save(DeviceKey.generate())
    KeyFile(str(tmp_path)).delete()
    KeyFile(str(tmp_path)).delete()
    assert not list(tmp_path.iterdir())
