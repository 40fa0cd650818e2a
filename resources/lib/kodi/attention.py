"""What the user has before him in Kodi, and since when he did nothing."""
from __future__ import annotations

from typing import Optional, Tuple

from kodi_six import xbmc


def idle_seconds() -> float:
    """Seconds since the user last pressed a key or moved the mouse."""
    return float(xbmc.getGlobalIdleTime())


def focused_item() -> Optional[Tuple[str, int]]:
    """Media type and id of the library item that is focused, or of which the information is shown."""
    kind, number = xbmc.getInfoLabel('ListItem.DBTYPE'), xbmc.getInfoLabel('ListItem.DBID')
    return (kind, int(number)) if kind and number.isascii() and number.isdigit() else None
