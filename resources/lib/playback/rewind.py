"""Feature: a video that is resumed begins a little earlier, so that the viewer finds the thread again; and where the
one who watches now stopped, not somebody else.
"""
from __future__ import annotations

import logging
from typing import Callable, Optional

from .features import Feature
from .state import PlaybackState

LOG = logging.getLogger('pkc.playback')

#: What begins within its first seconds was not resumed.
_BEGINNING_S = 5.0


class RewindFeature(Feature):
    """Jumps once, by ``seconds`` back: Kodi takes the place to resume from its own library, whatever a plugin says.

    ``place_s``: where the user stopped, in seconds, while Kodi's library still says where another user did.
    """

    def __init__(self, seconds: float, seek: Callable[[float], None], place_s: Optional[float] = None) -> None:
        self._seconds = seconds
        self._seek = seek
        self._place_s = place_s

    def on_playback_started(self, playback: PlaybackState) -> None:
        """The player is where the user stopped, or at the beginning."""
        if playback.position_s > _BEGINNING_S:
            place_s = playback.position_s if self._place_s is None else self._place_s
            LOG.info('Resumed %.0f s before %.0f s, and not at %.0f s', self._seconds, place_s, playback.position_s)
            self._seek(max(0.0, place_s - self._seconds))
