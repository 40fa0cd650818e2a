"""Reading an ``addon.xml``, and comparing Kodi's version numbers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from functools import total_ordering


@total_ordering
class Version:
    """A Kodi add-on version, ordered as Kodi orders it: Debian's rules for the upstream part.

    ``1.26.16+matrix.1`` is above ``1.26.16``, and ``1.0.0~beta1`` is below ``1.0.0``.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        # Alternating non-digits and digits; "~" sorts before the end, letters before other characters.
        self._key = tuple(
            int(part) if index % 2 else tuple(_rank(character) for character in part) + (0,)
            for index, part in enumerate(re.split(r"(\d+)", text.lower()))
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._key == other._key

    def __lt__(self, other: Version) -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"Version({self.text!r})"


def _rank(character: str) -> int:
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 256


@dataclass(frozen=True)
class AddonXml:
    """The values of an ``addon.xml`` that the packager needs."""

    addon_id: str
    version: str
    imports: dict[str, str]
    """Add-on id to the least version."""
    assets: tuple[str, ...]
    """Paths of the icon, fanart and so on inside the add-on."""
    text: str
    """The whole file."""

    @property
    def zip_name(self) -> str:
        """File name of the add-on's zip, as Kodi requests it from a repository."""
        return f"{self.addon_id}-{self.version}.zip"


def parse(data: bytes) -> AddonXml:
    """Read the bytes of an ``addon.xml``."""
    root = ElementTree.fromstring(data)  # noqa: S314 - our own files
    assets = root.find("./extension[@point='xbmc.addon.metadata']/assets")
    return AddonXml(
        addon_id=root.attrib["id"],
        version=root.attrib["version"],
        imports={one.attrib["addon"]: one.attrib.get("version", "0.0.0") for one in root.iterfind("requires/import")},
        assets=tuple(node.text.strip() for node in assets if node.text) if assets is not None else (),
        text=data.decode("utf-8"),
    )
