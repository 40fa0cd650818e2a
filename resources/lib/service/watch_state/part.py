"""The watch state as a part of the service: marks that the user sets in Kodi go to the server."""
from __future__ import annotations

from ..events import KodiNotification, PlaybackEnded, PlaybackReported, PlaybackStarted, SyncStarting
from ..part import Part
from ..shared import Shared
from .watched_marks import WatchedMarks


class WatchState(Part):
    """Follows Kodi's announcements, and playback, whose own end is no mark of the user's."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.marks = WatchedMarks(shared.clients.of_user, shared.databases.state_path,
                                  lambda: shared.auth.status().user_id)
        events = shared.events
        events.subscribe(KodiNotification, lambda event: self.marks.notification(event.method, event.data))
        events.subscribe(SyncStarting, lambda event: self.marks.flush(event.cancellation))
        events.subscribe(PlaybackStarted, lambda event: self.marks.began(event.playback.rating_key))
        events.subscribe(PlaybackEnded, lambda event: self.marks.stopped(event.playback.machine_identifier,
                                                                      event.playback.rating_key))
        events.subscribe(PlaybackReported, lambda event: self.marks.reported(event.rating_key))

    def start(self) -> None:
        """Send what was not sent before Kodi's last end."""
        self.marks.start()

    def stop(self) -> None:
        """What is not sent yet stays written down."""
        self.marks.stop()
