"""Feature: a video that is resumed begins a little earlier, so that the viewer finds the thread again."""
from __future__ import annotations

import logging
from typing import Callable

from .features import Feature
from .state import PlaybackState

LOG = logging.getLogger('pkc.playback')

#: What begins within its first seconds was not resumed.
_BEGINNING_S = 5.0


class RewindFeature(Feature):
    """Jumps back once, by ``seconds``: Kodi takes the place to resume from its own library, whatever a plugin says."""

    def __init__(self, seconds: float, seek: Callable[[float], None]) -> None:
        self._seconds = seconds
        self._seek = seek

    def on_playback_started(self, playback: PlaybackState) -> None:
        """The player is where the user stopped, or at the beginning."""
        if playback.position_s > _BEGINNING_S:
            LOG.info('Resumed %.0f s before %.0f s', self._seconds, playback.position_s)
            self._seek(max(0.0, playback.position_s - self._seconds))
