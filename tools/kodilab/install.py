"""Installing add-ons in a lab's Kodi: through the screen as a user does, or faster by copying folders."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any, Iterable, NamedTuple, Sequence
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from tools.kodilab import addon_db
from tools.kodilab.errors import LabError, RpcError
from tools.kodilab.lab import KodiLab

_SERVER = Path(__file__).with_name("server.py")
_FILE_BROWSER = 10126
_PROGRESS = 10101
_LONGEST_LIST = 60


class Repository(NamedTuple):
    """A repository folder: its repository add-on, and the port and path at which that expects the folder."""

    addon_id: str
    archive: Path
    port: int


def read_repository(folder: Path) -> Repository:
    """Find the newest repository add-on in a folder of zips and read its address.

    :raises LabError: there is none, or its address is not on this machine's loopback.
    """
    archives = sorted(folder.glob("**/repository.*-*.zip"), key=_version)
    if not archives:
        raise LabError(f"no repository.*.zip in {folder}")
    root = _addon_xml(archives[-1])
    for tag in ("datadir", "info"):
        for node in root.iter(tag):
            address = urlsplit((node.text or "").strip())
            if address.hostname in ("127.0.0.1", "localhost"):
                return Repository(str(root.get("id")), archives[-1], address.port or 80)
    raise LabError(f"{archives[-1].name} does not point to 127.0.0.1: build the repository for the lab")


def install_from_repository(
    lab: KodiLab,
    repo_dir: Path,
    addon_id: str = "plugin.video.plexkodiconnect",
    timeout: float = 60,
    source: str = "",
) -> dict[str, Any]:
    """Install as a user does: repository by "Install from zip file", add-on from the repository.

    Serves ``repo_dir`` inside the namespace for as long as the lab lives.

    :param timeout: seconds for each of the two installations.
    :param source: name of a source of the lab (``KodiLab(sources={"web": "http://127.0.0.1:PORT/"})``) that
        leads to the served folder: the repository's zip is then chosen there, by HTTP, in the top folder.
        Otherwise it is taken from the lab's own local source.
    :returns: the add-on as ``Addons.GetAddonDetails`` gives it (version, enabled, ...).
    """
    repository = read_repository(repo_dir)
    serve(lab, repo_dir, repository.port)
    if not is_enabled(lab, repository.addon_id):
        if source:
            browse_to_zip(lab, [source, repository.archive.name], repository.addon_id, timeout)
        else:
            install_zip(lab, repository.archive, timeout)
    lab.builtin("UpdateAddonRepos")
    lab.wait_for(lambda: repository_read(lab, repository.addon_id), timeout, "the repository's list of add-ons")
    return install_addon(lab, addon_id, timeout)


def serve(lab: KodiLab, folder: Path, port: int) -> None:
    """Serve a folder by HTTP inside the namespace; once per port and lab."""
    if lab.agent.call("bound", port=port, kind="tcp")["bound"]:
        return
    log = (lab.home / (f"http-{port}.log")).open("ab")
    with log:
        child = lab.popen([sys.executable, "-I", str(_SERVER), str(folder), str(port)], stdout=log, stderr=log)
    lab.wait_for(lambda: lab.agent.call("bound", port=port, kind="tcp")["bound"], 10, "the web server")
    if child.poll() is not None:
        raise LabError("the web server of the repository ended")


def install_zip(lab: KodiLab, archive: Path, timeout: float = 60) -> None:
    """Install an add-on by "Install from zip file", through the screen, from the lab's local source."""
    for old in lab.profile.zips.glob("*.zip"):
        old.unlink()
    shutil.copy(str(archive), str(lab.profile.zips))
    browse_to_zip(lab, ["zips", archive.name], str(_addon_xml(archive).get("id")), timeout)


def browse_to_zip(lab: KodiLab, entries: Sequence[str], addon_id: str, timeout: float = 60) -> None:
    """Open "Install from zip file", choose one entry after the other and wait for the add-on.

    :param entries: a source of the file manager, folders, and at last the zip.
    """
    lab.builtin("InstallFromZip")
    lab.wait_for(lambda: lab.dialog_open(_FILE_BROWSER) or _confirm(lab, addon_id), timeout, "the file browser")
    for number, entry in enumerate(entries):
        if number:  # in a folder the list begins with ".."
            lab.wait_for(lambda: _at(lab, "..") or _at(lab, entry), timeout, f"the list with {entry}")  # noqa: B023
        _choose(lab, entry)
    _wait_installed(lab, addon_id, timeout)


