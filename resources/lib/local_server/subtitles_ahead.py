"""Subtitles that are read from the server while Kodi still opens the video.

Kodi opens the subtitle that it shows before it shows the first picture: with HEAD for its type, then with GET. So each
round trip to the server for it would delay the film.
"""
from __future__ import annotations

import logging
import threading
import time
from typing import Callable, Dict, Optional, Sequence

from ..playback.pms import GetClient
from ..playback.stream_registry import StreamSource
from ..plex_errors import PlexError
from ..plex_limits import SUBTITLE_AHEAD
from .upstream import BrokenOff, read_whole

LOG = logging.getLogger('pkc.local')

#: Kodi shows one of them; which one depends on its settings.
_MOST = 3
#: Seconds for which they are kept: Kodi asks several times while it opens a film. Later the server may have another.
_KEPT_S = 30.0
_TIMEOUT = (5.0, 10.0)


class _Reading:
    """One subtitle. ``body`` is None while it is being read, and when it could not be."""

    def __init__(self, source: StreamSource, get_client: GetClient) -> None:
        self._source = source
        self._get_client = get_client
        self._thread = threading.Thread(target=self._read, name='pkc-subtitle', daemon=True)
        self._body: Optional[bytes] = None
        self._thread.start()

    def body(self) -> Optional[bytes]:
        """It, as soon as it was read."""
        self._thread.join(sum(_TIMEOUT))
        return self._body

    def _read(self) -> None:
        try:
            client = self._get_client(self._source.machine_identifier)
            self._body = read_whole(client.open(self._source.key, SUBTITLE_AHEAD, timeout=_TIMEOUT, retries=0))
        except (PlexError, BrokenOff, LookupError) as error:  # it is read again when Kodi asks for it
            LOG.debug('A subtitle was not read ahead: %s', type(error).__name__)
        except Exception:  # top of the thread
            LOG.exception('Reading a subtitle ahead failed')


class SubtitlesAhead:
    """The first subtitles of what Kodi opened last. Thread-safe. ``clock`` gives monotonic seconds."""

    def __init__(self, get_client: GetClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._get_client = get_client
        self._clock = clock
        self._lock = threading.Lock()
        self._readings: Dict[StreamSource, _Reading] = {}
        self._begun = 0.0

    def begin(self, sources: Sequence[StreamSource]) -> None:
        """Kodi is about to open a video with these subtitles; those of the last one are forgotten."""
        readings = {source: _Reading(source, self._get_client) for source in sources[:_MOST]}
        with self._lock:
            self._readings, self._begun = readings, self._clock()

    def body(self, source: StreamSource) -> Optional[bytes]:
        """Its content, waited for if need be. None when it was not read, and when that was long ago."""
        with self._lock:
            if self._clock() - self._begun > _KEPT_S:
                self._readings = {}
            reading = self._readings.get(source)
        return reading.body() if reading is not None else None
