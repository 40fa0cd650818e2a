"""Playback feature: tells the other parts of the service that one of our items plays."""
from __future__ import annotations

from ...playback.features import Feature
from ...playback.session import PlaybackSession
from ...playback.state import PlaybackState
from ..events import EventBus, PlaybackEnded, PlaybackStarted
from ..shared import Shared


class Announcing(Feature):
    """Publishes :class:`PlaybackStarted` and :class:`PlaybackEnded`; one for all playbacks."""

    def __init__(self, shared: Shared) -> None:
        self._events: EventBus = shared.events

    def feature(self, session: PlaybackSession) -> Announcing:
        """This one: it holds nothing of a single playback."""
        return self

    def stop(self) -> None:
        """Nothing to end."""

    def on_playback_started(self, playback: PlaybackState) -> None:
        """It plays."""
        self._events.publish(PlaybackStarted(playback))

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """It is over."""
        self._events.publish(PlaybackEnded(playback, reason))
