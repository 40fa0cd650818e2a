"""Playback feature: finds out early which episode comes next, and tells those who offer it."""
from __future__ import annotations

import logging
import threading
from typing import Optional

from ...kodi import up_next
from ...playback import next_episode
from ...playback.features import Feature
from ...playback.next_up import OFF
from ...playback.session import PlaybackSession
from ...playback.state import PlaybackState
from ...plex_errors import PlexError
from ...plex_model import EPISODE, PlayableItem
from .. import queue_entries
from ..events import NextEpisodeFound
from ..shared import Shared

LOG = logging.getLogger('pkc.playback')

#: Seconds between two tries when the server does not answer.
_AGAIN_S = 60.0


class NextEpisode:
    """Looks for the next episode of each one that plays, if anybody is going to offer it."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """What follows in Kodi's own playlist comes without us."""
        if session.external or session.playable is None or session.playable.item.plex_type != EPISODE:
            return None
        if queue_entries.goes_on(session):
            return None
        if self._shared.settings.current.next_episode == OFF and not (
                self._shared.settings.current.use_up_next and up_next.is_there()):
            return None
        return _Looking(self._shared, session, session.playable)

    def stop(self) -> None:
        """Nothing to end: what still looks ends with its request."""


class _Looking(Feature):
    """One playback's search, in a thread of its own; tried again later if the server is away."""

    def __init__(self, shared: Shared, session: PlaybackSession, current: PlayableItem) -> None:
        self._shared = shared
        self._session = session
        self._current = current
        self._done = self._over = False
        self._tried_at = 0.0
        self._thread: Optional[threading.Thread] = None

    def on_playback_started(self, playback: PlaybackState) -> None:
        """The sooner the better: other add-ons that offer it want to know early."""
        self._start()

    def on_tick(self, playback: PlaybackState) -> None:
        """Try again."""
        busy = self._thread is not None and self._thread.is_alive()
        if not self._done and not busy and self._shared.clock.monotonic() - self._tried_at >= _AGAIN_S:
            self._start()

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """Nobody is interested any more."""
        self._over = True

    def _start(self) -> None:
        self._tried_at = self._shared.clock.monotonic()
        self._thread = threading.Thread(target=self._run, name='pkc-next', daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            client = self._shared.clients.of_server(self._session.machine_identifier)
            found = next_episode.find(client, self._current)
        except (PlexError, LookupError) as error:
            LOG.info('The next episode is not known yet: %s', error)
            return
        except Exception:  # top of the thread
            LOG.exception('Looking for the next episode failed')
            return
        self._done = True
        if found is None:
            LOG.info('Episode %s is the last one', self._session.rating_key)
        elif not self._over:
            self._shared.events.publish(NextEpisodeFound(self._session, found))
