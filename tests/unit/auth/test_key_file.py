"""The device key on disk: what others can read of it, what survives, and what a power cut leaves."""
from __future__ import annotations

import importlib
import os
import shutil
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Callable, List, Tuple

import asn1crypto.pem
import pytest
from Cryptodome.PublicKey import ECC
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.lib import atomic_file
from resources.lib.auth.device_key import aes, pkcs8
from resources.lib.auth.device_key.key_file import KeyFile
from resources.lib.auth.device_key.keys import DeviceKey
from resources.lib.auth.device_key.libraries import FirstWorking
from resources.lib.auth.errors import SigningUnavailable

PASSPHRASE = b'correct horse'
LIBRARIES = ['cryptography', 'pycryptodome', 'pyaes']
ROOT = Path(__file__).resolve().parents[3]
RECORDED = ROOT / 'tests' / 'fixtures' / 'device_key'
RECORDED_KID = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have the key file encrypted and decrypted with the library of this name from now on."""
    libraries = aes.LIBRARIES
    return lambda name: monkeypatch.setattr(aes, 'LIBRARIES', libraries.only(name))


def pem(folder: Path) -> bytes:
    return (folder / 'device_key.pem').read_bytes()


def unencrypted(folder: Path) -> DeviceKey:
    """The key in a file that a version before the encryption wrote to ``folder``."""
    shutil.copy(RECORDED / 'unencrypted.pem', folder / 'device_key.pem')
    return DeviceKey(pkcs8.read(pem(folder)))


# ---- the cipher --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('name', LIBRARIES)
@pytest.mark.parametrize('key, iv, plain, secret', [
    # FIPS 197, appendix C.3, and SP 800-38A, F.2.5 (first block)
    (bytes(range(32)).hex(), '00' * 16, '00112233445566778899aabbccddeeff', '8ea2b7ca516745bfeafc49904b496089'),
    ('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4', '000102030405060708090a0b0c0d0e0f',
     '6bc1bee22e409f96e93d7e117393172a', 'f58c4c04d6e5f1ba779eabfb5f7bfbd6')], ids=['FIPS 197', 'SP 800-38A'])
def test_each_library_does_the_aes_of_the_standards(name: str, key: str, iv: str, plain: str, secret: str) -> None:
    library = aes.LIBRARIES.only(name).get()
    found = library.encrypt(bytes.fromhex(key), bytes.fromhex(iv), bytes.fromhex(plain))
    assert found[:16].hex() == secret
    assert library.decrypt(bytes.fromhex(key), bytes.fromhex(iv), found).hex() == plain


@pytest.mark.parametrize('length', [0, 1, 15, 16, 17, 48, 100])
def test_every_length_is_padded_alike_and_comes_back(length: int) -> None:
    key, iv, plain = os.urandom(32), os.urandom(16), os.urandom(length)
    libraries = [aes.LIBRARIES.only(name).get() for name in LIBRARIES]
    secrets = {library.encrypt(key, iv, plain) for library in libraries}
    assert len(secrets) == 1
    assert {library.decrypt(key, iv, *secrets) for library in libraries} == {plain}


@pytest.mark.parametrize('name', LIBRARIES)
@pytest.mark.parametrize('length', [0, 1, 15, 17, 31])
def test_what_is_no_whole_number_of_blocks_is_a_value_error(name: str, length: int) -> None:
    with pytest.raises(ValueError):
        aes.LIBRARIES.only(name).get().decrypt(bytes(32), bytes(16), bytes(length))


def test_pycryptodome_is_used_under_its_other_name_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ('Cipher', 'Cipher.AES', 'Util', 'Util.Padding'):
        monkeypatch.setitem(sys.modules, 'Crypto.' + module, importlib.import_module('Cryptodome.' + module))
    monkeypatch.setitem(sys.modules, 'Crypto', importlib.import_module('Cryptodome'))
    monkeypatch.setitem(sys.modules, 'Cryptodome.Util.Padding', None)  # the rest is what "Crypto" consists of here
    library = aes.LIBRARIES.only('pycryptodome').get()
    assert library.decrypt(bytes(32), bytes(16), library.encrypt(bytes(32), bytes(16), b'words')) == b'words'


# ---- the format --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('reader', LIBRARIES)
@pytest.mark.parametrize('writer', LIBRARIES)
def test_file_written_with_one_library_is_read_with_each_other(
        tmp_path: Path, use: Callable[[str], None], writer: str, reader: str) -> None:
    key = DeviceKey.generate()
    use(writer)
    KeyFile(str(tmp_path)).save(key)
    use(reader)
    assert KeyFile(str(tmp_path)).load() == key


@pytest.mark.parametrize('name', LIBRARIES)
def test_file_of_the_first_release_is_read_with_each_library(
        tmp_path: Path, use: Callable[[str], None], name: str) -> None:
    """Written by the code of before, which had AES and PKCS#8 of its own. The key is RFC 8037's, appendix A."""
    for file in ('device_key.pem', 'device_key.pass'):
        shutil.copy(RECORDED / file, tmp_path)
    use(name)
    key = KeyFile(str(tmp_path)).load()
    assert key is not None and key.kid == RECORDED_KID
    assert pem(tmp_path) == (RECORDED / 'device_key.pem').read_bytes(), 'read, not written anew'


@pytest.mark.parametrize('name', LIBRARIES)
def test_openssl_and_pycryptodome_read_what_we_write(use: Callable[[str], None], name: str) -> None:
    seed = os.urandom(32)
    use(name)
    written = pkcs8.write(seed, PASSPHRASE)
    loaded: Any = load_pem_private_key(written, PASSPHRASE)
    assert loaded.private_bytes_raw() == seed
    assert ECC.import_key(written, PASSPHRASE.decode()).seed == seed
    assert pkcs8.is_encrypted(written)


