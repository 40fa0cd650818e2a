"""Runs in a real Kodi: the ``kodi_lab`` fixture, the marker ``kodi``, and what is kept of a failure.

``KODI=0`` leaves these tests out, ``KODI_UPGRADE=1`` adds those in which two versions of Kodi open one
library. Without ``KODI=0`` a machine without Kodi fails them: a run that claims to have tested Kodi has
to have done it.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from tests.kodi.stages import Stages
from tools.kodilab import KodiLab, LabError
from tools.kodilab.chroots import ensure_chroot
from tools.kodilab.lab import OPEN, find_kodi
from tools.kodilab.screen import need
from tools.stage import build_repository

HERE = Path(__file__).parent
FAILED = pytest.StashKey[bool]()
TELLING = re.compile(r"pkc|plexkodiconnect|warning <|error <|fatal <|WARNING:|ERROR:|FATAL:", re.IGNORECASE)

LabFactory = Callable[..., KodiLab]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, wherever pytest is started."""
    config.addinivalue_line("markers", "kodi: runs in a real Kodi (tests/kodi); left out with KODI=0")
    config.addinivalue_line("markers", "kodi_upgrade: needs two versions of Kodi; only with KODI_UPGRADE=1")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark everything in this folder, and deselect it with KODI=0."""
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.kodi)
    unwanted = [item for item in ours if os.environ.get("KODI", "") == "0"
                or item.get_closest_marker("kodi_upgrade") and os.environ.get("KODI_UPGRADE", "") != "1"]
    if unwanted:
        config.hook.pytest_deselected(items=unwanted)
        items[:] = [item for item in items if item not in unwanted]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Note a failure for the fixture's teardown, and show what the logs of the open Kodis tell."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        for lab in OPEN:
            report.sections.append((f"kodi.log of {lab.name}", "\n".join(telling_lines(lab.log_text()))))
    return report


def telling_lines(log: str, most: int = 60) -> list[str]:
    """The last lines of a kodi.log that are ours, or of warnings and errors."""
    return [line[:300] for line in log.splitlines() if TELLING.search(line)][-most:]


@pytest.fixture(scope="session")
def kodi_present() -> None:
    """Fail with one sentence where there is no Kodi."""
    try:
        for tool, package in (("Xvfb", "xvfb"), ("pulseaudio", "pulseaudio"), ("import", "imagemagick")):
            need(tool, package)
        find_kodi(kodi_root())
    except LabError as error:
        pytest.fail(f"This needs a real Kodi: {error}. Set KODI=0 to leave the tests in tests/kodi out.", pytrace=False)


def kodi_root() -> Path | None:
    """Root folder of the Kodi under test: the host's, or that of the Debian release in $KODI_SUITE."""
    suite = os.environ.get("KODI_SUITE", "")
    return ensure_chroot(suite) if suite else None


@pytest.fixture
def kodi_lab(kodi_present: None, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LabFactory]:
    """A factory of opened labs: ``lab = kodi_lab(debug=False)``, then ``lab.start()``.

    Takes the parameters of ``KodiLab`` but the home, which is new for each lab unless ``home`` is
    given. Whatever happens, everything is ended after the test. After a failure kodi.log and a
    screenshot are in pytest's cache folder, under ``kodi-failures``.
    """
    labs: list[KodiLab] = []

    def make(home: Path | None = None, **options: Any) -> KodiLab:
        options.setdefault("kodi", kodi_root())
        lab = KodiLab(home or tmp_path / (f"kodi{len(labs)}"), **options)
        labs.append(lab)
        lab.open()
        return lab

    try:
        yield make
    finally:
        try:
            if request.node.stash.get(FAILED, False):
                for lab in labs:
                    keep(lab, request)
        finally:
            close_all(labs)


def close_all(labs: list[KodiLab]) -> None:
    """Close each lab, also when closing another one fails."""
    if labs:
        try:
            labs[-1].close()
        finally:
            close_all(labs[:-1])


def keep(lab: KodiLab, request: pytest.FixtureRequest) -> None:
    """Save what tells why the test failed."""
    assert request.config.cache is not None
    name = re.sub(r"[^\w.-]+", "_", request.node.name)
    folder = request.config.cache.mkdir("kodi-failures") / (f"{name}-{lab.home.name}")
    shutil.rmtree(str(folder), ignore_errors=True)
    folder.mkdir(parents=True)
    for path in [lab.profile.log, *lab.profile.logs(), *lab.home.glob("*.log"), lab.home / "kodi.out"]:
        if path.exists():
            shutil.copy(str(path), str(folder))
    try:
        lab.screenshot(folder / "screen.png", settle=0)
    except LabError as error:
        (folder / "screen.txt").write_text(str(error))
    print(f"kodi.log and a screenshot are in {folder}")


@pytest.fixture(scope="module")
def stages(kodi_present: None, addon_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Stages:
    """Makes the stage that the stories of one file share."""
    return Stages(tmp_path_factory.mktemp, addon_repository, kodi_root())


@pytest.fixture(scope="session")
def addon_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The add-on and what it needs, as zips."""
    return build_repository(tmp_path_factory.mktemp("repository") / "built")
