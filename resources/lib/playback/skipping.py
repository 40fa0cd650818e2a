"""Feature: offers to skip what Plex has marked in a video, or skips it after a countdown that can be cancelled."""
from __future__ import annotations

import logging
import math
import threading
from typing import Callable, Mapping, NamedTuple, Optional, Protocol, Sequence, Set

from ..plex_media import CREDITS, Marker
from .features import Feature
from .state import PAUSED, PlaybackState

LOG = logging.getLogger('pkc.playback')

#: What is done about a kind of markers.
OFF, BUTTON, AUTOMATIC = 0, 1, 2
#: With less than this left of a stretch, in seconds, it is not worth a button.
_LEAST_LEFT = 2.0
#: Seconds before the end of the video that a jump goes at most: from there it ends as if nobody had jumped.
_BEFORE_END = 1.0


class Button(Protocol):
    """The button on the screen; see ``kodi.windows.skip``. None of the methods blocks."""

    def show(self, label: str) -> None:
        """Have it on the screen with this label."""

    def hide(self) -> None:
        """Take it away."""


class Choices(NamedTuple):
    """What the user wants: :data:`OFF`, :data:`BUTTON` or :data:`AUTOMATIC` by the kind of markers.

    ``countdown_s``: how long a jump by itself is announced; ``hide_s``: after which time the button goes away if
    nobody presses it, 0 for never. Both in seconds by ``clock`` without those of a pause. ``label(kind, seconds)`` is
    the button's text, with the seconds that are left until the jump (0: it waits for the user).
    """

    modes: Mapping[str, int]
    countdown_s: float
    hide_s: float
    label: Callable[[str, int], str]
    clock: Callable[[], float]


class SkipFeature(Feature):
    """The markers of one playback."""

    def __init__(self, markers: Sequence[Marker], choices: Choices, seek: Callable[[float], None]) -> None:
        self._markers = [one for one in markers if choices.modes.get(one.kind, OFF) != OFF]
        self._choices = choices
        self._seek = seek
        self._button: Optional[Button] = None
        self._lock = threading.Lock()
        self._marker: Optional[Marker] = None
        self._passed_s = self._looked_at = self._total_s = 0.0
        self._refused = self._end_is_taken = False
        self._skipped: Set[Marker] = set()

    def use(self, button: Button) -> None:
        """The button whose answers come to :meth:`answered`. Called before the playback starts."""
        self._button = button

    def leave_the_end(self) -> None:
        """Somebody else makes an offer at the final credits. May be called in any thread."""
        self._end_is_taken = True

    def on_playback_started(self, playback: PlaybackState) -> None:
        """It may begin or be resumed within a marker."""
        self._look(playback)

    def on_tick(self, playback: PlaybackState) -> None:
        """Once a second."""
        self._look(playback)

    def on_playback_changed(self, playback: PlaybackState) -> None:
        """The user may have jumped into a marker, or out of it."""
        self._look(playback)

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """Nothing to skip any more."""
        with self._lock:
            self._marker = None
            self._hide()

    def answered(self, pressed: bool) -> None:
        """The user pressed the button, or took it away. Called in the window's thread."""
        with self._lock:
            self._hide()
            if self._marker is None:
                return
            if pressed:
                self._skip(self._marker)
            else:
                LOG.info('The user stays in the %s', self._marker.kind)
                self._refused = True

    def _look(self, playback: PlaybackState) -> None:
        with self._lock:
            self._total_s = playback.total_s
            now, before = self._choices.clock(), self._looked_at
            self._looked_at = now
            marker = self._marker_at(playback.position_s)
            if marker != self._marker:
                self._hide()
                self._marker, self._passed_s, self._refused = marker, 0.0, False
            elif playback.state != PAUSED:
                self._passed_s += now - before
            if marker is not None and not self._refused:
                self._offer(marker)

    def _marker_at(self, position_s: float) -> Optional[Marker]:
        for one in self._markers:
            taken = one.final and one.kind == CREDITS and self._end_is_taken
            if not taken and one.start / 1000.0 <= position_s < self._target_s(one) - _LEAST_LEFT:
                return one
        return None

    def _target_s(self, marker: Marker) -> float:
        end = marker.end / 1000.0
        return min(end, self._total_s - _BEFORE_END) if self._total_s > 0 else end

    def _offer(self, marker: Marker) -> None:
        # Who goes back into what was skipped by itself wants to see it.
        automatic = self._choices.modes[marker.kind] == AUTOMATIC and marker not in self._skipped
        left = math.ceil(self._choices.countdown_s - self._passed_s)
        if automatic and left <= 0:
            self._hide()
            self._skip(marker)
        elif not automatic and 0 < self._choices.hide_s <= self._passed_s:
            self._hide()
        elif self._button is not None:
            self._button.show(self._choices.label(marker.kind, left if automatic else 0))

    def _skip(self, marker: Marker) -> None:
        LOG.info('Skipping the %s at %.0f s', marker.kind, marker.start / 1000.0)
        self._skipped.add(marker)
        self._refused = True  # until the player has arrived
        self._seek(self._target_s(marker))

    def _hide(self) -> None:
        if self._button is not None:
            self._button.hide()
