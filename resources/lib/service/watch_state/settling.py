"""After a playback Kodi's row becomes what the server says.

Kodi has rules of its own for what counts as watched and where a resume point is worth keeping; the server's count. So
Kodi's own writing at the end of a playback is waited for, then the row is written as the server sees it, or would see
it by its rules while it is away. In a shared library that shows another user's watch state it becomes again what it
was.
"""
from __future__ import annotations

import logging
import threading
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ... import state_db
from ...kodi_db.files import Files
from ...kodi_db.records import WatchState
from ...kodi_db.writer import LibraryWriter
from ...library_sync import mapping
from ...library_sync.databases import SyncDatabases
from ...plex_errors import PlexError
from ...plex_preferences import IGNORED_MS
from ...sql.errors import DatabaseError
from ...state_db import EXPIRED, ItemState, PlaybackReport
from ..events import WatchStateWritten
from ..same_titles import SameTitles
from ..shared import Shared
from .played_rows import PlayedRow, as_shown, put_watch, rows_of
from .take_back import take_back

LOG = logging.getLogger('pkc.service')

#: Kodi writes within a tenth of a second, and has written everything when it was quiet for so many seconds.
_QUIET = 0.8
#: Seconds after which nothing more is expected of Kodi, or of the report.
_LONGEST = 3.0
#: Seconds after which the row is looked at once more: on a slow box Kodi may have written last.
_ONCE_MORE = 2.0
#: Seconds that a sync is waited for which writes just then.
_WRITER_PATIENCE = 20.0

Item = Tuple[str, str]


class WatchedAs(NamedTuple):
    """The watch state of an item in Plex's terms (milliseconds, Unix seconds)."""

    view_count: int
    view_offset: int
    last_viewed_at: int
    duration: int


class _Ended(NamedTuple):
    """A playback that is over. Times are those of the service's monotonic clock; ``due``: when to look at its row.

    ``user``: who watched. ``report``: how it ended. ``told``: the server knows; ``kept``: it is to learn later.
    ``looks``: how often the row was looked at since, and ``left`` how the last look left it. ``by_hand``: it was no
    playback, but a mark in another user's row.
    """

    at: float
    quiet_since: float
    due: float
    user: str
    report: Optional[PlaybackReport] = None
    told: bool = False
    kept: bool = False
    looks: int = 0
    left: Optional[WatchState] = None
    by_hand: bool = False


class _Switched(Exception):
    """Another user watches now than the one whose watch state was asked for."""


