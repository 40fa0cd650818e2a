"""The add-ons of our repository, each as its files in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.package import addon_xml, archive, source, wheels, wrapper
from tools.package.errors import PackageError

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
WHEEL_CACHE = ROOT / ".cache" / "wheels"
REPOSITORY_VERSION = "1.0.0"
MEDIA = "resources/media"


@dataclass(frozen=True)
class Addon:
    """An add-on ready to be zipped."""

    xml: addon_xml.AddonXml
    files: dict[str, bytes]

    def zip(self) -> bytes:
        """The add-on's zip."""
        return archive.build_zip(self.xml.addon_id, self.files)


def from_files(files: dict[str, bytes]) -> Addon:
    """An add-on made of its files, one of which is ``addon.xml``."""
    if "addon.xml" not in files:
        raise PackageError("There is no addon.xml among the files that ship.")
    return Addon(addon_xml.parse(files["addon.xml"]), files)


def our_addon(worktree: bool, root: Path = ROOT) -> Addon:
    """PlexKodiConnect itself, from the working tree or from the last commit."""
    return from_files(source.worktree_files(root) if worktree else source.committed_files(root))


def kodi_six() -> Addon:
    """Our own package of kodi_six."""
    folder = HERE / "kodi_six"
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    return from_files({**files, "LICENSE.txt": (ROOT / "LICENSE.txt").read_bytes()})


def libraries(table: Sequence[wheels.Wheel], cache: Path = WHEEL_CACHE) -> list[Addon]:
    """The Python libraries of *table*, each as an add-on."""
    paths = wheels.fetch(table, cache)
    return [from_files(wrapper.wrap(wheel, paths[wheel.wheel])) for wheel in table]


def repository_addon(url: str) -> Addon:
    """The repository add-on, which tells Kodi the URL of the repository; *url* is without a slash at the end."""
    template = (HERE / "repository" / "addon.xml.in").read_text(encoding="utf-8")
    xml = template.replace("@VERSION@", REPOSITORY_VERSION).replace("@URL@", url)
    return from_files(
        {
            "addon.xml": xml.encode("utf-8"),
            "LICENSE.txt": (ROOT / "LICENSE.txt").read_bytes(),
            "icon.png": (ROOT / MEDIA / "icon.png").read_bytes(),
            "fanart.jpg": (ROOT / MEDIA / "fanart.jpg").read_bytes(),
        }
    )
