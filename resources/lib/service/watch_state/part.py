"""The watch state as a part of the service: what the user marks in Kodi goes to the server, and after a playback Kodi's
row is what the server says.
"""
from __future__ import annotations

from ...kodi.attention import focused_item, idle_seconds
from ...plex_preferences import IGNORED_MS
from ...state_db import POSITION, WATCHED, Mark
from ..events import (
    KodiNotification,
    MarksSent,
    PlaybackClosing,
    PlaybackEnded,
    PlaybackKept,
    PlaybackReported,
    PlaybackStarted,
    RowsImported,
    ServerReachable,
    SyncStarting,
)
from ..part import Part
from ..same_titles import SameTitles
from ..shared import Shared
from .announcing import Announcing
from .kodi_rows import KodiRows
from .own_signs import OwnSigns, row_of
from .played_rows import PlayedRows
from .settling import Settling
from .shared_rows import SharedRows
from .status_lines import WaitingStatus
from .watched_marks import WatchedMarks


class WatchState(Part):
    """Follows Kodi's announcements and rows, and playback, whose own end is no mark of the user's."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.marks = WatchedMarks(shared.clients.of_user, shared.databases.state_path,
                                  self._user, shared.clients.failed, shared.databases.user)
        self.marks.announcing = Announcing(shared.databases)
        self.rows = self._kodi_rows()
        self._same_titles = SameTitles(shared)
        self._played = PlayedRows(self._same_titles)
        self.settling = Settling(shared, self._settled)
        self.marks.copies = self._same_titles.copies
        self.marks.on_foreign = self.settling.take_back
        self.marks.on_imported = lambda: shared.events.publish(RowsImported())
        self._status = WaitingStatus(shared)
        events = shared.events
        self.marks.delivery.on_sent = lambda: events.publish(MarksSent())
        events.subscribe(KodiNotification, self._notification)
        events.subscribe(SyncStarting, self._sync_starting)
        events.subscribe(ServerReachable, lambda _event: self.marks.wake())
        events.subscribe(PlaybackStarted, self._began)
        events.subscribe(PlaybackEnded, self._ended)
        events.subscribe(PlaybackClosing, self._closing)
        events.subscribe(PlaybackReported, self._reported)
        events.subscribe(PlaybackKept, self._kept)

    def _user(self) -> str:
        return self.shared.auth.status().user_id

    def _kodi_rows(self) -> KodiRows:
        databases, marks = self.shared.databases, self.marks
        if databases.are_shared:
            return SharedRows(databases, marks.changed, marks.just_played, OwnSigns(idle_seconds, focused_item),
                              self._user)
        return KodiRows(databases, marks.changed, marks.just_played)

    def start(self) -> None:
        """Send what was not sent before Kodi's last end."""
        self.marks.start()
        self.rows.start()
        self.settling.start()

    def stop(self) -> None:
        """What is not sent yet stays written down."""
        self.settling.stop()
        self.rows.stop()
        self.marks.stop()

    def _sync_starting(self, event: SyncStarting) -> None:
        self.rows.look()
        self.marks.flush(event.cancellation)

    def _notification(self, event: KodiNotification) -> None:
        self.marks.notification(event.method, event.data)
        if event.method == 'VideoLibrary.OnUpdate':
            self.settling.kodi_wrote()
            self.rows.announced(*row_of(event.data))
            if event.data.get('added') is True:
                self.marks.imported(*row_of(event.data))

    def _began(self, event: PlaybackStarted) -> None:
        item = event.playback.machine_identifier, event.playback.rating_key
        self.settling.began(item)
        for each in self._played.began(item):
            self.marks.began(*each)

    def _ended(self, event: PlaybackEnded) -> None:
        playback = event.playback
        for each in self._played.items((playback.machine_identifier, playback.rating_key)):
            self.marks.stopped(*each)
        if self.shared.settings.current.report_progress:
            self.settling.stopped((playback.machine_identifier, playback.rating_key))

    def _closing(self, event: PlaybackClosing) -> None:
        report = event.report
        self.settling.closing(report)
        if self._same_titles.together and (report.watched or report.position_ms > IGNORED_MS):
            action, value = (WATCHED, 1.0) if report.watched else (POSITION, float(report.position_ms))
            self.marks.played(report.machine_identifier, report.user_id,
                              Mark(report.rating_key, action, value, report.made_at))

    def _reported(self, event: PlaybackReported) -> None:
        for each in self._played.items((event.machine_identifier, event.rating_key)):
            self.marks.reported(*each)
        self.settling.reported((event.machine_identifier, event.rating_key))

    def _settled(self, machine_identifier: str, rating_key: str) -> None:
        for each in self._played.items((machine_identifier, rating_key)):
            self.marks.settled(*each)

    def _kept(self, event: PlaybackKept) -> None:
        self.settling.kept(event.report)
        self.marks.wake()
