"""Playbacks in our database: what is written down while they go on, and handed over when the server is away."""
from __future__ import annotations

import logging
from typing import Callable, Optional

from ... import state_db
from ...playback.journal import Progress
from ...playback.session import PlaybackSession
from ...sql.errors import DatabaseError
from ...state_db import PlaybackReport
from ..events import PlaybackClosing, PlaybackKept
from ..shared import Shared

LOG = logging.getLogger('pkc.service')

#: Seconds that a write waits for a sync's transaction.
_LOCK_PATIENCE = 2.0


class PlaybackJournal:
    """Keeps one playback in the name of the Plex user who began it (:class:`~...playback.journal.Journal`)."""

    def __init__(self, shared: Shared, session: PlaybackSession) -> None:
        self._shared = shared
        self._session = session
        self._user_id = shared.auth.status().user_id
        self._last: Optional[Progress] = None

    def keep(self, progress: Progress) -> bool:
        """Write down where it is, and tell others when it is about to be reported as over."""
        report = self._report(progress)
        kept = self._changed(lambda state: state.put_report(report, True))
        if progress.tried:
            self._shared.events.publish(PlaybackClosing(report))
        return kept

    def hand_over(self, progress: Progress) -> bool:
        """It is over: whoever sends marks sends this too."""
        report = self._report(progress)
        kept = self._changed(lambda state: state.put_report(report, False))
        if kept:
            self._shared.events.publish(PlaybackKept(report))
        return kept

    def done(self) -> None:
        """Forget it."""
        if self._last is not None:
            self._changed(lambda state: state.drop_report(self._session.session_id))

    def _report(self, progress: Progress) -> PlaybackReport:
        self._last = progress
        return PlaybackReport(self._session.session_id, self._session.machine_identifier, self._user_id,
                              self._session.rating_key, progress.position_ms, progress.duration_ms, progress.watched,
                              progress.views_before, progress.tried, int(self._shared.clock.time()))

    def _changed(self, change: Callable[[state_db.StateFile], None]) -> bool:
        path = self._shared.databases.state_path
        if not self._user_id:
            return False
        try:
            if not state_db.exists(path):
                state_db.prepare(path)
            with state_db.open_writer(path, _LOCK_PATIENCE) as state, state.transaction():
                change(state)
        except (DatabaseError, OSError) as error:
            LOG.warning('the playback of item %s is not written down: %s', self._session.rating_key, error)
            return False
        return True
