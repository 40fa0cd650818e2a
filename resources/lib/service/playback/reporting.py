"""Playback feature: the server is told what is being played, if the user wants that."""
from __future__ import annotations

from dataclasses import replace
from typing import Optional

from ...playback.features import Feature
from ...playback.session import PlaybackSession
from ...playback.timeline import Timeline
from .. import queue_entries
from ..events import PlaybackReported, PlaybackTerminated
from ..shared import Shared
from .journal import PlaybackJournal


class Reporting:
    """Makes the reporter of each playback."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._timeline = Timeline(shared.clients.of_server, shared.clients.report_failure, self._reported)
        self._timeline.on_terminated = lambda session, words: shared.events.publish(PlaybackTerminated(session, words))

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """A playback is reported in the name of the user who began it, and as what it is in a play queue."""
        if not self._shared.settings.current.report_progress:
            return None
        clients = self._shared.clients
        place = queue_entries.current_place(session.machine_identifier, session.rating_key)
        session = replace(session, place=place)
        return self._timeline.feature(session, clients.of_this_user(), PlaybackJournal(self._shared, session))

    def stop(self) -> None:
        """Try once more to report what is over."""
        self._timeline.stop()

    def _reported(self, machine_identifier: str, rating_key: str, _position_ms: int, watched: bool) -> None:
        self._shared.events.publish(PlaybackReported(machine_identifier, rating_key, watched))
