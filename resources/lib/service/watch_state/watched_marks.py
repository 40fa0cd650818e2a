"""What the user marks in Kodi goes to the server: watched or not, ratings, resume points, and ends of playbacks that
could not be reported.

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
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from ...cancellation import Cancellation
from ...library_sync.kinds import VIDEO
from ...plex_values import integer
from ...retry import RetryPolicy
from ...sql.errors import DatabaseError
from ...state_db import WATCHED, Location, Mark
from ..library_user import LibraryUser
from .announcing import Announcing
from .delivery import Delivery, Interrupted
from .just_played import JustPlayed
from .mark_jobs import Flush, Imported, Job, PlaybackEnded, Played, Settled, Wake
from .mark_sending import ReportFailure, Sender, UserClient, ignore
from .mark_store import Change, Copies, MarkStore, no_copies
from .own_signs import row_of

LOG = logging.getLogger('pkc.service')

#: Who marks a season makes many announcements: seconds of quiet after which they are sent, the longest wait, and that
#: while more is to come of the same show.
_QUIET, _LONGEST, _MORE = 0.3, 1.2, 6.0
#: For marks that could not be sent.
_RETRY = RetryPolicy(2.0, 300.0)
#: Seconds after which a mark is tried to be written down again, when our database was in use, and that a sync waits for
#: the marks to be sent. What is left then goes on beside the sync, which respects it.
_KEEP_AGAIN, _FLUSH_PATIENCE = 2.0, 20.0
#: Seconds around Kodi's writing a row anew in which nothing that it says of the row is the user's doing.
_AFTER_IMPORT = 10.0


class WatchedMarks:
    """Takes Kodi's announcements, works in its own thread. ``user()`` is the id of the Plex user who watches now.

    ``report_failure(error, machineIdentifier)`` is told of a server that cannot be reached.
    """

    def __init__(self, get_client: UserClient, state_path: Location, user: Callable[[], str],
                 report_failure: ReportFailure = ignore, library_user: Optional[LibraryUser] = None) -> None:
        self._user = user
        self._store = MarkStore(state_path, library_user)
        #: Where other servers have the same title, which gets the same marks.
        self.copies: Copies = no_copies
        #: Knows whether more is to come of what was announced.
        self.announcing: Optional[Announcing] = None
        #: Called with an item whose row shows what the library's user has not done.
        self.on_foreign: Callable[[Tuple[str, str]], None] = lambda _item: None
        #: Called when Kodi has written rows of ours anew.
        self.on_imported: Callable[[], None] = lambda: None
        self.delivery = Delivery(self._store, self)
        self._queue: queue.Queue[Job] = queue.Queue()
        self._played = JustPlayed(user)
        self._sender = Sender(self._store, self.delivery, get_client, user, self._played)
        self._sender.report_failure = report_failure
        self._unsaved: List[Change] = []
        self._ended: List[PlaybackEnded] = []
        self._settled: List[Settled] = []
        self._imported: List[Imported] = []
        self._elsewhere: List[Played] = []
        self._imported_at: Dict[Imported, float] = {}
        self._failures = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._loop, name='pkc-watched', daemon=True)

    def start(self) -> None:
        """Begin, with what was not sent before Kodi's last end."""
        self._thread.start()

    def stop(self) -> None:
        """End; what could not be sent until now goes after the next start."""
        self._ending.set()
        self._queue.put(None)

    def began(self, machine_identifier: str, rating_key: str) -> None:
        """Playback of this item began: what Kodi notes at its end is of the user who watches now."""
        self._played.began((machine_identifier, rating_key))

    def reported(self, machine_identifier: str, rating_key: str) -> None:
        """The server was told how a playback of this item ended, perhaps while it plays again."""
        if not self._played.plays((machine_identifier, rating_key)):
            self._played.ended((machine_identifier, rating_key))

    def stopped(self, machine_identifier: str, rating_key: str) -> None:
        """Playback of this item ended: Kodi announces its own mark now, and keeps a resume point."""
        self._played.ended((machine_identifier, rating_key))
        self._queue.put(PlaybackEnded(machine_identifier, rating_key))

    def settled(self, machine_identifier: str, rating_key: str) -> None:
        """After a playback Kodi's row is what the server says: what Kodi announced until now was its own doing, what
        it announces from now on is the user's.
        """
        if not self._played.plays((machine_identifier, rating_key)):
            self._queue.put(Settled(machine_identifier, rating_key))

    def just_played(self, machine_identifier: str, rating_key: str) -> bool:
        """Whether this item plays, or did until a moment ago, so that Kodi itself changes its row."""
        return (machine_identifier, rating_key) in self._played

    def played(self, machine_identifier: str, user_id: str, mark: Mark) -> None:
        """Tell the other servers that have the same title what playing it came to."""
        self._queue.put(Played(machine_identifier, user_id, mark))

    def wake(self) -> None:
        """Try at once to send what waits."""
        self._queue.put(Wake())

    def notification(self, method: str, data: Mapping[str, Any]) -> None:
        """One of Kodi's announcements; returns at once. During a scan even a mark of the user has ``transaction``."""
        if method != 'VideoLibrary.OnUpdate' or 'playcount' not in data:
            return
        media_type, kodi_id = row_of(data)
        kind = VIDEO.of_media_type(media_type)
        if kind is not None and kind.watch_state and kodi_id:
            self.changed(kind.name, kodi_id, WATCHED, float(integer(data, 'playcount') > 0))

    def imported(self, media_type: str, kodi_id: int) -> None:
        """Kodi has written a row anew, by importing a library or reading a file: what it announced until now, and what
        is found in the row, is as old as that.
        """
        kind = VIDEO.of_media_type(media_type)
        if kind is not None:
            now = time.monotonic()
            self._imported_at = {row: when for row, when in self._imported_at.items() if now - when < _AFTER_IMPORT}
            self._imported_at[Imported(kind.name, kodi_id)] = now
            self._queue.put(Imported(kind.name, kodi_id))

    def changed(self, plex_type: str, kodi_id: int, action: str, value: float) -> None:
        """The user changed a row of Kodi's library; see :class:`Change`."""
        user_id = self._user()
        imported = self._imported_at.get(Imported(plex_type, kodi_id), -1e9)
        if user_id and time.monotonic() - imported >= _AFTER_IMPORT:
            self._queue.put(Change(plex_type, kodi_id, value, user_id, action, _unix_time()))

    def flush(self, cancellation: Cancellation) -> None:
        """Have all marks sent now, for a sync is about to ask the server. Waits at most some seconds, never raises."""
        if not self._thread.is_alive():
            return
        flush = Flush()
        self._queue.put(flush)
        end = time.monotonic() + _FLUSH_PATIENCE
        while not (flush.done.wait(0.1) or cancellation.cancelled or self._ending.is_set() or time.monotonic() >= end):
            pass
        flush.given_up = True

    # ---- asked by the delivery -----------------------------------------------------------------------------------

    def interrupted(self) -> bool:
        """Whether something came that has to be written down first."""
        return not self._queue.empty()

    def pause(self, seconds: float) -> object:
        """Wait, not longer than until Kodi ends."""
        return self._ending.wait(seconds)

    # ---- the thread ----------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        try:
            self._store.prepare()
        except (DatabaseError, OSError) as error:
            LOG.warning('the watched marks cannot be read yet: %s', error)
        pause = self._work(self._keep())
        flushes: List[Flush] = []
        while True:
            jobs = self._jobs(pause)
            kept = self._take(jobs)
            if any(isinstance(job, Change) for job in jobs):
                kept = self._gather(jobs)
            flushes += [job for job in jobs if isinstance(job, Flush)]
            if None in jobs:
                return
            pause = self._work(kept)
            if flushes and pause != 0.0:
                if not all(flush.given_up for flush in flushes):
                    self._forget_sent()
                while flushes:
                    flushes.pop().done.set()

    def _jobs(self, pause: Optional[float]) -> List[Job]:
        """All that has come, after ``pause`` seconds at the latest."""
        found: List[Job] = []
        try:
            found.append(self._queue.get(timeout=pause) if pause != 0.0 else self._queue.get_nowait())
            while True:
                found.append(self._queue.get_nowait())
        except queue.Empty:
            return found

    def _gather(self, jobs: List[Job]) -> bool:
        """Wait for the rest of what the user marks at once; each part is written down as it comes."""
        kept, began, look_at = True, time.monotonic(), _LONGEST
        while not any(job is None or isinstance(job, Flush) for job in jobs):
            more = self._jobs(_QUIET)
            jobs += more
            kept = self._take(more) if more or self._unsaved else kept
            took = time.monotonic() - began
            if not more or took >= look_at:
                if not self._more_to_come(jobs, took):
                    break
                look_at = took + _QUIET
        return kept and not self._unsaved

    def _more_to_come(self, jobs: Sequence[Job], waited: float) -> bool:
        """Whether Kodi is known to go on announcing, which is not waited for without end."""
        if self.announcing is None or not self.announcing.goes_on(job for job in jobs if isinstance(job, Change)):
            return False
        if waited >= _MORE:
            self.announcing.give_up()
        return waited < _MORE

    def _take(self, jobs: Sequence[Job]) -> bool:
        """Write down what came; False when that has to wait."""
        self._unsaved += [job for job in jobs if isinstance(job, Change)]
        self._ended += [job for job in jobs if isinstance(job, PlaybackEnded)]
        self._settled += [job for job in jobs if isinstance(job, Settled)]
        self._elsewhere += [job for job in jobs if isinstance(job, Played)]
        self._imported += [job for job in jobs if isinstance(job, Imported)]
        return self._keep()

    def _work(self, kept: bool) -> Optional[float]:
        """Send all marks. Returns the seconds after which to go on, None when nothing is left."""
        failure: Optional[Exception] = None
        pause: Optional[float] = None
        try:
            pause, failure = self._sender.send()
            self._failures = 0 if failure is None else self._failures + 1
        except Interrupted:
            pause = 0.0
        except DatabaseError as error:
            failure, self._failures = error, self._failures + 1
        except Exception as error:  # the top of the thread
            LOG.exception('the watched marks failed')
            failure, self._failures = error, self._failures + 1
        if failure is not None:
            LOG.info('watched marks wait: %s', failure)
        pauses = [pause, _RETRY.pause(self._failures) if failure is not None else None, None if kept else _KEEP_AGAIN]
        return min((one for one in pauses if one is not None), default=None)

    def _keep(self) -> bool:
        """Write down what Kodi announced; False when that has to wait."""
        try:
            if self._unsaved:
                foreign, self._unsaved = self._store.put(self._unsaved, self._viewer, self.copies), []
                for item in foreign:
                    self.on_foreign(item)
            self._store.put_copies(self._elsewhere, self.copies)
            self._elsewhere = []
            if self._ended:
                self._store.played(self._ended, self._user())
            self._ended = []
            if self._imported and self._store.drop_recent(self._imported, _unix_time() - int(_AFTER_IMPORT)):
                self.on_imported()
            self._imported = []
            while self._settled:
                self._settle(self._settled[0])
                self._settled.pop(0)
        except (DatabaseError, OSError) as error:
            LOG.warning('%d watched marks are not written down yet: %s', len(self._unsaved), error)
            return False
        except Exception:  # the top of the thread: without it all further marks would be lost
            LOG.exception('%d watched marks are not written down yet', len(self._unsaved))
            return False
        return True

    def _settle(self, one: Settled) -> None:
        item = one.machine_identifier, one.rating_key
        if not self._played.plays(item):
            self._store.drop_watched(*item)
            self._played.settled(item)

    def _viewer(self, machine_identifier: str, rating_key: str, user_id: str) -> str:
        """Whose mark it is, when Kodi announces it while ``user_id`` watches."""
        return self._played.viewer((machine_identifier, rating_key), user_id)

    def _forget_sent(self) -> None:
        try:
            self._store.drop_sent()
        except DatabaseError as error:
            LOG.info('sent watched marks are kept for another sync: %s', error)


def _unix_time() -> int:
    return int(time.time())