class Settling:
    """``on_settled(machineIdentifier, ratingKey)``: from now on it is the user who changes that row."""

    def __init__(self, shared: Shared, on_settled: Callable[[str, str], None]) -> None:
        self._shared = shared
        self._on_settled = on_settled
        self._same_titles = SameTitles(shared)
        self._changed = threading.Condition()
        self._ended: Dict[Item, _Ended] = {}
        self._ending = False
        self._thread = threading.Thread(target=self._loop, name='pkc-settling', daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is not settled is written by the next sync."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()

    def began(self, item: Item) -> None:
        """It plays again."""
        with self._changed:
            self._ended.pop(item, None)

    def stopped(self, item: Item) -> None:
        """A playback ended, and its end is being reported."""
        now = self._shared.clock.monotonic()
        with self._changed:
            self._ended[item] = _Ended(now, now, now + _LONGEST, self._user())
            self._changed.notify_all()

    def take_back(self, item: Item) -> None:
        """Somebody marked an item whose row shows what another user has watched."""
        now = self._shared.clock.monotonic()
        with self._changed:
            self._ended.setdefault(item, _Ended(now, now, now, self._user(), by_hand=True))
            self._changed.notify_all()

    def closing(self, report: PlaybackReport) -> None:
        """How it ended."""
        self._change((report.machine_identifier, report.rating_key), report=report)

    def kept(self, report: PlaybackReport) -> None:
        """The server could not be told, and is to learn later."""
        self._change((report.machine_identifier, report.rating_key), report=report, kept=True)

    def reported(self, item: Item) -> None:
        """The server was told, or that was given up."""
        self._change(item, told=True)

    def kodi_wrote(self) -> None:
        """Kodi announced that it wrote something."""
        now = self._shared.clock.monotonic()
        with self._changed:
            for item, one in self._ended.items():
                if not one.looks:
                    due = max(one.due, min(now + _QUIET, one.at + _LONGEST))
                    self._ended[item] = one._replace(quiet_since=now, due=due)

    def _change(self, item: Item, **fields: Any) -> None:
        with self._changed:
            if item not in self._ended:
                return
            one = self._ended[item]._replace(**fields)
            if one.told or one.kept:
                one = one._replace(due=min(one.due, max(one.quiet_since + _QUIET, self._shared.clock.monotonic())))
            self._ended[item] = one
            self._changed.notify_all()

    # ---- the thread ------------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        while True:
            item = self._next()
            if item is None:
                return
            try:
                self._settle(item)
            except (DatabaseError, PlexError, LookupError, OSError) as error:
                LOG.info('the row of item %s is left to the next sync: %s', item[1], error)
                self._forget(item)
            except Exception:  # the top of the thread
                LOG.exception('the row of item %s could not be settled', item[1])
                self._forget(item)

    def _next(self) -> Optional[Item]:
        with self._changed:
            while not self._ending:
                now = self._shared.clock.monotonic()
                due = sorted((one.due, item) for item, one in self._ended.items() if one.due < float('inf'))
                if due and due[0][0] <= now:
                    return due[0][1]
                self._shared.clock.wait(self._changed, due[0][0] - now if due else None)
            return None

    def _forget(self, item: Item) -> None:
        with self._changed:
            self._ended.pop(item, None)
        self._on_settled(*item)

    def _settle(self, item: Item) -> None:
        with self._changed:
            one = self._ended[item]
            # What is not known yet comes with the report.
            due = self._shared.clock.monotonic() + _ONCE_MORE if not one.looks else float('inf')
            self._ended[item] = one._replace(looks=one.looks + 1, due=due)
        if self._shared.databases.user.is_another(one.user):
            self._take_back(item)
            self._after_taking_back(item, one)
            return
        user, rows = self._user(), self._rows(item)
        asks = one.told and not one.kept or user != one.user  # of who watches now, the report says nothing
        for row in rows:
            wanted = self._by_server(item) if asks else _by_rules(row.own, one.report)
            try:
                left = self._write(row, wanted, user, one.left)
            except _Switched:
                with self._changed:
                    self._ended[item] = one
                return
            with self._changed:
                if item in self._ended:
                    self._ended[item] = self._ended[item]._replace(left=left)
        if not rows or one.looks and (one.told or one.kept):
            self._forget(item)
        else:
            self._on_settled(*item)

    def _take_back(self, item: Item) -> None:
        databases = self._shared.databases
        if not databases.writing.acquire(timeout=_WRITER_PATIENCE):
            return
        try:
            with SyncDatabases(databases.locations(), self._shared.stopping) as opened:
                server = opened.state.server_id(item[0])
                changed = [take_back(opened, row) for own in opened.state.find(server, [item[1]]).values()
                           for row in as_shown(opened.state, own, self._same_titles.one_row)]
        finally:
            databases.writing.release()
        if any(changed):
            LOG.info('item %s is again in Kodi what the user of the library has watched', item[1])
            self._shared.events.publish(WatchStateWritten())

    def _after_taking_back(self, item: Item, one: _Ended) -> None:
        if not one.by_hand:
            self._on_settled(*item)
        if one.looks:
            with self._changed:
                self._ended.pop(item, None)

    def _user(self) -> str:
        return self._shared.auth.status().user_id

    def _by_server(self, item: Item) -> Optional[WatchedAs]:
        """What the server says; nothing when the item is gone. Raises PlexError and LookupError."""
        client = self._shared.clients.of_server(item[0])
        for found in client.summaries([item[1]]):
            return WatchedAs(found.view_count, found.view_offset, found.last_viewed_at, found.duration)
        return None

    def _rows(self, item: Item) -> List[PlayedRow]:
        """The item's row, unless it is not in the library, or a mark of the user's is newer."""
        path = self._shared.databases.state_path
        if not state_db.exists(path):
            return []
        with state_db.open_reader(path) as state:
            server = state.server_id(item[0])
            return [place for own in state.find(server, [item[1]]).values() for place in rows_of(state, own)
                    if place.row.file_id and state.marks(server, self._user()).get(item[1]) is not False]

    def _write(self, place: PlayedRow, wanted: Optional[WatchedAs], user: str,
               left: Optional[WatchState]) -> Optional[WatchState]:
        """Returns how the row is left. ``left``: how it was at the look before; what the user has changed since stays.

        Raises :class:`_Switched` when somebody else than this user watches now: the row is theirs.
        """
        databases = self._shared.databases
        if wanted is None or not databases.writing.acquire(timeout=_WRITER_PATIENCE):
            return left
        try:
            if self._user() != user:
                raise _Switched
            with SyncDatabases(databases.locations(), self._shared.stopping) as opened:
                writer = LibraryWriter(opened.video)
                files, watch = writer.shared.files, mapping.watch_state(*wanted)
                own, row = place
                if left is not None and _by_user(files, row.file_id, left):
                    return left
                stored = (wanted.view_count, wanted.view_offset, wanted.last_viewed_at or EXPIRED)
                there = files.has_watch(row.file_id, watch)
                if not there or stored != (own.view_count, own.view_offset, own.last_viewed_at):
                    with writer.transaction():
                        if not there:
                            writer.write_watch([(row.file_id, watch)])
                        put_watch(opened.state, place, stored)
                left = watch._replace(last_played=files.last_played(row.file_id))
        finally:
            databases.writing.release()
        if not there:
            LOG.info('item %s is in Kodi what the server says: viewed %d times, resumed at %d s', row.rating_key,
                     wanted.view_count, wanted.view_offset // 1000)
            self._shared.events.publish(WatchStateWritten())
        return left


def _by_user(files: Files, file_id: int, left: WatchState) -> bool:
    """Whether the user has changed the row since: what Kodi writes at the end of a playback moves the last time too."""
    return not files.has_watch(file_id, left) and files.last_played(file_id) == left.last_played


def _by_rules(row: ItemState, report: Optional[PlaybackReport]) -> Optional[WatchedAs]:
    """What the server will say when it learns of a playback; below its least position nothing changes."""
    if report is None:
        return None
    before = report.views_before
    if report.watched:
        return WatchedAs(before + 1 if before >= 0 else max(row.view_count, 1), 0, report.made_at, report.duration_ms)
    offset = report.position_ms if report.position_ms > IGNORED_MS else row.view_offset
    return WatchedAs(before if before >= 0 else row.view_count, offset, report.made_at, report.duration_ms)
