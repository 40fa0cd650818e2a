"""A playback as the features see it."""
from __future__ import annotations

from dataclasses import dataclass

from .session import PlaybackSession

PLAYING, PAUSED, BUFFERING = 'playing', 'paused', 'buffering'
#: How a playback ended: by the user, by reaching the end of the stream, by an error of the player.
STOPPED, ENDED, FAILED = 'stopped', 'ended', 'failed'


@dataclass(frozen=True)
class PlaybackState:
    """One of our items in Kodi's player, at one moment.

    ``file`` is what the player reports to play. ``position_s`` is the last good position, ``total_s`` Kodi's length
    of the stream; both in seconds, ``total_s`` 0 when Kodi does not know. ``state`` is playing, paused or buffering.
    """

    session: PlaybackSession
    file: str
    state: str
    position_s: float
    total_s: float

    @property
    def machine_identifier(self) -> str:
        """The item's server."""
        return self.session.machine_identifier

    @property
    def rating_key(self) -> str:
        """The item's id on its server."""
        return self.session.rating_key
