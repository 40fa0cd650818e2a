"""Playback feature: an original that does not start, or for which the line is too slow, is converted by the server.

A file that Kodi was to open itself is streamed first.
"""
from __future__ import annotations

import logging
import threading
from typing import Optional

from ...kodi import dialogs, video
from ...kodi.texts import direct_paths as path_texts
from ...kodi.texts import transcode as texts
from ...playback.features import Feature
from ...playback.line import LineMeter, SlowLine
from ...playback.session import DIRECT_PATH, TRANSCODE, PlaybackSession, SessionRegistry
from ...playback.state import ENDED, STOPPED, PlaybackState
from ...playback.wishes import Wish
from ..events import MusicBegan, PlayAs
from ..shared import Shared
from .terms import TermsOfServers

LOG = logging.getLogger('pkc.playback')

#: Seconds within which a video that does not start is the one that was handed out last.
_OPENS_WITHIN_S = 90.0
#: What fails within its first seconds has not really started, and what ends so many before its end has not ended.
_START_S, _END_S = 10.0, 60.0
#: How often, and every how many seconds, Kodi's message is looked for.
_LOOKS, _LOOK_S = 20, 0.1
#: A video that is asked for so soon after the music of a show began, Kodi 20.1 may close while it opens it, without a
#: word (docs/kodi.md).
_MUSIC_S = 2.0


class Fallback:
    """Makes the features; one for the service's life. ``meter`` measures the line."""

    def __init__(self, shared: Shared, sessions: SessionRegistry, terms: TermsOfServers) -> None:
        self.meter = LineMeter(shared.clock.monotonic)
        self._shared = shared
        self._sessions = sessions
        self._terms = terms
        self._asked_at, self._resume = 0.0, False
        self._music_at = -_MUSIC_S
        shared.events.subscribe(MusicBegan, lambda _event: self._music_began())

    def asked(self, resume: bool) -> None:
        """Kodi wants to play something, from its resume point or from the beginning."""
        self._asked_at, self._resume = self._shared.clock.monotonic(), resume

    def unstarted(self, reason: str) -> None:
        """It was over before anything was seen. In the watcher's thread."""
        session = self._sessions.take_waiting()
        if session is None or self._shared.clock.monotonic() - self._asked_at > _OPENS_WITHIN_S:
            return
        offset = session.playable.item.view_offset / 1000.0 if session.playable and self._resume else 0.0
        if self._asked_at - self._music_at < _MUSIC_S and session.playable is not None:
            self._music_at = -_MUSIC_S  # once
            LOG.info('Kodi dropped item %s in favour of music that had just begun: it is played again',
                     session.rating_key)
            self._shared.events.publish(PlayAs(session.machine_identifier, session.playable.item,
                                               Wish(session.method, media_id=session.media_id), offset))
            return
        if session.transcode is not None:  # the server need not go on
            threading.Thread(target=session.transcode.stop, name='pkc-transcode', daemon=True).start()
        elif self._helps(session):
            threading.Thread(target=self._judge, args=(session, reason, offset), name='pkc-fallback',
                             daemon=True).start()

    def _music_began(self) -> None:
        self._music_at = self._shared.clock.monotonic()

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """Watches a playback of an original."""
        if session.external or session.transcode is not None or session.media is None or not self._helps(session):
            return None
        return _Watching(session.media.bitrate, self)

    def stop(self) -> None:
        """Nothing to end."""

    def broke_off(self, playback: PlaybackState, reason: str) -> None:
        """It was over in its first seconds."""
        threading.Thread(target=self._judge, args=(playback.session, reason, playback.position_s),
                         name='pkc-fallback', daemon=True).start()

    def line_is_slow(self, playback: PlaybackState, kbps: int) -> None:
        """The line was measured while the player stood still. A file that Kodi opened itself comes over another one."""
        if playback.session.method == DIRECT_PATH:
            return
        LOG.info('The line to the server is too slow for item %s: %d kbit/s', playback.rating_key, kbps)
        quality = self._terms.line_is_slow(playback.machine_identifier, kbps)
        wish = Wish(TRANSCODE, quality, playback.session.media_id)
        self._play_instead(playback.session, wish, playback.position_s, texts.LINE_TOO_SLOW)

    @property
    def clock(self) -> float:
        """Monotonic seconds."""
        return self._shared.clock.monotonic()

    def _helps(self, session: PlaybackSession) -> bool:
        return session.method == DIRECT_PATH or self._shared.settings.current.transcode_fallback

    def _judge(self, session: PlaybackSession, reason: str, position_s: float) -> None:
        """The user may have stopped it; if it failed, Kodi shows that, but not at once."""
        try:
            shown = self._wait_for_message()
            if reason == STOPPED and not shown:
                return
            LOG.info('The original of item %s does not play', session.rating_key)
            if shown:
                video.close_failure()
            media = session.media_id
            wish, text = (Wish(media_id=media, without=DIRECT_PATH), path_texts.NOT_OPENED) if (
                session.method == DIRECT_PATH) else (Wish(TRANSCODE, media_id=media), texts.ORIGINAL_FAILED)
            self._play_instead(session, wish, position_s, text)
        except Exception:  # top of the thread
            LOG.exception('Playing something else in place of an original failed')

    def _wait_for_message(self) -> bool:
        for _ in range(_LOOKS):
            if video.failure_is_shown():
                return True
            if self._shared.stopping.wait(_LOOK_S):
                break
        return False

    def _play_instead(self, session: PlaybackSession, wish: Wish, position_s: float, text: int) -> None:
        if session.playable is None:
            return
        addon = self._shared.addon
        dialogs.notify(addon.name, addon.text(text), icon=addon.icon)
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
        early = playback.position_s - self._began_s < _START_S
        if early and (reason != ENDED or playback.total_s - playback.position_s > _END_S):
            self._fallback.broke_off(playback, reason)
