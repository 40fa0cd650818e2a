"""Watched marks that the user sets in Kodi go to the server.

Kodi announces ``VideoLibrary.OnUpdate`` for each item whose play count changed, also at the end of playback; the
server is told only when it sees the item differently, so nothing is counted twice. A mark is written down before
anything else, and stays until the server knows: it outlives a server that is away, and Kodi's end. It belongs to the
Plex user who made it, and is never sent in the name of another.
"""
from __future__ import annotations

import logging
import queue
import threading
import time
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ...batches import by_halves, chunks
from ...cancellation import Cancellation
from ...library_sync.kinds import VIDEO
from ...plex_errors import PlexBadAnswer, PlexError, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ...plex_functions import BATCH_SIZE, PMSClient
from ...plex_values import integer
from ...retry import RetryPolicy
from ...sql.errors import DatabaseError
from .mark_store import Change, MarkStore

LOG = logging.getLogger('pkc.service')

#: Playback reports its own end. Marks for the same item wait this long after it, then the server is compared.
_PLAYBACK_SECONDS = 20.0
#: In place of the time of the last report, while an item plays.
_PLAYING = float('inf')
_LOOK_AGAIN = 5.0
#: For marks that could not be sent.
_RETRY = RetryPolicy(5.0, 600.0)
#: Seconds after which a mark is tried to be written down again, when our database was in use.
_KEEP_AGAIN = 10.0
#: Seconds that a sync waits for the marks to be sent. What is left then goes on beside the sync, which respects it.
_FLUSH_PATIENCE = 20.0
#: Marks of one batch that the server may fail to take before it is left in peace for a while.
_FAILURES = 3

#: A client of the server with this machineIdentifier, and the user whose token it has. Raises PlexError, and
#: LookupError for another server than the one in use.
UserClient = Callable[[str], Tuple[PMSClient, str]]


