"""Properties of Kodi's home window, by which skins learn what there is."""
from __future__ import annotations

from typing import Dict, Mapping

from kodi_six import xbmcgui

_HOME = 10000


class HomeProperties:
    """Those of one subject. What is not told any more is cleared."""

    def __init__(self) -> None:
        self._told: Dict[str, str] = {}

    def tell(self, properties: Mapping[str, str]) -> None:
        """Have exactly these."""
        window = xbmcgui.Window(_HOME)
        for name in self._told:
            if name not in properties:
                window.clearProperty(name)
        for name, value in properties.items():
            if self._told.get(name) != value:
                window.setProperty(name, value)
        self._told = dict(properties)
