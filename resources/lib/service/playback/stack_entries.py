"""Playback feature: what follows a video in several files is what the user has in Kodi's playlist."""
from __future__ import annotations

from typing import Optional

from ...kodi import playlist
from ...playback.features import Feature
from ...playback.session import PlaybackSession
from ...playback.state import PlaybackState
from ..shared import Shared


class StackEntries(Feature):
    """Puts Kodi's playlist right after each jump; one for all playbacks."""

    def __init__(self, shared: Shared) -> None:
        """It needs nothing of the others."""

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """This one, for a version in several files."""
        return self if session.media is not None and len(session.media.parts) > 1 else None

    def stop(self) -> None:
        """Nothing to end."""

    def on_playback_changed(self, playback: PlaybackState) -> None:
        """The player may have come to another file."""
        playlist.drop_played(playback.file)
