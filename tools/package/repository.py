"""A Kodi repository as a folder that any web server can serve.

``addons.xml`` lists the add-ons; each has a folder of its own with its zip, the zip's SHA-256 and the pictures that
Kodi shows before it installs. With ``index.html`` in every folder Kodi (or a browser) can use the repository as a file
source; the zip of the repository add-on is also in the top folder, where a user finds it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from html import escape
from pathlib import Path
from xml.sax.saxutils import quoteattr

from tools.package.addons import Addon
from tools.package.errors import PackageError

DEFAULT_URL = "https://repository.invalid/plexkodiconnect"
MARKER = ".kodi-repository"
_BESIDE = ("addon.xml", "changelog.txt", "CHANGELOG.md")


def write(out: Path, addons: Sequence[Addon], repository_addon: Addon) -> None:
    """Write the repository of *addons* to the folder *out*, whose earlier repository is replaced.

    *repository_addon* is one of them: its zip is also written into the top folder. Raises PackageError.
    """
    _clear(out)
    for addon in sorted(addons, key=lambda addon: addon.xml.addon_id):
        _write_addon(out / addon.xml.addon_id, addon)
    index = _addons_xml(addons).encode("utf-8")
    (out / "addons.xml").write_bytes(index)
    # Kodi reads the first word of a checksum file.
    (out / "addons.xml.md5").write_text(hashlib.md5(index).hexdigest() + "\n", encoding="ascii")
    (out / "addons.xml.sha256").write_text(hashlib.sha256(index).hexdigest() + "\n", encoding="ascii")
    (out / repository_addon.xml.zip_name).write_bytes(repository_addon.zip())
    for folder in [out, *(path for path in out.rglob("*") if path.is_dir())]:
        (folder / "index.html").write_text(_listing(folder, folder == out), encoding="utf-8")


def _clear(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()):
        if not (out / MARKER).exists():
            raise PackageError(f"{out} holds files that are not a repository made by this tool; choose another folder.")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARKER).write_text("", encoding="ascii")


def _write_addon(folder: Path, addon: Addon) -> None:
    folder.mkdir()
    data = addon.zip()
    (folder / addon.xml.zip_name).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (folder / f"{addon.xml.zip_name}.sha256").write_text(f"{digest}  {addon.xml.zip_name}\n", encoding="ascii")
    for name in (*_BESIDE, *addon.xml.assets):
        if name in addon.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(addon.files[name])


def _addons_xml(addons: Sequence[Addon]) -> str:
    bodies = []
    for addon in sorted(addons, key=lambda addon: addon.xml.addon_id):
        text = addon.xml.text.strip()
        if text.startswith("<?xml"):
            text = text.split("?>", 1)[1].strip()
        bodies.append(text)
    return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<addons>\n' + "\n".join(bodies) + "\n</addons>\n"


def _listing(folder: Path, top: bool) -> str:
    """An index page in the form of web servers' directory listings, which Kodi can read."""
    rows = [] if top else ['<a href="../">../</a>']
    for path in sorted(folder.iterdir(), key=lambda one: (one.is_file(), one.name)):
        if path.name == "index.html" or path.name.startswith("."):
            continue
        name = path.name + ("/" if path.is_dir() else "")
        size = "-" if path.is_dir() else str(path.stat().st_size)
        rows.append(f"<a href={quoteattr(name)}>{escape(name)}</a> 01-Jan-2020 00:00 {size}")
    title = "PlexKodiConnect repository" if top else escape(folder.name)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1><pre>\n" + "\n".join(rows) + "\n</pre></body>\n</html>\n"
    )
