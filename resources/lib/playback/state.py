"""A playback as the features see it."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

PLAYING, PAUSED, BUFFERING = 'playing', 'paused', 'buffering'
#: How a playback ended: by the user, by reaching the end of the stream, by an error of the player.
STOPPED, ENDED, FAILED = 'stopped', 'ended', 'failed'


@dataclass(frozen=True)
class PlaybackState:
    """One of our items in Kodi's player, at one moment.

    ``position_s`` is the last good position, ``total_s`` Kodi's length of the stream; both in seconds, ``total_s`` 0
    when Kodi does not know. ``state`` is playing, paused or buffering.
    """

    machine_identifier: str
    rating_key: str
    file: str
    state: str
    position_s: float
    total_s: float


class Feature(Protocol):
    """Something that happens along with a playback; one object per playback. Must not block."""

    def on_playback_started(self, playback: PlaybackState) -> None:
        """The player has opened the item."""

    def on_tick(self, playback: PlaybackState) -> None:
        """Once a second while playing, less often while paused."""

    def on_playback_changed(self, playback: PlaybackState) -> None:
        """Paused, resumed, buffering or moved to another position."""

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """Over. ``reason``: stopped, ended or failed."""
