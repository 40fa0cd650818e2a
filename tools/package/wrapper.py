"""A Python library as a Kodi add-on: the unpacked wheel under ``lib/`` and an ``addon.xml``."""

from __future__ import annotations

import zipfile
from fnmatch import fnmatch
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from tools.package.errors import WheelError
from tools.package.wheels import Wheel

PYTHON_API = "3.0.0"
# Tests and manual pages are not needed; RECORD describes an installation with pip.
LEFT_OUT = ("ecdsa/test_*.py", "*.data/*", "*.dist-info/RECORD")
LICENSE_NAMES = ("LICENSE", "LICENSE.md", "LICENSE.txt")

_ADDON_XML = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<addon id={addon_id} name={name} version={version} provider-name={author}>
    <requires>
{imports}
    </requires>
    <extension point="xbmc.python.module" library="lib"/>
    <extension point="xbmc.addon.metadata">
        <summary lang="en_GB">{summary}</summary>
        <description lang="en_GB">{summary}. The Python package {project} {library_version}, unchanged.</description>
        <platform>all</platform>
        <license>{license}</license>
        <source>{source}</source>
    </extension>
</addon>
"""


def wrap(wheel: Wheel, path: Path) -> dict[str, bytes]:
    """Path and content of the files of the add-on for *wheel*, whose file is at *path*."""
    files = {"addon.xml": addon_xml(wheel).encode("utf-8")}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith("/") or any(fnmatch(name, pattern) for pattern in LEFT_OUT):
                continue
            files[f"lib/{name}"] = archive.read(name)
    files["LICENSE.txt"] = _license(wheel, files)
    return files


def addon_xml(wheel: Wheel) -> str:
    """The ``addon.xml`` of a wheel's add-on."""
    imports = {"xbmc.python": PYTHON_API, **wheel.imports}
    return _ADDON_XML.format(
        addon_id=quoteattr(wheel.addon_id),
        name=quoteattr(wheel.project),
        version=quoteattr(wheel.addon_version),
        author=quoteattr(wheel.author),
        imports="\n".join(
            f"        <import addon={quoteattr(addon)} version={quoteattr(version)}/>"
            for addon, version in imports.items()
        ),
        summary=escape(wheel.summary),
        project=escape(wheel.project),
        library_version=escape(wheel.version),
        license=escape(wheel.license),
        source=escape(wheel.source),
    )


def _license(wheel: Wheel, files: dict[str, bytes]) -> bytes:
    for name in sorted(files):
        if ".dist-info/" in name and name.rsplit("/", 1)[1] in LICENSE_NAMES:
            return files[name]
    raise WheelError(f"{wheel.wheel} has no license text, and must not be passed on without one.")
