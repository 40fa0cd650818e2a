"""What happens along with a playback.

A feature is a module of its own with a subclass of :class:`Feature` and its :class:`FeatureFactory`; the composition
holds the list of factories, which ``PlaybackWatcher`` gets.
"""
from __future__ import annotations

from typing import Optional, Protocol

from .session import PlaybackSession
from .state import PlaybackState


class Feature:
    """Something that happens along with a playback; one object per playback. None of the methods may block."""

    def on_playback_started(self, playback: PlaybackState) -> None:
        """The player has opened the item."""

    def on_tick(self, playback: PlaybackState) -> None:
        """Once a second while playing, less often while paused."""

    def on_playback_changed(self, playback: PlaybackState) -> None:
        """Paused, resumed, buffering or moved to another position."""

    def on_subtitle_added(self, playback: PlaybackState, stream_id: str) -> None:
        """The item has a new subtitle, under this id, which Kodi is about to show because the user chose it."""

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """Over. ``reason``: stopped, ended or failed."""


class FeatureFactory(Protocol):
    """Makes the features of one kind; lives as long as the service."""

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """The feature of a playback that begins; None when it is not wanted, or not for this item.

        Called in the watcher's thread.
        """

    def stop(self) -> None:
        """The service ends; all playbacks are over."""
