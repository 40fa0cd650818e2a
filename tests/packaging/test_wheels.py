"""The Python libraries in the repository are the pinned ones, and work in a Python that has nothing else."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.package import addons, wheels, wrapper
from tools.package.addon_xml import Version
from tools.package.errors import WheelError

TABLE = wheels.load_table()
PURE = re.compile(r"-(py3|py2\.py3)-none-any\.whl$")
# Each library that our code imports, with the part of it that our code uses.
IMPORTS = {
    "script.module.requests": "import requests, certifi; requests.Session().close(); open(certifi.where()).close()",
    "script.module.defusedxml": "from defusedxml.ElementTree import fromstring as f; assert f('<a>1</a>').text == '1'",
    "script.module.pyjwt": "import jwt; jwt.decode(jwt.encode({}, 'k' * 32, 'HS256'), 'k' * 32, ['HS256'])",
    "script.module.ecdsa": (
        "from ecdsa import Ed25519, SigningKey; k = SigningKey.generate(curve=Ed25519);"
        " assert k.verifying_key.verify(k.sign(b'x'), b'x')"
    ),
    "script.module.asn1crypto": (
        "from asn1crypto import algos, core, keys, pem; k = keys.PrivateKeyInfo({'version': 0,"
        " 'private_key_algorithm': {'algorithm': 'ed25519'}, 'private_key': core.OctetString(bytes(32))});"
        " assert pem.unarmor(pem.armor('PRIVATE KEY', k.dump()))[2] == k.dump()"
    ),
    "script.module.pyaes": (
        "import pyaes; c = lambda: pyaes.AESModeOfOperationCBC(bytes(32), bytes(16)); e = pyaes.Encrypter(c());"
        " d = pyaes.Decrypter(c()); assert d.feed(e.feed(b'x') + e.feed()) + d.feed() == b'x'"
    ),
    "script.module.websocket": "import websocket; assert websocket.ABNF.OPCODE_TEXT and websocket.create_connection",
    "script.module.pymysql": "import pymysql, pymysql.constants.CLIENT; assert pymysql.connect and pymysql.err.Error",
    "script.module.segno": "import io, segno; segno.make_qr('https://example.org').save(io.BytesIO(), kind='png')",
}

# SHA-256 of the modules in the author's own pyaes-1.6.1.tar.gz, but for __init__, which only names the others.
PYAES = {
    "aes.py": "5dc0ff7ad948704ae9814fc2720f9b479599092a7a46e1fd9d55b78953a1a43f",
    "blockfeeder.py": "34c550f66d284b4c2866f17130d646bf6c3fc2bf2806203268865782e12e0e44",
    "util.py": "b632d6ad0990972eb0969ec1551e8d302baf241476864f86112e40353f02c52f",
}


def unpack(repo: Path, addon: str, folder: Path) -> list[Path]:
    """Unpack an add-on and all that it needs from the repository; give the folders of their modules."""
    libs = {}
    waiting = [addon]
    while waiting:
        name = waiting.pop()
        if name in libs or name == "xbmc.python":
            continue
        (path,) = (repo / name).glob("*.zip")
        with zipfile.ZipFile(path) as opened:
            opened.extractall(folder)
        libs[name] = folder / name / "lib"
        waiting += re.findall(r'<import addon="([^"]+)"', (folder / name / "addon.xml").read_text(encoding="utf-8"))
    return list(libs.values())


def run_bare(paths: list[Path], code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a Python that sees the standard library and *paths*, where every warning is an error."""
    start = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}; "
    command = [sys.executable, "-I", "-S", "-B", "-W", "error", "-c", start + code]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("addon", sorted(IMPORTS))
def test_a_library_works_with_nothing_but_what_its_add_on_asks_for(repo: Path, tmp_path: Path, addon: str) -> None:
    done = run_bare(unpack(repo, addon, tmp_path), IMPORTS[addon])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("wheel", TABLE, ids=lambda wheel: wheel.addon_id)