class _Flush:
    """A sync waits until all marks are sent. Once it has given up waiting it asks the server."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.given_up = False


class _PlaybackEnded(NamedTuple):
    machine_identifier: str
    rating_key: str


_Job = Union[Change, _PlaybackEnded, _Flush, None]


class WatchedMarks:
    """Takes Kodi's announcements, works in its own thread. ``user()`` is the id of the Plex user who watches now."""

    def __init__(self, get_client: UserClient, state_path: str, user: Callable[[], str]) -> None:
        self._get_client = get_client
        self._user = user
        self._store = MarkStore(state_path)
        self._queue: queue.Queue[_Job] = queue.Queue()
        self._played: Dict[str, float] = {}
        self._viewers: Dict[str, str] = {}
        self._unsaved: List[Change] = []
        self._ended: List[_PlaybackEnded] = []
        self._failures = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._loop, name='pkc-watched', daemon=True)

    def start(self) -> None:
        """Begin, with the marks that were not sent before Kodi's last end."""
        self._thread.start()

    def stop(self) -> None:
        """End; marks that could not be sent until now go after the next start."""
        self._ending.set()
        self._queue.put(None)

    def began(self, rating_key: str) -> None:
        """Playback of this item began: what Kodi notes at its end is of the user who watches now."""
        self._viewers[rating_key] = self._user()
        self._played[rating_key] = _PLAYING

    def reported(self, rating_key: str) -> None:
        """The server was told how a playback of this item ended, perhaps while it plays again."""
        if self._played.get(rating_key) != _PLAYING:
            self._played[rating_key] = time.monotonic()

    def stopped(self, machine_identifier: str, rating_key: str) -> None:
        """Playback of this item ended: Kodi announces its own mark now, and keeps a resume point."""
        self._played[rating_key] = time.monotonic()
        self._queue.put(_PlaybackEnded(machine_identifier, rating_key))

    def notification(self, method: str, data: Mapping[str, Any]) -> None:
        """One of Kodi's announcements; returns at once."""
        if method != 'VideoLibrary.OnUpdate' or 'playcount' not in data or data.get('transaction'):
            return
        item = data.get('item') if isinstance(data.get('item'), dict) else data
        kind = VIDEO.of_media_type(str(item.get('type') if item else ''))
        kodi_id = integer(item or {}, 'id')
        user_id = self._user()
        if kind is not None and kind.watch_state and kodi_id and user_id:
            self._queue.put(Change(kind.name, kodi_id, integer(data, 'playcount') > 0, user_id))

    def flush(self, cancellation: Cancellation) -> None:
        """Have all marks sent now, for a sync is about to ask the server. Waits at most some seconds, never raises."""
        if not self._thread.is_alive():
            return
        flush = _Flush()
        self._queue.put(flush)
        end = time.monotonic() + _FLUSH_PATIENCE
        while not (flush.done.wait(0.1) or cancellation.cancelled or self._ending.is_set() or time.monotonic() >= end):
            pass
        flush.given_up = True

    # ---- the thread ----------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        try:
            self._store.prepare()
        except (DatabaseError, OSError) as error:
            LOG.warning('the watched marks cannot be read yet: %s', error)
        pause = self._work()
        flushes: List[_Flush] = []
        while True:
            jobs = self._jobs(pause)
            self._unsaved += [job for job in jobs if isinstance(job, Change)]
            self._ended += [job for job in jobs if isinstance(job, _PlaybackEnded)]
            flushes += [job for job in jobs if isinstance(job, _Flush)]
            if None in jobs:
                self._keep()
                return
            pause = self._work()
            if flushes and pause != 0.0:
                if not all(flush.given_up for flush in flushes):
                    self._forget_sent()
                while flushes:
                    flushes.pop().done.set()

    def _jobs(self, pause: Optional[float]) -> List[_Job]:
        """All that has come, after ``pause`` seconds at the latest: who marks a season makes many announcements."""
        found: List[_Job] = []
        try:
            found.append(self._queue.get(timeout=pause) if pause != 0.0 else self._queue.get_nowait())
            while True:
                found.append(self._queue.get_nowait())
        except queue.Empty:
            return found

    def _work(self) -> Optional[float]:
        """Keep and send all marks. Returns the seconds after which to go on, None when nothing is left."""
        kept = self._keep()
        try:
            pause = self._send()
            self._failures = 0
        except (PlexError, DatabaseError) as error:
            LOG.info('watched marks wait: %s', error)
            self._failures += 1
            pause = _RETRY.pause(self._failures)
        except Exception:  # the top of the thread
            LOG.exception('the watched marks failed')
            self._failures += 1
            pause = _RETRY.pause(self._failures)
        return pause if kept else min(_KEEP_AGAIN, _KEEP_AGAIN if pause is None else pause)

    def _keep(self) -> bool:
        """Write down what Kodi announced; False when that has to wait."""
        try:
            if self._unsaved:
                self._store.put(self._unsaved, self._viewer)
            self._unsaved = []
            if self._ended:
                self._store.played(self._ended)
            self._ended = []
        except (DatabaseError, OSError) as error:
            LOG.warning('%d watched marks are not written down yet: %s', len(self._unsaved), error)
            return False
        return True

    def _viewer(self, rating_key: str, user_id: str) -> str:
        """Whose mark it is, when Kodi announces it while ``user_id`` watches."""
        just_played = time.monotonic() - self._played.get(rating_key, -1e9) < _PLAYBACK_SECONDS
        return self._viewers.get(rating_key) or user_id if just_played else user_id

    def _forget_sent(self) -> None:
        try:
            self._store.drop_sent()
        except DatabaseError as error:
            LOG.info('sent watched marks are kept for another sync: %s', error)

    def _send(self) -> Optional[float]:
        """Tell the servers; returns the seconds after which to go on, None when nothing is left."""
        now = time.monotonic()
        early = False
        user_id = self._user()
        for machine, marks in self._store.unsent(user_id).items():
            ripe = {key: watched for key, watched in marks.items()
                    if now - self._played.get(key, -1e9) >= _PLAYBACK_SECONDS}
            early = early or len(ripe) < len(marks)
            if not ripe:
                continue
            try:
                client, owner = self._get_client(machine)
            except LookupError:
                continue  # another server than the one in use: they wait until it is chosen again
            if owner != user_id:
                return _LOOK_AGAIN  # somebody else is about to watch; whose marks go is asked again
            for batch in chunks(list(ripe.items()), BATCH_SIZE):
                if not self._send_some(client, machine, user_id, batch):
                    return 0.0
        return _LOOK_AGAIN if early else None

    def _send_some(self, client: PMSClient, machine: str, user_id: str, marks: Sequence[Tuple[str, bool]]) -> bool:
        """Compare and tell; False when something came that has to be written down first."""
        there, unclear = _look(client, [key for key, _ in marks])
        sent: List[str] = []
        refused: List[str] = []
        failures = len(unclear)
        try:
            for key, watched in marks:
                if key in unclear:
                    continue
                try:
                    took = key in there and (there[key] == watched or _tell(client, key, watched))
                except PlexServerError as error:
                    # Perhaps of this item only: the others must not wait for it.
                    unclear[key] = error
                    if len(unclear) > failures + _FAILURES:
                        raise
                    continue
                if took:
                    sent.append(key)
                else:
                    LOG.warning('item %s is gone or the server does not take its mark, which is dropped', key)
                    refused.append(key)
                if not self._queue.empty():
                    return False
            for reason in unclear.values():
                raise reason
            return True
        finally:
            if sent or refused:
                self._store.done(machine, user_id, sent, refused)


def _look(client: PMSClient, rating_keys: List[str]) -> Tuple[Dict[str, bool], Dict[str, PlexError]]:
    """Which of these items the server has (ratingKey: watched), and those of which it could not tell.

    A batch on which the server chokes is halved until the culprit stands alone. Raises PlexError.
    """
    found, failed = by_halves(rating_keys, client.summaries, (PlexServerError, PlexBadAnswer, PlexRejected),
                              hopeless=_FAILURES)
    there = {one.rating_key: one.view_count > 0 for some in found for one in some}
    return there, dict(failed)


def _tell(client: PMSClient, rating_key: str, watched: bool) -> bool:
    """Whether the server took the mark. Raises PlexError when it cannot be asked now."""
    try:
        (client.scrobble if watched else client.unscrobble)(rating_key)
    except (PlexNotFound, PlexForbidden, PlexRejected) as error:
        LOG.info('item %s: %s', rating_key, error)
        return False
    LOG.info('item %s marked as %s at the server', rating_key, 'watched' if watched else 'unwatched')
    return True

