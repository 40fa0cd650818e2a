"""Which file an item is going to be played from, known before the server has told what there is.

An item that was played before is mostly played from the same file, and of the episode that comes next the server has
told already. So that file can be asked for along with the question what there is: over a slow line one wait less.
"""
from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Optional, Tuple

from ...playback.direct_play import DirectPlay
from ...playback.errors import PlaybackError
from ...playback.methods import PlayRequest, playable_versions
from ...playback.stream_registry import PART, StreamSource
from ..events import NextEpisodeFound
from ..shared import Shared

#: Enough for an evening of a household; the oldest are forgotten.
_MOST = 200
#: The machineIdentifier, ratingKey, and id of a version ('' where that is ours to choose).
_Wanted = Tuple[str, str, str]


class Guesses:
    """Thread-safe. A wrong guess costs a request whose answer nobody reads."""

    def __init__(self, shared: Shared, streaming: DirectPlay) -> None:
        self._streaming = streaming
        self._lock = threading.Lock()
        self._known: OrderedDict[_Wanted, StreamSource] = OrderedDict()
        shared.events.subscribe(NextEpisodeFound, self._next)

    def of(self, request: PlayRequest) -> Optional[StreamSource]:
        """The file that is probably meant; None without a guess."""
        with self._lock:
            return self._known.get(_wanted(request))

    def found(self, request: PlayRequest, source: Optional[StreamSource]) -> None:
        """What it was in the end; None for anything but a file of the server's that is played as it is."""
        with self._lock:
            self._known.pop(_wanted(request), None)
            if source is None or source.kind != PART:
                return
            self._known[_wanted(request)] = source
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def _next(self, event: NextEpisodeFound) -> None:
        request = PlayRequest(event.session.machine_identifier, event.episode.item.rating_key)
        if self.of(request) is not None or event.session.method != self._streaming.name:
            return
        try:
            media = playable_versions(event.episode)[0]
            self.found(request, self._streaming.source_of(request, media))
        except PlaybackError:
            return


def _wanted(request: PlayRequest) -> _Wanted:
    return request.machine_identifier, request.rating_key, request.media_id
