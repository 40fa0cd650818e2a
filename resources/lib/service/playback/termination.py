"""Playback feature: a playback that the server has ended ends here too, and the user reads the server's words."""
from __future__ import annotations

import logging
from typing import Optional

from ...kodi import dialogs, video
from ...kodi.texts import transcode as texts
from ...playback.features import Feature
from ...playback.session import PlaybackSession
from ...playback.state import PlaybackState
from ..events import PlaybackTerminated
from ..shared import Shared

LOG = logging.getLogger('pkc.playback')

_SHOWN_S = 10.0


class Termination:
    """One for all playbacks: it knows which one is running."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._playing: Optional[PlaybackState] = None
        shared.events.subscribe(PlaybackTerminated, self._terminated)

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """It has to be stopped, if the server wants so."""
        return _Running(self)

    def stop(self) -> None:
        """Nothing to end."""

    def runs(self, playback: Optional[PlaybackState]) -> None:
        """What plays now."""
        self._playing = playback

    def _terminated(self, event: PlaybackTerminated) -> None:
        playing = self._playing
        if playing is None or playing.session.session_id != event.session.session_id:
            return
        LOG.info('The server ended the playback of item %s', playing.rating_key)
        if event.session.transcode is not None:
            event.session.transcode.refuse()
        addon = self._shared.addon
        words = event.words if not event.words.isdigit() else addon.text(texts.ENDED_BY_SERVER)
        if video.plays(playing.file):
            video.stop()
        dialogs.notify(addon.name, words, True, addon.icon, _SHOWN_S)


class _Running(Feature):
    """Tells which playback runs."""

    def __init__(self, termination: Termination) -> None:
        self._termination = termination

    def on_playback_started(self, playback: PlaybackState) -> None:
        """It runs."""
        self._termination.runs(playback)

    def on_playback_changed(self, playback: PlaybackState) -> None:
        """It may have come to the next file of a film in several."""
        self._termination.runs(playback)

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """It is over."""
        self._termination.runs(None)