def install_addon(lab: KodiLab, addon_id: str, timeout: float = 60) -> dict[str, Any]:
    """Install an add-on from the repositories that Kodi knows, and confirm its dependencies."""
    lab.builtin(f"InstallAddon({addon_id})")
    _wait_installed(lab, addon_id, timeout)
    lab.wait_for(lambda: not lab.dialog_open(_PROGRESS), timeout, "the end of the progress dialog")
    return addon_details(lab, addon_id)


def install_by_folder(lab: KodiLab, addons: Iterable[Path]) -> list[str]:
    """Copy add-ons as folders and mark them enabled, before Kodi starts: no dialog, no waiting.

    :param addons: zips or folders; their dependencies must be among them.
    :returns: their ids.
    """
    if lab.running:
        raise LabError("install_by_folder needs a Kodi that is not running")
    lab.open()
    ids = []
    for source in addons:
        addon_id = str(_addon_xml(source).get("id"))
        target = lab.profile.addons / addon_id
        shutil.rmtree(str(target), ignore_errors=True)
        if source.is_dir():
            shutil.copytree(str(source), str(target), ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            with zipfile.ZipFile(str(source)) as archive:
                archive.extractall(str(lab.profile.addons))
        ids.append(addon_id)
    addon_db.enable(lab.profile.databases, ids)
    return ids


def addon_details(lab: KodiLab, addon_id: str) -> dict[str, Any]:
    """Kodi's details of an installed add-on; empty when it is not installed."""
    properties = ["name", "version", "enabled", "installed", "dependencies"]
    try:
        return dict(lab.rpc("Addons.GetAddonDetails", addonid=addon_id, properties=properties)["addon"])
    except RpcError:
        return {}


def is_enabled(lab: KodiLab, addon_id: str) -> bool:
    """Whether an add-on is installed and enabled."""
    details = addon_details(lab, addon_id)
    return bool(details.get("installed") and details.get("enabled"))


def repository_read(lab: KodiLab, addon_id: str) -> bool:
    """Whether Kodi has fetched this repository's list."""
    return addon_db.repository_known(lab.profile.databases, addon_id)


def _wait_installed(lab: KodiLab, addon_id: str, timeout: float) -> None:
    """Wait until the add-on is enabled, and say Yes to what Kodi asks before."""
    what = f"the installation of {addon_id}"
    lab.wait_for(lambda: is_enabled(lab, addon_id) or _confirm(lab, addon_id), timeout, what)


def _confirm(lab: KodiLab, addon_id: str) -> bool:
    """Answer Kodi's open Yes/No dialog with Yes; always returns False, for use in a ``wait_for``.

    Once the add-on is enabled it may have opened a dialog of its own.
    """
    says = lab.dialog_says()
    if says and not is_enabled(lab, addon_id):
        lab.answer_yes()
        lab.wait_for(lambda: lab.dialog_says() != says, 20, "the end of the dialog")
    return False


def _at(lab: KodiLab, label: str) -> bool:
    """Whether the focus is on this entry; folders have brackets."""
    return lab.current_control() in (label, f"[{label}]")


def _choose(lab: KodiLab, label: str) -> None:
    """Move down in the list of the file browser to an entry and select it."""
    seen: list[str] = []
    for _ in range(_LONGEST_LIST):
        if _at(lab, label):
            lab.input("Select")
            return
        seen.append(lab.current_control())
        lab.input("Down")
        before = seen[-1]
        try:
            lab.wait_for(lambda: lab.current_control() != before, 1, interval=0.02)  # noqa: B023
        except LabError:
            continue
    raise LabError(f"{label!r} is not in the file browser, which shows {sorted(set(seen))}")


def _addon_xml(source: Path) -> Element:
    """The add-on description in a folder or zip."""
    text = b""
    if source.is_dir():
        text = (source / "addon.xml").read_bytes()
    else:
        with zipfile.ZipFile(str(source)) as archive:
            for name in archive.namelist():
                if re.match(r"[^/]+/addon\.xml$", name):
                    text = archive.read(name)
    if not text:
        raise LabError(f"{source} holds no addon.xml")
    root: Element = ElementTree.fromstring(text)
    return root


def _version(path: Path) -> list[int]:
    """The numbers of the version in a file name, for sorting."""
    return [int(number) for number in re.findall(r"\d+", path.stem.rpartition("-")[2])]