@pytest.mark.parametrize('name', LIBRARIES)
@pytest.mark.parametrize('passphrase', [b'', PASSPHRASE])
def test_we_read_what_openssl_writes(use: Callable[[str], None], name: str, passphrase: bytes) -> None:
    key = Ed25519PrivateKey.generate()
    kind: Any = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    theirs = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kind)
    use(name)
    assert pkcs8.read(theirs, passphrase) == key.private_bytes_raw()
    assert pkcs8.is_encrypted(theirs) == bool(passphrase)


@pytest.mark.parametrize('name', LIBRARIES)
def test_we_read_what_pycryptodome_writes(use: Callable[[str], None], name: str) -> None:
    key = ECC.generate(curve='Ed25519')
    theirs = key.export_key(format='PEM', passphrase=PASSPHRASE.decode(), use_pkcs8=True,
                            protection='PBKDF2WithHMAC-SHA256AndAES256-CBC')
    use(name)
    assert pkcs8.read(theirs.encode(), PASSPHRASE) == key.seed


@pytest.mark.parametrize('name', LIBRARIES)
@pytest.mark.parametrize('passphrase', [b'', b'wrong'])
def test_wrong_passphrase_opens_nothing(use: Callable[[str], None], name: str, passphrase: bytes) -> None:
    use(name)
    for _ in range(20):
        with pytest.raises(ValueError):
            pkcs8.read(pkcs8.write(os.urandom(32), PASSPHRASE), passphrase)


def test_key_of_another_kind_is_refused() -> None:
    rsa = generate_private_key(65537, 1024)
    theirs = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE))
    with pytest.raises(ValueError, match='not an Ed25519 key'):
        pkcs8.read(theirs, PASSPHRASE)


def test_another_kind_of_encryption_is_refused() -> None:
    theirs = ECC.generate(curve='Ed25519').export_key(
        format='PEM', passphrase=PASSPHRASE.decode(), use_pkcs8=True, protection='scryptAndAES128-CBC')
    with pytest.raises(ValueError, match='another kind of encryption'):
        pkcs8.read(theirs.encode(), PASSPHRASE)


@pytest.mark.parametrize('name', LIBRARIES)
def test_no_damage_of_the_file_crashes(use: Callable[[str], None], name: str) -> None:
    use(name)
    content = pkcs8.write(os.urandom(32), PASSPHRASE)
    for place in range(len(content)):
        for damaged in (content[:place], content[:place] + b'/' + content[place + 1:],
                        content[:place] + b'\xff' + content[place + 1:]):
            try:
                pkcs8.read(damaged, PASSPHRASE)
            except ValueError:
                pass


@pytest.mark.parametrize('label', ['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 165), st.integers(0, 255)), min_size=1, max_size=4))
def test_no_damage_behind_the_base64_crashes(label: str, changes: List[Tuple[int, int]]) -> None:
    file = 'device_key.pem' if label.startswith('ENC') else 'unencrypted.pem'
    der = bytearray(asn1crypto.pem.unarmor((RECORDED / file).read_bytes())[2])
    for place, value in changes:
        der[place % len(der)] = value
    try:
        pkcs8.read(asn1crypto.pem.armor(label, bytes(der)), PASSPHRASE)
    except ValueError:
        pass


def test_service_that_does_not_read_the_key_loads_no_cryptography(tmp_path: Path) -> None:
    code = '''
        import sys
        sys.path[:0] = [%r]
        from resources.lib.auth.credentials.store import CredentialStore
        from resources.lib.auth.manager import AuthManager
        manager = AuthManager(CredentialStore(%r), None)
        manager.status(), manager.tick()
        loaded = {name.partition('.')[0] for name in sys.modules}
        print(sorted(loaded & {'asn1crypto', 'pyaes', 'cryptography', 'Cryptodome', 'ecdsa', 'jwt'}))
    '''
    done = subprocess.run([sys.executable, '-c', textwrap.dedent(code) % (str(ROOT), str(tmp_path))],
                          capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ('[]', '')


@pytest.mark.parametrize('gone, used', [
    ([], 'cryptography'), (['cryptography'], 'pycryptodome'), (['cryptography', 'Cryptodome', 'Crypto'], 'pyaes')])
def test_box_uses_what_it_has(gone: List[str], used: str) -> None:
    code = '''
        import logging, sys
        sys.path[:0] = [%r]
        for name in %r:
            sys.modules[name] = None
        logging.basicConfig(level=logging.INFO, stream=sys.stdout, format='%%(message)s')
        from resources.lib.auth.device_key.key_file import KeyFile
        print(KeyFile(%r).load().kid)
    '''
    done = subprocess.run([sys.executable, '-c', textwrap.dedent(code) % (str(ROOT), gone, str(RECORDED))],
                          capture_output=True, text=True, timeout=60)
    assert 'the key file is encrypted with %s' % used in done.stdout, done.stderr
    assert done.stdout.splitlines()[-1] == RECORDED_KID


def test_file_that_no_library_here_can_read_stays_where_it_is(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = DeviceKey.generate()
    KeyFile(str(tmp_path)).save(key)
    with monkeypatch.context() as nothing:
        nothing.setattr(aes, 'LIBRARIES', FirstWorking('nothing', {}))
        with pytest.raises(SigningUnavailable):
            KeyFile(str(tmp_path)).load()
    assert KeyFile(str(tmp_path)).load() == key


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
    key = unencrypted(tmp_path)
    assert KeyFile(str(tmp_path)).load() == key
    assert b'ENCRYPTED' in pem(tmp_path)
    assert KeyFile(str(tmp_path)).load() == key


def test_full_disk_does_not_lose_the_unencrypted_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = unencrypted(tmp_path)

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
