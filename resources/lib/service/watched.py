"""Watched marks that the user sets in Kodi go to the server.

Kodi announces ``VideoLibrary.OnUpdate`` for each item whose play count changed, also at the end of playback; the
server is told only when it sees the item differently, so nothing is counted twice.
"""
from __future__ import annotations

import logging
import os
import queue
import threading
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .. import state_db
from ..playback.state import PlaybackState
from ..plex_errors import PlexError, PlexNotFound
from ..plex_functions import PMSClient
from ..plex_model import EPISODE, MOVIE, integer

LOG = logging.getLogger('pkc.service')

_PLEX_TYPE = {'movie': MOVIE, 'episode': EPISODE}
#: Playback reports its own end. Marks for the same item wait this long after it, then the server is compared.
_PLAYBACK_SECONDS = 20.0
_LOOK_AGAIN = 5.0


class _JustPlayed(Exception):
    """The item plays or has just played: too early to compare."""


class PlayedNote:
    """Feature of a playback: keeps :class:`WatchedMarks` from counting what playback itself reports."""

    def __init__(self, marks: WatchedMarks) -> None:
        self._marks = marks

    def on_playback_started(self, playback: PlaybackState) -> None:
        """From now on."""
        self._marks.played(playback.rating_key)

    def on_tick(self, playback: PlaybackState) -> None:
        """Still."""
        self._marks.played(playback.rating_key)

    def on_playback_changed(self, playback: PlaybackState) -> None:
        """Still."""
        self._marks.played(playback.rating_key)

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """And for a while after the end: Kodi announces its own mark at that moment."""
        self._marks.played(playback.rating_key)


class _Change(NamedTuple):
    plex_type: str
    kodi_id: int
    watched: bool


class WatchedMarks:
    """Takes Kodi's announcements, works in its own thread. ``get_client(machineIdentifier)`` may raise PlexError."""

    def __init__(self, get_client: Callable[[str], PMSClient], state_path: Callable[[], str]) -> None:
        self._get_client = get_client
        self._state_path = state_path
        self._queue: queue.Queue[Optional[_Change]] = queue.Queue()
        self._played: Dict[str, float] = {}
        self._thread = threading.Thread(target=self._loop, name='pkc-watched', daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; marks that could not be sent until now are lost."""
        self._queue.put(None)

    def played(self, rating_key: str) -> None:
        """Playback of this item was just reported by ourselves."""
        self._played[rating_key] = time.monotonic()

    def notification(self, method: str, data: Dict[str, Any]) -> None:
        """One of Kodi's announcements; returns at once."""
        if method != 'VideoLibrary.OnUpdate' or 'playcount' not in data or data.get('transaction'):
            return
        item = data.get('item') if isinstance(data.get('item'), dict) else data
        plex_type = _PLEX_TYPE.get(str(item.get('type') if item else ''))
        kodi_id = integer(item or {}, 'id')
        if plex_type and kodi_id:
            self._queue.put(_Change(plex_type, kodi_id, integer(data, 'playcount') > 0))

    def _loop(self) -> None:
        failures = 0
        waiting: List[_Change] = []
        while True:
            try:
                change = self._queue.get(timeout=_pause(failures) if waiting else None)
                if change is None:
                    return
                waiting = [one for one in waiting if one[:2] != change[:2]] + [change]
            except queue.Empty:
                pass
            try:
                while waiting:
                    self._send(waiting[0])
                    waiting.pop(0)
                failures = 0
            except _JustPlayed:
                waiting.append(waiting.pop(0))
            except PlexNotFound:
                waiting.pop(0)
            except PlexError as error:
                failures += 1
                LOG.info('%d watched marks wait for the server: %s', len(waiting), error)
            except Exception:  # the top of the thread
                LOG.exception('a watched mark failed')
                waiting.pop(0)

    def _send(self, change: _Change) -> None:
        if not os.path.exists(self._state_path()):
            return
        reader, connection = state_db.open_reader(self._state_path())
        try:
            row = reader.by_kodi_id(change.plex_type, change.kodi_id)
            machine = reader.machine_identifier(row.server_id) if row else ''
        finally:
            connection.close()
        if row is None:
            return
        if time.monotonic() - self._played.get(row.rating_key, -1e9) < _PLAYBACK_SECONDS:
            raise _JustPlayed()
        client = self._get_client(machine)
        raws = client.metadata([row.rating_key])
        if raws and (integer(raws[0], 'viewCount') > 0) != change.watched:
            (client.scrobble if change.watched else client.unscrobble)(row.rating_key)
            LOG.info('item %s marked as %s at the server', row.rating_key, 'watched' if change.watched else 'unwatched')


def _pause(failures: int) -> float:
    """Seconds until marks that could not be sent are tried again."""
    return min(_LOOK_AGAIN * 2 ** failures, 600.0)
