"""Playback feature: an original that does not start, or for which the line is too slow, is converted by the server."""
from __future__ import annotations

import logging
import threading
from typing import Optional

from ...kodi import dialogs, video
from ...kodi.texts import transcode as texts
from ...playback.features import Feature
from ...playback.line import LineMeter, SlowLine
from ...playback.session import TRANSCODE, PlaybackSession, SessionRegistry
from ...playback.state import FAILED, PlaybackState
from ...playback.transcode.quality import ORIGINAL, Quality
from ...playback.wishes import Wish
from ..events import PlayAs
from ..shared import Shared
from .terms import TermsOfServers

LOG = logging.getLogger('pkc.playback')

#: Seconds within which a video that does not start is the one that was handed out last.
_OPENS_WITHIN_S = 90.0
#: What fails within its first seconds of playing has not really started.
_START_S = 10.0


class Fallback:
    """Makes the features; one for the service's life. ``meter`` measures the line."""

    def __init__(self, shared: Shared, sessions: SessionRegistry, terms: TermsOfServers) -> None:
        self.meter = LineMeter(shared.clock.monotonic)
        self._shared = shared
        self._sessions = sessions
        self._terms = terms
        self._asked_at, self._resume = 0.0, False

    def asked(self, resume: bool) -> None:
        """Kodi wants to play something, from its resume point or from the beginning."""
        self._asked_at, self._resume = self._shared.clock.monotonic(), resume

    def unstarted(self, reason: str) -> None:
        """The player gave up before anything was seen. In the watcher's thread."""
        session = self._sessions.take_waiting()
        if session is None or self._shared.clock.monotonic() - self._asked_at > _OPENS_WITHIN_S:
            return
        if session.transcode is not None:  # the server need not go on
            threading.Thread(target=session.transcode.stop, name='pkc-transcode', daemon=True).start()
        offset = session.playable.item.view_offset / 1000.0 if session.playable and self._resume else 0.0
        self._original_failed(session, offset)

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """Watches a playback of an original."""
        if session.transcode is not None or session.media is None or not self._wanted:
            return None
        return _Watching(session.media.bitrate, self)

    def stop(self) -> None:
        """Nothing to end."""

    def broke_off(self, playback: PlaybackState) -> None:
        """It failed in its first seconds."""
        self._original_failed(playback.session, playback.position_s)

    def line_is_slow(self, playback: PlaybackState, kbps: int) -> None:
        """The line was measured while the player stood still."""
        LOG.info('The line to the server is too slow for item %s: %d kbit/s', playback.rating_key, kbps)
        quality = self._terms.line_is_slow(playback.machine_identifier, kbps)
        self._convert(playback.session, quality, playback.position_s, texts.LINE_TOO_SLOW)

    @property
    def clock(self) -> float:
        """Monotonic seconds."""
        return self._shared.clock.monotonic()

    @property
    def _wanted(self) -> bool:
        return self._shared.settings.current.transcode_fallback

    def _original_failed(self, session: PlaybackSession, position_s: float) -> None:
        """A transcode that fails is not tried again: what it follows is another way each time."""
        if session.method == TRANSCODE or not self._wanted:
            return
        LOG.info('The original of item %s does not play', session.rating_key)
        video.close_failure()
        self._convert(session, ORIGINAL, position_s, texts.ORIGINAL_FAILED)

    def _convert(self, session: PlaybackSession, quality: Quality, position_s: float, text: int) -> None:
        if session.playable is None:
            return
        addon = self._shared.addon
        dialogs.notify(addon.name, addon.text(text), icon=addon.icon)
        wish = Wish(TRANSCODE, quality, session.media_id)
        self._shared.events.publish(PlayAs(session.machine_identifier, session.playable.item, wish, position_s))


class _Watching(SlowLine):
    """One playback."""

    def __init__(self, bitrate: int, fallback: Fallback) -> None:
        super().__init__(bitrate, fallback.meter.kbps, fallback.line_is_slow, lambda: fallback.clock)
        self._fallback = fallback
        self._began_s = 0.0

    def on_playback_started(self, playback: PlaybackState) -> None:
        """From here on it has to get some way."""
        self._began_s = playback.position_s

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """It may have broken off."""
        if reason == FAILED and playback.position_s - self._began_s < _START_S:
            self._fallback.broke_off(playback)
