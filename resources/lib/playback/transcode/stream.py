"""One transcode at a server, as the player reads it.

The media playlist spans the whole title, whatever the offset at which the encoder began; the encoder writes one segment
after the other from there. A segment that it has not come to yet is answered with 404 or held back, and one from before
its beginning with an empty one. So a jump of the player begins the transcode anew, at the segment that is asked for.
(Source: measurements of clients that are published, docs/plex.md.)
"""
from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import Callable, Dict, List, Mapping, Optional, Tuple
from urllib.parse import quote

from ...item_url import local_base
from ...plex_body import Answer
from ...plex_errors import PlexBadAnswer, PlexConnectionError, PlexError, PlexNotFound, PlexServerError
from ...plex_limits import PLAYLIST, Limits
from ...plex_transcode import SESSION_HEADER, TRANSCODER, Decision
from ..pms import GetClient, PMSClient
from . import playlist
from .playlist import Entry
from .target import Target

LOG = logging.getLogger('pkc.playback')

#: The route of the loopback server, and the name of the first playlist.
ROUTE, START = 'transcode', 'start.m3u8'
PLAYLIST_MIME = 'application/vnd.apple.mpegurl'
_SUBTITLES = 'subtitles'
#: Seconds ahead of the last segment up to which the encoder will get by itself.
_NEAR_S = 12.0
#: Seconds of all waiting for one segment, of which Kodi gives up after the last number; and after which the encoder is
#: told to begin at the segment that is waited for.
_PATIENCE_S, _LONGEST_S, _HELP_AFTER_S = 17.0, 20.0, 4.0
_LOOK_S = 0.4
#: A title may be a little shorter than the server says. Then nothing comes of the last segment, for which the player
#: would stand still at the end: when the one before it has come, it is waited for so many seconds, and so many times
#: its length.
_LAST_S, _LAST_TIMES = 4.0, 3.0
#: A segment of at most one packet holds nothing.
_EMPTY = 188
#: (connect, read) in seconds for a playlist, and for the first byte of a segment, which a server may hold back.
_TIMEOUT, _SEGMENT_TIMEOUT = (5.0, 17.0), (5.0, 8.0)


