"""A video that is asked of the server while Kodi is still on its way to open it.

Kodi needs some time from our answer to its first request, and the server, which may be far away or have to wake a disk,
needs some for its answer to that. So the request is sent at once, and Kodi's gets its answer.
"""
from __future__ import annotations

import logging
import threading
from typing import Dict, NamedTuple, Optional

from ..playback.pms import GetClient
from ..playback.stream_registry import StreamSource
from ..plex_errors import PlexError
from .subtitles_ahead import SubtitlesAhead
from .upstream import LONGEST_OPENING, Upstream, open_video

LOG = logging.getLogger('pkc.local')

#: What Kodi asks for when it opens a file; a request for anything else is sent when it comes.
FIRST_RANGE = 'bytes=0-'
#: Seconds for which the server's answer waits for Kodi, unread.
_KEPT_S = 10.0


class _Opening:
    """One request. ``get_client`` gives the client of a server, as for all streams."""

    def __init__(self, source: StreamSource, get_client: GetClient, kept_s: float) -> None:
        self.source = source
        self._get_client = get_client
        self._kept_s = kept_s
        self._lock = threading.Lock()
        self._answered, self._over = threading.Event(), threading.Event()
        self._upstream: Optional[Upstream] = None
        threading.Thread(target=self._run, name='pkc-ahead', daemon=True).start()

    def take(self) -> Optional[Upstream]:
        """The answer, waited for; it is the caller's from now on. None where there is none, or none any more."""
        self._answered.wait(LONGEST_OPENING)
        with self._lock:
            found, self._upstream = self._upstream, None
        self._over.set()
        return found

    @property
    def failed(self) -> bool:
        """Whether there is no answer, or none any more."""
        return self._answered.is_set() and self._upstream is None

    def drop(self) -> None:
        """Nobody will take it."""
        self._over.set()

    def _run(self) -> None:
        try:
            client = self._get_client(self.source.machine_identifier)
            found = open_video(client, self.source.key, {'Range': FIRST_RANGE}, retries=0)
        except (PlexError, LookupError) as error:  # it is asked for again when Kodi comes
            LOG.debug('A video was not opened ahead: %s', type(error).__name__)
            self._answered.set()
            return
        except Exception:  # top of the thread
            LOG.exception('Opening a video ahead failed')
            self._answered.set()
            return
        with self._lock:
            self._upstream = found
        self._answered.set()
        self._over.wait(self._kept_s)
        with self._lock:
            left, self._upstream = self._upstream, None
        if left is not None:
            left.close()


class StreamAhead:
    """The beginning of the video that Kodi is going to open. Thread-safe."""

    def __init__(self, get_client: GetClient, kept_s: float = _KEPT_S) -> None:
        self._get_client = get_client
        self._kept_s = kept_s
        self._lock = threading.Lock()
        self._opening: Optional[_Opening] = None
        self._stopped = False

    def begin(self, source: Optional[StreamSource]) -> None:
        """Kodi is about to open this, or with None something that does not come from us. One at a time; what is asked
        for already is not asked for twice.
        """
        with self._lock:
            before = self._opening
            if self._stopped or before is not None and before.source == source and not before.failed:
                return
            self._opening = _Opening(source, self._get_client, self._kept_s) if source is not None else None
        if before is not None:
            before.drop()

    def stop(self) -> None:
        """Drop what waits for Kodi, and ask for nothing any more: no thread may be left when the service ends."""
        with self._lock:
            self._stopped, before, self._opening = True, self._opening, None
        if before is not None:
            before.drop()

    def take(self, source: StreamSource, asked: Dict[str, str]) -> Optional[Upstream]:
        """The server's answer to Kodi's request with these headers, once; None when it was not asked for ahead."""
        if asked != {'Range': FIRST_RANGE}:
            return None
        with self._lock:
            if self._opening is None or self._opening.source != source:
                return None
            opening, self._opening = self._opening, None
        return opening.take()


class ReadAhead(NamedTuple):
    """What is asked of the server before Kodi asks for it."""

    stream: StreamAhead
    subtitles: SubtitlesAhead
