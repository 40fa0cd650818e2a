"""Playback feature: intros, credits and commercial breaks that Plex has marked can be skipped."""
from __future__ import annotations

from typing import Optional

from ...kodi import video
from ...kodi.texts import playback as texts
from ...kodi.windows.skip import SkipButton
from ...playback.features import Feature
from ...playback.session import PlaybackSession
from ...playback.skipping import OFF, Choices, SkipFeature
from ...plex_media import COMMERCIAL, CREDITS, INTRO
from ..events import NextEpisodeFound
from ..shared import Shared

_LABELS = {INTRO: (texts.SKIP_INTRO, texts.SKIP_INTRO_IN), CREDITS: (texts.SKIP_CREDITS, texts.SKIP_CREDITS_IN),
           COMMERCIAL: (texts.SKIP_COMMERCIALS, texts.SKIP_COMMERCIALS_IN)}
_LONGEST_CLOSING_S = 1.0


class Skipping:
    """Makes the feature of each playback whose item has markers of a kind that the user wants to skip."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._session: Optional[PlaybackSession] = None
        self._feature: Optional[SkipFeature] = None
        self._button: Optional[SkipButton] = None
        shared.events.subscribe(NextEpisodeFound, self._next_episode_found)

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """What is wanted is asked once for each playback."""
        self._feature = None
        choices = self._choices()
        if session.external or session.playable is None or not any(
                choices.modes.get(one.kind, OFF) for one in session.playable.markers):
            return None
        feature = SkipFeature(session.playable.markers, choices, video.seek)
        self._button = SkipButton(self._shared.addon, feature.answered)
        feature.use(self._button)
        self._session, self._feature = session, feature
        return feature

    def stop(self) -> None:
        """Each playback has closed its window; that takes a moment."""
        if self._button is not None:
            self._button.wait_gone(_LONGEST_CLOSING_S)

    def _choices(self) -> Choices:
        wanted = self._shared.settings.current
        modes = {INTRO: wanted.skip_intro, CREDITS: wanted.skip_credits, COMMERCIAL: wanted.skip_commercials}
        return Choices(modes, wanted.skip_countdown, wanted.skip_hide, self._label,
                       self._shared.clock.monotonic)

    def _label(self, kind: str, seconds: int) -> str:
        waiting, counting = _LABELS[kind]
        return self._shared.addon.text(counting, seconds) if seconds else self._shared.addon.text(waiting)

    def _next_episode_found(self, event: NextEpisodeFound) -> None:
        if self._feature is not None and self._session is event.session:
            self._feature.leave_the_end()