class Transcode:
    """Thread-safe. It begins when the player asks for the first playlist, and can begin again after :meth:`stop`.

    ``transcode_id`` is the server's name for it, ``local_id`` that in our URLs, ``session_id`` the playback's in
    reports.
    """

    def __init__(self, target: Target, get_client: GetClient, clock: Callable[[], float] = time.monotonic) -> None:
        self.target = target
        self.local_id, self.transcode_id, self.session_id = uuid.uuid4().hex, str(uuid.uuid4()), uuid.uuid4().hex
        self._get_client = get_client
        self._clock = clock
        self._lock = threading.RLock()
        self._running = self._refused = self._decided = False
        self._files: Dict[str, Entry] = {}
        self._numbers: Dict[str, int] = {}
        self._segments: List[Entry] = []
        #: The segment at which the encoder began, and the last one that came since.
        self._first, self._last = 0, -1
        #: The last segment, when it did not come.
        self._missing = -1

    @property
    def running(self) -> bool:
        """Whether the server may be at work on it."""
        return self._running

    def url(self, port: int) -> str:
        """What Kodi plays."""
        return self._local(START, local_base(port))

    def subtitle_url(self, port: int, name: str) -> str:
        """The selected subtitle as a file called ``name``."""
        return self._local('%s/%s' % (_SUBTITLES, quote(name, safe='')), local_base(port))

    def decide(self, offset_s: float = 0.0) -> Decision:
        """Ask the server what it would do. Raises :class:`PlexError`, LookupError."""
        decision = self._client().transcode_decision(self.target.params(self.transcode_id, offset_s), self.session_id)
        self._decided = decision.possible and not offset_s
        return decision

    # ---- what the player asks for ------------------------------------------------------------------------------

    def kind_of(self, name: str) -> str:
        """``playlist``, ``segment`` or ``subtitle``; '' for what does not belong to this transcode."""
        if name == START:
            return 'playlist'
        if name.startswith(_SUBTITLES + '/'):
            return 'subtitle'
        with self._lock:
            if name not in self._files or not self._running:
                return ''
            return 'playlist' if self._files[name].path.partition('?')[0].endswith('.m3u8') else 'segment'

    def playlist(self, name: str) -> bytes:
        """A playlist with names of ours. Raises :class:`PlexError`, LookupError."""
        with self._lock:
            if name == START:
                return self._begin(0.0).encode()
            return self._read_segments(self._files[name]).encode()

    def segment(self, name: str, wait: Callable[[float], None]) -> Opener:
        """Whoever opens a segment for the proxy. ``wait(seconds)`` raises when nobody waits for it any more."""
        return Opener(self, name, wait)

    def subtitle(self) -> Answer:
        """The selected subtitle. Raises :class:`PlexError`, LookupError."""
        params = dict(self.target.params(self.transcode_id), subtitles='sidecar')
        return self._client().open(TRANSCODER + _SUBTITLES, PLAYLIST, params=params, headers=self._headers())

    # ---- its life ----------------------------------------------------------------------------------------------

    def ping(self) -> None:
        """Keep it alive. Raises :class:`PlexError`, LookupError."""
        if self._running:
            self._client().ping_transcode(self.transcode_id)

    def refuse(self) -> None:
        """The server ended it: nothing of it is asked for any more."""
        self._refused = True

    def stop(self) -> None:
        """End it at the server. Never raises: a server that is away ends it by itself."""
        with self._lock:
            running, self._running, self._decided = self._running, False, False
        if not running:
            return
        try:
            self._client().stop_transcode(self.transcode_id)
            LOG.info('The transcode of item %s is over', self.target.rating_key)
        except (PlexError, LookupError) as error:
            LOG.info('The server was not told that a transcode is over: %s',
                     error if isinstance(error, PlexError) else 'unknown server')

    # ---- segments ----------------------------------------------------------------------------------------------

    def open_segment(self, name: str, open_it: Callable[[PMSClient, str], Answer],
                     wait: Callable[[float], None]) -> Answer:
        """A segment; has the encoder begin there if it would not come to it. Raises :class:`PlexError`."""
        number = self._numbers.get(name)
        if number is None:  # no segment of the playlist: the beginning of all segments, a key
            return open_it(self._client(), self._files[name].path)
        began, helped = self._clock(), self._come_to(number)
        patience, at_end = self._patience(number)
        helped = helped or at_end
        while True:
            error: PlexError = PlexNotFound(404, 'segment %d of a transcode' % number)
            tried = self._clock()
            try:
                answer = open_it(self._client(), self._segments[number].path)
                if answer.length is None or answer.length > _EMPTY:
                    self._last = max(self._last, number)
                    return answer
                answer.close()
            except (PlexNotFound, IndexError):
                pass
            except (PlexServerError, PlexConnectionError) as reason:
                error = reason
            waited, took = self._clock() - began, self._clock() - tried
            if self._refused or not self._running or waited >= patience or waited + took > _LONGEST_S:
                self._missing = number if at_end else self._missing
                raise error
            if not helped and (number <= self._last or waited > _HELP_AFTER_S and number != self._first):
                helped = True
                self._begin_at(number)
                continue
            wait(_LOOK_S)

    def _patience(self, number: int) -> Tuple[float, bool]:
        """Seconds for which a segment is waited for, and whether the encoder has come to its end by itself."""
        with self._lock:
            at_end = number == len(self._segments) - 1 and self._last == number - 1 >= self._first
            if not at_end:
                return _PATIENCE_S, False
            if number == self._missing:
                return 0.0, True
            return min(_PATIENCE_S, _LAST_S + _LAST_TIMES * self._segments[number].length_s), True

    def _come_to(self, number: int) -> bool:
        """Have the encoder begin at a segment that is not near; returns whether that was necessary."""
        with self._lock:
            if self._first <= number and self._start(number) <= self._start(max(self._first, self._last)) + _NEAR_S:
                return False
            self._begin_at(number)
            return True

    def _begin_at(self, number: int) -> None:
        with self._lock:
            at = self._start(number)
            LOG.info('The transcode of item %s goes on at %.0f s', self.target.rating_key, at)
            self._begin(at)
            media = next((one for one in self._files.values() if one.path.partition('?')[0].endswith('.m3u8')), None)
            if media is None:
                raise PlexBadAnswer('a transcode without a playlist')
            self._read_segments(media)
            self._first, self._last, self._missing = number, number - 1, -1

    def _start(self, number: int) -> float:
        return self._segments[number].start_s if 0 <= number < len(self._segments) else 0.0

    # ---- the server --------------------------------------------------------------------------------------------

    def _begin(self, offset_s: float) -> str:
        """Start the transcode, or start it anew; returns its first playlist."""
        if self._refused:
            raise PlexNotFound(404, 'a transcode that the server ended')
        if not self._decided or offset_s:
            decision = self.decide(offset_s)
            if not decision.possible:
                raise PlexNotFound(404, 'a transcode that the server refuses now')
        self._decided = False
        params = self.target.params(self.transcode_id, offset_s)
        self._running = True
        text, entries = self._fetch(TRANSCODER + START, params)
        if not entries:
            raise PlexBadAnswer('start of a transcode: no playlist')
        if not offset_s:
            self._segments, self._numbers, self._first, self._last, self._missing = [], {}, 0, -1, -1
        for entry in entries:
            self._files[entry.name] = entry
        if any(entry.start_s >= 0 for entry in entries):  # a server that sends the segments at once
            self._keep(entries)
        return text

    def _read_segments(self, media: Entry) -> str:
        text, entries = self._fetch(media.path)
        self._keep(entries)
        return text

    def _keep(self, entries: List[Entry]) -> None:
        segments = [one for one in entries if one.start_s >= 0]
        with self._lock:
            for entry in entries:
                self._files[entry.name] = entry
            self._segments = segments
            self._numbers.update({one.name: number for number, one in enumerate(segments)})

    def _fetch(self, path: str, params: Optional[Mapping[str, str]] = None) -> Tuple[str, List[Entry]]:
        client = self._client()
        answer = client.open(path, PLAYLIST, params=params, headers=self._headers(), timeout=_TIMEOUT, retries=0)
        body = answer.whole()
        if not body.lstrip().startswith(b'#EXTM3U'):
            raise PlexBadAnswer('no playlist of a transcode (%d bytes)' % len(body))
        return playlist.read(body.decode('utf-8', 'replace'), path.partition('?')[0], self._local, client.base_url)

    def _local(self, name: str, base: str = '') -> str:
        return '%s/%s/%s/%s' % (base, ROUTE, self.local_id, name)

    def _headers(self) -> Mapping[str, str]:
        return {SESSION_HEADER: self.session_id}

    def _client(self) -> PMSClient:
        return self._get_client(self.target.machine_identifier)


class Opener:
    """Opens one segment in place of a server's client (``local_server.stream_proxy``)."""

    def __init__(self, transcode: Transcode, name: str, wait: Callable[[float], None]) -> None:
        self._transcode = transcode
        self._name = name
        self._wait = wait

    def open(self, _path: str, limits: Limits, *, params: object = None,
             headers: Optional[Mapping[str, str]] = None, timeout: Optional[Tuple[float, float]] = None,
             retries: int = 1) -> Answer:
        """An answer with the segment."""
        def open_it(client: PMSClient, path: str) -> Answer:
            return client.open(path, limits, headers=headers, timeout=_SEGMENT_TIMEOUT, retries=0)
        return self._transcode.open_segment(self._name, open_it, self._wait)
