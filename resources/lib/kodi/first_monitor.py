"""Whether Kodi ends, for the time before the service has its own monitor. It imports next to nothing.

Kodi tells of its end once, and only those monitors that are there.
"""
from __future__ import annotations

from kodi_six import xbmc


class FirstMonitor(xbmc.Monitor):
    """Make it before anything else."""

    @property
    def kodi_ends(self) -> bool:
        """Whether Kodi has told of its end since."""
        return bool(self.abortRequested())