def test_a_wheel_is_pure_python_and_keeps_its_license(repo: Path, wheel: wheels.Wheel) -> None:
    assert PURE.search(wheel.wheel)
    with zipfile.ZipFile(repo / wheel.addon_id / f"{wheel.addon_id}-{wheel.addon_version}.zip") as opened:
        names = opened.namelist()
        assert len(opened.read(f"{wheel.addon_id}/LICENSE.txt")) > 200
        metadata = opened.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode("utf-8")
        sources = {name: opened.read(name) for name in names if name.endswith(".py")}
    assert not [name for name in names if name.endswith((".so", ".pyd", ".dll", ".dylib"))]
    assert f"\nVersion: {wheel.version}\n" in metadata
    requires = re.search(r"^Requires-Python: (.+)$", metadata, re.MULTILINE)
    # Kodi 19 on some systems is Python 3.8.
    if requires:
        assert Version(re.findall(r">=([\d.]+)", requires.group(1))[0]) <= Version("3.8")
    else:
        for name, source in sources.items():
            ast.parse(source, name, feature_version=(3, 8))


@pytest.mark.parametrize("wheel", TABLE, ids=lambda wheel: wheel.addon_id)
def test_a_wheels_requirements_are_its_add_ons_imports(repo: Path, wheel: wheels.Wheel) -> None:
    with zipfile.ZipFile(repo / wheel.addon_id / f"{wheel.addon_id}-{wheel.addon_version}.zip") as opened:
        metadata = opened.read(next(n for n in opened.namelist() if n.endswith(".dist-info/METADATA"))).decode("utf-8")
    always = [line for line in re.findall(r"^Requires-Dist: (.+)$", metadata, re.MULTILINE) if ";" not in line]
    projects = {re.split(r"[ (<>=!]", line)[0].lower().replace("_", "-") for line in always}
    # requests takes chardet where charset-normalizer, of which no pure wheel is the same everywhere, is not installed.
    projects = {"chardet" if name == "charset-normalizer" else name for name in projects}
    assert projects == {addon[len("script.module.") :] for addon in wheel.imports}


def test_the_cipher_of_pyaes_is_its_authors(repo: Path) -> None:
    """Its author published 1.6.1 as a source archive only; the wheel was made by somebody else."""
    (path,) = (repo / "script.module.pyaes").glob("*.zip")
    with zipfile.ZipFile(path) as opened:
        digests = {
            Path(name).name: hashlib.sha256(opened.read(name)).hexdigest()
            for name in opened.namelist()
            if "/lib/pyaes/" in name and not name.endswith("/__init__.py")
        }
    assert digests == PYAES


def test_what_is_tested_is_what_ships() -> None:
    text = (addons.ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    pinned = {name.lower(): version for name, version in re.findall(r"^([\w-]+)==([\w.]+)", text, re.MULTILINE)}
    for wheel in TABLE:
        if wheel.project != "certifi":  # its newest certificates are welcome in tests
            assert pinned[wheel.project.lower()] == wheel.version


def test_the_cache_serves_without_a_network(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_download", lambda *_: pytest.fail("asked for the network"))
    assert set(wheels.fetch(TABLE, addons.WHEEL_CACHE)) == {wheel.wheel for wheel in TABLE}


def test_a_wheel_with_another_content_is_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / TABLE[0].wheel).write_bytes(b"something else")
    monkeypatch.setattr(wheels, "_download", lambda *_: None)
    with pytest.raises(WheelError, match="pinned SHA-256"):
        wheels.fetch(TABLE[:1], tmp_path)


def test_a_library_without_a_license_is_not_passed_on(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bare.whl", "w") as made:
        made.writestr("six.py", "")
    with pytest.raises(WheelError, match="no license"):
        wrapper.wrap(TABLE[0], tmp_path / "bare.whl")
