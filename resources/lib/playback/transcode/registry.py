"""The transcodes that ``play`` has handed out."""
from __future__ import annotations

import threading
from collections import OrderedDict
from typing import List, Optional

from .stream import START, Transcode

#: Of more than these, the oldest are ended and forgotten.
_MOST = 20


class Transcodes:
    """Thread-safe memory of transcodes by their ids in our URLs."""

    START = START

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: OrderedDict[str, Transcode] = OrderedDict()

    def add(self, transcode: Transcode) -> None:
        """Allow it to be played."""
        dropped: List[Transcode] = []
        with self._lock:
            self._by_id[transcode.local_id] = transcode
            while len(self._by_id) > _MOST:
                dropped.append(self._by_id.popitem(last=False)[1])
        self._end(dropped)

    def find(self, local_id: str) -> Optional[Transcode]:
        """The one with this id, None for one that was not handed out."""
        with self._lock:
            return self._by_id.get(local_id)

    def begins(self, transcode: Transcode) -> None:
        """It is about to be played: Kodi plays one video at a time, so what else runs is left over from before."""
        with self._lock:
            others = [one for one in self._by_id.values() if one is not transcode]
        self._end(others)

    def stop(self, seconds: float = 0.0) -> None:
        """End all; waits at most ``seconds`` for the servers."""
        with self._lock:
            running = list(self._by_id.values())
        for thread in self._end(running):
            thread.join(seconds)

    @staticmethod
    def _end(transcodes: List[Transcode]) -> List[threading.Thread]:
        threads = [threading.Thread(target=one.stop, name='pkc-transcode', daemon=True)
                   for one in transcodes if one.running]
        for thread in threads:
            thread.start()
        return threads
