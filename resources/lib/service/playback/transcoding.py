"""Playback feature: a transcode is kept alive while it plays, and ended with the playback."""
from __future__ import annotations

import logging
import threading
from typing import List, Optional

from ...playback.features import Feature
from ...playback.session import PlaybackSession
from ...playback.state import PlaybackState
from ...playback.transcode.stream import Transcode
from ...plex_errors import PlexError
from ..shared import Shared

LOG = logging.getLogger('pkc.playback')

#: Seconds between two pings; a server gives a transcode up after a minute or more without any.
PING_S = 15.0
_LONGEST_ENDING_S = 1.0


class Transcoding:
    """Makes the feature of each playback that the server converts."""

    def __init__(self, shared: Shared) -> None:
        self._keepers: List[Keeper] = []

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """None for an original."""
        if session.transcode is None:
            return None
        self._keepers = [one for one in self._keepers if one.alive]
        keeper = Keeper(session.transcode)
        self._keepers.append(keeper)
        return keeper

    def stop(self) -> None:
        """All playbacks are over; their ends may still be on their way to the server."""
        for keeper in self._keepers:
            keeper.join(_LONGEST_ENDING_S)


class Keeper(Feature):
    """One playback's transcode; a thread of its own talks to the server."""

    def __init__(self, transcode: Transcode, ping_s: float = PING_S) -> None:
        self._transcode = transcode
        self._ping_s = ping_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name='pkc-transcode', daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the server may still have to be told something."""
        return self._thread.is_alive()

    def join(self, seconds: float) -> None:
        """Wait for its end."""
        if self.alive:
            self._thread.join(seconds)

    def on_playback_started(self, playback: PlaybackState) -> None:
        """From now on it is kept alive, also while it is paused."""
        self._thread.start()

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """The server need not go on."""
        self._over.set()

    def _run(self) -> None:
        try:
            while not self._over.wait(self._ping_s):
                self._ping()
            self._transcode.stop()
        except Exception:  # top of the thread
            LOG.exception('Keeping a transcode alive failed')

    def _ping(self) -> None:
        try:
            self._transcode.ping()
        except (PlexError, LookupError) as error:
            LOG.info('A transcode could not be kept alive: %s',
                     error if isinstance(error, PlexError) else 'unknown server')
