"""Playback feature: resuming begins some seconds earlier, if the user wants that."""
from __future__ import annotations

from typing import Optional

from ...kodi import video
from ...playback.features import Feature
from ...playback.rewind import RewindFeature
from ...playback.session import PlaybackSession
from ..shared import Shared


class Rewind:
    """Makes the feature of each playback."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """None when it is switched off."""
        seconds = self._shared.settings.current.rewind_on_resume
        return RewindFeature(seconds, video.seek) if seconds else None

    def stop(self) -> None:
        """Nothing to end."""
