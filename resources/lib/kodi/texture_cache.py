"""Kodi's texture cache, through which it shows every picture."""
from __future__ import annotations

from urllib.parse import quote

from kodi_six import xbmcvfs


def load(url: str) -> bool:
    """Have Kodi load and store a picture, unless it has it; false when there is none to be had.

    Waits for as long as that takes: Kodi gives up after 20 seconds without data.
    """
    file = xbmcvfs.File('image://%s/' % quote(url, safe=''))
    try:
        return bool(file.size())
    finally:
        file.close()
