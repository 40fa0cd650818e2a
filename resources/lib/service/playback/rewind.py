"""Playback feature: resuming begins some seconds earlier, if the user wants that.

A resume point belongs to a Plex user, but Kodi's library has one for all. After a change of the user it says where the
former one stopped, until a synchronisation has gone through it; what is resumed meanwhile goes to the place that the
server has for the one who watches.
"""
from __future__ import annotations

from typing import Optional

from ...kodi import video
from ...playback.features import Feature
from ...playback.rewind import RewindFeature
from ...playback.session import PlaybackSession
from ..events import LibraryComplete, UserSwitched
from ..shared import Shared


class Rewind:
    """Makes the feature of each playback."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._of_another_user = False
        shared.events.subscribe(UserSwitched, lambda _event: self._mark(True))
        shared.events.subscribe(LibraryComplete, lambda _event: self._mark(False))

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """None when Kodi's place is the right one."""
        seconds = self._shared.settings.current.rewind_on_resume
        place_s = session.resume_s if self._of_another_user and session.playable else None
        if session.external or not seconds and place_s is None:
            return None
        return RewindFeature(seconds, video.seek, place_s)

    def _mark(self, of_another_user: bool) -> None:
        self._of_another_user = of_another_user

    def stop(self) -> None:
        """Nothing to end."""
