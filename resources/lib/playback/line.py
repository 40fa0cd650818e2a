"""How fast the line to the server is, and whether that is enough for what plays."""
from __future__ import annotations

import threading
import time
from collections import deque
from typing import Callable, Deque, List, Optional, Tuple

from .features import Feature
from .state import BUFFERING, PlaybackState

#: Seconds that a measurement stays part of the figure, and the least that one is made of: seconds and bytes.
_WINDOW_S, _LEAST_S, _LEAST_BYTES = 40.0, 1.5, 64 * 1024
_MOST_SAMPLES = 400
#: A stall of so many seconds means something, and so do several within some minutes.
LONG_STALL_S, MANY_STALLS, STALLS_WITHIN_S = 8.0, 3, 180.0
#: A file needs more than its mean bitrate at times.
_HEADROOM = 1.1


class LineMeter:
    """Measures while files are passed on: only the time counts for which the server is waited for, so that a player
    with a full cache does not make a line slow. Thread-safe.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._samples: Deque[Tuple[float, int, float]] = deque(maxlen=_MOST_SAMPLES)

    def read(self, read: Callable[[int], bytes], size: int) -> bytes:
        """What ``read(size)`` returns; how long the server had to be waited for is measured."""
        began = self._clock()
        piece = read(size)
        self.add(len(piece), self._clock() - began)
        return piece

    def add(self, size: int, seconds: float) -> None:
        """So many bytes came after waiting for so long."""
        with self._lock:
            self._samples.append((self._clock(), size, seconds))

    def kbps(self) -> int:
        """The speed in kbit/s lately, 0 when that is not known."""
        oldest = self._clock() - _WINDOW_S
        with self._lock:
            recent = [(size, seconds) for at, size, seconds in self._samples if at >= oldest]
        size, seconds = sum(one[0] for one in recent), sum(one[1] for one in recent)
        if seconds < _LEAST_S or size < _LEAST_BYTES:
            return 0
        return int(size * 8 / 1000.0 / seconds)


class SlowLine(Feature):
    """Calls ``switch(playback, kbps)`` once, when the player stalls and the line is measured to be too slow.

    ``bitrate`` is the file's, in kbit/s. ``clock`` gives monotonic seconds.
    """

    def __init__(self, bitrate: int, kbps: Callable[[], int], switch: Callable[[PlaybackState, int], None],
                 clock: Callable[[], float]) -> None:
        self._bitrate = bitrate
        self._kbps = kbps
        self._switch = switch
        self._clock = clock
        self._stalls: List[float] = []
        self._since: Optional[float] = None
        self._done = False

    def on_tick(self, playback: PlaybackState) -> None:
        """A long stall."""
        if self._since is not None and self._clock() - self._since >= LONG_STALL_S:
            self._look(playback)

    def on_playback_changed(self, playback: PlaybackState) -> None:
        """A stall begins or ends."""
        if playback.state != BUFFERING:
            self._since = None
        elif self._since is None:
            self._since = self._clock()
            self._stalls = [one for one in self._stalls if one > self._since - STALLS_WITHIN_S] + [self._since]
            if len(self._stalls) >= MANY_STALLS:
                self._look(playback)

    def _look(self, playback: PlaybackState) -> None:
        kbps = self._kbps()
        if not self._done and 0 < kbps < self._bitrate * _HEADROOM:
            self._done = True
            self._switch(playback, kbps)
