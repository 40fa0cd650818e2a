"""Properties of Kodi's home window, for skins."""
from __future__ import annotations

from typing import Dict, Mapping

from kodi_six import xbmcgui

_HOME = 10000


class HomeProperties:
    """The properties of one subject."""

    def __init__(self) -> None:
        self._told: Dict[str, str] = {}

    def tell(self, properties: Mapping[str, str]) -> None:
        """Set these properties, and clear those that were set before and are not among them."""
        window = xbmcgui.Window(_HOME)
        for name in self._told:
            if name not in properties:
                window.clearProperty(name)
        for name, value in properties.items():
            if self._told.get(name) != value:
                window.setProperty(name, value)
        self._told = dict(properties)
