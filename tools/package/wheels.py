"""The Python libraries that ship as separate add-ons: pinned wheels, which are downloaded once and cached."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.package.errors import WheelError

TABLE = Path(__file__).with_name("wheels.json")


@dataclass(frozen=True)
class Wheel:
    """One line of ``wheels.json``: a library, its exact wheel, and the add-on it becomes."""

    addon_id: str
    addon_version: str
    project: str
    wheel: str
    sha256: str
    license: str
    author: str
    summary: str
    source: str
    imports: dict[str, str]

    @property
    def version(self) -> str:
        """The library's own version, from the wheel's name."""
        return self.wheel.split("-")[1]


def load_table(path: Path = TABLE) -> list[Wheel]:
    """Read the table of pinned wheels."""
    return [Wheel(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def fetch(wheels: Sequence[Wheel], cache: Path) -> dict[str, Path]:
    """The path of each wheel by its file name; those that are not in the cache are downloaded with pip.

    A file whose hash is not the pinned one is never used. Raises WheelError.
    """
    cache.mkdir(parents=True, exist_ok=True)
    missing = [wheel for wheel in wheels if not _is_pinned(cache / wheel.wheel, wheel)]
    if missing:
        _download(missing, cache)
    for wheel in missing:
        if not _is_pinned(cache / wheel.wheel, wheel):
            raise WheelError(f"pip did not bring {wheel.wheel} with the pinned SHA-256.")
    return {wheel.wheel: cache / wheel.wheel for wheel in wheels}


def _is_pinned(path: Path, wheel: Wheel) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == wheel.sha256


def _download(wheels: Sequence[Wheel], cache: Path) -> None:
    """Download into a temporary folder first, so that an incomplete file never gets into the cache."""
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text(
            "".join(f"{wheel.project}=={wheel.version} --hash=sha256:{wheel.sha256}\n" for wheel in wheels),
            encoding="utf-8",
        )
        command = [
            *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "-qq"),
            *("--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", folder, "-r", str(requirements)),
        ]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode:
            names = ", ".join(wheel.wheel for wheel in wheels)
            raise WheelError(f"pip could not download {names}:\n{done.stderr.decode(errors='replace').strip()}")
        for path in Path(folder).glob("*.whl"):
            path.replace(cache / path.name)
