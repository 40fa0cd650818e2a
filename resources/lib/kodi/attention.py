"""Which item the user is looking at in Kodi, and how long the user has done nothing."""
from __future__ import annotations

from typing import Optional, Tuple

from kodi_six import xbmc


def idle_seconds() -> float:
    """Seconds since the user last pressed a key or moved the mouse."""
    return float(xbmc.getGlobalIdleTime())


def focused_item() -> Optional[Tuple[str, int]]:
    """Media type and id of the library item that has the focus, or whose information dialog is open; None for none."""
    kind, number = xbmc.getInfoLabel('ListItem.DBTYPE'), xbmc.getInfoLabel('ListItem.DBID')
    return (kind, int(number)) if kind and number.isascii() and number.isdigit() else None
